"""The situation in which an alert is decided: channels, watchlists, threads and volumes, read in the transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from alerting.hours import local_day
from alerting.resurfaced import LONG_STORED, long_ago
from alerting.routing import Routing, routing
from alerting.telling import StorySoFar
from alerting.volume import HISTORY
from news.article import StoredArticle
from news.telling import StoryPlace
from news.watch import Watch
from service.zone import machine_zone
from storage import Transaction

_A_DAY_MORE = timedelta(days=1)


async def routing_of(tx: Transaction) -> Routing:
    """Who has a say in whom to tell and when."""
    return routing(await tx.channels.all(), await tx.watchlists.all(), machine_zone())


async def place_of(tx: Transaction, stored: StoredArticle) -> StoryPlace:
    """Where a stored article stands, and whether it resurfaced. From here to the commit nobody else decides on it."""
    await tx.stories.lock()
    placing = await tx.stories.place_of(stored.id)
    since = await resurfaced_from(tx, stored)
    if placing is None:
        return StoryPlace(long_ago=since)
    return StoryPlace(placing.story_id, placing.copy_of is not None, since)


async def resurfaced_from(tx: Transaction, stored: StoredArticle) -> datetime | None:
    """When an article that comes as if it were new is from; None of one that is new."""
    before = stored.first_seen_at - LONG_STORED
    return long_ago(stored, await tx.articles.titled(stored.article.title, before, stored.id))


async def stories_so_far(
    tx: Transaction, watches: Iterable[Watch], place: StoryPlace, routes: Routing, now: datetime
) -> Mapping[int, StorySoFar]:
    """What counts for each of these watches, by id."""
    wanted: Sequence[Watch] = tuple(watches)
    numbers = [watch.id for watch in wanted]
    threads = await tx.threads.of(place.story_id, numbers) if place.story_id is not None else {}
    days = [local_day(now, routes.rules(watch)) for watch in wanted]
    since = min(days) - timedelta(days=HISTORY) - _A_DAY_MORE
    volumes = await tx.threads.volumes(numbers, since)
    known = await tx.tellings.known_to(place.story_id, list(threads)) if place.story_id is not None else {}
    return {
        number: StorySoFar(place, threads.get(number), tuple(volumes.get(number, ())), known.get(number, frozenset()))
        for number in numbers
    }
