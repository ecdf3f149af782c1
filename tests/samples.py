"""Things to store: small values for the tests, and the shortest way to put them into a database."""

from datetime import UTC, datetime, timedelta

from news.alert import Alert, Attempt, Channel, Delivery, DeliveryState, Told
from news.article import Article
from news.delivering import Outcome
from news.source import Source
from news.watch import Watch
from storage.database import Transaction

NOON = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def a_source(name: str = "Le Phare", url: str = "https://phare.example/") -> Source:
    """A source as a command adds it."""
    return Source(id=0, name=name, url=url)


def an_article(url: str = "https://phare.example/a", title: str = "Un titre", text: str = "Un texte.") -> Article:
    """An article at its canonical URL."""
    return Article(url=url, canonical_url=url, title=title, text=text)


def a_watch(name: str = "Corée", query: str = "missile") -> Watch:
    """A watch that tells every channel."""
    return Watch(id=0, name=name, query=query)


def a_channel(name: str = "bureau") -> Channel:
    """A webhook."""
    return Channel(id=0, name=name, kind="webhook", settings={"url": "https://hooks.example/"})


def told_of(article_id: int) -> Told:
    """The least that an alert can tell of an article."""
    return Told(article_id=article_id, title="Un titre", url="https://phare.example/a", source="Le Phare", excerpt="…")


async def put_article(transaction: Transaction, number: int, source_id: int | None = None) -> int:
    """Store the article of that number, from a new source unless one is given; its id."""
    if source_id is None:
        source_id = await transaction.sources.put(a_source(f"source {number}"), NOON)
    article_id = await transaction.articles.add(an_article(f"https://phare.example/{number}"), source_id, NOON, NOON)
    assert article_id is not None
    return article_id


async def put_delivery(transaction: Transaction, number: int = 1, decided_at: datetime = NOON) -> Delivery:
    """Store an alert with one pending delivery, and all that it refers to; names end in the number."""
    article_id = await put_article(transaction, number)
    watch_id = await transaction.watches.put(a_watch(f"watch {number}"), NOON)
    channel_id = await transaction.channels.put(a_channel(f"channel {number}"), NOON)
    alert = Alert(watch=f"watch {number}", query="missile", decided_at=decided_at, told=told_of(article_id))
    assert await transaction.outbox.add(alert, watch_id, [channel_id])
    [delivery] = await transaction.outbox.of_article(article_id, watch_id)
    return delivery


async def claim(
    transaction: Transaction, now: datetime = NOON, owner: str = "me", each: int = 9, until: datetime | None = None
) -> list[Delivery]:
    """Claim what is due, at most so many for each channel; for a minute unless told otherwise."""
    room = {channel.id: each for channel in await transaction.sending.ready(now)}
    return await transaction.sending.claim(now, room, owner, until or now + MINUTE)


async def record(
    transaction: Transaction,
    delivery: Delivery,
    attempt: Attempt,
    state: DeliveryState,
    next_try_at: datetime | None = None,
    owner: str = "me",
) -> Delivery:
    """Record one attempt at a delivery; the delivery as it stands then."""
    await transaction.sending.record(owner, [Outcome(delivery, attempt, state, next_try_at)])
    return await transaction.outbox.get(delivery.id)
