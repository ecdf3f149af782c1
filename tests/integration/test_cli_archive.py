"""The commands that read what was found and who was told: match, article, deliveries."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from news.alert import Alert, Attempt, Change, Item, Told
from news.article import Span
from news.watch import Match
from service.notices import tell_of_channel
from storage import Transaction
from tests.commands import Commands
from tests.samples import HOUR, NOON, a_channel, a_source, a_watch, an_article, claim, put_delivery, record

TEXT = "Rien d'abord.\n\nPuis un missile vole.\n\nEt un autre missile."


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


async def _matches(tx: Transaction) -> None:
    source_id = await tx.sources.put(a_source(), NOON)
    watch_id = await tx.watches.put(a_watch(), NOON)
    other_id = await tx.watches.put(a_watch("Ciel", "vole"), NOON)
    article = replace(
        an_article("https://phare.example/a", "Le missile \x1b]0;hacked\x07", TEXT),
        authors=("Zoé",),
        published_at=NOON - HOUR,
        language="fr",
    )
    number = await tx.articles.add(article, source_id, NOON, NOON)
    assert number is not None
    spans = (Span("title", 3, 10), Span("text", 23, 30), Span("text", TEXT.rindex("missile"), len(TEXT) - 1))
    now = datetime.now(UTC)
    await tx.matches.add(Match(watch_id, number, spans, now - 3 * HOUR))
    await tx.matches.add(Match(other_id, number, (), now, seen=True))


def test_the_matches_are_listed_newest_first_with_their_watches(vigie: Commands) -> None:
    vigie.stored(_matches)
    listed = vigie("matches", "list", "--json").json
    assert [(match["watch"], match["alerted"]) for match in listed] == [("Ciel", False), ("Corée", True)]
    assert listed[1]["spans"][0] == {"field": "title", "start": 3, "end": 10}
    assert listed[1]["published_at"] == "2026-11-14T11:00:00Z"
    told = vigie("matches", "list").out
    assert "history" in told


def test_the_matches_are_narrowed_by_watch_time_and_number(vigie: Commands) -> None:
    vigie.stored(_matches)
    for options in (["--watch", "Ciel"], ["--since", "2h"], ["--limit", "1"]):
        assert [match["watch"] for match in vigie("matches", "list", *options, "--json").json] == ["Ciel"]
    for since in ("2000-01-01", "2000-01-01T08:00+01:00", "4h"):
        assert len(vigie("matches", "list", "--since", since, "--json").json) == 2
    assert "no watch named 'Pluie'" in vigie("matches", "list", "--watch", "Pluie").err


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "99999999999d", "5"])
def test_a_time_that_is_none_is_bad_use(vigie: Commands, since: str) -> None:
    refused = vigie("matches", "list", "--since", since)
    assert refused.code == 2
    assert "90s, 15m, 2h, 1d" in " ".join(refused.err.replace("│", " ").split())


def test_a_match_shows_the_passages_with_hits_and_no_others(vigie: Commands) -> None:
    vigie.stored(_matches)
    told = vigie("matches", "show", "1").out
    assert "  Puis un missile vole." in told
    assert "  Et un autre missile." in told
    assert "Rien d'abord." not in told
    shown = vigie("matches", "show", "1", "--json").json
    assert shown["text"] == TEXT
    assert shown["deliveries"] == []
    [snippet] = shown["snippets"]
    assert snippet["text"] == TEXT.replace("\n\n", "\n")
    assert [snippet["text"][span["start"] : span["end"]] for span in snippet["spans"]] == ["missile", "missile"]
    assert "  Rien d'abord." in vigie("matches", "show", "2").out


def test_what_was_crawled_cannot_steer_the_terminal(vigie: Commands) -> None:
    vigie.stored(_matches)
    for command in (["matches", "list"], ["matches", "show", "1"], ["article", "list"], ["article", "show", "1"]):
        told = vigie(*command).out
        assert "Le missile �]0;hacked" in told
        assert "\x1b" not in told
        assert "\x1b" not in vigie(*command, "--json").out
    assert vigie("article", "show", "1", "--json").json["title"] == "Le missile \x1b]0;hacked\x07"


def test_the_articles_are_listed_and_shown_in_full(vigie: Commands) -> None:
    vigie.stored(_matches)
    [listed] = vigie("article", "list", "--source", "Le Phare", "--json").json
    assert (listed["source"], listed["authors"], listed["language"]) == ("Le Phare", ["Zoé"], "fr")
    assert "text" not in listed
    assert vigie("article", "show", "1", "--json").json == {**listed, "text": TEXT}
    told = vigie("article", "show", "1").out
    assert "Le Phare · Zoé · 2026-11-14 11:00 UTC · fr" in told
    assert told.endswith(f"\n\n{TEXT}\n")


@pytest.mark.parametrize("noun", ["matches", "article", "deliveries"])
def test_an_unknown_number_is_an_error(vigie: Commands, noun: str) -> None:
    unknown = vigie(noun, "show", "77")
    assert unknown.code == 2
    assert "with id 77" in unknown.err
    assert f"vigie {noun} list" in unknown.err


async def _deliveries(tx: Transaction) -> None:
    refused = await put_delivery(tx, 1)
    await put_delivery(tx, 2)
    await claim(tx)
    await record(tx, refused, Attempt(NOON, 12, False, "500 Oops"), "dead")


def test_the_deliveries_are_narrowed_by_state_and_channel(vigie: Commands) -> None:
    vigie.stored(_deliveries)
    assert [one["state"] for one in vigie("deliveries", "list", "--json").json] == ["pending", "dead"]
    [dead] = vigie("deliveries", "list", "--state", "dead", "--json").json
    assert (dead["channel"], dead["watch"], dead["last_error"]) == ("channel 1", "watch 1", "500 Oops")
    assert vigie("deliveries", "list", "--state", "dead", "--channel", "channel 2", "--json").json == []
    assert vigie("deliveries", "list", "--state", "lost").code == 2
    assert "no channel named 'nowhere'" in vigie("deliveries", "list", "--channel", "nowhere").err


def test_a_delivery_shows_every_attempt(vigie: Commands) -> None:
    vigie.stored(_deliveries)
    shown = vigie("deliveries", "show", "1", "--json").json
    assert shown["tries"] == [
        {"at": "2026-11-14T12:00:00Z", "duration_ms": 12, "succeeded": False, "answer": "500 Oops"}
    ]
    assert "500 Oops" in vigie("deliveries", "show", "1").out


def test_a_delivery_is_replayed_under_its_key(vigie: Commands) -> None:
    vigie.stored(_deliveries)
    [dead] = vigie("deliveries", "list", "--state", "dead", "--json").json
    [again] = vigie("deliveries", "replay", "1", "--json").json
    assert (again["id"], again["key"], again["state"], again["attempts"]) == (1, dead["key"], "pending", 0)


def test_deliveries_are_replayed_by_their_state(vigie: Commands) -> None:
    vigie.stored(_deliveries)
    assert vigie("deliveries", "replay", "--state", "failed").out == "to be sent again: 0\n"
    assert vigie("deliveries", "replay", "--state", "dead", "--channel", "channel 2").out == "to be sent again: 0\n"
    assert vigie("deliveries", "replay", "--state", "dead", "--channel", "channel 1").out == "to be sent again: 1\n"
    assert vigie("deliveries", "list", "--state", "dead", "--json").json == []


def test_a_replay_that_has_to_wait_for_its_channel_says_so(vigie: Commands) -> None:
    vigie.stored(_deliveries)
    vigie("channel", "pause", "channel 1")
    assert "they wait until: vigie channel resume 'channel 1'" in vigie("deliveries", "replay", "1").err
    assert "when the channel is resumed" in vigie("deliveries", "list").out


@pytest.mark.parametrize(
    "arguments", [[], ["1", "--state", "dead"], ["--channel", "x"], ["1", "--channel", "x"], ["1", "--since", "2h"]]
)
def test_a_replay_names_numbers_or_a_range(vigie: Commands, arguments: list[str]) -> None:
    refused = vigie("deliveries", "replay", *arguments)
    assert refused.code == 2
    assert "by their numbers, or by --state, --since" in refused.err


def test_one_unknown_number_replays_nothing(vigie: Commands) -> None:
    vigie.stored(_deliveries)
    assert vigie("deliveries", "replay", "1", "77").code == 2
    assert len(vigie("deliveries", "list", "--state", "dead", "--json").json) == 1


def test_all_that_was_ever_sent_is_not_replayed_by_mistake(vigie: Commands) -> None:
    refused = vigie("deliveries", "replay", "--state", "sent")
    assert refused.code == 2
    assert "say from when on" in refused.err


def test_deliveries_are_listed_and_replayed_by_when_they_were_decided(vigie: Commands) -> None:
    async def over_two_days(tx: Transaction) -> None:
        for number, decided_at in enumerate((NOON - 48 * HOUR, NOON - 24 * HOUR, NOON), 1):
            await put_delivery(tx, number, decided_at)
        for delivery in await claim(tx):
            await record(
                tx, delivery, Attempt(NOON, 12, delivery.id > 2, "said"), "sent" if delivery.id > 2 else "dead"
            )

    vigie.stored(over_two_days)
    day = ("--since", "2026-11-13T12:00", "--until", "2026-11-14T12:00")
    assert [one["id"] for one in vigie("deliveries", "list", *day, "--json").json] == [2]
    assert [one["id"] for one in vigie("deliveries", "list", "--since", "2026-11-13", "--json").json] == [3, 2]
    assert [one["id"] for one in vigie("deliveries", "replay", "--since", "2026-11-13", "--json").json] == [2]
    assert vigie("deliveries", "replay", "--until", "2026-11-13").out == "to be sent again: 1\n"
    since = ("--state", "sent", "--since", "2026-11-14", "--channel", "channel 3")
    assert [one["id"] for one in vigie("deliveries", "replay", *since, "--json").json] == [3]


@pytest.mark.parametrize("command", ["list", "replay"])
def test_a_span_in_which_nothing_can_lie_is_bad_use(vigie: Commands, command: str) -> None:
    refused = vigie("deliveries", command, "--since", "1h", "--until", "2h")
    assert refused.code == 2
    assert "--until is not after --since" in refused.err


def test_a_replay_leaves_what_a_removed_channel_had_and_says_so(vigie: Commands) -> None:
    vigie.stored(_deliveries)
    vigie("channel", "remove", "channel 1")
    refused = vigie("deliveries", "replay", "1")
    assert refused.out == "to be sent again: 0\n"
    assert "not sent again: 1, whose channels were removed" in refused.err


def test_a_channel_that_vigie_paused_is_listed_as_what_was_told(vigie: Commands) -> None:
    async def told(tx: Transaction) -> None:
        delivery = await put_delivery(tx, 1)
        await put_delivery(tx, 2)
        await tell_of_channel(tx, delivery.channel, "410 Gone", NOON)

    vigie.stored(told)
    listed = vigie("deliveries", "list", "--limit", "1")
    assert "(channel paused)" in listed.out and "channel 2" in listed.out


def test_a_digest_and_an_update_say_what_they_tell(vigie: Commands) -> None:
    async def told(tx: Transaction) -> None:
        channel_id = await tx.channels.put(a_channel(), NOON)
        watch_id = await tx.watches.put(a_watch(), NOON)
        shown = Told(7, "La suite", "https://phare.example/suite", "Le Phare", "", found_at=NOON)
        items = (Item("Corée", shown, (), (Change("outlets", "+1 outlet"),), watch_id),)
        first = Told(0, "1 story: Corée, Crues", "", "", "", found_at=NOON)
        await tx.outbox.add(Alert("", "", NOON, first, kind="digest", items=items), None, [channel_id])
        await tx.outbox.add(Alert("Corée", "q", NOON, first, kind="update", items=items), watch_id, [channel_id])

    vigie.stored(told)
    assert "(digest)" in vigie("deliveries", "list").out
    for number, kind in (("1", "digest"), ("2", "update")):
        shown = vigie("deliveries", "show", number).out
        assert all(said in shown for said in (kind, "La suite", "+1 outlet", "https://phare.example/suite"))
