"""A visit under way: what it has seen so far. The visitor fills it, then the spider."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from crawler.fetching import Fetcher
from crawler.visit import Poll
from news.caps import Bite
from news.source import Feed, Link, Source


@dataclass(slots=True)
class OpenVisit:
    """A visit to `source`, with a fetcher of its own; `link` is its first page, `ended` the end of the last.

    `links` are further ones that were read from the book and not fetched yet.
    """

    source: Source
    fetcher: Fetcher
    ended: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    link: Link = field(init=False)
    links: deque[Link] = field(default_factory=deque)
    polls: list[Poll] = field(default_factory=list)
    unchanged: list[Feed] = field(default_factory=list)
    published: list[datetime] = field(default_factory=list)
    bites: list[Bite] = field(default_factory=list)
    judged: list[tuple[str, bool]] = field(default_factory=list)
    pages: int = 0
