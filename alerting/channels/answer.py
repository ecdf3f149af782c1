"""What a receiver answered over HTTP, and what it means for the delivery. Pure."""

import json
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from alerting.timetable import LONGEST_RETRY_AFTER
from news.errors import DeliveryError, RetryAdvice

_GONE = 410
_MOVED = range(300, 400)

# Whose fault a refusal is, and so what follows. `passing`: try again. `settings`: the channel stands still until
# someone mends it, and nothing is dropped. `message`: this one will never be taken, others may. `gone`: the receiver
# wants no more; this one is given up and the channel stands still.
Fault = Literal["passing", "settings", "message", "gone"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, its `Retry-After` header (empty for none), and the beginning of the body, fit to be repeated.

    `content` is that beginning as it came, for whoever knows what to look for in it.
    """

    status: int
    reason: str = ""
    retry_after: str = ""
    text: str = ""
    content: bytes = field(default=b"", repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the receiver has the alert: 200 to 299 and nothing else."""
        return 200 <= self.status < 300

    @property
    def values(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is none."""
        try:
            found = json.loads(self.content)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def __str__(self) -> str:
        line = f"{self.status} {self.reason}".strip()
        return f"{line}: {self.text}" if self.text else line


def refusal(
    answer: Answer, place: str, now: datetime, fault: Fault | None = None, hint: str = "", wait: float | None = None
) -> DeliveryError:
    """The error that an answer other than success is; `place` names the receiver.

    Without a `fault` it is gone at 410, else passing. `wait` are seconds that the body asks for, besides the header.
    """
    fault = fault or ("gone" if answer.status == _GONE else "passing")
    advice = RetryAdvice(
        permanent=fault in ("message", "gone"),
        pause_channel=fault in ("settings", "gone"),
        retry_after=_longer(retry_after(answer.retry_after, now), wait) if fault == "passing" else None,
    )
    return DeliveryError(f"{place} answered {answer}", advice, answer=str(answer), hint=hint or _hint(answer, fault))


def retry_after(header: str, now: datetime) -> timedelta | None:
    """The wait that a `Retry-After` header asks for, in seconds or as a date: none to 24 hours; None if unreadable."""
    header = header.strip()
    if header.isascii() and header.isdigit():
        seconds = int(header[:12]) if len(header) <= 12 else LONGEST_RETRY_AFTER.total_seconds()
        return min(timedelta(seconds=seconds), LONGEST_RETRY_AFTER)
    try:
        named = parsedate_to_datetime(header)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    if named.tzinfo is None:
        named = named.replace(tzinfo=UTC)
    return min(max(named - now, timedelta()), LONGEST_RETRY_AFTER)


def seconds(value: Any, of_one: int = 1) -> float | None:
    """A wait out of somebody's JSON in seconds, from none to 24 hours; None if it is no number.

    `of_one` is how many of its units make a second.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(min(value, 1)):
        return None
    return min(max(value, 0), LONGEST_RETRY_AFTER.total_seconds() * of_one) / of_one


def _longer(asked: timedelta | None, wait: float | None) -> timedelta | None:
    waits = [asked] if asked is not None else []
    if wait is not None:
        waits.append(min(timedelta(seconds=wait), LONGEST_RETRY_AFTER))
    return max(waits, default=None)


def _hint(answer: Answer, fault: Fault) -> str:
    if fault == "gone":
        return "the receiver wants no more: remove the channel, or resume it when the receiver is back"
    if answer.status in _MOVED:
        return "redirects are not followed: give the channel the URL that answers"
    return ""
