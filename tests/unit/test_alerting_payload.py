"""The JSON of a webhook, its schema and its page of documentation."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.channels.signature import signed_headers, signing_key
from alerting.payload import SOURCE_TYPES, body, payload, schema
from alerting.timetable import WEBHOOK_WAITS
from news.alert import Alert, AlertKind, Told
from tests.receivers import ALERT, TOLD

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def validate(value: Any) -> None:
    strict = json.loads(json.dumps(schema()))
    of_article = strict["$defs"]["article_matched"]
    of_source, of_channel = strict["$defs"]["source_event"], strict["$defs"]["channel_event"]
    inner = (of_article["properties"][name] for name in ("article", "hits"))
    for described in (of_article, of_source, of_channel, *(one.get("items", one) for one in inner)):
        described["additionalProperties"] = False  # ours has nothing that the schema does not tell
    jsonschema.Draft202012Validator(strict).validate(value)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_a_payload_obeys_the_schema_and_its_hits_are_of_the_strings_it_carries() -> None:
    sent = json.loads(body(ALERT))
    validate(sent)
    hit = [sent["article"][one["field"]][one["start"] : one["end"]] for one in sent["hits"]]
    assert hit == ["Pyongyang", "Pyongyang", "troupes"]
    assert (sent["type"], sent["version"], sent["sequence"], sent["test"]) == ("article.matched", 1, 42, False)
    assert sent["timestamp"] == "2026-11-14T09:30:00Z"


def test_a_payload_without_dates_and_language_obeys_the_schema() -> None:
    bare = replace(TOLD, published_at=None, found_at=None, language=None, authors=(), title_spans=(), excerpt_spans=())
    validate(payload(replace(ALERT, told=bare, is_test=True)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", 2),
        ("timestamp", "2026-11-14 09:30"),
        ("sequence", -1),
        ("hits", [{"field": "text"}]),
        ("watch", None),
    ],
)
def test_the_schema_refuses_what_is_not_a_payload(name: str, value: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate({**payload(ALERT), name: value})


@given(
    st.builds(
        Alert,
        watch=st.text(),
        query=st.text(),
        decided_at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
        told=st.builds(replace, st.just(TOLD), title=st.text(st.characters()), excerpt=st.text(st.characters())),
        sequence=st.integers(0),
        is_test=st.booleans(),
        kind=st.just("match"),
    )
)
def test_whatever_was_crawled_the_body_is_utf_8_and_obeys_the_schema(alert: Alert) -> None:
    sent = json.loads(body(alert).decode())
    validate(sent)
    assert len(sent["article"]["title"]) == len(alert.told.title)


@pytest.mark.parametrize("kind", ["silent", "failing", "blocked", "suspect", "back"])
def test_an_event_of_a_source_obeys_the_schema_and_has_neither_watch_nor_article(kind: AlertKind) -> None:
    told = Told(0, "Le Phare has gone quiet", "https://phare.example/", "Le Phare", "Nothing since Tuesday.")
    sent = json.loads(body(Alert("", "", datetime(2026, 11, 21, tzinfo=UTC), told, sequence=7, kind=kind)))
    validate(sent)
    assert sent["type"] == f"source.{kind}"
    assert sent["source"] == {"name": "Le Phare", "url": "https://phare.example/"}
    assert (sent["title"], sent["text"]) == ("Le Phare has gone quiet", "Nothing since Tuesday.")
    assert not {"watch", "article", "query"} & set(sent)


def test_an_event_of_a_channel_that_was_paused_obeys_the_schema() -> None:
    told = Told(0, "The channel desk is paused", "", "desk", "410 Gone. What it is to tell waits.")
    sent = json.loads(body(Alert("", "", datetime(2026, 11, 21, tzinfo=UTC), told, sequence=7, kind="channel")))
    validate(sent)
    assert (sent["type"], sent["channel"], sent["title"]) == ("channel.paused", {"name": "desk"}, told.title)
    assert not {"watch", "article", "source"} & set(sent)


def test_every_kind_of_source_event_is_in_the_schema() -> None:
    assert tuple(schema()["$defs"]["source_event"]["properties"]["type"]["enum"]) == SOURCE_TYPES


def test_a_lone_surrogate_does_not_stop_the_body_nor_move_the_hits() -> None:
    sent = json.loads(body(replace(ALERT, told=replace(TOLD, title="a\ud800b"))))
    assert sent["article"]["title"] == "a?b"


def test_the_documented_example_obeys_the_schema() -> None:
    example, of_source = map(json.loads, blocks("json"))
    validate(example)
    validate(of_source)
    hit = [example["article"][one["field"]][one["start"] : one["end"]] for one in example["hits"]]
    assert hit == ["Pyongyang", "Pyongyang", "troupes"]


def test_every_property_is_documented() -> None:
    described = schema()["$defs"]
    of_article, of_source = (described[name]["properties"] for name in ("article_matched", "source_event"))
    names = {
        *of_article,
        *of_source,
        *(f"article.{name}" for name in of_article["article"]["properties"]),
        *(f"source.{name}" for name in of_source["source"]["properties"]),
    }
    undocumented = {name for name in names - {"article", "source"} if f"| `{name}` |" not in PAGE}
    assert undocumented == set()


def test_the_documented_signature_is_the_one_that_vigie_makes() -> None:
    told = dict(line.split(": ", 1) for line in blocks("http")[0].splitlines() if ": " in line)
    secret = re.search(r"whsec_\w+=*", PAGE)
    assert secret is not None
    at = datetime.fromtimestamp(int(told["webhook-timestamp"]), UTC)
    sent = blocks("http")[0].rstrip("\n").split("\n\n", 1)[1].encode()
    made = signed_headers(signing_key(secret.group()), told["webhook-id"], at, sent)
    assert made == {name: value for name, value in told.items() if name.startswith("webhook-")}


@pytest.mark.parametrize("number", [0, 1])
def test_the_documented_verifications_accept_what_is_ours_and_nothing_altered(number: int) -> None:
    secret = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
    names: dict[str, Any] = {}
    exec(blocks("python")[number], names)
    content = body(ALERT)
    headers = signed_headers(signing_key(secret), "0192f3", datetime.now(UTC), content)
    assert names["verified"](secret, headers, content)["watch"] == "Corée"
    with pytest.raises(Exception, match=r"[Nn]o matching signature"):
        names["verified"](secret, headers, content + b" ")
    with pytest.raises(Exception, match=r"[Nn]o matching signature"):
        names["verified"](secret, {**headers, "webhook-id": "0192f4"}, content)
    old = signed_headers(signing_key(secret), "0192f3", datetime(2026, 1, 1, tzinfo=UTC), content)
    with pytest.raises(Exception, match="too old"):
        names["verified"](secret, old, content)


def test_the_documented_timetable_is_the_one_that_is_kept() -> None:
    told = [
        "5 seconds",
        "5 minutes",
        "30 minutes",
        "2 hours",
        "5 hours",
        "10 hours",
        "14 hours",
        "20 hours",
        "24 hours",
    ]
    units = {"seconds": 1, "minutes": 60, "hours": 3600}
    assert ", ".join(told) in " ".join(PAGE.split())
    assert [int(wait.split()[0]) * units[wait.split()[1]] for wait in told] == [
        wait.total_seconds() for wait in WEBHOOK_WAITS
    ]
