"""When a source's feeds are looked for anew, and which of those that are known stay although they were not found. Pure.

Whatever an exploration does not find may be down, or left out, at that very moment. So a feed that has ever been read
stays, is polled as before, and goes only when it has been missing for days.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.failure import FetchFailure
from crawler.survey import IS_EMPTY, is_of_news
from crawler.visit import Poll
from news.source import Feed, Source

_GONE = (404, 410)
_GONE_FOR = timedelta(days=7)  # and a feed that answers so, or with something else, is given up
_DOWN_FOR = timedelta(days=90)  # the same for one whose server cannot be reached, or is at fault
_LOOK_FOR_GONE = timedelta(days=1)
_LOOK_FOR_FEEDS = timedelta(days=7)  # where no feed is known
_YOUNG = timedelta(days=7)  # a source that was added so lately: the day may have been a bad one


def is_gone(road: str, failure: FetchFailure | None) -> bool:
    """Whether a poll that failed says that there is none any more, rather than that it cannot be had now.

    A page without a `failure` could be fetched, and is something else; sitemaps and sections come and go.
    """
    return failure.status in _GONE and road == "feed" if failure is not None else road != "sitemap"


def stays(known: Feed, look: Poll, now: datetime, *, is_given: bool) -> bool:
    """Whether a feed stays that an exploration has not found, but looked at; `is_given` where the user named it."""
    if known.last_success_at is None:
        return False
    if not look.feed.last_error:
        return known.road == "feed" or not (known.hints.get(IS_EMPTY) and look.feed.hints.get(IS_EMPTY))
    if is_given and known.road == "feed":
        return True
    is_up = look.failure is None or look.failure.status in _GONE
    return now - known.last_success_at < (_GONE_FOR if is_up else _DOWN_FOR)


def is_renewal_due(source: Source, feeds: Sequence[Feed], polls: Sequence[Poll], now: datetime) -> bool:
    """Whether the next visit is to explore, after one that polled these of the source's feeds.

    At once where a feed has gone that could be read since the last exploration, once a day while it is missing; now and
    then where no feed is known. A visit that explored, or wanted to, has said what there is to say.
    """
    if source.discovered_at is None:
        return False
    age = now - source.discovered_at
    gone = [poll.feed for poll in polls if poll.feed.last_error and is_gone(poll.feed.road, poll.failure)]
    if any(feed.last_success_at is not None and feed.last_success_at >= source.discovered_at for feed in gone):
        return True
    if gone:
        return age >= _LOOK_FOR_GONE
    is_young = source.watched_since is not None and now - source.watched_since < _YOUNG
    return not any(map(is_of_news, feeds)) and age >= (_LOOK_FOR_GONE if is_young else _LOOK_FOR_FEEDS)
