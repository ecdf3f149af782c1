"""`vigie watch test`, as it is typed: samples, histogram, numbers, and what is gained and lost."""

from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from cli import output, watch_test
from news.article import Article
from storage import Transaction
from tests.commands import Commands
from tests.samples import NOON, a_source, a_watch
from tests.trails import put_text

TEXTS = (("Un missile", "Pyongyang tire.\n\nSéoul proteste."), ("Football", "Séoul gagne."), ("Orange", "Un fruit."))


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on an archive of three articles a day, for ten days, and a watch."""
    commands = Commands(tmp_path)
    commands.stored(_fill)
    return commands


async def _fill(tx: Transaction) -> None:
    source_id = await tx.sources.put(a_source(), NOON)
    await tx.watches.put(a_watch("Corée", "Pyongyang OU football"), NOON)
    await tx.watches.put(a_watch("Cassée", "watch:Personne"), NOON)
    for number in range(30):
        url = f"https://phare.example/{number}"
        told_at = NOON - timedelta(days=9 - number // 3)
        await put_text(tx, source_id, Article(url, url, *TEXTS[number % 3], (), told_at, None))


def test_the_newest_hits_the_histogram_and_the_numbers_are_printed(vigie: Commands) -> None:
    told = vigie("watch", "test", "missile", "--limit", "1")
    assert told.code == 0
    lines = told.out.splitlines()
    assert lines[0] == "Un missile"
    assert lines[1].startswith("  article 28 · Le Phare · ")
    assert lines[2:5] == ["  Pyongyang tire.", "  Séoul proteste.", ""]
    assert lines[5] == f"2026-11-05 {'█' * (80 - 10 - 1 - 2)} 1"
    assert len(lines[5:15]) == 10
    assert lines[15:] == [
        "",
        "10 of 30 stored articles match.",
        "That is 1.0 alerts a day in the last 10 days, one for each story (1.0 articles a day).",
        "The busiest day was 2026-11-14: 1 alert.",
    ]


def test_a_watch_is_tested_by_its_name_in_full(vigie: Commands) -> None:
    vigie("watch", "add", "Asie", "watch:Corée -football")
    told = vigie("watch", "test", "Asie", "--json").json
    assert (told["query"], told["matches"]) == ("watch:Corée -football", 10)


def test_json_tells_days_rates_and_samples(vigie: Commands) -> None:
    told = vigie("watch", "test", "Séoul", "--limit", "2", "--json").json
    assert (told["matches"], told["articles"], told["is_about"]) == (20, 30, False)
    assert told["days"][0] == {"day": "2026-11-05", "matches": 2, "alerts": 2}
    assert (told["recent_days"], told["matches_a_day"], told["alerts_a_day"]) == (10, 2.0, 2.0)
    assert (told["is_noisy"], told["noisy_above"], told["gaps"], told["against"]) == (False, 20, [], None)
    assert [hit["id"] for hit in told["newest"]] == [29, 28]


def test_a_noisy_query_is_warned_of(vigie: Commands) -> None:
    async def flood(tx: Transaction) -> None:
        for number in range(250):
            url = f"https://phare.example/flood/{number}"
            await put_text(tx, 1, Article(url, url, "Inondation", "De l'eau.", (), NOON, None))

    vigie.stored(flood)
    told = vigie("watch", "test", "inondation", "--limit", "1")
    assert "That is 25 alerts a day" in told.out
    assert "this is noisy: over 20 alerts a day" in told.err


def test_a_query_that_matches_nearly_everything_is_warned_of(vigie: Commands) -> None:
    told = vigie("watch", "test", "lang:xx OR url:phare", "--limit", "1")
    assert told.err == "note: this matches over half of all stored articles: it hardly tells one from another\n"
    assert vigie("watch", "test", "url:phare", "--json").json["is_broad"]
    half = vigie("watch", "test", "url:e/2 OR url:e/3 OR url:e/4 OR url:e/5 OR url:e/6", "--limit", "1")
    assert ("15 of 30" in half.out, half.err) == (True, "")


def test_a_share_of_a_few_articles_says_nothing(tmp_path: Path) -> None:
    async def few(tx: Transaction) -> None:
        source_id = await tx.sources.put(a_source(), NOON)
        for number in range(9):
            url = f"https://phare.example/{number}"
            await put_text(tx, source_id, Article(url, url, "Un missile", "Il vole.", (), NOON, None))

    vigie = Commands(tmp_path)
    vigie.stored(few)
    told = vigie("watch", "test", "missile")
    assert ("9 of 9" in told.out, told.err) == (True, "")


def test_a_query_that_finds_nothing_is_told_what_is_to_blame(vigie: Commands) -> None:
    told = vigie("watch", "test", "Pyonyang AND missile")
    assert (told.code, told.out) == (0, "0 of 30 stored articles match.\n")
    assert told.err == "note: “Pyonyang” is in no article; spelled much like it: pyongyang\n"
    assert vigie("watch", "test", "Pyonyang", "--json").json["gaps"] == [
        {"clause": "Pyonyang", "says": "is in no article", "alike": ["pyongyang"]}
    ]


def test_an_edit_is_tried_against_the_watch(vigie: Commands) -> None:
    told = vigie("watch", "test", "Pyongyang OU orange", "--against", "Corée", "--limit", "1").out.splitlines()
    assert told[0:2] == ["Gained: 10", "Orange"]
    lost = told.index("Lost: 10")
    assert told[lost + 1] == "Football"
    assert told[-1] == "Before: 20 match, 2.0 alerts a day."
    found = vigie("watch", "test", "Pyongyang", "--against", "Corée", "--json").json
    against = found["against"]
    assert (found["matches"], against["query"], against["matches"]) == (10, "Pyongyang OU football", 20)
    assert (against["gained"], against["lost"]["number"]) == ({"number": 0, "newest": []}, 10)
    assert [hit["title"] for hit in against["lost"]["newest"]] == ["Football"] * 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missile AND"], "^ character 9"),
        (["missile", "--against", "orange AND"], "^ character 8"),
        (["missile", "--against", "Cassée"], "the query of the watch 'Cassée' is broken: there is no watch “Personne”"),
        (["missile", "--against", "watch:Nulle"], "there is no watch “Nulle”"),
    ],
)
def test_bad_use_is_exit_code_2(vigie: Commands, arguments: list[str], said: str) -> None:
    refused = vigie("watch", "test", *arguments)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err


@pytest.mark.parametrize("width", [80, 120])
def test_on_a_terminal_the_bars_fill_it_and_no_line_is_wider(
    vigie: Commands, width: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "screen").open("w+", encoding="utf-8") as screen:
        console = Console(file=screen, force_terminal=True, width=width, color_system=None, soft_wrap=True)
        for module in (output, watch_test):
            monkeypatch.setattr(module, "out", console)
        vigie("watch", "test", "Séoul")
        screen.seek(0)
        bars = [line for line in screen.read().splitlines() if "█" in line]
    assert [len(line) for line in bars] == [width] * 10


async def test_the_real_command_shows_its_progress_to_nobody_but_a_terminal(vigie: Commands) -> None:
    told = await vigie.apart("watch", "test", "Séoul NEAR/0 gagne", "--limit", "1")
    assert (told.code, told.err) == (0, "")
    assert "10 of 30 stored articles match." in told.out
