"""How a visit ended, from what it saw. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crawler.advice import advice
from crawler.failure import FetchFailure
from crawler.openvisit import OpenVisit
from crawler.survey import IS_EMPTY, polled_each_visit
from crawler.visit import Poll, VisitOutcome
from news.caps import Bite, CapName

_LOOK_AGAIN = "See what the site offers now: vigie source test URL."


def outcome_of(visit: OpenVisit) -> VisitOutcome:
    """A visit has failed where no feed could be read; that the feeds list nothing at all is worth a word."""
    polls = visit.polls
    failed = [poll for poll in polls if poll.feed.last_error]
    error = failed[0].feed.last_error if failed and len(failed) == len(polls) else ""
    failure = failed[0].failure if error else None
    lists_nothing = bool(polls) and not error and not any(map(_lists_something, polls))
    return VisitOutcome(
        error=error,
        failure=failure,
        advice=advice(failure) if failure else _LOOK_AGAIN if error or lists_nothing else "",
        warning=_warning(polls, failed, lists_nothing=lists_nothing) if not error else "",
        is_suspect=lists_nothing,
        polls=len(polls),
        pages=visit.pages,
        published=tuple(visit.published),
        not_before=_not_before(polls),
        bites=(*visit.bites, *(bite for poll in polls for bite in poll.bites)),
        hints=_hints(polls),
        unchanged=tuple(visit.unchanged),
        judged=tuple(visit.judged),
    )


def _lists_something(poll: Poll) -> bool:
    """Also where it is unchanged, unless what it listed before was nothing."""
    return bool(poll.links) or (poll.is_unchanged and not poll.feed.hints.get(IS_EMPTY))


def _warning(polls: Sequence[Poll], failed: Sequence[Poll], *, lists_nothing: bool) -> str:
    """What is wrong although the visit has not failed: a section that works must not hide a feed that is gone."""
    if lists_nothing:
        return f"{polls[0].feed.url} can be read, but lists no article"
    return next((poll.feed.last_error for poll in failed if poll.feed.road == "feed"), "")


def _hints(polls: Sequence[Poll]) -> tuple[Mapping[str, Any], ...]:
    """What the feeds that are polled at each visit say of their rhythm, also where one says nothing: it may be asked.

    The answers of what is surveyed now and then have no say in it.
    """
    return tuple(feed.hints for feed in polled_each_visit([poll.feed for poll in polls]) if not feed.last_error)


def _not_before(polls: Sequence[Poll]) -> datetime | None:
    """When the first of the hosts that want to be left alone may be asked again; None where some feed may be now."""
    waits = [poll.feed.not_before for poll in polls]
    return min((wait for wait in waits if wait), default=None) if waits and all(waits) else None


def bites_of(failure: FetchFailure, url: str) -> list[Bite]:
    """The cap that made a fetch fail, if one did."""
    cap: CapName | None = getattr(failure, "cap", None)
    return [Bite(cap, url, failure.message)] if cap else []
