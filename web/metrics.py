"""`/metrics`: for a Prometheus on this machine, and on whatever networks the settings name.

Not for the pages in a browser here, which reach this machine as well: a request must name it by a name of its own. Nor
for who comes through a proxy, whoever he says he is.
"""

from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from service.exposition import CONTENT_TYPE

Page = Callable[[], Awaitable[str]]
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def metrics_router(page: Page, networks: Sequence[str] = ()) -> APIRouter:
    """The route `/metrics`. `networks` may read it besides this machine."""
    router = APIRouter()
    allowed = tuple(ip_network(network) for network in networks)

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        """The figures, or 403."""
        if not may_read(request, allowed):
            said = "metrics are for this machine, and for the networks in [web] metrics_from"
            return PlainTextResponse(said, status_code=403, headers=_HEADERS)
        return Response(await page(), headers={**_HEADERS, "content-type": CONTENT_TYPE})

    return router


def may_read(request: Request, allowed: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether who asks is on this machine and speaks to it, or on one of the networks."""
    if request.client is None or any(header in request.headers for header in _FORWARDED):
        return False
    try:
        peer = ip_address(request.client.host)
    except ValueError:
        return False
    mapped = getattr(peer, "ipv4_mapped", None)
    peer = mapped or peer
    if peer.is_loopback:
        return _is_ours(request.headers.get("host", ""))
    return any(peer in network for network in allowed)


def _is_ours(host: str) -> bool:
    """Whether the Host header names this machine by a name that no stranger can give it."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
