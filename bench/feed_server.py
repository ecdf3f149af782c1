"""Serves feeds on loopback from a process of its own: many hosts (ports), many feeds, answered by ETag.

It is as small as a server can be, so that on a machine of two cores it takes little from what is measured.
"""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

HOST = "127.0.0.1"
_ITEMS = 30


@contextmanager
def serving_feeds(ports: int) -> Iterator[tuple[list[int], Connection]]:
    """Serve /f/0, /f/1… on so many ports; the ports, and a pipe: what is sent over it makes another edition."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(ports, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv(), ours
    finally:
        process.terminate()
        process.join()


def _serve(ports: int, told: Connection) -> None:
    asyncio.run(_listen(ports, told))


class _Edition:
    """Which edition the feeds are in: with another number, each lists one more link."""

    number = 0


async def _listen(ports: int, told: Connection) -> None:
    edition = _Edition()
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(lambda: _Feeds(edition), HOST, 0) for _ in range(ports)]
    told.send([server.sockets[0].getsockname()[1] for server in servers])

    def turn() -> None:
        edition.number = told.recv()
        told.send(edition.number)

    loop.add_reader(told.fileno(), turn)
    await asyncio.Event().wait()


class _Feeds(asyncio.Protocol):
    """One connection: a request without a body, an answer, and so on."""

    def __init__(self, edition: _Edition) -> None:
        self._edition = edition
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, self._heard = self._heard.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head))  # type: ignore[attr-defined]

    def _answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1]
        if path == b"/robots.txt":
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        tag = b'"%d"' % self._edition.number
        if b"If-None-Match: " + tag in head:
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n"
        body = _feed(path.decode(), self._edition.number)
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: %b\r\nContent-Length: %d\r\n\r\n"
            % (tag, len(body))
        ) + body


def links_of(path: str, edition: int) -> list[str]:
    """The links of a feed, the newest first."""
    numbers = range(edition + _ITEMS, edition, -1)
    return [f"http://{HOST}:1{path}/{number}-a-slug-of-words" for number in numbers]


def _feed(path: str, edition: int) -> bytes:
    """Thirty items with summaries, as most feeds have; the newest changes with the edition."""
    items = "".join(
        f"<item><title>An article of {path}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>Sat, 21 Nov 2026 08:00:00 GMT</pubDate>"
        f"<description>{'Some words that tell what the article is about. ' * 8}</description></item>"
        for link in links_of(path, edition)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>bench</title>{items}</channel></rss>'.encode()
