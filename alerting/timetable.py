"""When a failed delivery is tried again: a published timetable for mail, and one for all that goes by HTTP. Pure."""

from datetime import datetime, timedelta

from news.alert import ChannelKind
from news.errors import RetryAdvice

# The waits that the Standard Webhooks specification suggests; the first attempt is immediate, so ten in all.
WEBHOOK_WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
WEBHOOK_JITTER = 0.2
EMAIL_FIRST_WAIT = timedelta(minutes=5)
EMAIL_LONGEST_WAIT = timedelta(seconds=4000)
EMAIL_FOR = timedelta(days=5)
LONGEST_RETRY_AFTER = timedelta(hours=24)


def next_try(
    kind: ChannelKind, attempts: int, first_at: datetime, now: datetime, advice: RetryAdvice, jitter: float
) -> datetime | None:
    """When to try again after `attempts` failures (one or more), or None to give up.

    `first_at` is when this series of attempts began: a replay, or a channel resumed, begins a new one. `jitter` is
    drawn from -1 to 1. While the channel is to be paused nothing is given up, unless the failure is permanent.
    """
    if advice.permanent:
        return None
    wait = _email_wait(attempts) if kind == "email" else _webhook_wait(attempts, jitter)
    asked = min(advice.retry_after or timedelta(), LONGEST_RETRY_AFTER)
    again = now + max(wait, asked)
    return again if advice.pause_channel or not _is_over(kind, attempts, first_at, again) else None


def _webhook_wait(attempts: int, jitter: float) -> timedelta:
    wait = WEBHOOK_WAITS[min(max(attempts, 1), len(WEBHOOK_WAITS)) - 1]
    return wait * (1 + WEBHOOK_JITTER * max(-1.0, min(1.0, jitter)))


def _email_wait(attempts: int) -> timedelta:
    doublings = min(max(attempts, 1) - 1, 4)
    return min(EMAIL_FIRST_WAIT * (1 << doublings), EMAIL_LONGEST_WAIT)


def _is_over(kind: ChannelKind, attempts: int, first_at: datetime, again: datetime) -> bool:
    return again > first_at + EMAIL_FOR if kind == "email" else attempts > len(WEBHOOK_WAITS)
