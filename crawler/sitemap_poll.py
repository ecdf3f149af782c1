"""A sitemap polled: an index followed to the files that can hold what is new, within bounds that are told."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawler.failure import FetchFailure
from crawler.fault import fault_at
from crawler.fetching import Answer
from crawler.outcome import bites_of
from crawler.paths import date_in
from crawler.sitemaps import MOST_LINKS, ParsedSitemap, parse_sitemap
from news.caps import Bite, CapName
from news.clock import Clock
from news.errors import FeedError
from news.ports import Workers
from news.source import FoundLink
from news.url import key

MOST_DEPTH = 5  # of a file below the index that is polled
MOST_FILES = 5  # in one poll, and…
MOST_FILES_OF_HISTORY = 50  # …in the first one where history is wanted
MOST_LINKS_AT_FIRST = 100
FEWEST_LINKS_AT_FIRST = 20
MOST_NEW_LINKS = 1_000
_UNDATED = 50  # at either end of a list without dates, for nobody says at which end it grows
_OVERLAP = timedelta(days=1)  # a `lastmod` may be a mere day, or written some hours after the fact
_STILL_NEW = timedelta(days=7)
_LONG_AGO = timedelta(days=30)
_MOST_UNREAD = 50  # files of an index of which we remember that they could not be read
_NEVER = datetime.min.replace(tzinfo=UTC)

Fetch = Callable[[str], Awaitable[Answer | FetchFailure]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a poll is after: what changed since `after` (None: the newest), and how much it may read for that.

    A file left unread is told of where it can hold something as new as `told_after`. `unread` are the files, by the
    key of their URL, that could not be read in earlier polls, each with the instant from which it is missing.
    """

    after: datetime | None
    told_after: datetime
    most_files: int = MOST_FILES
    most_links: int = MOST_NEW_LINKS
    is_history: bool = False
    unread: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, url: str) -> "Plan":
        """The plan for one file: where it could not be read before, all that it has listed since."""
        missing = self.unread.get(key(url))
        if missing is None or self.after is None or missing >= self.after:
            return self
        return replace(self, after=missing, told_after=min(missing, self.told_after))

    @property
    def alone(self) -> "Plan":
        """The plan as a reader of one file needs it."""
        return replace(self, unread={})


def plan_for(
    now: datetime,
    last_success: datetime | None,
    since: datetime | None = None,
    unread: Mapping[str, datetime] | None = None,
) -> Plan:
    """What to read now: all from `since` where history is wanted, else what is new since the last poll.

    A first poll without history takes what is a few days old, a hundred links at the most unless today has more. Of
    the files `unread` before, what has been missing since.
    """
    if since is not None:
        return Plan(since, since, MOST_FILES_OF_HISTORY, MOST_LINKS, is_history=True)
    if last_success is None:
        return Plan(None, now - _STILL_NEW)
    return Plan(last_success - _OVERLAP, last_success - _OVERLAP, unread=dict(unread or {}))


@dataclass(frozen=True, slots=True)
class SitemapFile:
    """One file read: the links chosen, and of an index its children with the date of the newest in each."""

    links: tuple[FoundLink, ...] = ()
    children: tuple[tuple[str, datetime | None], ...] = ()
    is_news: bool = False
    is_cut: bool = False


def read_file(body: bytes, url: str, now: datetime, plan: Plan) -> SitemapFile:
    """The file at `url`, reduced to what the plan is after. Raises FeedError like `parse_sitemap`."""
    parsed = parse_sitemap(body, url, now)
    children = tuple(zip(parsed.children, parsed.child_dates, strict=True))
    return SitemapFile(tuple(chosen(parsed, plan)), children, parsed.is_news, _is_loss(parsed, plan))


def chosen(parsed: ParsedSitemap, plan: Plan) -> list[FoundLink]:
    """The links that the plan is after, newest first: all of a news sitemap, else by date, be it the URL's own.

    Of those without any date both ends of the list are taken.
    """
    if parsed.is_news and plan.after is None:
        return list(parsed.links)
    dated = [link for link in parsed.links if _date(link) is not None]
    undated = [link for link in parsed.links if _date(link) is None]
    dated.sort(key=_age, reverse=True)
    return [*_in_time(dated, plan), *undated[:_UNDATED], *undated[_UNDATED:][-_UNDATED:]]


def _in_time(dated: list[FoundLink], plan: Plan) -> list[FoundLink]:
    """Those of the links, newest first, that are new enough.

    The first poll must leave nothing for the second to take for news: all that its overlap reaches is taken.
    """
    if plan.after is None:
        fresh = [link for link in dated if _age(link) >= plan.told_after]
        today = [link for link in fresh if _age(link) >= plan.told_after + _STILL_NEW - 2 * _OVERLAP]
        return dated[: max(len(today), min(len(fresh), MOST_LINKS_AT_FIRST), FEWEST_LINKS_AT_FIRST)]
    return [link for link in dated if _age(link) >= plan.after and not _is_touched_up(link, plan)]


def _is_touched_up(link: FoundLink, plan: Plan) -> bool:
    """Whether its own address says that it is much older than its last change."""
    written = date_in(link.url)
    return not plan.is_history and written is not None and written < plan.told_after - _LONG_AGO


def _age(link: FoundLink) -> datetime:
    return _date(link) or _NEVER


def _date(link: FoundLink) -> datetime | None:
    return max(filter(None, (link.published_at, link.modified_at)), default=None) or date_in(link.url)


def _is_loss(parsed: ParsedSitemap, plan: Plan) -> bool:
    """Whether something that the plan is after may have been cut off: the newest are kept, of the first 50,000."""
    if not parsed.is_truncated or len(parsed.links) < MOST_LINKS:
        return parsed.is_truncated
    oldest = _date(parsed.links[-1])
    return oldest is None or oldest >= plan.told_after


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits to be read: the date of the newest in it, its depth, and what it is to be read for."""

    url: str
    date: datetime | None
    depth: int
    plan: Plan


@dataclass(slots=True)
class Walk:
    """The way through an index, file by file, the likeliest first. Each file is read once, whoever names it."""

    plan: Plan
    links: dict[str, FoundLink] = field(default_factory=dict)
    bites: list[Bite] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    is_index: bool = False
    failed: dict[str, Plan] = field(default_factory=dict)
    _waiting: list[Waiting] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _read: set[str] = field(default_factory=set)
    _files: int = 0

    def enter(self, file: SitemapFile, url: str, step: Waiting | None = None) -> None:
        """Take what a file says that waited as `step`; its children come before those of the files that named it."""
        depth, plan = (step.depth, step.plan) if step else (0, self.plan)
        self._seen.add(key(url))
        if step:
            self._read.add(key(step.url))
        self.is_index |= bool(file.children)
        if file.is_news:
            self.news.append(url)
        if file.is_cut:
            self.bite("sitemap links", url, "the file lists more than Vigie reads, or breaks off")
        for link in file.links:
            self.links.setdefault(key(link.url), link)
        if file.children and depth == MOST_DEPTH:
            self.bite("sitemap depth", url, f"an index {depth} levels below the first; what it names is not read")
        elif file.children:
            self._wait_for(file.children, depth + 1, plan)

    def _wait_for(self, children: Iterable[tuple[str, datetime | None]], depth: int, plan: Plan) -> None:
        """Leave out those that have not changed, but for the likeliest: some dates in indexes never change."""
        likeliest = True
        new = []
        for url, date in children:
            own = plan.of(url)
            is_old = date is not None and own.after is not None and date < own.after
            if key(url) not in self._seen and (likeliest or not is_old):
                self._seen.add(key(url))
                new.append(Waiting(url, date, depth, own))
            likeliest = False
        self._waiting = new + self._waiting

    def next(self) -> Waiting | None:
        """The next file to read; None at the end, or where a cap bites."""
        if self._waiting and len(self.links) > MOST_LINKS:
            self.bite("sitemap links", self._waiting[0].url, f"{len(self.links)} links; the other files are not read")
            return None
        if self._files == self.plan.most_files:
            left = [file.url for file in self._waiting if file.date is None or file.date >= file.plan.told_after]
            if left:
                self.bite("sitemaps", left[0], f"{self._files} files read, {len(left)} left out")
            return None
        if not self._waiting:
            return None
        self._files += 1
        return self._waiting.pop(0)

    def fail(self, file: Waiting, failure: FetchFailure) -> None:
        """A file could not be fetched or read."""
        self.errors.append(failure.message)
        self.failed[file.url] = file.plan
        for bite in bites_of(failure, file.url):
            self.bite(bite.name, bite.url, bite.detail)

    def unread(self, now: datetime) -> dict[str, datetime]:
        """The files to be made up for, by the key of their URL, each with the instant from which it is missing.

        What has been missing for two months is given up.
        """
        missing = {url: since for url, since in self.plan.unread.items() if url not in self._read}
        for url, plan in self.failed.items():
            missing.setdefault(key(url), max(plan.after or now - _OVERLAP, now - _LONG_AGO))
        lasting = sorted((one for one in missing.items() if one[1] >= now - 2 * _LONG_AGO), key=lambda one: one[1])
        return dict(lasting[-_MOST_UNREAD:])

    def bite(self, name: CapName, url: str, detail: str) -> None:
        """A cap bit; of each the first time is told."""
        if name not in {known.name for known in self.bites}:
            self.bites.append(Bite(name, url, detail))

    def found(self) -> tuple[FoundLink, ...]:
        """The links, the newest first, those without a date last; the newest only where they are too many."""
        ordered, most = sorted(self.links.values(), key=_age, reverse=True), self.plan.most_links
        if len(ordered) > most:
            self.bite("sitemap links", ordered[most].url, f"{len(ordered)} links, the newest {most} are taken")
        return tuple(ordered[:most])


@dataclass(frozen=True, slots=True)
class SitemapReading:
    """What a sitemap listed. `news` are the news sitemaps among its files; `error` is why nothing could be read.

    `warning` is why some of its files could not, which are `unread`: by the key of their URL, from when on.
    """

    links: tuple[FoundLink, ...]
    bites: tuple[Bite, ...] = ()
    news: tuple[str, ...] = ()
    is_index: bool = False
    error: str = ""
    warning: str = ""
    unread: Mapping[str, datetime] = field(default_factory=dict)


async def read_sitemap(answer: Answer, plan: Plan, fetch: Fetch, workers: Workers, clock: Clock) -> SitemapReading:
    """The sitemap whose answer this is, and of an index the files that the plan is after, fetched by `fetch`.

    Raises FeedError for what is no sitemap, and TimeoutError where it takes too long to read.
    """
    walk = Walk(plan)
    walk.enter(await workers.run(read_file, answer.body, answer.url, clock.now(), plan.alone), answer.url)
    while (step := walk.next()) is not None:
        child = await fetch(step.url)
        file = child if isinstance(child, FetchFailure) else await _read_child(child, step, workers, clock)
        if isinstance(file, FetchFailure):
            walk.fail(step, file)
        elif isinstance(child, Answer):
            walk.enter(file, child.url, step)
    links = walk.found()
    trouble = walk.errors[0] if walk.errors else ""
    return SitemapReading(
        links,
        tuple(walk.bites),
        tuple(walk.news),
        walk.is_index,
        error="" if links else trouble,
        warning=trouble if links else "",
        unread=walk.unread(clock.now()),
    )


async def _read_child(answer: Answer, step: Waiting, workers: Workers, clock: Clock) -> SitemapFile | FetchFailure:
    """A file of an index, or why it cannot be read: one that cannot must not take the others with it."""
    try:
        return await workers.run(read_file, answer.body, answer.url, clock.now(), step.plan.alone)
    except FeedError as error:
        return FetchFailure("broken answer", f"{step.url}: {error}")
    except TimeoutError:
        return FetchFailure("timeout", f"{step.url} takes longer to read than Vigie allows")
    except Exception as error:
        return fault_at(step.url, error)


def is_lasting(url: str) -> bool:
    """Whether a file of an index will be there tomorrow, as far as its name tells: one with a number will not."""
    return re.search(r"\d", urlsplit(url).path + urlsplit(url).query) is None
