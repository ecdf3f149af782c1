"""When a source is visited next. Pure."""

from datetime import datetime, timedelta

from crawler.visit import VisitOutcome
from news.source import Source

_LONGEST_BACK_OFF = timedelta(days=1)
_MOST_DOUBLINGS = 10


def next_due(source: Source, outcome: VisitOutcome, now: datetime, pending: datetime | None) -> datetime:
    """After a visit that ended so; `pending` is when the earliest of the source's waiting links may be tried.

    A source that fails is asked at doubling intervals, up to a day (or its own interval if that is longer); it is
    never given up.
    """
    interval = timedelta(seconds=source.interval)
    if outcome.error:
        doubled = interval * (1 << min(source.failures, _MOST_DOUBLINGS))
        return now + max(interval, min(doubled, _LONGEST_BACK_OFF))
    regular = now + interval
    return min(regular, max(pending, now)) if pending is not None else regular
