"""A desk for tests of what is told when: watches that find articles, a clock that is moved, what is released."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from news.alert import Delivery
from news.article import Article, Span, StoredArticle
from news.clock import ManualClock
from news.rules import rules_from
from news.story import Placing
from news.watch import Watch
from service.record import tell, tell_of_change
from service.release import Releaser
from storage import Database
from storage.database import Transaction
from tests.samples import MINUTE, NOON, a_channel, a_source, a_watch, an_article

SOON = 10 * MINUTE


class Desk:
    """A watch that finds articles of one story, or of others, as they come in."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database = database
        self.clock = clock
        self.releaser = Releaser(database, clock)
        self.watches: dict[str, Watch] = {}
        self.story_ids: dict[str, int] = {}
        self._number = 0

    async def has(self, *names: str, channel: Mapping[str, object] | None = None, **rules: object) -> None:
        """Watches of these names with these rules, and one channel."""
        async with self.database.write() as tx:
            for name in names:
                number = await tx.watches.put(
                    replace(a_watch(name), rules=rules_from(rules)), NOON - timedelta(days=30)
                )
                self.watches[name] = await tx.watches.by_id(number)
            if not await tx.channels.all():
                await tx.channels.put(replace(a_channel(), rules=rules_from(channel or {})), NOON)

    async def finds(
        self,
        story: str,
        title: str,
        text: str = "Un texte.",
        *,
        watches: tuple[str, ...] = (),
        source: str = "",
        copy_of: int | None = None,
        published_at: datetime | None = None,
        is_history: bool = False,
    ) -> StoredArticle:
        """An article comes in, from an outlet of its own unless one is named, and is wanted."""
        self._number += 1
        now = self.clock.now()
        url = f"https://a.example/{self._number}"
        article = replace(an_article(url, title, text), language="fr", published_at=published_at)
        async with self.database.write() as tx:
            stored = await _stored(tx, article, source or f"Source {self._number}", now)
            await self._place(tx, stored, story, copy_of, now)
            wanted = [self.watches[name] for name in watches or tuple(self.watches)]
            hits = [(watch, (Span("title", 0, 2),)) for watch in wanted]
            await tell(tx, hits, stored, now, is_history=is_history)
        return stored

    async def _place(
        self, tx: Transaction, stored: StoredArticle, story: str, copy_of: int | None, now: datetime
    ) -> None:
        if story not in self.story_ids:
            self.story_ids[story] = await tx.stories.begin(now, None)
        number = self.story_ids[story]
        await tx.stories.put(stored.id, number, Placing(number, copy_of), now, None)

    async def changes(self, stored: StoredArticle, title: str, text: str = "Un texte.") -> None:
        """The article says something else now."""
        now = self.clock.now()
        after = replace(stored.article, title=title, text=text)
        async with self.database.write() as tx:
            number = await tx.revisions.add(stored.id, stored.article, after, "headline", stored.fetched_at, now)
            watches = list(self.watches.values())
            await tell_of_change(tx, watches, stored.article, replace(stored, article=after), number, now)

    async def waits(self, span: timedelta) -> list[Delivery]:
        """Time passes, and what is due is released; the deliveries that this made, the first first."""
        before = {one.id for one in await self.deliveries()}
        self.clock.set(self.clock.now() + span)
        await self.releaser.release_due()
        return [one for one in await self.deliveries() if one.id not in before]

    async def deliveries(self) -> list[Delivery]:
        async with self.database.read() as tx:
            return list(reversed(await tx.outbox.latest(1_000)))

    async def ledger(self, stored: StoredArticle) -> list[tuple[str, str]]:
        """What became of the article, for each channel."""
        async with self.database.read() as tx:
            return [
                (one.state, one.reason)
                for watch in self.watches.values()
                for one in await tx.tellings.of(watch.id, stored.id)
            ]


async def _stored(tx: Transaction, article: Article, source: str, now: datetime) -> StoredArticle:
    known = {one.name: one.id for one in await tx.sources.all()}
    if source not in known:
        known[source] = await tx.sources.put(a_source(source, f"https://{len(known)}.example/"), now)
    number = await tx.articles.add(article, known[source], now, now)
    assert number is not None
    return await tx.articles.get(number)


def says(delivery: Delivery) -> list[str]:
    return [change.says for item in delivery.alert.items for change in item.changes]


async def a_desk(database: Database, *names: str, channel: Mapping[str, object] | None = None, **rules: object) -> Desk:
    desk = Desk(database, ManualClock(NOON))
    await desk.has(*(names or ("Corée",)), channel=channel, **{"timezone": "UTC", **rules})
    return desk
