"""The addresses at which WebSub hubs call back: they ask whether we meant it, and bring what is new."""

import asyncio
from typing import Protocol

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from service.push import LARGEST_PUSH, Pushes
from service.subscribe import Subscriber

_SECONDS_A_PUSH = 30.0
_READ_AT_ONCE = 8
_HEADERS = {"x-content-type-options": "nosniff", "cache-control": "no-store"}


class HubDesk(Protocol):
    """What the service has for hubs."""

    @property
    def subscriber(self) -> Subscriber:
        """Answers whether a subscription is meant."""
        ...

    @property
    def pushes(self) -> Pushes:
        """Takes pushes in."""
        ...


def websub_router(desk: HubDesk) -> APIRouter:
    """The routes under `/websub/`. Whoever asks must know a token; nothing else is told to anybody."""
    router = APIRouter(prefix="/websub")
    free = asyncio.Semaphore(_READ_AT_ONCE)

    @router.get("/{token}")
    async def confirm(token: str, request: Request) -> Response:
        """A hub asks whether we meant to subscribe or to unsubscribe, or says that it will not push."""
        echoed = await desk.subscriber.confirm(token, request.query_params)
        if echoed is None:
            return _said(404, "no such subscription")
        return _said(200, echoed)

    @router.post("/{token}")
    async def take(token: str, request: Request) -> Response:
        """A hub brings news. It is taken in whether its signature is right or not, and looked at afterwards."""
        one = await desk.pushes.expected(token)
        if one is None:
            return _said(410, "no such subscription")
        if free.locked() or not desk.pushes.is_open:
            return Response(status_code=503, headers={**_HEADERS, "retry-after": "60"})
        async with free:
            body = await _body(request)
            if isinstance(body, Response):
                return body
            headers = request.headers
            desk.pushes.take(one, body, headers.get("x-hub-signature", ""), headers.get("content-type", ""))
        return _said(202)

    return router


async def _body(request: Request) -> bytes | Response:
    """The body as sent, or the refusal of one that is too large or too slow."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and (len(declared) > 15 or int(declared) > LARGEST_PUSH):
        return _said(413, "too large")
    received = bytearray()
    try:
        async with asyncio.timeout(_SECONDS_A_PUSH):
            is_whole = False
            while not is_whole:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    return _said(400)  # nobody hears it
                received += message.get("body", b"")
                if len(received) > LARGEST_PUSH:
                    return _said(413, "too large")
                is_whole = not message.get("more_body", False)
    except TimeoutError:
        return _said(408, "too slow")
    return bytes(received)


def _said(status: int, text: str = "") -> Response:
    return PlainTextResponse(text, status_code=status, headers=_HEADERS)
