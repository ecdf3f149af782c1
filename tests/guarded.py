"""A Vigie whose names are resolved by a table and whose dials are noted, and the pages, feeds and maps that lead it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from extraction.pool import WorkerPool
from news.clock import ManualClock
from news.ports import Resolve
from tests.dials import Dials, Names
from tests.running import Running, running
from tests.sites import HOST, LocalSite, answering

PUBLIC = "93.184.215.14"
REFUSED = "not on the open internet"


class Started:
    """Vigie with one source, visited once; what was resolved and dialled meanwhile."""

    def __init__(
        self, site: LocalSite, pool: WorkerPool, clock: ManualClock, folder: Path, names: Names, dials: Dials
    ) -> None:
        self.site, self.names, self.dials = site, names, dials
        self.resolve: Resolve = names
        self.allow: tuple[str, ...] = ()
        self._pool, self._clock, self._folder = pool, clock, folder

    @asynccontextmanager
    async def visited(self, url: str = "") -> AsyncIterator[Running]:
        """Visit the site, or another URL, once; the site itself is allowed, and `allow` beside it."""
        settings = (
            f"[crawler]\ndelay = 0\ntimeout = 5\n[network]\nallow = {json.dumps([self.site.address, *self.allow])}\n"
            f'[[source]]\nname = "site"\nurl = "{url or self.site.url()}"\n'
        )
        async with running(self._folder, settings, self._pool, self._clock, self.resolve) as vigie:
            await vigie.visit()
            yield vigie

    def asked_for(self, url: str) -> bool:
        """Whether the guard was asked about the URL's host."""
        host = url.split("/")[2].removesuffix(":9").strip("[]")
        return host in self.names.asked

    def dialled_elsewhere(self) -> set[tuple[str, int]]:
        """What was dialled beside the site itself."""
        return set(self.dials.tried) - {(HOST, self.site.port)}


def html(head: str = "", body: str = "") -> str:
    """A page."""
    return f"<html><head><title>Le Site</title>{head}</head><body>{body}</body></html>"


def feed(*links: str) -> str:
    """A feed of these links."""
    items = "".join(f"<item><title>Un</title><link>{link}</link></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Le Site</title>{items}</channel></rss>'


def sitemap(kind: str, entry: str, *links: str) -> str:
    """A sitemap, or an index of them."""
    entries = "".join(f"<{entry}><loc>{link}</loc></{entry}>" for link in links)
    return f'<?xml version="1.0"?><{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{kind}>'


def page(site: LocalSite, path: str, text: str) -> None:
    """Serve a page."""
    site.scripts[path] = answering(200, text, Content_Type="text/html")


def xml(site: LocalSite, path: str, text: str) -> None:
    """Serve XML."""
    site.scripts[path] = answering(200, text, Content_Type="application/xml")
