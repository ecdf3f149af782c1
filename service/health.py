"""Health: what a visit says of how its source fares, and what of that the user is told. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crawler.failure import FetchFailure
from crawler.visit import VisitOutcome
from news.source import Source, Trouble
from service.silence import Silence

SUSPICIOUS_PAGES = 3  # in a row, and a source is suspect
_PATIENCE = timedelta(hours=24)
_FEWEST_FAILURES = 3  # in a row, before they are told; two of a source that is visited once a day or less
_UNREADABLE = ("failing", "blocked")  # told as one: what fails so at one visit often fails otherwise at the next
_LOOK_WHERE_EMPTY = timedelta(days=1)
_LOOK_ANYHOW = timedelta(days=30)
_REFUSALS = (401, 403, 407, 451)

NoticeKind = Literal["silent", "failing", "blocked", "suspect", "back"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What the user is told of a source: the sentence, and what to do. One may be told for all that fail together."""

    kind: NoticeKind
    title: str
    text: str
    is_for_all: bool = False


def trouble_after(outcome: VisitOutcome, suspicions: int) -> Trouble:
    """What a visit that ended so says of the source; `suspicions` counts pages in a row that were no articles."""
    if outcome.error:
        return "blocked" if outcome.failure is not None and _is_refusal(outcome.failure) else "failing"
    return "suspect" if outcome.is_suspect or suspicions >= SUSPICIOUS_PAGES else ""


def is_worth_exploring(source: Source, outcome: VisitOutcome, now: datetime) -> bool:
    """Whether its feeds are to be looked for anew: they seem to have moved, list nothing, or were found long ago."""
    if outcome.rediscover or source.discovered_at is None:
        return outcome.rediscover
    age = now - source.discovered_at
    return not outcome.error and age > (_LOOK_WHERE_EMPTY if outcome.is_suspect else _LOOK_ANYHOW)


def _is_refusal(failure: FetchFailure) -> bool:
    return failure.kind in ("robots", "guard") or failure.status in _REFUSALS


def notice_of(source: Source, now: datetime, silence: Silence | None) -> Notice | None:
    """What is to be told of a source after a visit, given what was told (`told_of`) and how it fares since.

    Each trouble is told once, failures only after a day of them, and its end once too; suspicion, which may come and
    go by the hour, once a day.
    """
    trouble = _worth_telling(source, now)
    if trouble:
        if source.told_of == trouble or {source.told_of, trouble} <= {*_UNREADABLE}:
            return None
        return Notice(trouble, f"{source.name} {_SAID[trouble]}", _sentences(source.last_error, source.advice))
    if silence is not None:
        if source.told_of == "silent":
            return None
        return Notice("silent", f"{source.name} has gone quiet", _sentences(silence.sentence, _LOOK))
    if source.told_of and not source.trouble:
        return Notice("back", f"{source.name} is back", "It can be read again, and brings articles as before.")
    return None


_SAID = {
    "failing": "could not be read for a day",
    "blocked": "has refused Vigie for a day",
    "suspect": "answers, but not with articles",
}
_LOOK = "Look whether it has moved: vigie source test URL."


def _worth_telling(source: Source, now: datetime) -> Literal["", "failing", "blocked", "suspect"]:
    if source.trouble in _UNREADABLE:
        is_enough = source.failures >= (2 if _is_seldom_visited(source) else _FEWEST_FAILURES)
        return source.trouble if is_enough and _is_long_ago(source.failing_since, now) else ""
    is_told = source.told_of == source.trouble
    return source.trouble if is_told or source.told_at is None or _is_long_ago(source.told_at, now) else ""


def _is_seldom_visited(source: Source) -> bool:
    """Whether there may be days between two visits; nobody waits until a weekly one has failed so often."""
    return source.interval >= _PATIENCE.total_seconds() or bool(source.schedule)


def _is_long_ago(instant: datetime | None, now: datetime) -> bool:
    return instant is not None and now - instant >= _PATIENCE


def _sentences(*parts: str) -> str:
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)
