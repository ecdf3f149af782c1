"""Thousands of sources on made-up hosts, all served from one port on loopback, with a ledger of what they published.

A source is one feed. It is answered by ETag, and lists each article until its page was handed out once, and the newest
ones after that. What is the matter with a host, or with one source's feed, is said by `wrong`.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Literal, Self

from bench.soak.service import HOST, ZONE

SOURCES_A_HOST = 10
_VOCABULARY = 3_000  # words, few enough to be known soon
# Articles, of all sources together: each costs many times what an unchanged feed does, and a few tell nothing.
_FEWEST_A_DAY, _MOST_A_DAY = 45.0, 120.0
# Without these no language would be recognised in made-up words.
_FRENCH = (
    "le", "la", "les", "de", "des", "du", "un", "une", "et", "à", "en", "que", "qui", "dans", "pour", "sur", "avec",
    "il", "elle", "au", "aux", "par", "plus", "pas", "ne", "se", "ce", "cette", "son", "sa", "ses", "est", "sont",
    "été", "être", "avait", "ont", "mais", "ou", "où", "comme", "tout", "nous", "vous", "ils", "leur", "depuis",
)  # fmt: skip
_SHARE_OF_FRENCH = 0.6
_NEWEST = 6  # listed in any case
_LETTERS = "bcdfglmnprstv"
_HOUR, _DAY = 3_600, 86_400

Wrong = Literal["500", "503", "429", "gone", "hangs", "cut", "lies", "unresolved", "guids", "dates"]
OF_HOSTS: tuple[Wrong, ...] = ("500", "503", "429", "gone", "hangs", "cut", "lies", "unresolved")
OF_FEEDS: tuple[Wrong, ...] = ("guids", "dates")

# Of a hundred sources: how many, visited how often (seconds; 0: as they publish), with how many articles a day, if
# that is neither too few nor too many in all.
KINDS = ((1, 4 * _HOUR, 6.0), (2, 12 * _HOUR, 3.0), (12, _DAY, 0.5), (80, 3 * _DAY, 0.15), (5, 0, 0.4))


@dataclass(slots=True)
class Site:
    """A source: its feed, and what it has published; `asked` are the instants at which its feed was asked for."""

    number: int
    interval: int
    rate: float
    listed: list[int] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    dates: list[datetime] = field(default_factory=list)
    fetched: set[int] = field(default_factory=set)
    edition: int = 0
    asked: datetime | None = None
    answered: datetime | None = None

    @property
    def host(self) -> str:
        """Its host, which it shares with some others."""
        return f"h{self.number // SOURCES_A_HOST}{ZONE}"

    @property
    def path(self) -> str:
        """Where its feed is."""
        return f"/s/{self.number}/feed.xml"


class Sites:
    """All of them, on one port."""

    def __init__(self, count: int, seed: int, now: datetime, watches: dict[str, float]) -> None:
        self.now = now
        self.port = 0
        self.wrong: dict[str, Wrong] = {}
        self.hosts: Counter[str] = Counter()
        self.ledger: dict[str, tuple[str, ...]] = {}
        self.history: set[str] = set()
        self.requests: Counter[str] = Counter()
        self.polled: Counter[int] = Counter()
        self.faults: list[str] = []
        self.keeps_waiting: list[str] = []
        self._open: Counter[int] = Counter()
        self._connections: set[_Connection] = set()
        self._watches = watches
        self._seed = seed
        self._random = random.Random(seed)
        self._vocabulary = _words(self._random, _VOCABULARY).split()
        kinds = [(interval, rate) for share, interval, rate in KINDS for _ in range(share)]
        self._random.shuffle(kinds)
        self.all = [Site(number, *kinds[number % len(kinds)]) for number in range(count)]
        in_all = sum(site.rate for site in self.all)
        for site in self.all:
            site.rate *= min(max(in_all, _FEWEST_A_DAY), _MOST_A_DAY) / in_all

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.hang_up()

    def url(self, site: Site, path: str = "") -> str:
        """Where its feed is, or something else of it."""
        return f"http://{site.host}:{self.port}{path or site.path}"

    def publish(self, site: Site, at: datetime, *, is_history: bool = False) -> None:
        """Publish an article, in words that no other has together."""
        number = len(site.titles)
        named = tuple(name for name, share in self._watches.items() if is_history or self._random.random() < share)
        wanted = () if is_history else named  # of what was there before nobody is to be told, whatever it says
        dice = random.Random(f"{self._seed} {site.number} {number}")
        site.titles.append(" ".join((*named, *dice.choices(self._vocabulary, k=6))))
        site.dates.append(at)
        kept = [one for place, one in enumerate(site.listed) if place < _NEWEST or one not in site.fetched]
        site.listed = [number, *kept]
        site.edition += 1
        path = f"/s/{site.number}/a/{number}"
        self.ledger[path] = wanted
        if is_history:
            self.history.add(path)

    def publish_some(self, since: datetime, until: datetime) -> None:
        """What is published in a stretch of time."""
        days = (until - since) / timedelta(days=1)
        for site in self.all:
            expected = site.rate * days
            while self._random.random() < expected:
                self.publish(site, since + (until - since) * self._random.random())
                expected -= 1

    def hang_up(self) -> None:
        """End the connections that nobody uses."""
        for connection in list(self._connections):
            connection.close()

    def answer(self, host: str, path: str, tag: str) -> bytes | float | None:
        """To a request; None hangs up, seconds keep it waiting for as long, and then hang up."""
        self.requests[host] += 1
        parts = path.split("/")
        site = self.all[int(parts[2])] if parts[1:2] == ["s"] else None
        is_feed = site is not None and parts[3] == "feed.xml"
        wrong = self.wrong.get(host) or (self.wrong.get(f"{site.number}") if site is not None else None)
        if site is not None and is_feed:
            site.asked = self.now
            # Who looks for the feeds anew asks once more, and then without a condition.
            self.polled[site.number] += bool(tag)
        if wrong in OF_HOSTS:
            return self._wrong(wrong, path)
        if path == "/robots.txt":
            return _answer(404, b"")
        if site is None:
            return _answer(404, b"not here", "text/plain")
        if not is_feed:
            return self._page(site, int(parts[4]))
        site.answered = self.now
        own = f'"{site.edition}{wrong or ""}"'
        if tag == own:
            return _answer(304, b"", tag=own)
        return _answer(200, self._feed(site, wrong), "application/rss+xml", own)

    def _wrong(self, wrong: Wrong, path: str) -> bytes | float | None:
        if wrong in ("gone", "unresolved"):
            return None
        if wrong == "hangs":
            return 30.0
        if wrong == "cut":
            return _answer(200, b"<rss><channel><item><title>half of it", "application/rss+xml", length=9_000)
        if wrong == "lies":
            return _answer(200, b"<html><body><h1>Maintenance</h1><p>Back soon.</p></body></html>", "text/html")
        retry = f"Retry-After: {2 * _HOUR}\r\n" if wrong == "429" else ""
        return _answer(int(wrong), b"no", "text/plain", more=retry)

    def _page(self, site: Site, number: int) -> bytes:
        if number >= len(site.titles):
            return _answer(404, b"not here", "text/plain")
        site.fetched.add(number)
        dice = random.Random(f"{self._seed} {site.number} {number} text")
        title = escape(site.titles[number])
        paragraphs = "".join(f"<p>{' '.join(self._sentence(dice))}.</p>" for _ in range(3))
        page = (
            f"<html lang=fr><head><title>{title}</title></head><body>"
            f"<article><h1>{title}</h1>{paragraphs}</article></body></html>"
        )
        return _answer(200, page.encode(), "text/html; charset=utf-8")

    def _sentence(self, dice: random.Random) -> list[str]:
        """French by its small words."""
        return [dice.choice(_FRENCH if dice.random() < _SHARE_OF_FRENCH else self._vocabulary) for _ in range(40)]

    def _feed(self, site: Site, wrong: Wrong | None) -> bytes:
        items = []
        for number in site.listed:
            link = self.url(site, f"/s/{site.number}/a/{number}") + ("?utm_source=rss" if wrong == "guids" else "")
            date = site.dates[number] + timedelta(days=3_650 if wrong == "dates" else 0)
            guid = f"{number}-{site.edition}-anew" if wrong == "guids" else f"{site.number}-{number}"
            items.append(
                f"<item><title>{escape(site.titles[number])}</title><link>{link}</link>"
                f"<guid isPermaLink='false'>{guid}</guid><pubDate>{format_datetime(date)}</pubDate></item>"
            )
        return f'<rss version="2.0"><channel><title>S {site.number}</title>{"".join(items)}</channel></rss>'.encode()

    def begins(self, host: str, path: str) -> int | None:
        """A request to a feed has come; the number of its source, so that its end can be told."""
        parts = path.split("/")
        if parts[1:2] != ["s"] or parts[3] != "feed.xml":
            return None
        number = int(parts[2])
        self._open[number] += 1
        if self._open[number] > 1:
            self.faults.append(f"source {number} was asked {self._open[number]} times at once, at {self.now}")
        return number

    def ends(self, number: int | None) -> None:
        """It was answered, or hung up on."""
        if number is not None:
            self._open[number] -= 1


def _words(dice: random.Random, count: int) -> str:
    return " ".join("".join(dice.choice(_LETTERS) + dice.choice("aeiou") for _ in range(4)) for _ in range(count))


_REASONS = {200: "OK", 304: "Not Modified", 404: "Not Found", 429: "Too Many", 500: "Broken", 503: "Busy"}


def _answer(
    status: int, body: bytes, kind: str = "text/html", tag: str = "", length: int | None = None, more: str = ""
) -> bytes:
    head = f"HTTP/1.1 {status} {_REASONS[status]}\r\n{more}" + (f"ETag: {tag}\r\n" if tag else "")
    if status != 304:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body) if length is None else length}\r\n"
    return head.encode() + b"\r\n" + body


class _Connection(asyncio.Protocol):
    """One connection: a request without a body, an answer, and so on."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._heard = b""
        self._open: int | None = None
        self._later: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._sites._connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._sites._connections.discard(self)
        self._end()

    def close(self) -> None:
        """Hang up, unless an answer is owed."""
        if self._later is None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, self._heard = self._heard.partition(b"\r\n\r\n")
            self._hear(head.decode("latin-1"))

    def _hear(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        path = first.split(" ")[1].partition("?")[0]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        host = headers.get("host", "").partition(":")[0]
        self._open = self._sites.begins(host, path)
        answer = self._sites.answer(host, path, headers.get("if-none-match", ""))
        if isinstance(answer, float):
            self._sites.keeps_waiting.append(host)
            self._later = asyncio.get_running_loop().call_later(answer, self._give, None)
        else:
            self._give(answer)

    def _give(self, answer: bytes | None) -> None:
        self._later = None
        self._end()
        if answer is None:
            self._transport.abort()
        else:
            self._transport.write(answer)
            if b"Content-Length: 9000\r\n" in answer:
                self._transport.close()

    def _end(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        self._sites.ends(self._open)
        self._open = None


def settings_of(sites: Sequence[Site], urls: Sites) -> str:
    """The [[source]] entries."""
    return "\n".join(
        f'[[source]]\nname = "S{one.number}"\nurl = "{urls.url(one)}"\n'
        + (f"interval = {one.interval}\n" if one.interval else "")
        for one in sites
    )
