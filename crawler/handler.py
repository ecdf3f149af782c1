"""The wire: Scrapy's own HTTP/1.1 download handler, held to limits that it does not have.

Scrapy bounds the body and the whole time of one request. Here the silence between two pieces is bounded too, the
header, and the time of a request with all its redirects; and whatever goes wrong is told by a `WireError` as its cause.
"""

import asyncio
from typing import Any

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    TunnelError,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    StopDownload,
)
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionClosed
from twisted.web.client import HTTPConnectionPool

from crawler.failure import WireError, too_large
from crawler.middlewares.access import ANY_CERTIFICATE

ENOUGH = "vigie_enough"  # in a request's meta: how many bytes of the body are wanted; what follows is left unread
MOST_HEADER_BYTES = 64 * 1024
_KEPT_OPEN = 5  # seconds
_MOST_HOSTS = 1_000  # with a place in the pool of connections; Twisted keeps each for ever, some 400 bytes
_WITHOUT_END = 2**62
_LEAST_SECONDS = 0.001  # none at all would mean no limit


class HeaderTooLongError(Exception):
    """The header of an answer grows past all use."""


class _BoundedParser(_LenientHTTPClientParser):
    """Counts what comes before the body: interim answers, folded lines and lines that are no header included."""

    MAX_LENGTH = MOST_HEADER_BYTES
    _header_bytes = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 (Twisted's name)
        """One line of the header."""
        self._header_bytes += len(line) + 1
        if self._header_bytes > MOST_HEADER_BYTES:
            raise HeaderTooLongError
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        """A line without end."""
        raise HeaderTooLongError


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> "Deferred[Any]":
        """Like Scrapy's own, which chooses its parser in the same way."""
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = _BoundedParser
        return answer


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _BoundedProtocol:  # noqa: N802
        """One connection."""
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedHandler(HTTP11DownloadHandler):
    """Downloads within the limits: `VIGIE_IDLE_TIMEOUT` and `DOWNLOAD_TIMEOUT` in seconds, `DOWNLOAD_MAXSIZE`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        _bound(self)
        self._credulous: HTTP11DownloadHandler | None = None
        self._idle = crawler.settings.getfloat("VIGIE_IDLE_TIMEOUT")
        self._total = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._patience: dict[Request, asyncio.Timeout] = {}
        self._wanted: dict[Request, int] = {}
        crawler.signals.connect(self._heard, signal=signals.headers_received)
        crawler.signals.connect(self._received, signal=signals.bytes_received)

    async def download_request(self, request: Request) -> Response:
        """The answer. What a redirect takes goes off the time of the request that it leads to.

        Raises Scrapy's download errors, each with a WireError as its cause where there is more to tell.
        """
        allowed: float = request.meta["download_timeout"]
        began = asyncio.get_running_loop().time()
        try:
            return await self._downloaded(request)
        except DownloadTimeoutError as error:
            if isinstance(error.__cause__, WireError):
                raise
            what = f"did not answer in full within {self._total:g} s"
            raise DownloadTimeoutError(what) from WireError("timeout", what, "time")
        except DownloadCancelledError as error:
            limit: int = request.meta.get("download_maxsize", self._default_maxsize)
            raise DownloadCancelledError(str(error)) from too_large(limit, self._default_maxsize)
        except DownloadFailedError as error:
            raise DownloadFailedError(str(error)) from _wire_error(error.__cause__)
        except DownloadConnectionRefusedError as error:
            if not request.meta.get("proxy"):
                raise
            what = "cannot be fetched: the proxy refuses connections"
            raise DownloadConnectionRefusedError(str(error)) from WireError("network", what)
        except TunnelError as error:
            raise DownloadFailedError(str(error)) from WireError("network", "cannot be fetched: the proxy refuses it")
        finally:
            left = allowed - (asyncio.get_running_loop().time() - began)
            request.meta["download_timeout"] = max(left, _LEAST_SECONDS)

    async def _downloaded(self, request: Request) -> Response:
        """The answer. Raises DownloadTimeoutError where nothing is heard for too long, be it for want of a header."""
        try:
            async with asyncio.timeout(self._idle) as patience:
                self._patience[request] = patience
                self._want(request)
                if request.meta.get(ANY_CERTIFICATE):
                    return await self._taking_any_certificate().download_request(request)
                return await super().download_request(request)
        except TimeoutError:
            what = f"kept us waiting for {self._idle:g} s without a word"
            raise DownloadTimeoutError(what) from WireError("timeout", what, "idle")
        finally:
            forget_closed(self._pool)
            self._patience.pop(request, None)
            if self._wanted.pop(request, None) is not None:
                request.meta["download_maxsize"] = self._default_maxsize  # holds for the decoding

    def _want(self, request: Request) -> None:
        """Of some answers the beginning is enough, however long they are."""
        if ENOUGH in request.meta:
            self._wanted[request] = request.meta[ENOUGH]
            request.meta["download_maxsize"] = _WITHOUT_END

    def _taking_any_certificate(self) -> HTTP11DownloadHandler:
        """For sources whose owner wants so; it shares no connection with the others."""
        if self._credulous is None:
            self._credulous = HTTP11DownloadHandler(self._crawler)
            self._credulous._contextFactory._verify_certificates = False
            _bound(self._credulous)
        return self._credulous

    async def close(self) -> None:
        """Close idle connections."""
        await super().close()
        if self._credulous is not None:
            await self._credulous.close()

    def _heard(self, request: Request) -> None:
        patience = self._patience.get(request)
        if patience is not None and not patience.expired():
            patience.reschedule(asyncio.get_running_loop().time() + self._idle)

    def _received(self, request: Request, data: bytes) -> None:
        """A piece of the body. Raises StopDownload where that is all that is wanted."""
        self._heard(request)
        if request in self._wanted:
            self._wanted[request] -= len(data)
            if self._wanted[request] <= 0:
                raise StopDownload(fail=False)


def forget_closed(pool: HTTPConnectionPool, most: int = _MOST_HOSTS) -> None:
    """Of more hosts than so many, forget those to which no connection is open."""
    if len(pool._connections) > most:
        pool._connections = {key: kept for key, kept in pool._connections.items() if kept}


def _bound(handler: HTTP11DownloadHandler) -> None:
    handler._pool._factory = _BoundedFactory
    # A visit asks a host again within seconds; ten thousand idle connections would be too many open files.
    handler._pool.cachedConnectionTimeout = _KEPT_OPEN
    handler._pool.maxPersistentPerHost = 1


def _wire_error(error: BaseException | None) -> WireError:
    """What went wrong between the connection and the end of the header."""
    reasons = [failure.value for failure in getattr(error, "reasons", ())]
    for reason in reasons:
        if isinstance(reason, HeaderTooLongError):
            return WireError("broken answer", f"sends a header longer than {MOST_HEADER_BYTES // 1024} KiB")
        library = type(reason).__module__.partition(".")[0]  # both are Twisted's own choice, none of ours
        if library == "service_identity":
            return WireError("certificate", "is served with a certificate made for another host")
        if library == "OpenSSL":
            return _tls_error(reason)
    if all(isinstance(reason, ConnectionClosed) for reason in reasons):
        return WireError("network", "could not be fetched: the server broke the connection off")
    return WireError("broken answer", "answers with something that is not HTTP")


def _tls_error(error: Exception) -> WireError:
    """What OpenSSL says, a list of (library, function, reason)."""
    told = "; ".join(str(entry[-1]) for entry in (error.args[0] if error.args else ()) if entry)
    if "certificate verify failed" in told:
        what = "is served with a certificate that is self-signed, expired or from nobody we trust"
        return WireError("certificate", what)
    return WireError("certificate", f"cannot be reached over TLS: {told or 'the server broke off'}")
