"""Exclusions for a match that was not relevant: words to leave out, each with its effect on what the watch found."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from matching import Document, WatchIndex, candidates, excluding, parse, resolved, words_of
from news.errors import QueryError
from news.query import Query
from news.watch import Watch
from service.meaning import WatchQueries
from service.reader import Reader
from storage import Transaction
from storage.matches import FoundMatch

MOST_COMPARED = 200
"""Of a watch's matches, the newest so many are compared and counted."""

MOST_PROPOSED = 3
_AMONG = 3
_BATCH = 5  # articles, between two turns for others


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A word to leave out, and the query without it.

    It would have removed `removed` of the `of` matches compared, among them those of `among` (titles).
    """

    word: str
    query: str
    removed: int
    of: int
    among: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Compared:
    """A watch's matches as documents, the one that is not relevant first."""

    found: tuple[FoundMatch, ...]
    read: tuple[Document, ...]
    words: tuple[frozenset[str], ...]

    @property
    def article(self) -> Document:
        return self.read[0]


@dataclass(frozen=True, slots=True)
class Proposals:
    """At most three exclusions. Where the watch, as it asks now, would not find the article, there is nothing to do."""

    is_found: bool
    exclusions: tuple[Exclusion, ...] = ()


async def proposals(tx: Transaction, watch: Watch, match: FoundMatch, reader: Reader) -> Proposals:
    """The words by which the watch would not have found this article; none where its query means nothing."""
    queries = WatchQueries.of(await tx.watches.all())
    meaning = queries.meaning(watch.name)
    if isinstance(meaning, QueryError):
        return Proposals(is_found=True)
    compared = await _compared(tx, watch, match, reader)
    words = candidates(compared.article, compared.words[1:], meaning)
    asked = [(one.word, *proposed) for one in words if (proposed := _proposed(watch, one.word, compared, queries))]
    found, *left = await _found(compared, [meaning, *(query for *_, query in asked)])
    if 0 not in found:
        return Proposals(is_found=False)
    exclusions = []
    for (word, text, _), still in zip(asked, left, strict=True):
        removed = sorted(found - still)
        if 0 in removed:
            others = tuple(compared.found[place].stored.article.title for place in removed[1 : _AMONG + 1])
            exclusions.append(Exclusion(word, text, len(removed), len(found), others))
    return Proposals(True, tuple(exclusions[:MOST_PROPOSED]))


async def query_without(tx: Transaction, watch: Watch, match: FoundMatch, word: str, reader: Reader) -> str | None:
    """The watch's query without a word of this article; None where that word may not be left out by its reader."""
    queries = WatchQueries.of(await tx.watches.all())
    meaning = queries.meaning(watch.name)
    if isinstance(meaning, QueryError):
        return None
    article = await reader.read(match.stored.article, match.stored.source)
    known = {one.word for one in candidates(article, (), meaning, most=10_000)}
    if word not in known:
        return None
    try:
        return excluding(watch.query, word, match.stored.article.language)
    except (QueryError, ValueError):
        return None


async def _compared(tx: Transaction, watch: Watch, match: FoundMatch, reader: Reader) -> _Compared:
    others = [one for one in await tx.matches.latest(MOST_COMPARED, watch.name) if one.match.id != match.match.id]
    found = (match, *others[: MOST_COMPARED - 1])
    read, words = [], []
    for number, one in enumerate(found):
        document = await reader.read(one.stored.article, one.stored.source)
        read.append(document)
        words.append(words_of(document))
        if number % _BATCH == _BATCH - 1:
            await asyncio.sleep(0)
    return _Compared(found, tuple(read), tuple(words))


def _proposed(watch: Watch, word: str, compared: _Compared, queries: WatchQueries) -> tuple[str, Query] | None:
    """The query without the word, as it is written and as it is asked."""
    try:
        query = excluding(watch.query, word, compared.article.article.language)
        meaning = resolved(parse(query), queries, watch.name)
    except (QueryError, ValueError):
        return None
    return query, meaning


async def _found(compared: _Compared, queries: Sequence[Query]) -> list[set[int]]:
    """Of each query the places of the matches that it finds."""
    index = WatchIndex()
    for number, query in enumerate(queries):
        index.put(number, query)
    found: list[set[int]] = [set() for _ in queries]
    for place, document in enumerate(compared.read):
        for number in index.matching(document):
            found[number].add(place)
        if place % _BATCH == _BATCH - 1:
            await asyncio.sleep(0)
    return found
