"""A server that misbehaves on demand: raw bytes on loopback, what is wrong chosen by the path that is asked for.

`BEHAVIOURS` names the paths. A test lists some of them in the feed, or has its own behaviour answer a path.
"""

import asyncio
import datetime
import ipaddress
import ssl
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from email.utils import format_datetime
from functools import cache
from html import escape
from itertools import repeat
from pathlib import Path
from typing import Self

import brotli  # type: ignore[import-untyped]
from backports import zstd
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
MEBIBYTE = 1024 * 1024
BOMB = 512  # MiB that a bomb holds
DRIP_SECONDS = 0.02
_PROSE = (
    "Le conseil municipal a adopté jeudi soir le budget de la commune, après un débat de quatre heures dans une salle "
    "comble, et la maire a promis que les écoles seraient rénovées avant la rentrée prochaine."
)

Behaviour = Callable[["Exchange"], Awaitable[None]]


class Exchange:
    """One request and the wire to answer it on; a client that leaves ends the behaviour by ConnectionError."""

    def __init__(self, path: str, headers: dict[str, str], writer: asyncio.StreamWriter, site: "HostileSite") -> None:
        self.path, self.headers, self.site = path, headers, site
        self._writer = writer

    async def send(self, *pieces: bytes) -> None:
        """These bytes, as they are."""
        for piece in pieces:
            if self._writer.is_closing():
                raise ConnectionResetError
            self._writer.write(piece)
            await self._writer.drain()

    async def drip(self, pieces: Iterator[bytes]) -> None:
        """Piece by piece, a moment between two."""
        for piece in pieces:
            await self.send(piece)
            await asyncio.sleep(DRIP_SECONDS)

    async def answer(self, body: bytes, *headers: str, status: str = "200 OK") -> None:
        """An answer as it should be; `headers` beside its length, a type unless they name one."""
        lines = list(headers)
        if not any(line.lower().startswith("content-type:") for line in lines):
            lines.append("Content-Type: text/html; charset=utf-8")
        head = "".join(f"{line}\r\n" for line in (*lines, f"Content-Length: {len(body)}", "Connection: close"))
        await self.send(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1"), body)

    def reset(self) -> None:
        """Hang up without a word."""
        self._writer.transport.abort()


class HostileSite:
    """Answers by `answers`, then by BEHAVIOURS, then 404. `asked` counts requests by path."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: Counter[str] = Counter()
        self.answers: dict[str, Behaviour] = {"/robots.txt": not_there}
        self.listed: list[str] = []
        self.port = 0
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0, ssl=self._tls)
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

    def url(self, path: str) -> str:
        """A URL of the site."""
        return f"{'https' if self._tls else 'http'}://{self.address}{path}"

    def feed(self) -> bytes:
        """The feed, which lists `listed`."""
        items = "".join(f"<item><title>Un</title><link>{escape(self.url(path))}</link></item>" for path in self.listed)
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Mal</title>{items}</channel></rss>'.encode()

    async def left_alone(self) -> None:
        """Until every client has gone."""
        while self._open:
            await asyncio.wait(tuple(self._open))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError, ssl.SSLError):
                await self._exchange(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        self.asked[path] += 1
        behaviour = self.answers.get(path) or BEHAVIOURS.get(path.partition("?")[0], not_there)
        await _while_there(reader, behaviour(Exchange(path, headers, writer, self)))


async def _while_there(reader: asyncio.StreamReader, behaviour: Awaitable[None]) -> None:
    """Go on until it ends or the client has gone."""
    answering, leaving = asyncio.ensure_future(behaviour), asyncio.ensure_future(reader.read())
    await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
    for task in (answering, leaving):
        task.cancel()
    for outcome in await asyncio.gather(answering, leaving, return_exceptions=True):
        if isinstance(outcome, Exception) and not isinstance(outcome, ConnectionError | ssl.SSLError):
            raise outcome


def page(title: str = "Le conseil adopte le budget", prose: str = _PROSE, heading: str = "") -> bytes:
    """A page that is an article."""
    paragraphs = f"<p>{escape(prose)}</p>" * 3
    return (
        f"<html lang=fr><head><title>{escape(title)}</title></head>"
        f"<body><article><h1>{escape(heading or title)}</h1>{paragraphs}</article></body></html>"
    ).encode()


def answering(body: bytes, *headers: str, status: str = "200 OK") -> Behaviour:
    """Always this answer."""

    async def behaviour(exchange: Exchange) -> None:
        await exchange.answer(body, *headers, status=status)

    return behaviour


def raw(*pieces: bytes) -> Behaviour:
    """These bytes and no more."""

    async def behaviour(exchange: Exchange) -> None:
        await exchange.send(*pieces)

    return behaviour


def redirect(path: str, *headers: str) -> Behaviour:
    """To another path of the site."""

    async def behaviour(exchange: Exchange) -> None:
        await exchange.answer(b"", f"Location: {exchange.site.url(path)}", *headers, status="302 Found")

    return behaviour


def refusing(status: str, retry_after: str) -> Behaviour:
    """429 or 503, with the wish to be left alone for a while."""
    return answering(b"not now", f"Retry-After: {retry_after}", status=status)


def refusing_until(status: str, **ahead: float) -> Behaviour:
    """The same with the wish as a date, counted from when it is asked: a long test run starts long before."""

    async def behaviour(exchange: Exchange) -> None:
        await refusing(status, _date(**ahead))(exchange)

    return behaviour


def slowly(behaviour: Behaviour, seconds: float = 0.3) -> Behaviour:
    """The same after a while."""

    async def late(exchange: Exchange) -> None:
        await asyncio.sleep(seconds)
        await behaviour(exchange)

    return late


def dripping(head: bytes, drops: Callable[[], Iterator[bytes]]) -> Behaviour:
    """`head` at once, then drop by drop."""

    async def behaviour(exchange: Exchange) -> None:
        await exchange.send(head)
        await exchange.drip(drops())

    return behaviour


def endless(head: bytes, piece: bytes) -> Behaviour:
    """As fast as the wire goes, until the client has had enough."""

    async def behaviour(exchange: Exchange) -> None:
        await exchange.send(head)
        while True:
            await exchange.send(piece)

    return behaviour


not_there = answering(b"not here", status="404 Not Found")


async def _feed(exchange: Exchange) -> None:
    await exchange.answer(exchange.site.feed(), "Content-Type: application/rss+xml")


async def _reset(exchange: Exchange) -> None:
    exchange.reset()


async def _silence(_: Exchange) -> None:
    await asyncio.Event().wait()


async def _silence_within(exchange: Exchange) -> None:
    await exchange.send(_HEAD, page())
    await asyncio.Event().wait()


async def _hop(exchange: Exchange) -> None:
    left = int(exchange.path.partition("?")[2])
    await (redirect(f"/hops?{left - 1}") if left else answering(page()))(exchange)


async def _cookie_wall(exchange: Exchange) -> None:
    """Lets in whoever has its cookie, and sends everybody else round."""
    is_in = "seen=1" in exchange.headers.get("cookie", "")
    await (answering(page()) if is_in else redirect(exchange.path, "Set-Cookie: seen=1"))(exchange)


@cache
def bomb(encoding: str) -> bytes:
    """Half a gibibyte of zeros in that encoding."""
    zeros = bytes(MEBIBYTE)
    if encoding == "br":
        squeezer = brotli.Compressor(quality=1)
        first, more = (squeezer.process(zeros) + squeezer.flush() for _ in range(2))
        return bytes(first + more * (BOMB - 1))
    if encoding == "zstd":
        return bytes(zstd.compress(zeros) * BOMB)
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    blocks = (deflater.compress(zeros) + deflater.flush(zlib.Z_FULL_FLUSH)) * BOMB
    head = {"gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", "deflate": b"\x78\x9c", "raw deflate": b""}[encoding]
    return head + blocks


def _bombing(encoding: str, body: bytes) -> Behaviour:
    return answering(body, f"Content-Encoding: {encoding}", "Content-Type: text/html")


def _saying(charset: str, body: bytes) -> Behaviour:
    return answering(body, f"Content-Type: text/html; charset={charset}")


def _date(**ahead: float) -> str:
    return format_datetime(datetime.datetime.now(datetime.UTC) + datetime.timedelta(**ahead), usegmt=True)


def certificate(folder: Path, *, is_expired: bool = False, host: str = HOST) -> ssl.SSLContext:
    """The context of a TLS server whose certificate nobody vouches for; its files are written to `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hostile.example")])
    now = datetime.datetime.now(datetime.UTC)
    end = now + datetime.timedelta(days=-1 if is_expired else 30)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{'expired' if is_expired else 'own'}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
_CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(range(256)) * 40
_PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + b"stream\x00\x01\x02" * 400
_TEXT = page().decode()

BEHAVIOURS: dict[str, Behaviour] = {
    "/feed.xml": _feed,
    "/reset": _reset,
    "/silence": _silence,
    "/silence-within": _silence_within,
    "/drip-header": dripping(b"HTTP/1.1 200 OK\r\n", lambda: repeat(b"X")),
    "/drip-body": dripping(_HEAD, lambda: repeat(b"a")),
    "/endless-body": endless(_HEAD, b"<p>encore</p>" * 5_000),
    "/endless-chunks": endless(_CHUNKED, b"10000\r\n" + b"a" * 65_536 + b"\r\n"),
    "/endless-header": endless(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"a" * 1_000 + b"\r\n"),
    "/endless-line": endless(b"HTTP/1.1 200 OK\r\nX-Filler: ", b"a" * 1_000),
    "/endless-interim": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"),
    "/bomb-gzip": _bombing("gzip", bomb("gzip")),
    "/bomb-deflate": _bombing("deflate", bomb("deflate")),
    "/bomb-raw-deflate": _bombing("deflate", bomb("raw deflate")),
    "/bomb-br": _bombing("br", bomb("br")),
    "/bomb-zstd": _bombing("zstd", bomb("zstd")),
    "/bomb-chained": _bombing("gzip, br", brotli.compress(bomb("gzip"), quality=5)),
    "/bomb-layers": _bombing(", ".join(["gzip"] * 1_000), page()),
    "/sitemap.xml.gz": _bombing("gzip", bomb("gzip")),
    "/not-gzip": _bombing("gzip", page()),
    "/loop": redirect("/loop-back"),
    "/loop-back": redirect("/loop"),
    "/hops": _hop,
    "/cookie-wall": _cookie_wall,
    "/nowhere": answering(b"", "Location: http://[::bad", status="302 Found"),
    "/429-seconds": refusing("429 Too Many Requests", "7200"),
    "/429-date": refusing_until("429 Too Many Requests", hours=5),
    "/429-past": refusing_until("429 Too Many Requests", hours=-5),
    "/503-decade": refusing_until("503 Service Unavailable", days=3_650),
    "/503-garbage": refusing("503 Service Unavailable", "bald, vielleicht"),
    "/cut-chunks": raw(_CHUNKED + b"fffff\r\n" + page()),
    "/cut-body": raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999999\r\n\r\n" + page()),
    "/bad-chunks": raw(_CHUNKED + b"zzz\r\n" + page()),
    "/bad-length": raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: many\r\n\r\n" + page()),
    "/bad-coding": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: sideways\r\n\r\n" + page()),
    "/http-0.9": raw(page() + b"\n"),
    "/nul-status": raw(b"HTTP/1.1 2\x000 OK\r\nContent-Type: text/html\r\n\r\n" + page()),
    "/nothing-at-all": raw(),
    "/lying-charset": _saying("utf-8", _TEXT.encode("cp1252")),
    "/unknown-charset": _saying("x-klingon", _TEXT.encode()),
    "/utf-7": _saying("utf-7", _TEXT.encode("utf-7")),
    "/bom-clash": _saying("iso-8859-1", b"\xff\xfe" + _TEXT.encode("utf-16-le")),
    "/nul-body": answering(page().replace(b"conseil", b"con\x00seil")),
    "/nul-header": answering(page("Un autre titre"), 'ETag: "a\x00b"', "X-Nul: \x00"),
    "/pdf": answering(_PDF),
    "/jpeg": answering(_JPEG),
    "/html-feed": answering(page(), "Content-Type: application/rss+xml"),
    "/long-title": answering(page("Le budget " + "très " * 1_500_000 + "long", heading="Le budget")),
    "/long-attribute": answering(page().replace(b"<article>", b"<article data-x='" + b"a" * MEBIBYTE + b"'>")),
    "/soft-404": answering(page("Page introuvable", "Désolé, cette page n'existe pas.")),
    "/consent": answering(page("Avant de continuer", "Nous utilisons des cookies. Accepter tout ?")),
    "/empty": answering(b""),
}
