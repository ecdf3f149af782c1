"""Why a fetch failed, as a value, in words for the user; and what to do about the link (pure)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from news.errors import AddressRefusedError, BadUrlError

FailureKind = Literal["network", "timeout", "http", "robots", "robots unreachable", "guard", "too large", "bad url"]

_BACK_OFF = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1_440)
)  # after the seventh repeat the link is dead
_GONE_TRIES = 3
_LONGEST_WAIT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """One failed fetch. `status` is 0 where no answer came; `retry_after` is what the server asked for."""

    kind: FailureKind
    message: str
    status: int = 0
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What becomes of a link whose fetch failed: another try at `retry_at`, or an end in `state`."""

    state: Literal["pending", "refused", "dead"]
    retry_at: datetime | None = None
    counts: bool = True


class RobotsForbidden(IgnoreRequest):
    """robots.txt forbids the URL."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt could not be had, which RFC 9309 takes as a prohibition for now."""


def from_exception(error: BaseException, url: str) -> FetchFailure:
    """The failure that an exception of Scrapy's or the guard's means."""
    if isinstance(error, RobotsUnreachable):
        return FetchFailure("robots unreachable", str(error))
    if isinstance(error, RobotsForbidden):
        return FetchFailure("robots", f"robots.txt forbids {url}")
    if isinstance(error, AddressRefusedError):
        return FetchFailure("guard", error.message)
    if isinstance(error, BadUrlError):
        return FetchFailure("bad url", error.message)
    if isinstance(error, DownloadTimeoutError):
        return FetchFailure("timeout", f"{url} did not answer in time")
    if isinstance(error, DownloadCancelledError):
        return FetchFailure("too large", f"{url} is larger than Vigie takes")
    if isinstance(error, CannotResolveHostError):
        return FetchFailure("network", f"the host of {url} has no address: check its spelling and your connection")
    if isinstance(error, DownloadConnectionRefusedError):
        return FetchFailure("network", f"the server of {url} refuses connections")
    if isinstance(error, ResponseDataLossError):
        return FetchFailure("network", f"the answer of {url} broke off")
    return FetchFailure("network", f"{url} could not be fetched: {error or type(error).__name__}")


def from_status(status: int, url: str, retry_after: str, now: datetime) -> FetchFailure:
    """The failure that an answer other than 2xx or 304 means."""
    meaning = {
        401: "asks for a login",
        403: "refuses us",
        404: "does not exist",
        410: "is gone",
        429: "says that we ask too often",
        451: "is withheld for legal reasons",
    }.get(status, "has a fault of its own" if status >= 500 else "gave no page")
    return FetchFailure("http", f"{url} {meaning} (HTTP {status})", status, wait_asked_for(retry_after, now))


def wait_asked_for(header: str, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for, in seconds or as a date; at most a day, None where it says nothing usable."""
    header = header.strip()
    if header.isascii() and header.isdigit():
        return min(timedelta(seconds=int(header[:9])), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return None
    until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    return min(max(until - now, timedelta()), _LONGEST_WAIT)


def next_step(failure: FetchFailure, attempts: int, now: datetime) -> NextStep:
    """What to do with a link after its `attempts`-th failed fetch (counted from 1)."""
    if failure.kind in ("robots", "guard", "bad url", "too large"):
        return NextStep("refused")
    if failure.kind == "robots unreachable":
        return NextStep("pending", now + _BACK_OFF[2], counts=False)
    if failure.status in (404, 410) and attempts >= _GONE_TRIES:
        return NextStep("dead")
    if attempts > len(_BACK_OFF):
        return NextStep("dead")
    wait = _BACK_OFF[attempts - 1]
    return NextStep("pending", now + max(wait, failure.retry_after or wait))
