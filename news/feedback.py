"""Feedback: what a reader says of an alert by following a signed link, and the links. Pure.

A token is `v1.PAYLOAD.SIGNATURE`, both in URL-safe Base64 without padding: what it is good for, the watch, the article
and the second of its end; and of these bytes the HMAC-SHA256 under the instance's key, so that nobody can make one, or
turn one into another.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from news.errors import VigieError

LIFETIME = timedelta(days=30)
Wish = Literal["not-relevant", "mute"]

_TOKEN = re.compile(r"v1\.([A-Za-z0-9_-]{1,120})\.([A-Za-z0-9_-]{43})")
_LARGEST = 2**31 - 1


class BadTokenError(VigieError):
    """A token that this instance did not make, or that somebody changed."""


class ExpiredTokenError(VigieError):
    """A token whose time is over."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token is good for."""

    wish: Wish
    watch_id: int
    article_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of an alert's two pages; of a digest they are empty, and each of its `stories` has its own."""

    not_relevant: str
    mute: str
    stories: "tuple[Links | None, ...]" = ()

    def of_story(self, number: int) -> "Links | None":
        """Those of a digest's story, counted from 0; None where it has none."""
        return self.stories[number] if number < len(self.stories) else None


@dataclass(frozen=True, slots=True)
class Feedback:
    """Makes the links and reads the tokens of one instance, which is reached at `public_url`."""

    public_url: str
    key: bytes = field(repr=False)

    def links(self, watch_id: int, article_id: int, at: datetime) -> Links | None:
        """The links for a watch and an article, the same for every attempt at one alert; None where there is neither.

        They end thirty days after `at`, when the alert was decided.
        """
        if not watch_id or not article_id:
            return None
        ends = at + LIFETIME
        return Links(
            self._url(Ticket("not-relevant", watch_id, article_id, ends)),
            self._url(Ticket("mute", watch_id, article_id, ends)),
        )

    def token(self, ticket: Ticket) -> str:
        """The token of a ticket."""
        ends = int(ticket.expires_at.timestamp())
        payload = f"{ticket.wish}:{ticket.watch_id}:{ticket.article_id}:{ends}".encode()
        return f"v1.{_encoded(payload)}.{_encoded(self._signature(payload))}"

    def ticket(self, token: str, now: datetime) -> Ticket:
        """What a token is good for. Raises BadTokenError or ExpiredTokenError, and says nothing of the token."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise BadTokenError("this is no link of ours")
        try:
            payload, signature = _decoded(found[1]), _decoded(found[2])
        except (binascii.Error, ValueError):
            raise BadTokenError("this is no link of ours") from None
        if not hmac.compare_digest(signature, self._signature(payload)):
            raise BadTokenError("this is no link of ours")
        ticket = _read(payload)
        if now >= ticket.expires_at:
            raise ExpiredTokenError("this link is over")
        return ticket

    def _url(self, ticket: Ticket) -> str:
        return f"{self.public_url}/feedback/{self.token(ticket)}"

    def _signature(self, payload: bytes) -> bytes:
        return hmac.digest(self.key, b"vigie feedback v1\0" + payload, "sha256")


def fingerprint(token: str) -> str:
    """What is kept of a token that was used: enough to know it again, and not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def unsubscribe_headers(links: Links | None) -> dict[str, str]:
    """The headers by which a mail program offers to stop this: `List-Unsubscribe` (RFC 2369), one click where it is
    https (RFC 8058). It mutes the story; nothing where there are no links.
    """
    if links is None or not links.mute:
        return {}
    headers = {"List-Unsubscribe": f"<{links.mute}>"}
    if links.mute.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _read(payload: bytes) -> Ticket:
    """The ticket that we signed."""
    wish, watch, article, ends = payload.decode().split(":")
    if wish not in get_args(Wish):
        raise BadTokenError("this is no link of ours")
    return Ticket(
        "mute" if wish == "mute" else "not-relevant",
        min(int(watch), _LARGEST),
        min(int(article), _LARGEST),
        datetime.fromtimestamp(int(ends), UTC),
    )


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encoded(value) != text:
        raise ValueError("two spellings of one token")
    return value
