"""Lint: what is wrong with the watches of a file, told by the file alone, and whether they match what they should."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from extraction.language import spoken
from matching import Lexicon
from news.article import Article, Span
from news.errors import QueryError
from news.query import Query
from service.meaning import WatchQueries
from service.sample import asked, sample
from service.settings import Settings, WatchEntry

FaultKind = Literal["query", "channel", "match", "no_match"]
_HITS_TOLD = 3
_SHORT = 60  # characters: too few to be sure of their language


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where in the settings, of which kind, and why.

    `text` is the text that was asked and `language` the one in which it was read; `position` is the place in the query.
    All three are None or empty for faults of other kinds.
    """

    where: tuple[str | int, ...]
    watch: str
    kind: FaultKind
    why: str
    hint: str = ""
    text: str = ""
    language: str | None = None
    position: int | None = None

    @property
    def is_of_a_text(self) -> bool:
        """Whether a text that must match does not, or the other way round; the watch itself is well."""
        return self.kind in ("match", "no_match")


def lint(
    settings: Settings, lexicon: Lexicon, channels: Collection[str] = (), others: Mapping[str, str] | None = None
) -> list[Fault]:
    """All faults, in the order of the file; `channels` and `others` (name to query) are what is known beyond it."""
    known = {*channels, *(entry.name for entry in settings.channel)}
    queries = WatchQueries({**(others or {}), **{entry.name: entry.query for entry in settings.watch}})
    faults: list[Fault] = []
    for number, entry in enumerate(settings.watch):
        faults += _channels(number, entry, known)
        meaning = queries.meaning(entry.name)
        if isinstance(meaning, QueryError):
            where = ("watch", number, "query")
            faults.append(Fault(where, entry.name, "query", meaning.message, meaning.hint, position=meaning.position))
        else:
            faults += _texts(number, entry, meaning, lexicon)
    return faults


def _channels(number: int, entry: WatchEntry, known: Collection[str]) -> Iterator[Fault]:
    for index, name in enumerate(entry.channels):
        if name not in known:
            why = f"there is no channel named {name!r} in the file"
            hint = "declare it there, or count what commands made: --archive"
            yield Fault(("watch", number, "channels", index), entry.name, "channel", why, hint)


def _texts(number: int, entry: WatchEntry, query: Query, lexicon: Lexicon) -> Iterator[Fault]:
    for index, text in enumerate(entry.match):
        article = _read(text, entry)
        verdict = asked(query, article, lexicon)
        if verdict.spans is None:
            where = ("watch", number, "match", index)
            yield Fault(where, entry.name, "match", verdict.why, text=text, language=article.language)
    for index, text in enumerate(entry.no_match):
        article = _read(text, entry)
        found = asked(query, article, lexicon).spans
        if found is not None:
            where = ("watch", number, "no_match", index)
            yield Fault(where, entry.name, "no_match", _found(article, found), text=text, language=article.language)


def _read(text: str, entry: WatchEntry) -> Article:
    """The text as an article; a short one is in the language of all the watch's texts taken together."""
    every = "\n".join((*entry.match, *entry.no_match))
    return sample(text, (spoken(every) or "") if len(text) < _SHORT else "")


def _found(article: Article, spans: tuple[Span, ...]) -> str:
    """The first hits, in words."""
    if not spans:
        return "it holds all that the query asks for"
    texts = {"title": article.title, "text": article.text}
    told = [f"“{texts[span.field][span.start : span.end]}” in the {span.field}" for span in spans[:_HITS_TOLD]]
    more = len(spans) - len(told)
    return f"it holds {', '.join(told)}" + (f" and {more} more" if more else "")
