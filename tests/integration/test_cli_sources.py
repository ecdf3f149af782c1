"""The commands of sources, and what all named things share: pause, resume, remove, and the file's own."""

from pathlib import Path

import pytest

from news.article import NoArticle
from news.source import Feed, FoundLink
from storage import Transaction
from tests.commands import Commands
from tests.samples import NOON, an_article

FILE = """
[[source]]
name = "Le Phare"
url = "https://phare.example/"

[[channel]]
name = "desk"
kind = "webhook"
url = "https://127.0.0.1/"
secret_env = "HOOK_SECRET"

[[watch]]
name = "Corée"
query = "missile"
channels = ["desk"]
"""


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


def test_a_source_is_called_by_its_host_and_its_url_put_into_normal_form(vigie: Commands) -> None:
    added = vigie("source", "add", "Phare.Example:443/une?utm_source=x#top", "--json")
    assert added.code == 0
    assert added.json["name"] == "phare.example"
    assert added.json["url"] == "https://phare.example/une"
    assert (added.json["interval"], added.json["alert_history"], added.json["state"]) == (None, False, "new")


def test_the_usual_interval_is_that_of_the_settings_and_an_own_one_wins(vigie: Commands) -> None:
    vigie.settings("[crawler]\ninterval = '5m'\n")
    assert vigie("source", "add", "a.example", "--json").json["interval"] == 300
    assert vigie("source", "add", "b.example", "--interval", "2h", "--json").json["interval"] == 7_200


def test_a_usual_schedule_holds_for_sources_that_name_no_interval(vigie: Commands, tmp_path: Path) -> None:
    vigie.settings("[crawler]\ninterval = '0 8 * * * UTC'\n")
    assert vigie("source", "add", "a.example", "--json").json["schedule"] == "0 8 * * * UTC"
    assert vigie("source", "add", "b.example", "--interval", "auto", "--json").json["schedule"] is None
    file = tmp_path / "list.txt"
    file.write_text("https://c.example/\n", encoding="utf-8")
    vigie("source", "import", str(file))
    assert [one["schedule"] for one in vigie("source", "list", "--json").json] == [
        "0 8 * * * UTC",
        None,
        "0 8 * * * UTC",
    ]


def test_a_settings_file_that_nobody_named_is_told_of_while_the_archive_is_empty(
    vigie: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "was not read" not in vigie("source", "list").err
    (tmp_path / "vigie.toml").write_text("[crawler]\ndelay = 2\n", encoding="utf-8")
    said = vigie("source", "list")
    assert said.code == 0 and "--config vigie.toml" in " ".join(said.err.split())
    assert "was not read" not in vigie("source", "list", "--config", "vigie.toml").err
    vigie("source", "add", "a.example")
    assert "was not read" not in vigie("source", "list").err


def test_a_second_source_with_the_same_url_is_refused_and_the_first_is_named(vigie: Commands) -> None:
    vigie("source", "add", "https://phare.example/une", "--name", "Le Phare")
    refused = vigie("source", "add", "http://phare.example/une/")
    assert refused.code == 2
    assert "'Le Phare' has this URL already" in refused.err
    assert len(vigie("source", "list", "--json").json) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["https://phare.example", "--interval", "5 moons"], "interval: write a duration as 90s, 15m, 2h or 1d"),
        (["ftp://phare.example"], "not an http or https one"),
        (["https://me:secret@phare.example"], "user name or password"),
        (["https://phare.example", "--name", "a\nb"], "name:"),
    ],
)
def test_what_cannot_be_a_source_is_refused(vigie: Commands, arguments: list[str], said: str) -> None:
    refused = vigie("source", "add", *arguments)
    assert refused.code == 2
    assert said in refused.err
    assert vigie("source", "list", "--json").json == []


async def _one_visit(tx: Transaction) -> None:
    source = await tx.sources.get("phare.example")
    await tx.feeds.replace(source.id, [Feed("https://phare.example/feed", "feed")])
    found = [FoundLink(f"https://phare.example/{name}") for name in ("a", "b", "c")]
    await tx.links.add_unknown(source.id, "feed", found, is_history=False, now=NOON)
    first, second, _ = await tx.links.due(source.id, NOON, 3)
    article = await tx.articles.add(an_article(), source.id, NOON, NOON)
    await tx.links.settle(first.id, "fetched", NOON, article_id=article)
    await tx.links.settle(second.id, "refused", NOON, error="no article: too short")
    await tx.refusals.count(source.id, NoArticle(second.url, "too short", "9 words are left", 0.7), NOON)
    await tx.sources.change(
        source.id, discovered_at=NOON, last_visit_at=NOON, failures=2, last_error="it burns", trouble="failing"
    )


def test_a_source_shows_its_feeds_its_links_and_its_troubles(vigie: Commands) -> None:
    vigie("source", "add", "phare.example")
    vigie.stored(_one_visit)
    shown = vigie("source", "show", "phare.example", "--json").json
    assert [feed["url"] for feed in shown["feeds"]] == ["https://phare.example/feed"]
    assert shown["links"] == {"fetched": 1, "pending": 1, "refused": 1}
    assert [trouble["last_error"] for trouble in shown["troubles"]] == ["no article: too short"]
    [refusal] = shown["refusals"]
    assert {key: refusal[key] for key in ("reason", "times", "detail", "confidence")} == {
        "reason": "too short", "times": 1, "detail": "9 words are left", "confidence": 0.7,
    }  # fmt: skip
    told = vigie("source", "show", "phare.example").out
    assert "Pages that are no articles" in told
    assert "https://phare.example/feed" in told
    assert "no article: too short" in told
    assert "it burns" in told


def test_the_list_tells_state_articles_and_last_error(vigie: Commands) -> None:
    vigie("source", "add", "phare.example")
    vigie.stored(_one_visit)
    [listed] = vigie("source", "list", "--json").json
    assert (listed["state"], listed["articles"], listed["failures"]) == ("failing", 1, 2)
    assert listed["last_visit_at"] == "2026-11-14T12:00:00Z"
    assert "it burns" in vigie("source", "list").out


def test_without_a_source_the_list_says_how_to_add_one(vigie: Commands) -> None:
    assert "vigie source add" in vigie("source", "list").out


def test_a_source_is_edited_and_a_new_url_is_discovered_anew(vigie: Commands) -> None:
    vigie("source", "add", "phare.example")
    vigie.stored(_one_visit)
    edited = vigie(
        *("source", "edit", "phare.example", "--url", "https://phare.example/une", "--interval", "1h"),
        *("--rename", "Le Phare", "--alert-history", "--json"),
    )
    assert edited.code == 0
    kept = {key: edited.json[key] for key in ("name", "url", "interval", "alert_history", "failures", "last_error")}
    assert kept == {
        "name": "Le Phare",
        "url": "https://phare.example/une",
        "interval": 3_600,
        "alert_history": True,
        "failures": 0,
        "last_error": "",
    }
    found_anew = vigie.stored(lambda tx: tx.sources.get("Le Phare"))
    assert found_anew.discovered_at is None
    assert vigie("source", "edit", "Le Phare", "--no-alert-history", "--json").json["alert_history"] is False


def test_an_edit_without_a_change_or_into_another_source_is_refused(vigie: Commands) -> None:
    vigie("source", "add", "a.example")
    vigie("source", "add", "b.example")
    assert "nothing to change" in vigie("source", "edit", "a.example").err
    taken = vigie("source", "edit", "a.example", "--url", "b.example")
    assert taken.code == 2
    assert "'b.example' has this URL already" in taken.err
    assert "exists already" in vigie("source", "edit", "a.example", "--rename", "b.example").err


ADDED = {
    "source": ["source", "add", "https://phare.example", "--name", "one"],
    "watch": ["watch", "add", "one", "missile"],
    "channel": ["channel", "add", "webhook", "one", "--url", "https://127.0.0.1/"],
}
of_every_kind = pytest.mark.parametrize("noun", list(ADDED))


@of_every_kind
def test_a_thing_is_paused_resumed_and_removed(vigie: Commands, noun: str) -> None:
    assert vigie(*ADDED[noun]).code == 0
    paused = vigie(noun, "pause", "one", "--json").json
    assert (paused["state"], paused["done"]) == ("paused", "paused")
    assert vigie(noun, "list", "--json").json[0]["state"] == "paused"
    assert vigie(noun, "resume", "one", "--json").json["state"] in ("ok", "new")
    assert vigie(noun, "remove", "one").out == f"removed the {noun} 'one'\n"
    assert vigie(noun, "list", "--json").json == []
    assert vigie(*ADDED[noun]).code == 0


@of_every_kind
@pytest.mark.parametrize("verb", ["show", "pause", "resume", "remove"])
def test_an_unknown_name_is_an_error_that_names_the_known(vigie: Commands, noun: str, verb: str) -> None:
    vigie(*ADDED[noun])
    unknown = vigie(noun, verb, "tow")
    assert unknown.code == 2
    assert f"there is no {noun} named 'tow'" in unknown.err
    assert "there are: one" in unknown.err


@of_every_kind
def test_a_taken_name_is_refused(vigie: Commands, noun: str) -> None:
    vigie(*ADDED[noun])
    again = [word.replace("phare", "beacon") for word in ADDED[noun]]
    refused = vigie(*again)
    assert refused.code == 2
    assert f"a {noun} named 'one' exists already" in refused.err


@pytest.mark.parametrize(
    "change",
    [
        ["source", "edit", "Le Phare", "--interval", "5m"],
        ["source", "pause", "Le Phare"],
        ["source", "resume", "Le Phare"],
        ["source", "remove", "Le Phare"],
        ["watch", "edit", "Corée", "--query", "satellite"],
        ["watch", "pause", "Corée"],
        ["watch", "remove", "Corée"],
        ["channel", "edit", "desk", "--url", "https://127.0.0.2/"],
        ["channel", "pause", "desk"],
        ["channel", "resume", "desk"],
        ["channel", "remove", "desk"],
    ],
    ids=" ".join,
)
def test_what_comes_from_the_file_is_changed_there_and_nowhere_else(vigie: Commands, change: list[str]) -> None:
    vigie.settings(FILE)
    before = vigie(change[0], "list", "--json").json
    refused = vigie(*change)
    assert refused.code == 2
    assert f"comes from {vigie.folder / 'vigie.toml'}" in refused.err
    assert "change it there, then kill -HUP the service or restart it" in refused.err
    assert vigie(change[0], "list", "--json").json == before


def test_what_comes_from_the_file_is_shown_as_such(vigie: Commands) -> None:
    vigie.settings(FILE)
    for noun, name in (("source", "Le Phare"), ("watch", "Corée"), ("channel", "desk")):
        assert "file" in vigie(noun, "list").out
        assert vigie(noun, "show", name, "--json").json["origin"] == "file"
        assert "vigie.toml" in vigie(noun, "show", name).out


def test_a_channel_of_the_file_that_vigie_stopped_is_resumed_by_a_command(vigie: Commands) -> None:
    vigie.settings(FILE)
    vigie("channel", "list")

    async def stop(tx: Transaction) -> None:
        channel = await tx.channels.get("desk")
        await tx.channels.change(channel.id, paused_because="410 Gone")

    vigie.stored(stop)
    assert vigie("channel", "show", "desk", "--json").json["state"] == "stopped"
    assert vigie("channel", "resume", "desk", "--json").json["state"] == "ok"
