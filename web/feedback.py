"""The pages behind the links of a mail: plain HTML that works without a script, in the reader's language.

A GET only shows, because mail scanners open every link; a POST acts. Whoever has the link needs no login, so nothing
here may be kept, sent on, framed or told to another site.
"""

import asyncio
import base64
import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from news.errors import BadUrlError, ConflictError, VigieError
from news.feedback import BadTokenError, ExpiredTokenError
from news.url import checked
from service.exclusion import MOST_COMPARED
from service.feedback import FeedbackDesk, LinkGoneError, LinkUsedError, NotProposedError, Page
from web.phrases import Phrases, phrases_for

_LARGEST_FORM = 4_096
_SECONDS_A_FORM = 10.0
_STYLE = (Path(__file__).parent / "templates" / "feedback.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    "vary": "accept-language",
}
# What each refusal says, and with which status.
_REFUSALS: tuple[tuple[type[VigieError], int, str], ...] = (
    (BadTokenError, 404, "unknown"),
    (ExpiredTokenError, 410, "expired"),
    (LinkUsedError, 409, "used"),
    (LinkGoneError, 410, "gone"),
    (NotProposedError, 422, "not_offered"),
    (ConflictError, 409, "conflict"),
)

_templates = Environment(
    loader=PackageLoader("web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def feedback_router(desk: FeedbackDesk) -> APIRouter:
    """The routes under `/feedback/`."""
    router = APIRouter(prefix="/feedback")

    @router.api_route("/{token}", methods=["GET", "HEAD"])
    async def look(token: str, request: Request) -> Response:
        """The page of a link; it changes nothing."""
        say = phrases_for(request.headers.get("accept-language", ""))
        try:
            return _page(say, await desk.look(token))
        except VigieError as error:
            return _refusal(say, error)

    @router.post("/{token}")
    async def act(token: str, request: Request) -> Response:
        """Do what the page offers: leave a word out, mute the story, or nothing."""
        say = phrases_for(request.headers.get("accept-language", ""))
        try:
            wish = desk.wish_of(token)
            form = await _form(request)
            if form is None:
                raise NotProposedError("the form is too large, or too slow")
            choice = form.get("word", [""])[0]
            if wish == "mute":
                await desk.mute(token)
                return _told(say, 200, "muted")
            if not choice:
                return _told(say, 200, "kept")
            return _told(say, 200, "changed", query=await desk.exclude(token, choice))
        except VigieError as error:
            return _refusal(say, error)

    return router


def _page(say: Phrases, page: Page) -> Response:
    lines = {one.word: f"query = {json.dumps(one.query, ensure_ascii=False)}" for one in page.proposals.exclusions}
    name = "mute.html" if page.wish == "mute" else "not_relevant.html"
    return _html(say, 200, name, page=page, link=_link(page.article.url), lines=lines, latest=MOST_COMPARED)


def _told(say: Phrases, status: int, outcome: str, query: str = "") -> Response:
    return _html(say, status, "told.html", outcome=outcome, query=query)


def _refusal(say: Phrases, error: VigieError) -> Response:
    status, outcome = next(
        ((status, outcome) for kind, status, outcome in _REFUSALS if isinstance(error, kind)), (500, "broken")
    )
    return _told(say, status, outcome)


def _html(say: Phrases, status: int, template: str, **shown: Any) -> Response:
    written = _templates.get_template(template).render(say=say, style=_STYLE, **shown)
    return HTMLResponse(written, status_code=status, headers=HEADERS)


def _link(url: str) -> str:
    try:
        return checked(url)
    except BadUrlError:
        return ""


async def _form(request: Request) -> dict[str, list[str]] | None:
    """The fields of a small form; None where it is too large or too slow."""
    received = bytearray()
    try:
        async with asyncio.timeout(_SECONDS_A_FORM):
            async for piece in request.stream():
                received += piece
                if len(received) > _LARGEST_FORM:
                    return None
        return parse_qs(received.decode("utf-8", "replace"), max_num_fields=20)
    except (TimeoutError, ValueError):
        return None
