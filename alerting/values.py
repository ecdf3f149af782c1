"""What a channel's own template sees of an alert: a few plain values, each told in docs/templates.md. Pure.

Text that was crawled or typed comes in as a value, made printable, and is nothing but a value ever after.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from alerting.marks import Piece, one_line, pieces, printable, safe_link, when, words_hit
from news.alert import Alert, Change, Item, Outlet, Told
from news.feedback import Links

NAMES: Mapping[str, str] = {
    "kind": "what the alert is: see [Kinds](#kinds)",
    "is_test": "whether it is a test: true or false",
    "watch": "the name of the watch; empty where the alert is about several, or about none",
    "query": "its query, likewise",
    "title": "the article's title; of a digest how many stories it has and of which watches; else what is the matter",
    "url": "its address, if it is http or https; empty otherwise",
    "source": "the name of the source; of `channel`, that of the channel",
    "authors": "a list of names",
    "excerpt": "the passage around the hits, its paragraphs one to a line; of a digest, that it leaves stories out, "
    "if it does; else what to do",
    "language": "the code of the article's language, `fr`; empty where it is not known",
    "published_at": "when it was published, `2026-11-21 08:00 UTC`; empty where that is not known",
    "found_at": "when Vigie found it, likewise",
    "resurfaced_from": "of an old article that comes as if it were new: the day it is from, `2025-03-09`; else empty",
    "decided_at": "when it was decided to tell of it",
    "hits": "a list of the words that were found, each once",
    "title_pieces": "the title in a list of pieces, for marking the hits: each has `text`, and `hit` is true or false",
    "excerpt_pieces": "the excerpt likewise",
    "changes": "what has changed in the story since it was told, a list of texts: `+6 outlets`",
    "others": "a list of the other articles on the story: each has `source`, `title`, `url` and `is_copy`",
    "first_title": "of an update: the title of the article that was told first; empty otherwise",
    "first_url": "its address, likewise",
    "first_source": "its source, likewise",
    "stories": "a list: all stories of a digest, the one story of a match or an update; see [Stories](#stories)",
    "not_relevant_url": "the page that proposes what to exclude (docs/feedback.md); empty without `[web] public_url`, "
    "and of a digest, whose stories have their own",
    "mute_url": "the page that mutes the story, likewise",
}

OF_STORY = (
    "title", "url", "source", "authors", "excerpt", "language", "published_at", "found_at", "resurfaced_from", "hits",
    "title_pieces", "excerpt_pieces", "changes", "others", "not_relevant_url", "mute_url",
)  # fmt: skip
"""What a story has beside its `watch`; an alert on one story has the same by itself."""

OF_OTHER = ("source", "title", "url", "is_copy")
"""What another article on a story has."""

PIECE = ("text", "hit")
"""What a piece of `title_pieces` and `excerpt_pieces` has."""


ATTRIBUTES = tuple(dict.fromkeys((*PIECE, "watch", *OF_STORY, *OF_OTHER)))
"""All that stands behind a dot."""


def values(alert: Alert, links: Links | None = None) -> dict[str, Any]:
    """The values, by the names in `NAMES`."""
    is_digest = alert.kind == "digest"
    stories = [
        _story(item, links.of_story(number) if links and is_digest else links)
        for number, item in enumerate(_items(alert))
    ]
    is_one = not is_digest and bool(stories)
    first = alert.told if alert.kind == "update" else None
    return {
        "kind": alert.kind,
        "is_test": alert.is_test,
        "decided_at": when(alert.decided_at),
        **(stories[0] if is_one else _story(Item("", alert.told))),
        "watch": one_line(alert.watch),
        "query": one_line(alert.query),
        "first_title": one_line(first.title) if first else "",
        "first_url": safe_link(first.url) if first else "",
        "first_source": one_line(first.source) if first else "",
        "stories": stories,
    }


def first_told(alert: Alert) -> Alert:
    """The first alert on the story that an update goes on with, as far as it can be known."""
    return replace(alert, kind="match", items=())


def _items(alert: Alert) -> tuple[Item, ...]:
    """The stories: those that the alert has, or the one article of a match."""
    if alert.kind == "digest":
        return alert.items
    if alert.kind in ("match", "update"):
        return alert.items[:1] or (Item(alert.watch, alert.told),)
    return ()


def _story(item: Item, links: Links | None = None) -> dict[str, Any]:
    told = item.told
    title, excerpt = _title(told), pieces(told.excerpt, told.excerpt_spans)
    return {
        "watch": one_line(item.watch),
        "title": one_line(told.title),
        "url": safe_link(told.url),
        "source": one_line(told.source),
        "authors": [one_line(author) for author in told.authors],
        "excerpt": printable(told.excerpt),
        "language": told.language or "",
        "published_at": when(told.published_at),
        "found_at": when(told.found_at),
        "resurfaced_from": f"{told.resurfaced_from:%Y-%m-%d}" if told.resurfaced_from else "",
        "hits": list(words_hit((*title, *excerpt))),
        "title_pieces": _plain(title),
        "excerpt_pieces": _plain(excerpt),
        "changes": [_change(change) for change in item.changes],
        "others": [_other(other) for other in item.others],
        "not_relevant_url": links.not_relevant if links else "",
        "mute_url": links.mute if links else "",
    }


def _change(change: Change) -> str:
    """What has changed, whole: a headline with what it was and is."""
    says = one_line(change.says)
    if change.kind != "headline":
        return says
    return f"{says}: {one_line(change.before)} → {one_line(change.now)}"


def _other(other: Outlet) -> dict[str, Any]:
    return {
        "source": one_line(other.source),
        "title": one_line(other.title),
        "url": safe_link(other.url),
        "is_copy": other.is_copy,
    }


def _title(told: Told) -> tuple[Piece, ...]:
    return pieces(told.title.replace("\n", " "), told.title_spans)


def _plain(found: Sequence[Piece]) -> list[dict[str, Any]]:
    return [{"text": piece.text, "hit": piece.hit} for piece in found]
