"""A subscription's headers, proxy and leniency: put on next to the wire, for each hop anew, and taken off again.

Whatever stands above never sees them, so a redirect has nothing to carry to another host, and a log nothing to tell.
"""

from typing import Any, Self
from urllib.parse import urlsplit

import structlog
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response

from crawler.access import Access
from crawler.failure import WireError
from crawler.guard import GuardedResolver
from crawler.wired import wired
from news import url as urls
from news.errors import AddressRefusedError
from news.secret import SecretMissingError

log = structlog.get_logger()

ACCESS = "vigie_access"
ANY_CERTIFICATE = "vigie_any_certificate"
_PUT_ON = "vigie_put_on"
_PROXY_AUTHORIZATION = "Proxy-Authorization"
_warned: set[str] = set()


def access_meta(access: Access | None) -> dict[str, Any]:
    """The part of a request's meta that says whose access it has."""
    return {ACCESS: access} if access is not None else {}


class AccessMiddleware:
    """Decides at every request, redirects included, what of its source's access goes along."""

    def __init__(self, guard: GuardedResolver) -> None:
        self._guard = guard

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of construction; the guard is handed in through the spider."""
        return cls(wired(crawler).guard)

    async def process_request(self, request: Request) -> None:
        """Put on what belongs to this URL. Raises WireError, AddressRefusedError, CannotResolveHostError."""
        # Nobody else chooses a proxy: what it is asked for would pass no guard.
        for name in ("proxy", ANY_CERTIFICATE):
            request.meta.pop(name, None)
        access = request.meta.get(ACCESS)
        if not isinstance(access, Access):
            return
        try:
            sent = access.sent_to(request.url)
            if access.proxy:
                sent |= await self._through_proxy(request, access)
        except SecretMissingError as error:
            raise WireError("access", f"needs a secret that cannot be had: {error.message}") from None
        if access.is_any_certificate_fine and access.is_for(request.url):
            request.meta[ANY_CERTIFICATE] = True
            _warn(access)
        request.meta[_PUT_ON] = {name: request.headers.getlist(name) for name in sent}
        for name, value in sent.items():
            request.headers[name] = value

    def process_response(self, request: Request, response: Response) -> Response:
        """Take it off again."""
        _take_off(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Take it off again; a request that failed before it came here has nothing on."""
        _take_off(request)

    async def _through_proxy(self, request: Request, access: Access) -> dict[str, str]:
        """Judge the proxy and what it will be asked for; what is dialled is an address that was judged."""
        host, port = urls.endpoint(access.proxy)
        try:
            address = (await self._guard.addresses(host, port))[0]
        except OSError:
            raise WireError("network", f"cannot be fetched: the proxy {access.proxy} has no address") from None
        except AddressRefusedError as refusal:
            raise AddressRefusedError(f"the proxy {refusal.message}", refusal.hint) from None
        try:
            await self._guard.addresses(*urls.endpoint(request.url))
        except OSError as error:
            raise CannotResolveHostError(str(error)) from error
        # For a tunnel Twisted asks the resolver for a name under no port, and for an address not at all: it is given
        # one that was judged. Else it asks as for any other host.
        dialled = address if urlsplit(request.url).scheme == "https" else host
        request.meta["proxy"] = f"http://{f'[{dialled}]' if ':' in dialled else dialled}:{port}"
        authorization = access.proxy_authorization()
        return {_PROXY_AUTHORIZATION: authorization} if authorization else {}


def _take_off(request: Request) -> None:
    for name, before in request.meta.pop(_PUT_ON, {}).items():
        if before:
            request.headers.setlist(name, before)
        else:
            request.headers.pop(name, None)


def _warn(access: Access) -> None:
    if access.source not in _warned:
        _warned.add(access.source)
        log.warning("certificates are not checked", source=access.source, site=access.site)
