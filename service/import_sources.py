"""Import: what a file of subscriptions lists becomes sources, many at a time, and each line gets its answer."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from news import url as urls
from news.errors import VigieError
from news.schedule import timing
from news.source import Road, Source
from news.text import clip, composed, storable
from service.settings import fit_url
from service.subscription import Flaw, Listing, Subscription
from storage import Database

# Fifty thousand new sources have their first visits within seven hours, instead of all of them at once.
FIRST_VISITS_PER_MINUTE = 120
Progress = Callable[[int, int], None]
_BATCH = 500  # sources in one transaction, so that a service beside us waits for none of them long
_LONGEST_NAME = 200
_LONGEST_URL_TOLD = 200
_CONTROL = re.compile(r"[\x00-\x1f]+")
_CREDENTIALS = re.compile(r"(^|//)[^/?#]*@")
_FEED_SCHEME = re.compile(r"feed:(?://)?(?P<whole>https?://)|feed://", re.IGNORECASE)
_LIKE_A_HOST = re.compile(r"[^/?#\s]*(?:\.\w|:\d|\[)")


@dataclass(frozen=True, slots=True)
class Addition:
    """A source that a line became, or would become; its first visit is due at `due_at`."""

    line: int
    name: str
    url: str
    folders: tuple[str, ...]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of each line: added, known already, or refused, both with the reason."""

    added: tuple[Addition, ...] = ()
    known: tuple[Flaw, ...] = ()
    refused: tuple[Flaw, ...] = ()


@dataclass(slots=True)
class Present:
    """The names that are taken, and who has a URL already, in words by its key."""

    names: set[str] = field(default_factory=set)
    owners: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sources: Iterable[Source], feeds: Iterable[tuple[int, Road, str]]) -> "Present":
        """From the sources, and the feeds that were found at them: source's id, road, URL."""
        names = {source.id: source.name for source in sources}
        owners = {
            urls.key(url): f"it is a {road} of the source {names[number]!r}"
            for number, road, url in feeds
            if number in names
        }
        owners |= {urls.key(source.url): f"the source {source.name!r} has this URL already" for source in sources}
        return cls(set(names.values()), owners)


def planned(listing: Listing, present: Present, now: datetime) -> Imported:
    """What an import would do: pure, and takes note in `present` of what it adds.

    Two lines with one URL make one source. A name that is taken gets a number; a line without a name, its host's. The
    first visits begin now, and are spread so that no more than FIRST_VISITS_PER_MINUTE fall due in a minute.
    """
    added: list[Addition] = []
    known: list[Flaw] = []
    refused = list(listing.flaws)
    numbers: dict[str, int] = {}
    for one in listing.subscriptions:
        try:
            url = _fit(one)
            key = urls.key(url)
        except (ValueError, VigieError) as error:
            refused.append(Flaw(one.line, one.url, str(error)))
            continue
        if key in present.owners:
            known.append(Flaw(one.line, url, present.owners[key]))
            continue
        name = _free_name(_cleaned(one.name) or urls.host(url), present.names, numbers)
        present.names.add(name)
        present.owners[key] = f"line {one.line} has this URL already"
        due_at = now + timedelta(minutes=1) * len(added) / FIRST_VISITS_PER_MINUTE
        added.append(Addition(one.line, name, url, one.folders, due_at))
    refused.sort(key=lambda flaw: flaw.line)
    return Imported(tuple(added), tuple(known), tuple(map(_told, refused)))


def _fit(one: Subscription) -> str:
    """The URL of a subscription in normal form, or its home page's where that alone is fit. Raises ValueError."""
    try:
        return _fit_url(one.url)
    except ValueError:
        if one.home in ("", one.url):
            raise
    try:
        return _fit_url(one.home)
    except ValueError:
        return _fit_url(one.url)


def _fit_url(written: str) -> str:
    scheme = _FEED_SCHEME.match(written)
    plain = (scheme["whole"] or "http://") + written[scheme.end() :] if scheme else written
    if "://" not in plain and not _LIKE_A_HOST.match(plain):
        raise ValueError("this is no URL")
    return fit_url(plain)


def _cleaned(name: str) -> str:
    return clip(composed(storable(_CONTROL.sub(" ", name))).strip(), _LONGEST_NAME)


def _free_name(name: str, taken: set[str], numbers: dict[str, int]) -> str:
    """The name, or `name (2)` and so on; `numbers` remembers the last, so that none is tried twice."""
    free = name
    while free in taken:
        numbers[name] = numbers.get(name, 1) + 1
        suffix = f" ({numbers[name]})"
        free = clip(name, _LONGEST_NAME - len(suffix)) + suffix
    return free


def _told(flaw: Flaw) -> Flaw:
    """The flaw with its address as a report may show it: short, and without a password."""
    return replace(flaw, url=clip(_CREDENTIALS.sub(r"\1…@", flaw.url), _LONGEST_URL_TOLD))


async def plan_import(database: Database, listing: Listing, now: datetime) -> Imported:
    """What `import_sources` would do at this moment; nothing is written."""
    async with database.read() as tx:
        present = Present.of(await tx.sources.all(), await tx.sources.feeds())
    return planned(listing, present, now)


async def import_sources(
    database: Database,
    listing: Listing,
    interval: int | str,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> Imported:
    """Add what a file lists, `interval` seconds between two visits (or a schedule), and say what became of each line.

    Committed in parts: what was added before a crash stays, and the same file can be imported again. `progress` is told
    how many sources are done, and of how many.
    """
    return await carry_out(database, await plan_import(database, listing, now), interval, now, progress)


async def carry_out(
    database: Database,
    plan: Imported,
    interval: int | str,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> Imported:
    """Add what was planned; a source whose name somebody else has taken meanwhile is refused."""
    added: list[Addition] = []
    for start in range(0, len(plan.added), _BATCH):
        part = plan.added[start : start + _BATCH]
        added += await _put(database, part, interval, now)
        progress(start + len(part), len(plan.added))
    there = {one.name for one in added}
    meanwhile = (
        Flaw(one.line, one.url, f"another source was named {one.name!r} meanwhile: import the file again")
        for one in plan.added
        if one.name not in there
    )
    refused = sorted((*plan.refused, *meanwhile), key=lambda flaw: flaw.line)
    return Imported(tuple(added), plan.known, tuple(refused))


async def _put(database: Database, part: Sequence[Addition], interval: int | str, now: datetime) -> list[Addition]:
    """Those of the part that are there now."""
    sources = [Source(id=0, name=one.name, url=one.url, **timing(interval), due_at=one.due_at) for one in part]
    async with database.write() as tx:
        there = await tx.sources.put_many(sources, now)
    return [one for one in part if one.name in there]
