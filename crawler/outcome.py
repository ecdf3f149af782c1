"""How a visit ended, from what it saw. Pure."""

from collections.abc import Sequence
from datetime import datetime

from crawler.advice import advice
from crawler.failure import FetchFailure
from crawler.openvisit import OpenVisit
from crawler.visit import Poll, VisitOutcome
from news.caps import Bite, CapName

_LISTS_NOTHING = "See what the site offers now: vigie source test URL."


def outcome_of(visit: OpenVisit) -> VisitOutcome:
    """A visit has failed where no feed could be read; that the feeds list nothing at all is worth a word."""
    polls = visit.polls
    failed = [poll for poll in polls if poll.feed.last_error]
    error = failed[0].feed.last_error if failed and len(failed) == len(polls) else ""
    failure = failed[0].failure if error else None
    lists_nothing = bool(polls) and not error and not any(poll.links or poll.is_unchanged for poll in polls)
    return VisitOutcome(
        error=error,
        failure=failure,
        advice=advice(failure) if failure else _LISTS_NOTHING if error or lists_nothing else "",
        warning=f"{polls[0].feed.url} can be read, but lists no article" if lists_nothing else "",
        rediscover=_is_worth_a_new_look(failed) if error else False,
        polls=len(polls),
        pages=visit.pages,
        published=tuple(visit.published),
        not_before=_not_before(polls),
        bites=(*visit.bites, *(bite for poll in polls for bite in poll.bites)),
        hints=tuple(poll.feed.hints for poll in polls if poll.feed.hints),
        unchanged=tuple(visit.unchanged),
        judged=tuple(visit.judged),
    )


def _is_worth_a_new_look(failed: Sequence[Poll]) -> bool:
    """Whether the feeds may have moved; a host that is down, or wants to be left alone, has not moved them."""
    kinds = {poll.failure.kind if poll.failure else "" for poll in failed}
    return bool(kinds - {"network", "timeout", "host closed", "robots unreachable", "guard"})


def _not_before(polls: Sequence[Poll]) -> datetime | None:
    """When the first of the hosts that want to be left alone may be asked again; None where some feed may be now."""
    waits = [poll.feed.not_before for poll in polls]
    return min((wait for wait in waits if wait), default=None) if waits and all(waits) else None


def bites_of(failure: FetchFailure, url: str) -> list[Bite]:
    """The cap that made a fetch fail, if one did."""
    cap: CapName | None = getattr(failure, "cap", None)
    return [Bite(cap, url, failure.message)] if cap else []
