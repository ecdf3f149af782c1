"""The words that SQLite's full-text index holds, by their first letters.

FTS5 answers a prefix by putting together the articles of all its words before it gives the first one, which takes most
of a second where many articles have one of them. Asked for the words themselves, it gives the newest at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from news.search import SearchAll, SearchAny, SearchBut, SearchNothing, SearchPlan, SearchTerm

MOST_WORDS = 200
"""Of one prefix; one of more is asked as it is."""
MOST_LOOKED_UP = 1_000
"""Words for all prefixes of a plan, which take some 20 ms; those behind are asked as they are."""
_LAST = "\U0010ffff"  # behind every character that a word has
# From each word it goes straight to the next, past all places of the word; nothing that a word holds is below a space.
_WORDS = text(
    "WITH RECURSIVE word (term) AS (SELECT (SELECT term FROM article_search_word WHERE term >= :low LIMIT 1)"
    " UNION ALL SELECT (SELECT term FROM article_search_word WHERE term >= word.term || ' ' LIMIT 1)"
    " FROM word WHERE word.term < :high LIMIT :most)"
    " SELECT term FROM word WHERE term < :high"
)


class Vocabulary:
    """The words of the index, as one connection sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._known: dict[str, tuple[str, ...] | None] = {}

    def forget(self) -> None:
        """Look again next time: there may be further words."""
        self._known.clear()

    async def spelled_out(self, plan: SearchPlan) -> SearchPlan:
        """The plan with words in place of their beginnings, where they are not too many."""
        chosen: dict[str, tuple[str, ...]] = {}
        looked_up = 0
        for beginning in dict.fromkeys(_beginnings(plan)):
            if looked_up >= MOST_LOOKED_UP:
                break
            if beginning not in self._known:
                self._known[beginning] = await self._words(beginning)
            words = self._known[beginning]
            looked_up += 1 + (MOST_WORDS if words is None else len(words))
            if words is not None:
                chosen[beginning] = words
        return _with(plan, chosen) if chosen else plan

    async def _words(self, beginning: str) -> tuple[str, ...] | None:
        limits = {"low": beginning, "high": beginning + _LAST, "most": MOST_WORDS + 1}
        found = (await self._connection.scalars(_WORDS, limits)).all()
        return tuple(found) if len(found) <= MOST_WORDS else None


def _beginnings(plan: SearchPlan) -> Iterator[str]:
    match plan:
        case SearchTerm(tokens, prefix=True):
            yield tokens[-1]
        case SearchAll(parts) | SearchAny(parts):
            for part in parts:
                yield from _beginnings(part)
        case SearchBut(part):
            yield from _beginnings(part)


def _with(plan: SearchPlan, chosen: Mapping[str, tuple[str, ...]]) -> SearchPlan:
    match plan:
        case SearchTerm(tokens, prefix=True) if tokens[-1] in chosen:
            terms = [replace(plan, tokens=(*tokens[:-1], word), prefix=False) for word in chosen[tokens[-1]]]
            return SearchAny(tuple(terms)) if len(terms) > 1 else terms[0] if terms else SearchNothing()
        case SearchAll(parts) | SearchAny(parts):
            return type(plan)(tuple(_with(part, chosen) for part in parts))
        case SearchBut(part):
            return SearchBut(_with(part, chosen))
        case _:
            return plan
