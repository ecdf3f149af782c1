"""Serves pages on loopback from a process of its own, so that its work is not counted as Vigie's.

Each port is a host of its own to the crawler, which speaks to a host one request at a time.
"""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

from aiohttp import web

HOST = "127.0.0.1"


@contextmanager
def serving(sites: Sequence[Sequence[bytes]]) -> Iterator[list[int]]:
    """Serve each site's pages as /a/0, /a/1…, listed by /feed.xml; the sites' ports."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=([list(pages) for pages in sites], theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(sites: list[list[bytes]], told: Connection) -> None:
    asyncio.run(_listen(sites, told))


async def _listen(sites: list[list[bytes]], told: Connection) -> None:
    ports = []
    for pages in sites:
        app = web.Application()
        app.router.add_get("/{path:.*}", _handler(pages))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, HOST, 0).start()
        ports.append(runner.addresses[0][1])
    told.send(ports)
    await asyncio.Event().wait()


def _handler(pages: list[bytes]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if request.path == "/feed.xml":
            return web.Response(text=_feed(request.host, len(pages)), content_type="application/rss+xml")
        if request.path.startswith("/a/"):
            return web.Response(body=pages[int(request.path[3:])], content_type="text/html")
        return web.Response(status=404)

    return handle


def _feed(host: str, count: int) -> str:
    items = "".join(f"<item><title>{n}</title><link>http://{host}/a/{n}</link></item>" for n in range(count))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>bench</title>{items}</channel></rss>'
