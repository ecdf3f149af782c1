"""The feeds as a feed reader asks for them: over HTTP, out of a database, by an address that cannot be guessed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import feedparser
import pytest

from news.article import Span
from news.watch import Match
from service.feeds import MOST_ENTRIES, Feeds
from service.keys import instance_key
from storage import Database
from tests.commands import Commands
from tests.samples import HOUR, NOON, a_source, a_watch, an_article
from web.app import make_app
from web.server import WebServer

KEY = b"k" * 32


class Reader:
    """A server with feeds, and a feed reader that asks it."""

    def __init__(self, database: Database, server: WebServer) -> None:
        self.feeds = Feeds(database, KEY, server.url)
        self._database = database
        self._server = server
        self._articles = 0

    async def watch(self, name: str, watchlist: str = "") -> int:
        async with self._database.write() as tx:
            return await tx.watches.put(replace(a_watch(name), watchlist=watchlist), NOON)

    async def article(self, *watches: int, seen: bool = False) -> None:
        self._articles += 1
        number = self._articles
        async with self._database.write() as tx:
            if number == 1:
                await tx.sources.put(a_source(), NOON)
            source = (await tx.sources.get("Le Phare")).id
            found = an_article(f"https://phare.example/{number}", f"Titre {number}", "Un missile tombe.")
            article = await tx.articles.add(found, source, NOON, NOON)
            assert article is not None
            for watch in watches:
                span = Span("text", 3, 10)
                await tx.matches.add(Match(watch, article, (span,), NOON + number * HOUR, seen=seen))

    async def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, Any]:
        async with aiohttp.ClientSession() as session:
            response = await session.request(method, f"{self._server.url}{path}", headers=headers)
            return response.status, await response.read(), response.headers

    async def read(self, path: str) -> Any:
        status, body, headers = await self.get(path)
        assert (status, headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
        feed = feedparser.parse(BytesIO(body))
        assert not feed.bozo
        return feed


@pytest.fixture
async def reader(database: Database) -> AsyncIterator[Reader]:
    async def ready() -> dict[str, str]:
        return {}

    feeds: list[Feeds] = []

    class Desk:
        async def read(self, token: str) -> bytes | None:
            return await feeds[0].read(token)

    server = WebServer(make_app(ready, None, Desk()), "127.0.0.1", 0)
    await server.start()
    opened = Reader(database, server)
    feeds.append(opened.feeds)
    yield opened
    await server.stop()


async def test_the_feed_of_a_watch_has_what_it_found_newest_first(reader: Reader) -> None:
    corea, other = await reader.watch("Corée"), await reader.watch("Rivals")
    await reader.article(corea)
    await reader.article(other)
    await reader.article(corea, other)
    path = reader.feeds.of_watch(corea)
    feed = await reader.read(path)
    assert feed.feed.title == "Vigie: Corée"
    assert [entry.title for entry in feed.entries] == ["Titre 3", "Titre 1"]
    assert feed.feed.links[0].href == reader.feeds.address(path)


async def test_the_feed_of_a_watchlist_has_each_article_once_with_the_watches_that_found_it(reader: Reader) -> None:
    name = "Télécom / 北"
    one, two, other = [await reader.watch(*which) for which in (("Un", name), ("Deux", name), ("Trois", "x"))]
    await reader.article(one, two, other)
    await reader.article(two)
    await reader.article(other)
    feed = await reader.read(reader.feeds.of_watchlist(name))
    assert feed.feed.title == f"Vigie: {name}"
    assert [(entry.title, [tag.term for tag in entry.tags]) for entry in feed.entries] == [
        ("Titre 2", ["Deux"]),
        ("Titre 1", ["Deux", "Un"]),
    ]


async def test_history_is_in_no_feed(reader: Reader) -> None:
    corea = await reader.watch("Corée")
    await reader.article(corea, seen=True)
    await reader.article(corea)
    assert [entry.title for entry in (await reader.read(reader.feeds.of_watch(corea))).entries] == ["Titre 2"]


async def test_a_feed_has_its_newest_entries_only(reader: Reader) -> None:
    corea = await reader.watch("Corée")
    for _ in range(MOST_ENTRIES + 1):
        await reader.article(corea)
    entries = (await reader.read(reader.feeds.of_watch(corea))).entries
    assert (len(entries), entries[-1].title) == (MOST_ENTRIES, "Titre 2")


async def test_a_feed_that_has_not_changed_is_not_sent_again(reader: Reader) -> None:
    corea = await reader.watch("Corée")
    path = reader.feeds.of_watch(corea)
    _, _, headers = await reader.get(path)
    for known in (headers["etag"], f'"x", W/{headers["etag"]}'):
        status, body, again = await reader.get(path, **{"if-none-match": known})
        assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    await reader.article(corea)
    assert (await reader.get(path, **{"if-none-match": headers["etag"]}))[0] == 200


async def test_a_feed_is_private_and_says_so(reader: Reader) -> None:
    status, body, headers = await reader.get(reader.feeds.of_watch(await reader.watch("Corée")), "HEAD")
    assert (status, body) == (200, b"")
    assert headers["cache-control"] == "private, max-age=60"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_who_does_not_know_the_address_reads_nothing(reader: Reader, database: Database) -> None:
    first, second = await reader.watch("Un", "x"), await reader.watch("Deux")
    path, list_path = reader.feeds.of_watch(first), reader.feeds.of_watchlist("x")
    foreign = Feeds(database, b"o" * 32, "")
    guesses = [
        path.replace(f"w{first}.", f"w{second}."),
        path.replace(f"w{first}.", f"w0{first}."),
        list_path.replace("/l", f"/w{first}"),
        path[:-6] + ("A" if path[-6] != "A" else "B") + ".atom",
        path.removesuffix(".atom"),
        foreign.of_watch(first),
        foreign.of_watchlist("x"),
        f"/feeds/w{first}.atom",
        f"/feeds/w{first}..atom",
        "/feeds/.atom",
        "/feeds/",
        "/feeds/%00.atom",
    ]
    for guess in guesses:
        assert (await reader.get(guess))[0] in (404, 405), guess
    assert (await reader.get(path, "POST"))[0] == 405


async def test_the_feed_of_what_is_gone_is_gone_and_a_new_name_keeps_the_address(
    reader: Reader, database: Database
) -> None:
    corea = await reader.watch("Corée", "Asie")
    path, list_path = reader.feeds.of_watch(corea), reader.feeds.of_watchlist("Asie")
    async with database.write() as tx:
        await tx.watches.change(corea, name="Korea")
    assert (await reader.read(path)).feed.title == "Vigie: Korea"
    async with database.write() as tx:
        await tx.watches.remove(corea)
    assert [(await reader.get(gone))[0] for gone in (path, list_path)] == [404, 404]
    unknown = (reader.feeds.of_watch(99_999), reader.feeds.of_watchlist("nobody"))
    assert [(await reader.get(one))[0] for one in unknown] == [404, 404]


def test_the_command_prints_the_address_and_keeps_the_key_to_itself(tmp_path: Path) -> None:
    vigie = Commands(tmp_path)
    vigie("watch", "add", "Corée", "missile", "--watchlist", "Asie")
    said = vigie("watch", "feed", "Corée")
    assert said.code == 0
    assert said.out.startswith("http://127.0.0.1:8765/feeds/w1.")
    assert vigie("watch", "feed", "Corée", "--json").json["url"] == said.out.strip()
    assert vigie("watch", "feed", "--watchlist", "Asie").out.startswith("http://127.0.0.1:8765/feeds/l")
    vigie.settings('[web]\npublic_url = "https://vigie.example.org/"\n')
    assert vigie("watch", "feed", "Corée").out.startswith("https://vigie.example.org/feeds/w1.")
    vigie.settings("[web]\nport = 0\n")
    free = vigie("watch", "feed", "Corée")
    assert free.out.startswith("/feeds/w1.")
    assert "[web] port" in free.err


async def test_a_key_is_made_once_whoever_asks_first(database: Database) -> None:
    [key] = set(await asyncio.gather(*(instance_key(database, "feeds") for _ in range(8))))
    assert len(key) == 32
    assert await instance_key(database, "feeds") == key
    assert await instance_key(database, "feedback") != key


@pytest.mark.parametrize("arguments", [[], ["Corée", "--watchlist", "x"], ["nobody"], ["--watchlist", "nobody"]])
def test_the_command_wants_a_watch_or_a_watchlist_that_there_is(tmp_path: Path, arguments: list[str]) -> None:
    assert Commands(tmp_path)("watch", "feed", *arguments).code == 2
