"""A proxy on loopback: forwards and tunnels to 127.0.0.1, whatever host is named, and notes what it is asked."""

import asyncio
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

HOST = "127.0.0.1"


class Proxy:
    """`asked` are method and target, `logins` the Proxy-Authorization of each; with `login` it wants that one."""

    def __init__(self, login: str = "") -> None:
        self.asked: list[tuple[str, str]] = []
        self.logins: list[str] = []
        self.port = 0
        self._login = login
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def address(self) -> str:
        """Host and port, as an allow-list takes them."""
        return f"{HOST}:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
                await self._exchange(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        self.asked.append((method, target))
        self.logins.append(headers.pop("proxy-authorization", ""))
        if self._login and self.logins[-1] != self._login:
            writer.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        parts = urlsplit(target if method != "CONNECT" else f"//{target}")
        theirs, ours = await asyncio.open_connection(HOST, parts.port or 80)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Go on\r\n\r\n")
        else:
            kept = [f"{name}: {value}" for name, value in headers.items() if name and name != "connection"]
            asked = "\r\n".join([f"{method} {parts.path or '/'} HTTP/1.1", *kept, "Connection: close", "", ""])
            ours.write(asked.encode("latin-1"))
        await asyncio.gather(_pour(theirs, writer), _pour(reader, ours))


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await source.read(65_536):
            sink.write(piece)
            await sink.drain()
    sink.close()
