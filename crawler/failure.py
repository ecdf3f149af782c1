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

from news.caps import CapName
from news.errors import AddressRefusedError, BadUrlError, VigieError

FailureKind = Literal[
    "network",
    "host closed",
    "timeout",
    "http",
    "robots",
    "robots unreachable",
    "guard",
    "too large",
    "bad url",
    "redirects",
    "certificate",
    "broken answer",
    "access",
    "browser",
    "fault",
]

_BACK_OFF = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1_440)
)  # after the seventh repeat the link is dead
_GONE_TRIES = 3
_FINAL = ("bad url", "too large")
# What is refused before anything is asked on the wire may be a bad day of the site's, or of the network that we are in:
# it is refused for good after the last of these. robots.txt is read anew once a day, which is what that waits for.
_FORBIDDEN: dict[FailureKind, tuple[timedelta, ...]] = {
    "guard": _BACK_OFF,
    "robots": tuple(timedelta(hours=hours) for hours in (6, 12, 24, 24)),
}
_LONGEST_WAIT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """One failed fetch. `status` is 0 where no answer came; `retry_after` is what the server asked for.

    `cap` is the limit that ended the fetch, None where it was none of ours; `hint` what would help in this very case.
    `cause` is the failure behind this one: of robots.txt, where that could not be had.
    """

    kind: FailureKind
    message: str
    status: int = 0
    retry_after: timedelta | None = None
    cap: CapName | None = None
    hint: str = ""
    cause: "FetchFailure | None" = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What becomes of a link whose fetch failed: another try at `retry_at`, or an end in `state`."""

    state: Literal["pending", "refused", "dead"]
    retry_at: datetime | None = None
    counts: bool = True


class WireError(VigieError):
    """What happened on the wire, said so that it fits behind the URL; the cause of an exception that Scrapy knows."""

    def __init__(self, kind: FailureKind, message: str, cap: CapName | None = None, hint: str = "") -> None:
        super().__init__(message, hint)
        self.kind: FailureKind = kind
        self.cap = cap


def too_large(limit: int, usual: int) -> WireError:
    """What is said of an answer over its limit in bytes, as sent or as decoded; sitemaps have more than is `usual`."""
    cap: CapName = "sitemap size" if limit > usual else "page size"
    return WireError("too large", f"is larger than Vigie takes ({limit / 1024**2:.3g} MiB)", cap)


class RobotsForbidden(IgnoreRequest):
    """robots.txt forbids the URL."""


class HostClosed(IgnoreRequest):
    """The host wants to be left alone for a while; `wait` says how long."""

    def __init__(self, message: str, wait: timedelta) -> None:
        super().__init__(message)
        self.wait = wait


class RobotsUnreachable(IgnoreRequest):
    """robots.txt could not be had, which RFC 9309 takes as a prohibition for now; `failure` says why, where known."""

    def __init__(self, message: str, failure: FetchFailure | None = None) -> None:
        super().__init__(message)
        self.failure = failure


_BY_CLASS: tuple[tuple[type[Exception], FailureKind, str], ...] = (
    (RobotsForbidden, "robots", "robots.txt forbids {}"),
    (DownloadTimeoutError, "timeout", "{} did not answer in time"),
    (DownloadCancelledError, "too large", "{} is larger than Vigie takes"),
    (CannotResolveHostError, "network", "the host of {} has no address: check its spelling and your connection"),
    (DownloadConnectionRefusedError, "network", "the server of {} refuses connections"),
    (ResponseDataLossError, "network", "the answer of {} broke off"),
)


def from_exception(error: BaseException, url: str) -> FetchFailure:
    """The failure that an exception of Scrapy's or the guard's means."""
    wire = error if isinstance(error, WireError) else error.__cause__
    if isinstance(wire, WireError):
        return FetchFailure(wire.kind, f"{url} {wire.message}", cap=wire.cap, hint=wire.hint)
    if isinstance(error, HostClosed):
        return FetchFailure("host closed", str(error), retry_after=error.wait)
    if isinstance(error, RobotsUnreachable):
        return FetchFailure("robots unreachable", str(error), cause=error.failure)
    if isinstance(error, AddressRefusedError):
        return FetchFailure("guard", error.message, hint=error.hint)
    if isinstance(error, BadUrlError):
        return FetchFailure("bad url", error.message)
    for known, kind, sentence in _BY_CLASS:
        if isinstance(error, known):
            return FetchFailure(kind, sentence.format(url))
    return FetchFailure("network", f"{url} could not be fetched: {error or type(error).__name__}")


def from_status(status: int, url: str, retry_after: str, now: datetime) -> FetchFailure:
    """The failure that an answer other than 2xx or 304 means."""
    meaning = {
        401: "asks for a login",
        403: "refuses us",
        404: "does not exist",
        407: "is behind a proxy that asks for a login",
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
    except (ValueError, TypeError, IndexError, OverflowError):  # the last for a year of eleven digits
        return None
    until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    return min(max(until - now, timedelta()), _LONGEST_WAIT)


def next_step(failure: FetchFailure, attempts: int, now: datetime) -> NextStep:
    """What to do with a link after its `attempts`-th failed fetch (counted from 1)."""
    if failure.kind in _FINAL:
        return NextStep("refused")
    if failure.kind in _FORBIDDEN:
        waits = _FORBIDDEN[failure.kind]
        return NextStep("pending", now + waits[attempts - 1]) if attempts <= len(waits) else NextStep("refused")
    if failure.kind == "host closed":
        return NextStep("pending", now + (failure.retry_after or _BACK_OFF[0]), counts=False)
    if failure.kind in ("robots unreachable", "access", "browser"):
        return NextStep("pending", now + _BACK_OFF[2], counts=False)
    if failure.status in (404, 410) and attempts >= _GONE_TRIES:
        return NextStep("dead")
    if attempts > len(_BACK_OFF):
        return NextStep("dead")
    wait = _BACK_OFF[attempts - 1]
    return NextStep("pending", now + max(wait, failure.retry_after or wait))
