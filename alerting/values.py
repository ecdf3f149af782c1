"""What a channel's own template sees of an alert: a few plain values, each told in docs/templates.md. Pure.

Text that was crawled or typed comes in as a value, made printable, and is nothing but a value ever after.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from alerting.marks import Piece, one_line, pieces, printable, safe_link, when, words_hit
from news.alert import Alert, Told
from news.article import Span
from news.feedback import Links

NAMES: Mapping[str, str] = {
    "kind": "what the alert is: `match` for an article; `silent`, `failing`, `blocked`, `suspect`, `back` for a source",
    "is_test": "whether it is a test: true or false",
    "watch": "the name of the watch; empty where the alert is about a source",
    "query": "its query, likewise",
    "title": "the article's title, or what is the matter with the source",
    "url": "its address, if it is http or https; empty otherwise",
    "source": "the name of the source",
    "authors": "a list of names",
    "excerpt": "the passage around the hits, its paragraphs one to a line; of a source, what to do",
    "language": "the code of the article's language, `fr`; empty where it is not known",
    "published_at": "when it was published, `2026-11-21 08:00 UTC`; empty where that is not known",
    "found_at": "when Vigie found it, likewise",
    "decided_at": "when it was decided to tell of it",
    "hits": "a list of the words that were found, each once",
    "title_pieces": "the title in a list of pieces, for marking the hits: each has `text`, and `hit` is true or false",
    "excerpt_pieces": "the excerpt likewise",
    "not_relevant_url": "the page that proposes what to exclude (docs/feedback.md); empty without `[web] public_url`",
    "mute_url": "the page that mutes the story, likewise",
}

PIECE = ("text", "hit")
"""What a piece of `title_pieces` and `excerpt_pieces` has."""


def values(alert: Alert, links: Links | None = None) -> dict[str, Any]:
    """The values, by the names in `NAMES`."""
    told = alert.told
    title, excerpt = _title(told), pieces(told.excerpt, told.excerpt_spans)
    return {
        "kind": alert.kind,
        "is_test": alert.is_test,
        "watch": one_line(alert.watch),
        "query": one_line(alert.query),
        "title": one_line(told.title),
        "url": safe_link(told.url),
        "source": one_line(told.source),
        "authors": [one_line(author) for author in told.authors],
        "excerpt": printable(told.excerpt),
        "language": told.language or "",
        "published_at": when(told.published_at),
        "found_at": when(told.found_at),
        "decided_at": when(alert.decided_at),
        "hits": list(words_hit((*title, *excerpt))),
        "title_pieces": _plain(title),
        "excerpt_pieces": _plain(excerpt),
        "not_relevant_url": links.not_relevant if links else "",
        "mute_url": links.mute if links else "",
    }


def examples(now: datetime) -> tuple[Alert, ...]:
    """Alerts of every shape that templates meet; whoever saves a template sees it fail on these, and not on news."""
    full = Told(
        article_id=1,
        title="A title <b>& more</b>",
        url="https://news.example.com/a?b=1&c=2",
        source="The Daily Example",
        excerpt="…a passage\nwith a word that was found…",
        title_spans=(Span("title", 2, 7),),
        excerpt_spans=(Span("text", 3, 10),),
        authors=("A. Writer", "B. Writer"),
        published_at=now,
        found_at=now,
        language="en",
    )
    bare = Told(article_id=2, title="", url="about:blank", source="", excerpt="")
    of_source = Told(0, "The source says nothing any more", "https://news.example.com/", "The Daily Example", "Look.")
    return (
        Alert("Watch", "title OR passage", now, full),
        Alert("Watch", "title", now, bare, is_test=True),
        Alert("", "", now, of_source, kind="silent"),
    )


def _title(told: Told) -> tuple[Piece, ...]:
    return pieces(told.title.replace("\n", " "), told.title_spans)


def _plain(found: Sequence[Piece]) -> list[dict[str, Any]]:
    return [{"text": piece.text, "hit": piece.hit} for piece in found]
