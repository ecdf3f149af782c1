"""Export: the sources as subscriptions, for a file that other readers take and Vigie takes back."""

import re
from collections.abc import Iterable, Sequence

from news import url as urls
from news.source import Road, Source
from service.subscription import Subscription
from storage import Transaction

_KEY = re.compile(
    r"[?&](?:[\w-]*(?:token|secret|passw\w*|apikey|api[_-]key|signature)|auth|key|pw|pwd|sig|sid|session)=[^&]",
    re.IGNORECASE,
)


async def export_sources(tx: Transaction) -> list[Subscription]:
    """All sources that are not removed, by name. Nothing of how they are reached goes along: no headers, no cookies."""
    sources, feeds = await tx.sources.all(), await tx.sources.feeds()
    found: dict[int, list[tuple[Road, str]]] = {}
    for number, road, url in feeds:
        found.setdefault(number, []).append((road, url))
    return [subscription_of(source, found.get(source.id, ())) for source in sources]


def subscription_of(source: Source, feeds: Sequence[tuple[Road, str]]) -> Subscription:
    """The source, with the first feed that was found at it; its home is its URL where only other roads were found."""
    listed = _keyed(url for road, url in feeds if road == "feed")
    if urls.key(source.url) in listed or not feeds:
        return Subscription(source.url, source.name)
    if listed:
        return Subscription(source.url, source.name, feed=next(iter(listed.values())))
    return Subscription(source.url, source.name, home=source.url)


def _keyed(addresses: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for address in addresses:
        found.setdefault(urls.key(address), address)
    return found


def may_hold_a_key(one: Subscription) -> bool:
    """Whether an address seems to let in whoever has it, as the feeds that sites make for one subscriber do."""
    return any(_KEY.search(address) for address in (one.url, one.feed))
