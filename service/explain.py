"""Explain: why a watch did or did not tell of an article, from its source to its deliveries, out of the database."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from alerting.routing import Routing
from matching import Judged, explain, explain_miss, parse, resolved, spans
from news import url as urls
from news.alert import Channel
from news.article import Span, StoredArticle
from news.errors import ConfigError, NotFoundError, QueryError
from news.hostname import is_name
from news.query import Query
from news.rules import Rules, rules_to
from news.source import Source
from news.story import Placing
from news.telling import Reason
from news.text import composed
from news.watch import Watch
from service.explain_alert import RULE_OF, Told, alert_steps
from service.explain_crawl import Found, Step, crawl_steps, story_step
from service.meaning import WatchQueries
from service.reader import Reader
from service.situation import routing_of
from storage import Transaction
from storage.links import Listing
from storage.refusals import CountedRefusal

_AT_ONCE = 500  # sources whose feeds are asked for in one statement
_SCHEMES = (("https://", "http://"), ("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What an article is put to: a query, and the watch whose query it is, if it is one's."""

    text: str
    query: Query
    watch: Watch | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The way of an article, step by step as far as it went, and the query judged on its text.

    `spans` are the hits in the article as it is now, None where the query does not match it, or where there is none;
    `why` is then the clause that failed. `matched` counts a match that was recorded with an earlier text or query, too.
    """

    asked: Asked
    url: str
    steps: tuple[Step, ...]
    stored: StoredArticle | None = None
    judged: Judged | None = None
    spans: tuple[Span, ...] | None = None
    why: str = ""
    matched: bool = False

    @property
    def stopped(self) -> Step | None:
        """The step that the article did not get past; None where it went all the way."""
        return next((step for step in self.steps if step.outcome in ("stopped", "waiting")), None)


async def explained(tx: Transaction, name_or_query: str, url: str, reader: Reader) -> Explanation:
    """The explanation for a watch's name or a query, and for any address that leads to an article.

    Raises BadUrlError, QueryError where it is no query, and ConfigError where that of the watch is broken.
    """
    addresses = _addresses(url)
    asked = await _asked(tx, name_or_query)
    stored = await _article(tx, addresses)
    found = await _found(tx, addresses, stored)
    steps = [*crawl_steps(found)]
    if stored is None:
        return Explanation(asked, addresses[0], tuple(steps))
    steps.append(await _placed(tx, stored))
    read = await reader.read(stored.article, stored.source)
    hits = spans(asked.query, read)
    why = "" if hits is not None else explain_miss(asked.query, read)
    told = await _told(tx, asked.watch, stored)
    steps += alert_steps(stored, asked.watch, hits, why, told)
    matched = hits is not None or told.match is not None
    return Explanation(asked, addresses[0], tuple(steps), stored, explain(asked.query, read), hits, why, matched)


async def _asked(tx: Transaction, name_or_query: str) -> Asked:
    watches = await tx.watches.all()
    queries = WatchQueries.of(watches)
    watch = next((watch for watch in watches if watch.name == composed(name_or_query)), None)
    if watch is None:
        return Asked(name_or_query, resolved(parse(name_or_query), queries))
    meaning = queries.meaning(watch.name)
    if isinstance(meaning, QueryError):
        raise ConfigError(f"the query of the watch {watch.name!r} is broken: {meaning.message}", meaning.hint)
    return Asked(watch.query, meaning, watch)


def _addresses(url: str) -> list[str]:
    """The address in normal form, with and without `www.`, where its host is a name: people and feeds write either."""
    normal = urls.normal(url if "://" in url else f"https://{url}")
    if not is_name(urls.host(normal)):
        return [normal]
    parts = urlsplit(normal)
    other = parts.netloc.removeprefix("www.") if parts.netloc.startswith("www.") else f"www.{parts.netloc}"
    return [normal, urlunsplit(parts._replace(netloc=other))]


async def _article(tx: Transaction, addresses: list[str]) -> StoredArticle | None:
    """The article that one of the addresses leads to: its canonical one, one that was listed, or that of its page."""
    for address in addresses:
        number = await tx.articles.id_of(address)
        if number is not None:
            return await tx.articles.get(number)
    for listing in await tx.links.listings([urls.key(address) for address in addresses]):
        if listing.link.article_id is not None:
            return await tx.articles.get(listing.link.article_id)
    schemes = [address.replace(known, other, 1) for address in addresses for known, other in _SCHEMES]
    return await tx.articles.fetched_from([*addresses, *schemes])


async def _found(tx: Transaction, addresses: list[str], stored: StoredArticle | None) -> Found:
    listings = await tx.links.listings([urls.key(one) for one in addresses], stored.id if stored else None)
    listing = _telling(listings, stored)
    source = await _source(tx, addresses, listing, stored)
    refusal = await _refusal(tx, listing)
    brought = {one.link.source_id for one in listings}
    return Found(addresses[0], source, listing, stored, refusal, max(len(brought) - 1, 0))


def _telling(listings: list[Listing], stored: StoredArticle | None) -> Listing | None:
    """The link that tells most: that of the source which brought the article, else the one that got furthest."""
    if stored is not None:
        own = [one for one in listings if one.link.source_id == stored.source_id]
        listings = own or listings
    order = ("fetched", "refused", "dead", "pending")
    return min(listings, key=lambda one: (order.index(one.link.state), one.found_at), default=None)


async def _source(
    tx: Transaction, addresses: list[str], listing: Listing | None, stored: StoredArticle | None
) -> Source | None:
    if listing is not None:
        return await tx.sources.by_id(listing.link.source_id)
    if stored is not None:
        return await tx.sources.by_id(stored.source_id)
    return await _source_of_host(tx, {urls.host(address) for address in addresses})


async def _source_of_host(tx: Transaction, hosts: set[str]) -> Source | None:
    """The source that reads this host: by its own address, by one of its feeds, or by that of a parent host."""
    best, nearest = None, 0
    sources = await tx.sources.all()
    for start in range(0, len(sources), _AT_ONCE):
        some = sources[start : start + _AT_ONCE]
        feeds = await tx.feeds.of_all([source.id for source in some])
        for source in some:
            nearness = _nearness(hosts, [source.url, *(feed.url for feed in feeds.get(source.id, ()))])
            if nearness > nearest:
                best, nearest = source, nearness
    return best


def _nearness(hosts: set[str], read: list[str]) -> int:
    """How near what a source reads is to these hosts: 2 the same, 1 a parent, 0 neither."""
    names = {urls.host(one).removeprefix("www.") for one in read} - {""}
    if {host.removeprefix("www.") for host in hosts} & names:
        return 2
    return int(any(host.endswith(f".{name}") for host in hosts for name in names))


async def _refusal(tx: Transaction, listing: Listing | None) -> CountedRefusal | None:
    """The verdict on the link's page, where it is the latest of its kind: of each only the latest is kept."""
    if listing is None or listing.link.state != "refused":
        return None
    refusals = (await tx.refusals.of([listing.link.source_id])).get(listing.link.source_id, [])
    same = urls.key(listing.link.url)
    fitting = (one for one in refusals if one.reason in listing.link.last_error)
    return next((one for one in fitting if urls.key(one.last.url) == same), None)


async def _placed(tx: Transaction, stored: StoredArticle) -> Step:
    place = await tx.stories.place_of(stored.id)
    if place is None or place.story_id is None:
        return story_step(stored, None, 0, None)
    story, _ = await tx.stories.get(place.story_id)
    return story_step(stored, place, story.articles, await _original(tx, place))


async def _original(tx: Transaction, place: Placing) -> StoredArticle | None:
    if place.copy_of is None:
        return None
    try:
        return await tx.articles.get(place.copy_of)
    except NotFoundError:
        return None


async def _told(tx: Transaction, watch: Watch | None, stored: StoredArticle) -> Told:
    """What the database knows of the match, its alert and its deliveries."""
    if watch is None:
        return Told()
    match = await tx.matches.of(watch.id, stored.id)
    deliveries = await tx.outbox.of_article(stored.id, watch.id)
    tried = [(one, tuple(await tx.outbox.attempts(one.id))) for one in deliveries]
    routes = await routing_of(tx)
    channels = {channel.id: channel for channel in routes.channels}
    untold = tuple(
        (channels[one.channel_id], one, _rule(routes, watch, channels[one.channel_id], one.reason))
        for one in await tx.tellings.of(watch.id, stored.id)
        if one.state != "told" and one.channel_id in channels
    )
    return Told(None if match is None else match.match, tuple(tried), untold)


def _rule(routes: Routing, watch: Watch, channel: Channel, reason: Reason) -> str:
    """The rule by which something waits or is not told, as it is now, and who says so."""
    name = RULE_OF.get(reason, "")
    if not name:
        return ""
    written = rules_to(Rules(**{name: getattr(routes.rules(watch, channel), name)}))[name]
    who = routes.who_says(watch, channel, name)
    return f"{name}={written}, {f'says {who}' if who else 'as usual'}"
