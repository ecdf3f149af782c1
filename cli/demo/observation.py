"""What the demo sees of the service: nothing but what stands in its database."""

from dataclasses import dataclass

from news.alert import Delivery
from news.article import StoredArticle
from news.source import Source
from storage import Database
from storage.matches import FoundMatch

_ALL = 1_000


@dataclass(frozen=True, slots=True)
class Observation:
    """The archive at one moment, the oldest first; `source` is the demo's site."""

    source: Source
    articles: tuple[StoredArticle, ...]
    matches: tuple[FoundMatch, ...]
    deliveries: tuple[Delivery, ...]

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


async def observe(database: Database, source: str) -> Observation:
    """The archive as it stands, in one transaction: an article is never seen without its matches."""
    async with database.read() as tx:
        return Observation(
            await tx.sources.get(source),
            tuple(reversed(await tx.articles.latest(_ALL))),
            tuple(reversed(await tx.matches.latest(_ALL))),
            tuple(reversed(await tx.outbox.latest(_ALL))),
        )
