"""Which of a source's feeds a visit polls, the roads that bring the news each time and the others now and then; and how
the roads compare. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from news.source import Feed, Road

SURVEY_EVERY = timedelta(hours=3)
IS_NEWS = "is_news"  # a hint of ours: this sitemap holds the latest articles only
UNREAD = "unread"  # a hint of ours: the files of this sitemap index that could not be read, each with since when
IS_EMPTY = "is_empty"  # a hint of ours: when last read, it listed nothing


def feeds_due(feeds: Sequence[Feed], now: datetime, survey_every: timedelta = SURVEY_EVERY) -> list[Feed]:
    """The feeds to poll now, in their order; none of those whose server wants to be left alone.

    Polled each time is what `polled_each_visit` names, the rest once in `survey_every`: an unchanged feed then mostly
    costs one request, and what it leaves out is found all the same.
    """
    regular = {feed.url for feed in polled_each_visit(feeds)}
    return [
        feed
        for feed in feeds
        if (feed.not_before is None or feed.not_before <= now)
        and (feed.url in regular or _is_survey_due(feed, now, survey_every))
    ]


def polled_each_visit(feeds: Sequence[Feed]) -> list[Feed]:
    """The feeds and news sitemaps; the section pages too where none of these works, then other sitemaps."""
    regular = [feed for feed in feeds if is_of_news(feed)]
    for road in ("section", "sitemap"):
        if any(works(feed) for feed in regular):
            break
        regular += [feed for feed in feeds if feed.road == road and feed not in regular]
    return [feed for feed in feeds if feed in regular]


def is_of_news(feed: Feed) -> bool:
    """Whether it lists the latest articles by its nature: a feed or a news sitemap."""
    return feed.road == "feed" or bool(feed.road == "sitemap" and feed.hints.get(IS_NEWS))


def works(feed: Feed) -> bool:
    """Whether the last poll could read it, and it listed something; one never polled has the benefit of the doubt."""
    return not feed.last_error and not feed.hints.get(IS_EMPTY)


def _is_survey_due(feed: Feed, now: datetime, survey_every: timedelta) -> bool:
    last = feed.last_polled_at
    return last is None or now - last >= survey_every or last > now


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the articles that all the roads of a source list together, how many this one lists, and how many it alone."""

    road: Road
    listed: int
    alone: int


def coverage(listed: Mapping[Road, Iterable[str]]) -> list[Coverage]:
    """How the roads compare, each given with the keys of the URLs that it lists."""
    roads = {road: frozenset(keys) for road, keys in listed.items()}
    return [
        Coverage(road, len(keys), len(keys.difference(*(others for other, others in roads.items() if other != road))))
        for road, keys in roads.items()
    ]
