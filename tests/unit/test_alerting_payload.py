"""The JSON of a webhook, its schema and its page of documentation."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.channels.signature import signed_headers, signing_key
from alerting.payload import SOURCE_TYPES, TYPES, body, payload, schema
from alerting.timetable import WEBHOOK_WAITS
from alerting.words import figure, headline, outlets
from news.alert import OF_WATCHES, Alert, AlertKind, Item, Outlet, Told
from service.problems import ProblemKind
from tests.receivers import ALERT, TOLD

NOON = datetime(2026, 11, 14, 12, tzinfo=UTC)
PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def validate(value: Any) -> None:
    strict = json.loads(json.dumps(schema()))
    _close(strict)  # ours has nothing that the schema does not tell
    jsonschema.Draft202012Validator(strict).validate(value)


def _close(described: Any) -> None:
    if isinstance(described, list):
        for one in described:
            _close(one)
    if isinstance(described, dict):
        if described.get("type") == "object":
            described["additionalProperties"] = False
        for one in described.values():
            _close(one)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


LATER = replace(TOLD, article_id=8, title="Douze mille hommes", source="La Digue", title_spans=(), excerpt_spans=())
ITEM = Item(
    "Corée",
    LATER,
    (Outlet("Le Phare", "Le pacte", "https://phare.example/", is_copy=True),),
    (outlets(2), figure("10 000 soldats", "12 000 soldats"), headline("Avant", "Après")),
)
UPDATE = replace(ALERT, kind="update", items=(ITEM,))
DIGEST = replace(
    ALERT, watch="", query="", kind="digest", told=Told(0, "1 story: Corée", "", "", "", found_at=NOON), items=(ITEM,)
)


def test_a_payload_obeys_the_schema_and_its_hits_are_of_the_strings_it_carries() -> None:
    sent = json.loads(body(ALERT))
    validate(sent)
    told = sent["data"]
    hit = [told["article"][one["field"]][one["start"] : one["end"]] for one in told["hits"]]
    assert hit == ["Pyongyang", "Pyongyang", "troupes"]
    assert (sent["type"], sent["version"], told["sequence"], told["test"]) == ("article.matched", 2, 42, False)
    assert sent["timestamp"] == "2026-11-14T09:30:00Z"
    assert set(sent) == {"type", "version", "timestamp", "data"}


def test_a_payload_without_dates_and_language_obeys_the_schema() -> None:
    bare = replace(TOLD, published_at=None, found_at=None, language=None, authors=(), title_spans=(), excerpt_spans=())
    validate(payload(replace(ALERT, told=bare, is_test=True)))


def test_an_update_tells_what_is_new_and_of_which_story() -> None:
    sent = json.loads(body(UPDATE, "msg_first"))
    validate(sent)
    told = sent["data"]
    assert sent["type"] == "story.updated"
    assert told["story"] == {"title": TOLD.title, "url": TOLD.url, "first": "msg_first"}
    assert told["article"]["title"] == "Douze mille hommes"
    assert [change["text"] for change in told["changes"]] == [
        "+2 outlets",
        "changed figure: 10 000 → 12 000 soldats",
        "headline changed",
    ]
    assert (told["changes"][2]["before"], told["changes"][2]["now"]) == ("Avant", "Après")
    assert told["others"] == [
        {"source": "Le Phare", "title": "Le pacte", "url": "https://phare.example/", "copy": True}
    ]
    assert json.loads(body(UPDATE))["data"]["story"]["first"] is None


def test_a_match_that_waited_tells_the_others_of_its_story() -> None:
    sent = payload(replace(ALERT, items=(replace(ITEM, told=TOLD),)))
    validate(sent)
    assert [one["source"] for one in sent["data"]["others"]] == ["Le Phare"]
    assert sent["data"]["article"]["title"] == TOLD.title


def test_a_digest_has_its_stories_by_watch() -> None:
    sent = payload(DIGEST)
    validate(sent)
    [story] = sent["data"]["stories"]
    assert (sent["type"], sent["data"]["watch"], story["watch"]) == ("digest", "", "Corée")
    assert story["article"]["source"] == "La Digue"


@pytest.mark.parametrize(("kind", "name"), [("spike", "watch.spike"), ("channel", "channel.paused")])
def test_what_vigie_says_itself_has_a_title_and_a_text(kind: AlertKind, name: str) -> None:
    told = Told(0, "Far more than usual", "", "desk", "31 articles today.", found_at=NOON)
    sent = payload(replace(ALERT, told=told, kind=kind))
    validate(sent)
    assert (sent["type"], sent["data"]["title"], sent["data"]["text"]) == (name, told.title, told.excerpt)
    assert sent["data"].get("channel") == ({"name": "desk"} if kind == "channel" else None)


@pytest.mark.parametrize(("kind", "name"), [("problem", "vigie.problem"), ("solved", "vigie.solved")])
@pytest.mark.parametrize("about", get_args(ProblemKind))
def test_a_problem_of_vigies_own_says_of_which_kind_it_is(kind: AlertKind, name: str, about: str) -> None:
    told = Told(0, "The disk is nearly full", "", about, "700 MiB are left.", found_at=NOON)
    sent = payload(replace(ALERT, told=told, kind=kind))
    validate(sent)
    assert (sent["type"], sent["data"]["problem"]) == (name, {"kind": about})
    assert f"`{about}`" in PAGE


def test_an_article_that_resurfaced_says_when_it_is_from() -> None:
    sent = payload(replace(ALERT, told=replace(TOLD, resurfaced_from=NOON)))
    validate(sent)
    assert sent["data"]["article"]["resurfaced_from"] == "2026-11-14T12:00:00Z"


@pytest.mark.parametrize(
    ("name", "value"), [("version", 1), ("timestamp", "2026-11-14 09:30"), ("type", "article.lost")]
)
def test_the_schema_refuses_an_envelope_that_is_none(name: str, value: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate({**payload(ALERT), name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sequence", -1),
        ("hits", [{"field": "text"}]),
        ("watch", None),
        ("changes", [{"kind": "price", "text": "x", "before": None, "now": None}]),
    ],
)
def test_the_schema_refuses_what_is_not_a_payload(name: str, value: Any) -> None:
    sent = payload(ALERT)
    with pytest.raises(jsonschema.ValidationError):
        validate({**sent, "data": {**sent["data"], name: value}})


def alerts(kind: AlertKind) -> st.SearchStrategy[Alert]:
    told = st.builds(replace, st.just(TOLD), title=st.text(st.characters()), excerpt=st.text(st.characters()))
    items = st.builds(Item, watch=st.text(), told=told, others=st.just(ITEM.others), changes=st.just(ITEM.changes))
    return st.builds(
        Alert,
        watch=st.text(),
        query=st.text(),
        decided_at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
        told=told,
        sequence=st.integers(0),
        is_test=st.booleans(),
        kind=st.just(kind),
        items=st.lists(items, max_size=2).map(tuple),
    )


@given(st.sampled_from(OF_WATCHES).flatmap(alerts))
def test_whatever_was_crawled_the_body_is_utf_8_and_obeys_the_schema(alert: Alert) -> None:
    sent = json.loads(body(alert).decode())
    validate(sent)
    if alert.kind == "update":
        assert len(sent["data"]["story"]["title"]) == len(alert.told.title)


@pytest.mark.parametrize("kind", ["silent", "failing", "blocked", "suspect", "back"])
def test_an_event_of_a_source_obeys_the_schema_and_has_neither_watch_nor_article(kind: AlertKind) -> None:
    told = Told(0, "Le Phare has gone quiet", "https://phare.example/", "Le Phare", "Nothing since Tuesday.")
    sent = json.loads(body(Alert("", "", datetime(2026, 11, 21, tzinfo=UTC), told, sequence=7, kind=kind)))
    validate(sent)
    assert sent["type"] == f"source.{kind}"
    assert sent["data"]["source"] == {"name": "Le Phare", "url": "https://phare.example/"}
    assert (sent["data"]["title"], sent["data"]["text"]) == ("Le Phare has gone quiet", "Nothing since Tuesday.")
    assert not {"watch", "article", "query"} & set(sent["data"])


def test_every_kind_of_event_is_in_the_schema() -> None:
    described = schema()["$defs"]
    kinds = {one["$ref"].rpartition("/")[2] for one in schema()["oneOf"]}
    types = [described[kind]["properties"]["type"] for kind in kinds]
    listed = {name for one in types for name in one.get("enum", [one.get("const")])}
    assert listed == {*SOURCE_TYPES, *TYPES.values()}
    assert {f"source.{kind}" for kind in get_args(AlertKind) if kind not in TYPES} == set(SOURCE_TYPES)


def test_a_lone_surrogate_does_not_stop_the_body_nor_move_the_hits() -> None:
    sent = json.loads(body(replace(ALERT, told=replace(TOLD, title="a\ud800b"))))
    assert sent["data"]["article"]["title"] == "a?b"


def test_the_documented_examples_obey_the_schema() -> None:
    examples = [json.loads(text) for text in blocks("json")]
    for example in examples:
        validate(example)
    assert [one["type"] for one in examples] == [
        "article.matched", "story.updated", "digest", "watch.spike", "source.silent",
    ]  # fmt: skip
    told = examples[0]["data"]
    hit = [told["article"][one["field"]][one["start"] : one["end"]] for one in told["hits"]]
    assert hit == ["Pyongyang", "Pyongyang", "troupes"]


def test_every_property_and_every_type_is_documented() -> None:
    described, inner_of = schema()["$defs"], ("channel", "problem")
    kinds = [described[one["$ref"].rpartition("/")[2]]["properties"] for one in schema()["oneOf"]]
    names = {name for kind in kinds for name in kind["data"]["properties"]} - {"article", "source", "story", *inner_of}
    names = {f"data.{name}" if name in ("sequence", "test") else name for name in names}
    names |= {*kinds[0], *(f"article.{name}" for name in described["article"]["properties"])}
    for thing in ("source", "story", *inner_of):
        inner = [kind["data"]["properties"].get(thing, {}).get("properties", {}) for kind in kinds]
        names |= {f"{thing}.{name}" for one in inner for name in one}
    assert {name for name in names if f"| `{name}` |" not in PAGE} == set()
    assert {name for name in (*SOURCE_TYPES, *TYPES.values()) if f"`{name}`" not in PAGE} == set()


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
    assert names["verified"](secret, headers, content)["data"]["watch"] == "Corée"
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
