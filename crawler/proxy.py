"""The browser's only way out: a forward proxy on loopback, each of whose connections the guard has passed.

A browser resolves names by itself and runs what strangers wrote; so it is given no other road than this one. Each page
has a passage of its own, with a credential that no other program on the machine can guess.
"""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import structlog

from crawler.proxyhead import BadHeadError, Head, answer_head, credential, head_of
from news.errors import AddressRefusedError

log = structlog.get_logger()

Connect = Callable[[str, int], Awaitable[socket.socket]]

HOST = "127.0.0.1"
_CHUNK = 64 * 1024  # bytes
_CLOSING_SECONDS = 1.0
_REASONS = {400: "Bad Request", 403: "Forbidden", 407: "Proxy Authentication Required", 431: "Header Too Large"}
_REASONS |= {502: "Bad Gateway", 503: "Service Unavailable"}


@dataclass(frozen=True, slots=True)
class ProxyLimits:
    """What a page may use: bytes in both directions, connections at once, seconds of silence and seconds in all."""

    page_bytes: int = 50 * 1024 * 1024
    connections: int = 64
    idle: float = 20.0
    timeout: float = 60.0
    head_bytes: int = 64 * 1024


@dataclass(slots=True)
class Passage:
    """One page's way through the proxy; `refused` and `unreached` are told when the page fails."""

    limits: ProxyLimits
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    password: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    refused: dict[tuple[str, int], AddressRefusedError] = field(default_factory=dict)
    unreached: dict[tuple[str, int], str] = field(default_factory=dict)
    used_up: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    carried: int = 0
    open: "set[asyncio.Task[None]]" = field(default_factory=set, repr=False)

    @property
    def is_used_up(self) -> bool:
        """Whether the page has moved as many bytes as it may; `used_up` is set then."""
        return self.used_up.is_set()

    def count(self, carried: int) -> None:
        """Count bytes that were carried."""
        self.carried += carried
        if self.carried > self.limits.page_bytes:
            self.used_up.set()


class _Line:
    """One connection of a page: when it must end, and how much it may still carry."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + passage.limits.timeout
        self._deadline: asyncio.Timeout | None = None

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Ends what is within, by TimeoutError, once the line is silent for too long."""
        async with asyncio.timeout_at(self._next()) as self._deadline:
            yield

    def _next(self) -> float:
        return min(self._loop.time() + self._passage.limits.idle, self._end)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, length: int = -1) -> None:
        """Carry bytes until they end, or `length` of them; stops where the page has had its share."""
        while length and (piece := await reader.read(_CHUNK if length < 0 else min(_CHUNK, length))):
            length = max(length - len(piece), 0) if length > 0 else length
            self._passage.count(len(piece))
            if self._passage.is_used_up:
                return
            if self._deadline is not None:
                self._deadline.reschedule(self._next())
            writer.write(piece)
            await writer.drain()


class Proxy:
    """Listens on loopback from `start` to `close`; dials by `connect`, which is the guard's."""

    def __init__(self, connect: Connect, limits: ProxyLimits | None = None) -> None:
        self._connect = connect
        self._limits = limits or ProxyLimits()
        self._server: asyncio.Server | None = None
        self._passages: dict[bytes, Passage] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        """The proxy's address, without a credential."""
        return f"http://{HOST}:{self.port}"

    async def start(self) -> None:
        """Listen, on a port that the system chooses."""
        self._server = await asyncio.start_server(self._accept, HOST, 0, limit=self._limits.head_bytes)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Break everything off."""
        if self._server is not None:
            self._server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    @contextmanager
    def passage(self) -> Iterator[Passage]:
        """A way through for one page; afterwards its credential opens nothing."""
        passage = Passage(self._limits)
        key = credential(passage.name, passage.password)
        self._passages[key] = passage
        try:
            yield passage
        finally:
            del self._passages[key]
            for task in passage.open:
                task.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._served(reader, writer), name="proxy connection")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end; what goes wrong on it concerns nobody else."""
        try:
            await self._answer(reader, writer)
        except (OSError, EOFError, TimeoutError) as error:  # either side is gone, or silent
            log.debug("proxy connection broken off", why=str(error) or type(error).__name__)
        except Exception:
            log.exception("proxy connection failed")
        finally:
            await _end(writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(self._limits.idle):
                head = head_of(await reader.readuntil(b"\r\n\r\n"))
        except asyncio.LimitOverrunError:
            return await _say(writer, 431)
        except BadHeadError as error:
            return await _say(writer, 400, error.message)
        passage = self._passages.get(head.authorization)
        if passage is None:
            return await _say(writer, 407)
        if len(passage.open) >= passage.limits.connections or passage.is_used_up:
            return await _say(writer, 503, "this page has had its share")
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (see _accept)
        passage.open.add(task)
        try:
            await self._carried(head, passage, reader, writer)
        finally:
            passage.open.discard(task)

    async def _carried(
        self, head: Head, passage: Passage, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Dial and carry, or say why not."""
        place = (head.host, head.port)
        try:
            dialled = await self._connect(*place)
        except AddressRefusedError as error:
            passage.refused[place] = error
            return await _say(writer, 403, error.message)
        except (OSError, TimeoutError, UnicodeError) as error:
            passage.unreached[place] = str(error) or "it does not answer"
            return await _say(writer, 502, "the server cannot be reached")
        there, onward = await _opened(dialled, passage.limits)
        try:
            line = _Line(passage)
            async with line.watched():
                await (_tunnel if head.is_tunnel else _exchange)(head, line, (reader, writer), (there, onward))
        finally:
            await _end(onward)
        return None


_Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _tunnel(head: Head, line: _Line, near: _Ends, far: _Ends) -> None:
    """Bytes to and fro, unread, until either side has had enough."""
    near[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await _first_of(line.carry(near[0], far[1]), line.carry(far[0], near[1]))


async def _exchange(head: Head, line: _Line, near: _Ends, far: _Ends) -> None:
    """One request and its answer; then the connection ends, so that the next request cannot go to the wrong server."""
    try:
        length = head.body_length
    except BadHeadError as error:
        return await _say(near[1], 400, error.message)
    far[1].write(head.onward())
    await _first_of(_sent(line, near, far, length), _received(line, near, far))
    return None


async def _sent(line: _Line, near: _Ends, far: _Ends, length: int) -> None:
    await line.carry(near[0], far[1], length)
    await near[0].read(1)  # the browser has no more to say on this connection: it hangs up, or should


async def _received(line: _Line, near: _Ends, far: _Ends) -> None:
    status = 100
    while 100 <= status < 200:
        try:
            status, head = answer_head(await far[0].readuntil(b"\r\n\r\n"))
        except (BadHeadError, asyncio.LimitOverrunError, asyncio.IncompleteReadError):
            return await _say(near[1], 502, "the server's answer is not HTTP")
        near[1].write(head)
    await line.carry(far[0], near[1])
    return None


async def _first_of(*ways: Awaitable[None]) -> None:
    """Until the first way ends; the other is then given up."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _opened(dialled: socket.socket, limits: ProxyLimits) -> _Ends:
    try:
        return await asyncio.open_connection(sock=dialled, limit=limits.head_bytes)
    except BaseException:
        dialled.close()
        raise


async def _say(writer: asyncio.StreamWriter, status: int, why: str = "") -> None:
    """An answer of the proxy's own."""
    text = why.encode()
    challenge = 'Proxy-Authenticate: Basic realm="vigie"\r\n' if status == 407 else ""
    head = f"HTTP/1.1 {status} {_REASONS[status]}\r\n{challenge}Content-Type: text/plain; charset=utf-8\r\n"
    writer.write(f"{head}Content-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode() + text)
    await writer.drain()


async def _end(writer: asyncio.StreamWriter) -> None:
    """Close a connection; one that does not take its last bytes is cut."""
    try:
        async with asyncio.timeout(_CLOSING_SECONDS):
            writer.close()
            await writer.wait_closed()
    except OSError as error:  # TimeoutError among them
        log.debug("connection cut", why=str(error) or type(error).__name__)
    finally:
        writer.transport.abort()
