"""An alert as a mail: subject, plain text and HTML, the hits marked in both. Pure.

The templates are ours alone: what was crawled, and what the user typed, enters them only as values.
"""

import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerting.marks import Piece, one_line, pieces, safe_link, when, words_hit
from alerting.words import counted
from news.alert import OF_WATCHES, Alert, AlertKind, Change, Item, Outlet, Told
from news.feedback import Links
from news.text import clip

LONGEST_SUBJECT = 160
_LONGEST_TITLE = 300
_LINE = 76


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail client shows; `subject` is one line."""

    subject: str
    text: str
    html: str


def mail(alert: Alert, links: Links | None = None) -> Mail:
    """The alert as it is sent by e-mail, with the links by which a reader answers it."""
    return _KINDS.get(alert.kind, _of_notice)(alert, links)


def _of_notice(alert: Alert, links: Links | None) -> Mail:
    """What Vigie has to say itself: of a source, a channel, or how much a watch has."""
    told = alert.told
    shown = {
        "alert": alert,
        "watch": one_line(told.source or alert.watch or "Vigie"),
        "title": one_line(told.title),
        "text": told.excerpt,
        "link": safe_link(told.url),
        "url": one_line(told.url),
    }
    whose = alert.watch if alert.kind in OF_WATCHES else "Vigie"
    return _rendered("source", f"{whose}: {told.title}", shown)


def _of_match(alert: Alert, links: Links | None) -> Mail:
    item = next(iter(alert.items), Item(alert.watch, alert.told))
    story = _story(item)
    shown = {
        **_of_watch(alert),
        "story": story,
        "why": _why(story["title"], story["excerpt"]),
        "links": links,
    }
    start = "Test of " if alert.is_test else ""
    return _rendered("mail", f"{start}{alert.watch}: {alert.told.title}", shown)


def _of_update(alert: Alert, links: Links | None) -> Mail:
    """The subject is that of the first mail on the story: some clients thread by it, whatever the headers say."""
    item = next(iter(alert.items), Item(alert.watch, alert.told))
    story = _story(item)
    shown = {
        **_of_watch(alert),
        "story": story,
        "first": _first(alert.told),
        "preview": " · ".join(story["changes"]),
        "links": links,
    }
    return _rendered("update", f"Re: {alert.watch}: {alert.told.title}", shown)


def _of_digest(alert: Alert, links: Links | None) -> Mail:
    told = [(item, links.of_story(number) if links else None) for number, item in enumerate(alert.items)]
    sections = [
        (one_line(name), [{**_story(item), "links": own} for item, own in stories])
        for name, stories in groupby(told, key=lambda one: one[0].watch)
    ]
    shown = {
        **_of_watch(alert),
        "watch": one_line(alert.watch or "Digest"),
        "title": one_line(alert.told.title),
        "text": one_line(alert.told.excerpt),
        "sections": sections,
    }
    subject = alert.told.title
    if alert.watch and alert.items:
        number = counted(len(alert.items), "story", "stories")
        subject = f"{alert.watch}: {number} · {alert.items[0].told.title}"
    return _rendered("digest", subject, shown)


_KINDS: dict[AlertKind, Callable[[Alert, Links | None], Mail]] = {
    "match": _of_match,
    "update": _of_update,
    "digest": _of_digest,
}


def _rendered(name: str, subject: str, shown: dict[str, Any]) -> Mail:
    html = _templates.get_template(f"{name}.html").render(shown)
    text = _folded(_templates.get_template(f"{name}.txt").render(shown))
    return Mail(clip(one_line(subject), LONGEST_SUBJECT), text, html)


def _of_watch(alert: Alert) -> dict[str, Any]:
    return {"alert": alert, "watch": one_line(alert.watch), "query": one_line(alert.query)}


def _story(item: Item) -> dict[str, Any]:
    """An article as the templates show it, with what else there is on its story."""
    told = item.told
    return {
        "source": one_line(told.source),
        "authors": ", ".join(one_line(author) for author in told.authors),
        "published": when(told.published_at),
        "found": when(told.found_at),
        "resurfaced": f"{told.resurfaced_from:%Y-%m-%d}" if told.resurfaced_from else "",
        "language": told.language or "",
        "link": safe_link(told.url),
        "url": one_line(told.url),
        "title": pieces(clip(told.title.replace("\n", " "), _LONGEST_TITLE) or "(no title)", told.title_spans),
        "excerpt": pieces(told.excerpt, told.excerpt_spans),
        "others": [_outlet(other) for other in item.others],
        "changes": [one_line(change.says) for change in item.changes],
        "headlines": _headlines(item.changes),
    }


def _outlet(other: Outlet) -> dict[str, Any]:
    return {
        "source": one_line(other.source),
        "title": clip(one_line(other.title), _LONGEST_TITLE) or "(no title)",
        "link": safe_link(other.url),
        "url": one_line(other.url),
        "is_copy": other.is_copy,
    }


def _headlines(changes: Iterable[Change]) -> list[dict[str, str]]:
    return [
        {name: clip(one_line(text), _LONGEST_TITLE) for name, text in (("before", one.before), ("now", one.now))}
        for one in changes
        if one.kind == "headline"
    ]


def _first(told: Told) -> dict[str, str]:
    return {
        "title": clip(one_line(told.title), _LONGEST_TITLE) or "(no title)",
        "source": one_line(told.source),
        "link": safe_link(told.url),
        "url": one_line(told.url),
    }


def _why(title: tuple[Piece, ...], excerpt: tuple[Piece, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Where the hits are, and their wordings: `(("in the title", ("Pyongyang",)), …)`."""
    places = (("in the title", words_hit(title)), ("in the text", words_hit(excerpt)))
    return tuple((place, words) for place, words in places if words)


def _marked(told: tuple[Piece, ...]) -> str:
    return "".join(f"**{piece.text}**" if piece.hit else piece.text for piece in told)


def _folded(text: str) -> str:
    """Each long line folded at 76 characters, as plain clients like it; URLs stay whole."""
    lines = (
        textwrap.fill(line, _LINE, subsequent_indent=_under(line), break_long_words=False, break_on_hyphens=False)
        if len(line) > _LINE
        else line
        for line in text.splitlines()
    )
    return "\n".join(lines) + "\n"


def _under(line: str) -> str:
    """What the rest of a folded line begins with: of an entry in a list, it stands below its text."""
    return "  " if line.startswith("* ") else ""


_templates = Environment(
    loader=PackageLoader("alerting"),
    autoescape=select_autoescape(["html"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["marked"] = _marked
