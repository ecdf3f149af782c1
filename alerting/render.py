"""An alert as a mail: subject, plain text and HTML, the hits marked in both. Pure.

The templates are ours alone: what was crawled, and what the user typed, enters them only as values.
"""

import textwrap
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerting.marks import Piece, one_line, pieces, safe_link, when, words_hit
from news.alert import Alert
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
    return _of_match(alert, links) if alert.kind == "match" else _of_source(alert)


def _of_source(alert: Alert) -> Mail:
    told = alert.told
    shown = {
        "alert": alert,
        "watch": one_line(told.source),
        "title": one_line(told.title),
        "text": told.excerpt,
        "link": safe_link(told.url),
        "url": one_line(told.url),
    }
    html = _templates.get_template("source.html").render(shown)
    text = _folded(_templates.get_template("source.txt").render(shown))
    return Mail(clip(one_line(f"Vigie: {told.title}"), LONGEST_SUBJECT), text, html)


def _of_match(alert: Alert, links: Links | None) -> Mail:
    told = alert.told
    title = pieces(clip(told.title.replace("\n", " "), _LONGEST_TITLE) or "(no title)", told.title_spans)
    excerpt = pieces(told.excerpt, told.excerpt_spans)
    shown = {
        "alert": alert,
        "watch": one_line(alert.watch),
        "query": one_line(alert.query),
        "source": one_line(told.source),
        "authors": ", ".join(one_line(author) for author in told.authors),
        "published": when(told.published_at),
        "found": when(told.found_at),
        "language": told.language or "",
        "link": safe_link(told.url),
        "url": one_line(told.url),
        "title": title,
        "excerpt": excerpt,
        "why": _why(title, excerpt),
        "links": links,
    }
    html = _templates.get_template("mail.html").render(shown)
    return Mail(_subject(alert), _folded(_templates.get_template("mail.txt").render(shown)), html)


def _subject(alert: Alert) -> str:
    start = "Test of " if alert.is_test else ""
    return clip(one_line(f"{start}{alert.watch}: {alert.told.title}"), LONGEST_SUBJECT)


def _why(title: tuple[Piece, ...], excerpt: tuple[Piece, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Where the hits are, and their wordings: `(("in the title", ("Pyongyang",)), …)`."""
    places = (("in the title", words_hit(title)), ("in the text", words_hit(excerpt)))
    return tuple((place, words) for place, words in places if words)


def _marked(told: tuple[Piece, ...]) -> str:
    return "".join(f"**{piece.text}**" if piece.hit else piece.text for piece in told)


def _folded(text: str) -> str:
    """Each long line folded at 76 characters, as plain clients like it; URLs stay whole."""
    lines = (
        textwrap.fill(line, _LINE, break_long_words=False, break_on_hyphens=False) if len(line) > _LINE else line
        for line in text.splitlines()
    )
    return "\n".join(lines) + "\n"


_templates = Environment(
    loader=PackageLoader("alerting"),
    autoescape=select_autoescape(["html"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["marked"] = _marked
