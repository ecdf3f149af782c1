"""Text and times of every sort are kept, and kept alike on both databases."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from news.alert import Alert, Told
from news.article import Article
from news.source import Feed, FoundLink
from news.text import composed, storable
from storage import Database, tables
from tests.judges import judge
from tests.samples import HOUR, NOON, a_channel, a_source, a_watch, an_article, put_article, told_of

HOSTILE = {
    "NUL": ("a\x00b", "ab"),
    "nothing but NUL": ("\x00", ""),
    "a lone high surrogate": ("a\ud83db", "a\ufffdb"),
    "a lone low surrogate": ("a\udca9b", "a\ufffdb"),
    "a pair of surrogates": ("a\ud83d\udca9b", "a\ufffd\ufffdb"),
    "no character": ("a\ufffe\uffffb", "a\ufffd\ufffdb"),
    "control characters": ("a\x01\x08\x0b\x1b[31m\x7f\x85b", "a\x01\x08\x0b\x1b[31m\x7f\x85b"),
    "line breaks": ("a\r\nb\u2028c\u2029d", "a\r\nb\u2028c\u2029d"),
    "emoji": ("👩🏽‍🚀🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👩🏽‍🚀🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
    "right to left": ("\u202eelpmaxe\u202c \u2066x\u2069", "\u202eelpmaxe\u202c \u2066x\u2069"),
    "zero width": ("a\u200bb\u200dc\ufeffd", "a\u200bb\u200dc\ufeffd"),
    "not normalised": ("e\u0301 \u00e9", "e\u0301 \u00e9"),
    "quotes and escapes": ("'\"\\ \\u0000 \\x00 %s :name ${x} {0}", "'\"\\ \\u0000 \\x00 %s :name ${x} {0}"),
    "SQL": ("x'; DROP TABLE article; --", "x'; DROP TABLE article; --"),
    "white space": (" \t a \n", " \t a \n"),
    "nothing": ("", ""),
}


@pytest.fixture(params=HOSTILE.values(), ids=list(HOSTILE))
def hostile(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A text, and what is kept of it."""
    text: tuple[str, str] = request.param
    return text


async def test_hostile_text_in_an_article_is_kept(database: Database, hostile: tuple[str, str]) -> None:
    text, kept = hostile
    async with database.write() as transaction:
        source_id = await transaction.sources.put(a_source(name=f"source {text}"), NOON)
        article = replace(an_article(title=text, text=text), authors=(text, "Zoé"))
        number = await transaction.articles.add(article, source_id, NOON, NOON)
        assert number is not None
    async with database.read() as transaction:
        stored = await transaction.articles.get(number)
        expected = replace(article, title=kept, text=kept, authors=(kept, "Zoé"))
        assert (stored.source, stored.article) == (composed(f"source {kept}"), expected)


async def test_hostile_text_in_names_finds_what_it_named(database: Database, hostile: tuple[str, str]) -> None:
    text, kept = hostile
    async with database.write() as transaction:
        await transaction.sources.put(a_source(name=text), NOON)
        await transaction.watches.put(replace(a_watch(text, query=text), channels=(text,), watchlist=text), NOON)
        await transaction.channels.put(replace(a_channel(text), settings={text: [text, {"x": text}]}), NOON)
    async with database.read() as transaction:
        name = composed(kept)
        assert (await transaction.sources.get(text)).name == name
        watch = await transaction.watches.get(text)
        assert (watch.name, watch.query, watch.channels, watch.watchlist) == (name, kept, (kept,), name)
        channel = await transaction.channels.get(text)
        assert (channel.name, channel.settings) == (name, {kept: [kept, {"x": kept}]})


async def test_hostile_text_from_servers_is_kept(database: Database, hostile: tuple[str, str]) -> None:
    text, kept = hostile
    async with database.write() as transaction:
        number = await transaction.sources.put(a_source(), NOON)
        await transaction.feeds.replace(number, [Feed("https://phare.example/rss", "feed")])
        [feed] = await transaction.feeds.of(number)
        await transaction.feeds.polled(replace(feed, etag=text, last_modified=text), NOON)
        await transaction.feeds.polled(replace(feed, last_error=f"error {text}"), NOON)
        found = FoundLink("https://phare.example/a", title=text)
        await transaction.links.add_unknown(number, "feed", [found], is_history=False, now=NOON)
        [link] = await transaction.links.due(number, NOON, 1)
        await transaction.links.postpone(link.id, NOON, text)
    async with database.read() as transaction:
        [feed] = await transaction.feeds.of(number)
        assert (feed.etag, feed.last_modified, feed.last_error) == (kept, kept, f"error {kept}")
        [link] = await transaction.links.due(number, NOON, 1)
        assert link.last_error == kept
        assert await transaction.connection.scalar(select(tables.link.c.title)) == kept


async def test_hostile_text_in_an_alert_is_kept(database: Database, hostile: tuple[str, str]) -> None:
    text, kept = hostile
    async with database.write() as transaction:
        article_id = await put_article(transaction, 1)
        watch_id = await transaction.watches.put(a_watch(), NOON)
        channel_id = await transaction.channels.put(a_channel(), NOON)
        told = replace(told_of(article_id), title=text, excerpt=text, source=text, authors=(text,))
        await transaction.outbox.add(Alert("Corée", text, NOON, told), watch_id, [channel_id])
    async with database.read() as transaction:
        [delivery] = await transaction.outbox.latest(9)
        assert delivery.alert.query == kept
        assert delivery.alert.told == replace(told, title=kept, excerpt=kept, source=kept, authors=(kept,))


async def test_the_list_of_naughty_strings_is_kept(database: Database) -> None:
    naughty: list[str] = json.loads(judge("naughty-strings.json").read_text("utf-8"))
    articles: list[Article] = []
    async with database.write() as transaction:
        source_id = await transaction.sources.put(a_source(), NOON)
        for number, text in enumerate(naughty):
            article = replace(an_article(f"https://phare.example/{number}", text, text), authors=(text,))
            articles.append(replace(article, title=storable(text), text=storable(text), authors=(storable(text),)))
            assert await transaction.articles.add(article, source_id, NOON, NOON)
            await transaction.watches.put(replace(a_watch(f"{number} {text}", text), channels=(text,)), NOON)
    async with database.read() as transaction:
        assert [stored.article for stored in reversed(await transaction.articles.latest(9_999))] == articles
        for number, text in enumerate(naughty):
            watch = await transaction.watches.get(f"{number} {text}")
            expected = (f"{number} {storable(text)}", storable(text), (storable(text),))
            assert (watch.name, watch.query, watch.channels) == expected


async def test_a_text_of_ten_million_characters_is_kept(database: Database) -> None:
    async with database.write() as transaction:
        source_id = await transaction.sources.put(a_source(), NOON)
        text = "été 👩🏽‍🚀 " * 1_000_000
        number = await transaction.articles.add(an_article(text=text), source_id, NOON, NOON)
        assert number is not None
        assert (await transaction.articles.get(number)).article.text == text


async def test_names_that_differ_only_in_what_is_cleaned_are_one_name_on_both(database: Database) -> None:
    async with database.write() as transaction:
        number = await transaction.watches.put(a_watch("a\x00b"), NOON)
        assert (await transaction.watches.get("ab")).id == number
        assert (await transaction.watches.get("a\x00b\x00")).id == number


@pytest.mark.parametrize(
    "instant",
    [
        NOON,
        datetime(2026, 11, 14, 12, 0, 0, 123_456, tzinfo=UTC),
        datetime(2026, 11, 14, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=-11), "somewhere")),
        datetime.min.replace(tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ],
    ids=lambda instant: instant.isoformat(),
)
async def test_times_come_back_as_the_same_instant_in_utc(database: Database, instant: datetime) -> None:
    async with database.write() as transaction:
        source_id = await transaction.sources.put(a_source(), NOON)
        article = replace(an_article(), published_at=instant)
        number = await transaction.articles.add(article, source_id, instant, instant)
        assert number is not None
    async with database.read() as transaction:
        stored = await transaction.articles.get(number)
        for kept in (stored.article.published_at, stored.fetched_at, stored.first_seen_at):
            assert kept == instant
            assert kept is not None
            assert kept.tzinfo is UTC


async def test_times_in_an_alert_come_back_as_the_same_instant(database: Database) -> None:
    async with database.write() as transaction:
        article_id = await put_article(transaction, 1)
        watch_id = await transaction.watches.put(a_watch(), NOON)
        channel_id = await transaction.channels.put(a_channel(), NOON)
        told = Told(article_id, "", "", "", "", published_at=NOON - HOUR, found_at=NOON)
        await transaction.outbox.add(Alert("Corée", "missile", NOON, told), watch_id, [channel_id])
        [delivery] = await transaction.outbox.latest(1)
        assert delivery.alert.told == told


async def test_a_time_without_its_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="a naive datetime cannot be stored"):
        async with database.write() as transaction:
            await transaction.sources.put(a_source(), NOON.replace(tzinfo=None))
    async with database.read() as transaction:
        with pytest.raises(StatementError, match="a naive datetime cannot be stored"):
            await transaction.sources.overdue(NOON.replace(tzinfo=None))
        assert await transaction.sources.all() == []
