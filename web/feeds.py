"""The feeds: what a watch or a watchlist found, as Atom, for whoever knows the address."""

import hashlib
from typing import Protocol

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from alerting.atom import CONTENT_TYPE

_HEADERS = {
    "x-content-type-options": "nosniff",
    "cache-control": "private, max-age=60",
    "content-security-policy": "default-src 'none'; sandbox",
    "referrer-policy": "no-referrer",  # the address is the key
    "x-robots-tag": "noindex",
}


class FeedDesk(Protocol):
    """What the service has for feed readers."""

    async def read(self, token: str) -> bytes | None:
        """The feed that the token opens, if it opens one."""
        ...


def feeds_router(desk: FeedDesk) -> APIRouter:
    """The route `/feeds/{token}.atom`. Whoever asks must know a token; nothing else is told to anybody."""
    router = APIRouter(prefix="/feeds")

    @router.api_route("/{token}.atom", methods=["GET", "HEAD"])
    async def read(token: str, request: Request) -> Response:
        """The feed, or 304 where the reader has it as it is."""
        feed = await desk.read(token)
        if feed is None:
            return PlainTextResponse("no such feed", status_code=404, headers={**_HEADERS, "cache-control": "no-store"})
        tag = f'"{hashlib.sha256(feed).hexdigest()[:32]}"'
        headers = {**_HEADERS, "etag": tag}
        if tag in (known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        return Response(feed, headers={**headers, "content-type": CONTENT_TYPE})

    return router
