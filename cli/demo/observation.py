"""What the demo sees of the service: nothing but what stands in its database."""

from collections.abc import Iterable
from dataclasses import dataclass

from news.alert import Delivery
from news.article import StoredArticle
from news.source import Source
from news.telling import Telling
from storage import Database, Transaction
from storage.matches import FoundMatch

_ALL = 1_000


@dataclass(frozen=True, slots=True)
class Observation:
    """The archive at one moment, the oldest first; `source` is the demo's site, `held` what waits to be told."""

    source: Source
    articles: tuple[StoredArticle, ...]
    matches: tuple[FoundMatch, ...]
    deliveries: tuple[Delivery, ...]
    held: tuple[Telling, ...] = ()

    @property
    def has_history(self) -> bool:
        """Whether the first visit has ended: what is published from now on is news."""
        return self.source.watched_since is not None and self.source.last_visit_at is not None

    @property
    def is_settled(self) -> bool:
        """Whether no delivery waits to be sent."""
        return all(delivery.state != "pending" for delivery in self.deliveries)

    @property
    def urls(self) -> frozenset[str]:
        """Where the articles found are."""
        return frozenset(stored.article.canonical_url for stored in self.articles)

    def matches_of(self, article_id: int) -> tuple[FoundMatch, ...]:
        """The watches that want an article, and why."""
        return tuple(found for found in self.matches if found.match.article_id == article_id)

    def waits_to_be_told(self, found: FoundMatch) -> bool:
        """Whether a match is of a story that was told, and waits for an update of it."""
        key = found.match.watch_id, found.match.article_id
        return any((one.watch_id, one.article_id) == key for one in self.held)


async def observe(database: Database, source: str) -> Observation:
    """The archive as it stands, in one transaction: an article is never seen without its matches."""
    async with database.read() as tx:
        matches = tuple(reversed(await tx.matches.latest(_ALL)))
        return Observation(
            await tx.sources.get(source),
            tuple(reversed(await tx.articles.latest(_ALL))),
            matches,
            tuple(reversed(await tx.outbox.latest(_ALL))),
            await _held(tx, matches),
        )


async def _held(tx: Transaction, matches: Iterable[FoundMatch]) -> tuple[Telling, ...]:
    news = [found.match for found in matches if not found.match.seen]
    tellings = [one for match in news for one in await tx.tellings.of(match.watch_id, match.article_id)]
    return tuple(one for one in tellings if one.state == "held")
