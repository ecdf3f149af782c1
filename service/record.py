"""Record: whom to tell is decided and written down, matches, tellings and alerts, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerting.decide import Announcement, Decision, decide, decide_changed
from alerting.figures import changed, figures
from news.article import Article, StoredArticle
from news.telling import Telling
from news.watch import Watch
from service.board import WatchHit
from service.situation import place_of, routing_of, stories_so_far
from storage import Transaction


async def tell(
    tx: Transaction, hits: Sequence[WatchHit], stored: StoredArticle, now: datetime, *, is_history: bool
) -> None:
    """Write down the matches of an article, and what each channel is told of it and when."""
    if not hits:
        return
    routes = await routing_of(tx)
    place = await place_of(tx, stored)
    so_far = await stories_so_far(tx, [watch for watch, _ in hits], place, routes, now)
    await record(tx, decide(hits, stored, so_far, routes, is_history=is_history, now=now))


async def tell_of_change(
    tx: Transaction, watches: Sequence[Watch], before: Article, stored: StoredArticle, revision: int, now: datetime
) -> None:
    """Those who were told of an article are told that its headline or a figure in it is another now."""
    is_news = before.title != stored.article.title or changed(figures(before.text), figures(stored.article.text))
    if not watches or not is_news:
        return
    routes = await routing_of(tx)
    so_far = await stories_so_far(tx, watches, await place_of(tx, stored), routes, now)
    told_to = {watch.id: await tx.tellings.channels_told(watch.id, stored.id) for watch in watches}
    await record(tx, decide_changed(watches, stored, revision, so_far, told_to, routes, now))


async def record(tx: Transaction, decision: Decision) -> None:
    """Keep what was decided. What was told before of the same is not told again."""
    for match in decision.matches:
        await tx.matches.add(match)
    threads: dict[int, int] = {}
    for step in decision.threads:
        number = await tx.threads.know(step.watch_id, step.story_id, step.facts, step.at)
        threads[step.watch_id] = number
        if step.is_told:
            await tx.threads.told(number, step.at, is_update=False)
    new = await tx.tellings.add(decision.tellings)
    for announced in decision.announcements:
        await announce(tx, announced, new, threads.get(announced.watch_id))
    for watch_id, day in decision.days.items():
        await tx.threads.count(watch_id, day.day, day.matches, day.alerts)


async def announce(
    tx: Transaction, announced: Announcement, new: Mapping[Telling, int], thread_id: int | None = None
) -> None:
    """Write an alert down for those of its channels that were not told of the same before.

    `new` are the ids of tellings that were not there yet.
    """
    to = dict(announced.channels)
    if not announced.tellings:  # a warning, which goes on with no story
        if to:
            await tx.outbox.add(announced.alert, announced.watch_id, to, once=announced.once, not_before=to)
        return
    told = {one: new[one] for one in announced.tellings if one in new}
    to = {one.channel_id: to[one.channel_id] for one in told}
    if not to:
        return
    number = await tx.outbox.add(announced.alert, announced.watch_id, to, thread_id=thread_id, not_before=to)
    if number is not None:
        await tx.tellings.told_by(number, list(told.values()))
