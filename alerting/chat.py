"""An alert as the chats tell it: a head, and an entry for each story; what all of their channels share. Pure.

Each channel writes a `Post` in its own markup. Nothing in it is markup yet: whoever writes it escapes all of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from alerting.marks import Piece, one_line, pieces, safe_link, shortened, when
from news.alert import OF_WATCHES, Alert, Item, Outlet, Told
from news.text import clip

TEST = "This is a test: nothing was found, this only shows that the channel works."
_LONGEST_TITLE = 300
_LONGEST_NAME = 200
_LONGEST_LINK = 2_000  # what every one of the services takes
_MOST_OTHERS = 5
_SHORTER_EXCERPTS = (160, 80, 0)

W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Other:
    """Another article on the story, in a line; `link` is empty where a reader must not be led."""

    source: str
    title: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One story, by one article: `facts` are who published it and when, `news` what has changed since it was told.

    `section` is the watch, where the message is on several and this is the first of its own; `more` are the articles
    on the story that are not among the `others`.
    """

    title: tuple[Piece, ...]
    link: str = ""
    facts: str = ""
    excerpt: tuple[Piece, ...] = ()
    news: str = ""
    section: str = ""
    others: tuple[Other, ...] = ()
    more: int = 0

    @property
    def rest(self) -> str:
        """That the story has more articles, in words; empty where it has not."""
        return _more(self.more)


@dataclass(frozen=True, slots=True)
class Post:
    """What one message says. `lead` stands under the head, `note` above it; `more` are entries without room."""

    head: str
    entries: tuple[Entry, ...]
    lead: str = ""
    note: str = ""
    more: int = 0

    @property
    def rest(self) -> str:
        """That there are more entries, in words; empty where there are not."""
        return _more(self.more)


@dataclass(frozen=True, slots=True)
class Markup:
    """How a kind of chat writes: `plain` takes crawled text and makes it harmless, the others take what is harmless."""

    plain: Callable[[str], str]
    hit: Callable[[str], str]
    strong: Callable[[str], str]
    link: Callable[[str, str], str]
    quote: Callable[[str], str] = str

    def marked(self, told: tuple[Piece, ...]) -> str:
        """The pieces, the hits marked."""
        return "".join(self.hit(self.plain(piece.text)) if piece.hit else self.plain(piece.text) for piece in told)

    def other(self, other: Other) -> str:
        """Another article on the story, as a line."""
        title = self.plain(other.title)
        return f"{self.plain('• ' + other.source)}: {self.link(title, other.link) if other.link else title}"


# For readers without markup, and for what a telephone shows of a message: the address in words, and no marks.
PLAIN = Markup(plain=str, hit=str, strong=str, link=lambda text, url: f"{text}\n{url}")


def post(alert: Alert) -> Post:
    """What is to be said of an alert."""
    note = TEST if alert.is_test else ""
    watch = clip(one_line(alert.watch), _LONGEST_NAME)
    if alert.kind == "digest":
        lead = clip(one_line(f"{alert.told.title} {alert.told.excerpt}"), _LONGEST_TITLE)
        return Post(watch or "Digest", _sections(alert.items, is_one=bool(watch)), lead, note)
    if alert.kind not in ("match", "update"):
        head = watch if alert.kind in OF_WATCHES else ""
        return Post(head or "Vigie", (_entry(alert.told, is_article=False),), note=note)
    item = next(iter(alert.items), Item(alert.watch, alert.told))
    lead = f"Told first: {clip(one_line(alert.told.title), _LONGEST_TITLE)}" if alert.kind == "update" else ""
    return Post(watch or "Vigie", (_story(item),), lead, note)


def fitted(whole: Post, write: Callable[[Post], W], fits: Callable[[W], bool], most: int = 50) -> W:
    """The post as it is written, with shorter excerpts, without other articles, then with fewer entries until it fits.

    Nothing is cut after it was written, so that no markup is left open. The last resort is one entry without an
    excerpt, whether it fits or not.
    """
    written = write(_first(whole, most))
    for shorter in _shorter(_first(whole, most)):
        if fits(written):
            break
        written = write(shorter)
    return written


def in_lines(said: Post, markup: Markup, *, with_head: bool = True) -> str:
    """The post as lines of text in this markup."""
    head = [markup.strong(markup.plain(said.head))] if with_head else []
    head += [markup.plain(said.lead)] if said.lead else []
    blocks = [markup.plain(said.note)] if said.note else []
    blocks += ["\n".join(head)] if head else []
    blocks += [_written(entry, markup) for entry in said.entries]
    blocks += [markup.plain(said.rest)] if said.rest else []
    return "\n\n".join(blocks)


def utf16(text: str) -> int:
    """The text's length as Telegram and Discord count it: characters beyond the first 65,536 are two."""
    return len(text.encode("utf-16-le", "replace")) // 2


def within(told: tuple[Piece, ...], markup: Markup, limit: int) -> str:
    """The pieces written in the markup, cut before they are written so that the result has `limit` units at most."""
    length = limit
    while utf16(written := markup.marked(shortened(told, length))) > limit:
        length -= max(1, length // 8)
    return written


def _sections(items: tuple[Item, ...], *, is_one: bool) -> tuple[Entry, ...]:
    entries, before = [], ""
    for item in items:
        section = "" if is_one or item.watch == before else clip(one_line(item.watch), _LONGEST_NAME)
        entries.append(replace(_story(item), section=section))
        before = item.watch
    return tuple(entries)


def _story(item: Item) -> Entry:
    news = " · ".join(one_line(change.says) for change in item.changes)
    others = tuple(_other(outlet) for outlet in item.others[:_MOST_OTHERS])
    entry = _entry(item.told, is_article=True)
    return replace(entry, news=clip(news, _LONGEST_TITLE), others=others, more=len(item.others) - len(others))


def _other(outlet: Outlet) -> Other:
    source = clip(one_line(outlet.source), _LONGEST_NAME) + (" (copy)" if outlet.is_copy else "")
    return Other(source, clip(one_line(outlet.title), _LONGEST_NAME) or "(no title)", _link(outlet.url))


def _entry(told: Told, *, is_article: bool) -> Entry:
    title = pieces(clip(told.title.replace("\n", " "), _LONGEST_TITLE) or "(no title)", told.title_spans)
    names = [one_line(told.source), *map(one_line, told.authors[:3])] if is_article else []
    old = f"an old article, from {told.resurfaced_from:%Y-%m-%d}" if told.resurfaced_from else ""
    facts = [*(clip(name, _LONGEST_NAME) for name in names), when(told.published_at), old]
    return Entry(title, _link(told.url), " · ".join(filter(None, facts)), pieces(told.excerpt, told.excerpt_spans))


def _link(url: str) -> str:
    link = safe_link(url)
    return link if len(link) <= _LONGEST_LINK else ""


def _written(entry: Entry, markup: Markup) -> str:
    title = markup.marked(entry.title)
    lines = [markup.strong(markup.plain(entry.section))] if entry.section else []
    lines += [markup.plain(entry.news)] if entry.news else []
    lines += [markup.link(title, entry.link) if entry.link else title]
    lines += [markup.plain(entry.facts)] if entry.facts else []
    lines += [markup.quote(markup.marked(entry.excerpt))] if entry.excerpt else []
    lines += [markup.other(other) for other in entry.others]
    lines += [markup.plain(entry.rest)] if entry.rest else []
    return "\n".join(lines)


def _more(number: int) -> str:
    return f"… and {number} more" if number else ""


def _first(whole: Post, most: int) -> Post:
    left_out = max(0, len(whole.entries) - most)
    return replace(whole, entries=whole.entries[:most], more=whole.more + left_out) if left_out else whole


def _shorter(whole: Post) -> Iterator[Post]:
    for length in _SHORTER_EXCERPTS:
        entries = tuple(replace(entry, excerpt=shortened(entry.excerpt, length)) for entry in whole.entries)
        whole = replace(whole, entries=entries)
        yield whole
    alone = (replace(entry, others=(), more=entry.more + len(entry.others)) for entry in whole.entries)
    whole = replace(whole, entries=tuple(alone))
    yield whole
    for most in range(len(whole.entries) - 1, 0, -1):
        yield _first(whole, most)
