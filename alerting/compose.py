"""Composing: what waited for a channel becomes alerts: a match, an update on its story, or a digest. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerting.decide import told
from alerting.figures import changed, figures, merged, value_of
from alerting.waiting import IN_DIGEST
from alerting.words import copies, counted, digest_title, figure, headline, outlets
from news.alert import Alert, Change, Item, Outlet, Told
from news.article import Span, StoredArticle
from news.telling import Figures, Reason
from news.watch import Watch

LARGEST_DIGEST = 100  # stories; of more, the first
_MOST_OUTLETS = 50  # of one story that are named


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article that waits to be told to a channel for a watch, as it is by now.

    `before` are title and text as they were, where a later text of an article is to be told that was told before.
    """

    number: int
    watch: Watch
    thread_id: int | None
    reason: Reason
    stored: StoredArticle
    spans: tuple[Span, ...] = ()
    is_copy: bool = False
    before: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ToldSoFar:
    """What a channel was told of a thread: the first alert's article as it was told, and the articles."""

    first: Told | None = None
    articles: tuple[StoredArticle, ...] = ()


@dataclass(frozen=True, slots=True)
class Composed:
    """An alert, what it tells of all that waited, and the thread that it goes on with, if it is of one story."""

    alert: Alert
    waiting: tuple[Waiting, ...]
    thread_id: int | None = None

    @property
    def is_update(self) -> bool:
        """Whether it follows another alert on its story."""
        return self.alert.kind == "update"


def compose(
    waiting: Iterable[Waiting], so_far: Mapping[int, ToldSoFar], now: datetime, long_ago: Mapping[int, datetime]
) -> list[Composed]:
    """The alerts for one channel of all that is due: one digest, and for each watch what else there is.

    `so_far` is by thread, `long_ago` by article: when one that resurfaced is from. What waited for the end of quiet
    hours is one alert for each watch, whatever the number of its stories.
    """
    for_digest: list[Waiting] = []
    for_morning: dict[int, list[Waiting]] = defaultdict(list)
    by_story: dict[tuple[int, int | None, int], list[Waiting]] = defaultdict(list)
    for one in sorted(waiting, key=lambda one: one.number):
        if one.reason in IN_DIGEST:
            for_digest.append(one)
        elif one.reason == "quiet":
            for_morning[one.watch.id].append(one)
        else:
            by_story[_story(one)].append(one)
    composer = _Composer(so_far, now, long_ago)
    groups = [*for_morning.values(), *by_story.values()]
    return [
        *([composer.digest(for_digest)] if for_digest else []),
        *(composer.of_story(group) if _is_one_story(group) else composer.digest(group) for group in groups),
    ]


def _story(one: Waiting) -> tuple[int, int | None, int]:
    """What is told together: a thread, or an article that has none."""
    return one.watch.id, one.thread_id, 0 if one.thread_id is not None else one.stored.id


def _is_one_story(group: Sequence[Waiting]) -> bool:
    return len({_story(one) for one in group}) == 1


class _Composer:
    """Makes alerts of groups that are told at one instant."""

    def __init__(self, so_far: Mapping[int, ToldSoFar], now: datetime, long_ago: Mapping[int, datetime]) -> None:
        self._so_far = so_far
        self._now = now
        self._long_ago = long_ago

    def of_story(self, group: Sequence[Waiting]) -> Composed:
        """One story for one watch: the first alert of it, or an update."""
        watch, thread_id = group[0].watch, group[0].thread_id
        before = self._before(thread_id)
        item = self._item(group)
        is_first = before.first is None
        items = (item,) if item.changes or item.others or not is_first else ()
        alert = Alert(
            watch.name,
            watch.query,
            self._now,
            item.told if before.first is None else before.first,
            kind="match" if is_first else "update",
            items=items,
        )
        return Composed(alert, tuple(group), thread_id)

    def digest(self, group: Sequence[Waiting]) -> Composed:
        """All of it in one alert, by watch and by story."""
        stories: dict[tuple[int, int | None, int], list[Waiting]] = defaultdict(list)
        for one in sorted(group, key=lambda one: (one.watch.name, one.watch.id)):
            stories[_story(one)].append(one)
        items = tuple(self._item(members) for members in list(stories.values())[:LARGEST_DIGEST])
        left_out = len(stories) - len(items)
        text = f"and {counted(left_out, 'story', 'stories')} more: vigie matches list" if left_out else ""
        watches = {one.watch.id: one.watch for one in group}
        only = next(iter(watches.values())) if len(watches) == 1 else None
        alert = Alert(
            only.name if only else "",
            only.query if only else "",
            self._now,
            Told(0, digest_title(items), "", "", text, found_at=self._now),
            kind="digest",
            items=items,
        )
        return Composed(alert, tuple(group))

    def _before(self, thread_id: int | None) -> ToldSoFar:
        return self._so_far.get(thread_id, ToldSoFar()) if thread_id is not None else ToldSoFar()

    def _item(self, group: Sequence[Waiting]) -> Item:
        """A story: the article that stands for it, the others, and what has changed since it was told."""
        before = self._before(group[0].thread_id)
        new = [one for one in group if one.before is None]
        later = [one for one in group if one.before is not None]
        changes = tuple(_changes(before.articles, new, later))
        lead = _lead(new, later, changes if before.articles else ())
        others = tuple(_outlet(one) for one in new if one is not lead)[:_MOST_OUTLETS]
        shown = told(lead.stored, lead.spans, self._long_ago.get(lead.stored.id))
        watch = group[0].watch
        return Item(watch.name, shown, others, changes, watch.id)


def _lead(new: Sequence[Waiting], later: Sequence[Waiting], changes: Sequence[Change]) -> Waiting:
    """The article that says what is new: the one with the figure that changed, else the first that copies nobody."""
    if not new:
        return later[-1]
    for change in changes:
        if change.kind == "figure":
            for one in new:
                if change.now in figures(one.stored.article.text).values():
                    return one
    return next((one for one in new if not one.is_copy), new[0])


def _changes(before: Sequence[StoredArticle], new: Sequence[Waiting], later: Sequence[Waiting]) -> Iterator[Change]:
    """What is new: more outlets and copies, then figures and headlines that are others."""
    told_by = {stored.source for stored in before}
    if not before and new:
        told_by = {_lead(new, (), ()).stored.source}
    more = {one.stored.source for one in new} - told_by
    if more:
        yield outlets(len(more))
    again = sum(one.is_copy for one in new)
    if again:
        yield copies(again)
    yield from _figures(before, new, later)
    seen: set[int] = set()
    for one in later:
        title = one.stored.article.title
        if one.before is not None and one.before[0] != title and one.stored.id not in seen:
            seen.add(one.stored.id)
            yield headline(one.before[0], title)


def _figures(before: Sequence[StoredArticle], new: Sequence[Waiting], later: Sequence[Waiting]) -> Iterator[Change]:
    if not before:
        return  # that two outlets count differently on the first day is no change
    was = {one.stored.id: one.before for one in reversed(later) if one.before is not None}
    known: dict[str, Figures] = {}
    for stored in before:
        text = was[stored.id][1] if stored.id in was else stored.article.text
        known = merged(known, stored.article.language or "", figures(text))
    first: dict[tuple[str, str], str] = {}
    last: dict[tuple[str, str], str] = {}
    for one in (*new, *later):
        language = one.stored.article.language or ""
        said = figures(one.stored.article.text) if not one.is_copy else {}
        for what, (old, now) in changed(known.get(language, {}), said).items():
            first.setdefault((language, what), old)
            last[language, what] = now
        known = merged(known, language, said)
    said_of = set()
    for key, old in first.items():
        values = value_of(old), value_of(last[key])
        if values not in said_of and values[0] != values[1]:  # in another language it is the same news
            yield figure(old, last[key])
        said_of.add(values)


def _outlet(one: Waiting) -> Outlet:
    article = one.stored.article
    return Outlet(one.stored.source, article.title, article.canonical_url or article.url, one.is_copy)
