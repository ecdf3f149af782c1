"""The commands that tell of stories."""

from dataclasses import replace
from pathlib import Path

import pytest

from matching import document
from news.article import StoredArticle
from service.stories import StoryDesk
from storage import Transaction
from tests.commands import Commands
from tests.made_news import NOW, Made, copy_of, made
from tests.samples import HOUR, a_source, a_watch


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own, with two stories, the second of three articles."""
    commands = Commands(tmp_path)
    commands.stored(_stored)
    return commands


async def _stored(tx: Transaction) -> None:
    desk = StoryDesk()
    beacon = await tx.sources.put(a_source(), NOW)
    dike = await tx.sources.put(a_source("La Digue", "https://digue.example/"), NOW)
    first = made(2, 1, NOW - 3 * HOUR)
    odd = made(1, 1, NOW - 9 * HOUR)
    odd = Made(replace(odd.article, title="Un \x1b]0;titre"), odd.told_at)
    news = ((beacon, odd), (beacon, first), (dike, copy_of(first, 1, NOW - 2 * HOUR)), (dike, made(2, 2, NOW)))
    for source_id, one in news:
        number = await tx.articles.add(one.article, source_id, NOW, NOW)
        assert number is not None
        await desk.place(
            tx, StoredArticle(number, source_id, "", one.article, NOW, NOW), document(one.article, ""), NOW
        )


def test_the_stories_are_listed_the_newest_first_with_their_sources(vigie: Commands) -> None:
    latest, other = vigie("story", "list", "--json").json
    assert latest == {
        "id": 2,
        "title": made(2, 1).article.title,
        "articles": 3,
        "copies": 1,
        "sources": ["Le Phare", "La Digue"],
        "first_at": "2026-11-21T09:00:00Z",
        "last_at": "2026-11-21T12:00:00Z",
    }
    assert other["articles"] == 1
    told = vigie("story", "list").out
    assert "3 (1 copied)" in told
    assert "Le Phare +1" in told
    assert "\x1b]0" not in told


def test_the_stories_are_narrowed_by_size_time_and_number(vigie: Commands) -> None:
    for options in (["--least", "2"], ["--since", "2026-11-21T08:00"], ["--limit", "1"]):
        assert [story["id"] for story in vigie("story", "list", *options, "--json").json] == [2]
    assert "There is no such story." in vigie("story", "list", "--least", "4").out


def test_a_story_is_shown_as_its_timeline(vigie: Commands) -> None:
    shown = vigie("story", "show", "2", "--json").json
    parts = [(one["article_id"], one["part"], one["copy_of"], one["containment"]) for one in shown["timeline"]]
    assert parts == [(2, "first", None, None), (3, "copied", 2, 1.0), (4, "added", None, None)]
    assert [one["told_at"][11:16] for one in shown["timeline"]] == ["09:00", "10:00", "12:00"]
    lines = vigie("story", "show", "2").out.splitlines()
    assert lines[:2] == [made(2, 1).article.title, "3 articles, 1 copied, 2 sources"]
    assert "2026-11-21 10:00 UTC  copied 2  3        La Digue" in lines[5]


def test_a_story_that_is_not_there_is_told(vigie: Commands) -> None:
    said = vigie("story", "show", "77")
    assert said.code == 2
    assert "there is no story with id 77" in said.err
    assert "vigie story list" in said.err


async def _watched(tx: Transaction) -> None:
    await tx.watches.put(a_watch("Ministry", "x"), NOW)
    await tx.watches.put(a_watch("Other", "x"), NOW)


def test_a_story_that_is_muted_says_so_until_it_is_not(vigie: Commands) -> None:
    vigie.stored(_watched)
    assert vigie("story", "show", "2", "--json").json["muted"] == []
    assert vigie("story", "unmute", "2", "Ministry").code == 2
    assert vigie("story", "mute", "2", "Ministry").code == 0
    assert [one["watch"] for one in vigie("story", "show", "2", "--json").json["muted"]] == ["Ministry"]
    assert "muted for the watch “Ministry” since 20" in vigie("story", "show", "2").out
    assert "muted" not in vigie("story", "show", "1").out
    assert vigie("story", "unmute", "2", "Other").code == 2
    assert "tells of story 2 again" in vigie("story", "unmute", "2", "Ministry").out
    assert vigie("story", "show", "2", "--json").json["muted"] == []


def test_only_a_story_and_a_watch_that_there_are_can_be_muted(vigie: Commands) -> None:
    vigie.stored(_watched)
    for arguments in (["99", "Ministry"], ["2", "Nobody"]):
        for verb in ("mute", "unmute"):
            assert vigie("story", verb, *arguments).code == 2
