"""A webhook receiver's answer, and what it means for the delivery. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from alerting.timetable import LONGEST_RETRY_AFTER
from news.errors import DeliveryError, RetryAdvice

_GONE = 410
_MOVED = range(300, 400)


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, its `Retry-After` header (empty for none), and the beginning of the body, fit to be repeated."""

    status: int
    reason: str = ""
    retry_after: str = ""
    text: str = ""

    @property
    def is_success(self) -> bool:
        """Whether the receiver has the alert: 200 to 299 and nothing else."""
        return 200 <= self.status < 300

    def __str__(self) -> str:
        line = f"{self.status} {self.reason}".strip()
        return f"{line}: {self.text}" if self.text else line


def refusal(answer: Answer, place: str, now: datetime) -> DeliveryError:
    """The error that an answer other than success is; `place` names the receiver."""
    gone = answer.status == _GONE
    advice = RetryAdvice(
        permanent=gone, pause_channel=gone, retry_after=None if gone else retry_after(answer.retry_after, now)
    )
    hint = ""
    if gone:
        hint = "the receiver wants no more: remove the channel, or resume it when the receiver is back"
    elif answer.status in _MOVED:
        hint = "redirects are not followed: give the channel the URL that answers"
    return DeliveryError(f"{place} answered {answer}", advice, answer=str(answer), hint=hint)


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
