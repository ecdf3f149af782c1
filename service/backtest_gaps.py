"""Gaps: why a query finds nothing in the whole archive. The clauses that never hold, and words spelled like theirs."""

from dataclasses import dataclass

from matching import canonical, search_terms, spans
from matching.nearly import spelled_like
from news.query import And, Exact, Field, Near, Not, Or, Phrase, Prefix, Query, Word
from news.search import SearchEverything, SearchNothing, SearchTerm
from news.text import clip
from service.plans import plans_of
from service.reader import Reader
from storage import Transaction
from storage.search import ANYTHING

_LONGEST_CLAUSE = 120
_MOST_CLAUSES = 40  # that are asked for, of a query that may have thousands
_MOST_READ = 200  # articles, for a clause that the index cannot answer
_MOST_ALIKE = 3
_ARTICLES_FOR_WORDS = 60
_SHORTEST_BEGINNING = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """A clause that holds in no article, said in words; `alike` are words of the archive spelled much like it."""

    clause: str
    says: str
    alike: tuple[str, ...] = ()


async def gaps(tx: Transaction, query: Query, reader: Reader) -> list[Gap]:
    """The clauses that are to blame for a query that finds nothing."""
    return await _Search(tx, reader).gaps(query)


class _Search:
    """Looks for the gaps of one query; `left` bounds what is asked for."""

    def __init__(self, tx: Transaction, reader: Reader) -> None:
        self._tx = tx
        self._reader = reader
        self._left = _MOST_CLAUSES

    async def gaps(self, query: Query) -> list[Gap]:
        """The gaps of a clause; none where something in the archive meets it, or nobody knows."""
        self._left -= 1
        if self._left < 0:
            return []
        match query:
            case And(parts):
                return await self._of_all(parts)
            case Or(parts):
                branches = [await self.gaps(part) for part in parts]
                return [gap for branch in branches for gap in branch] if all(branches) else []
            case Near(left, right):
                found = [*await self.gaps(left), *await self.gaps(right)]
                return found or await self._alone(query, "never stand so near each other")
            case Field("title" | "text" as name, part):
                other = "text" if name == "title" else "title"
                found = await self.gaps(part)
                return found or await self._alone(query, f"is only in the {other} of articles")
            case Not():
                return []
            case _:
                return await self._alone(query, "is in no article")

    async def _of_all(self, parts: tuple[Query, ...]) -> list[Gap]:
        positive = tuple(part for part in parts if not isinstance(part, Not))
        found = [gap for part in positive for gap in await self.gaps(part)]
        if found:
            return found
        together = And(positive) if len(positive) > 1 else positive[0]
        found = await self._alone(together, "are each in some article, but in none together")
        if found or len(positive) == len(parts):
            return found
        excluded = " AND ".join(canonical(part) for part in parts if isinstance(part, Not))
        return [Gap(clip(excluded, _LONGEST_CLAUSE), "excludes every article that the rest finds")]

    async def _alone(self, query: Query, says: str) -> list[Gap]:
        """The gap that this clause is by itself, if it is one."""
        holds = await self._holds(query)
        if holds:
            return []
        if holds is None:
            says = f"is in none of the {_MOST_READ} newest articles that might have it"
        alike = await self._alike(query) if isinstance(query, Word | Exact | Prefix) else ()
        return [Gap(clip(canonical(query), _LONGEST_CLAUSE), await self._known(query) or says, alike)]

    async def _holds(self, query: Query) -> bool | None:
        """Whether some article meets the clause; None where the newest that might were looked at in vain."""
        plans = await plans_of(self._tx, query, self._reader)
        count = (await self._tx.search.count(plans.sure, ANYTHING, 1)).number
        if count:
            return True
        numbers = await self._tx.search.ids(plans.possible, ANYTHING, _MOST_READ)
        for stored in await self._tx.articles.some(numbers):
            if spans(query, await self._reader.read(stored.article, stored.source)) is not None:
                return True
        return None if len(numbers) == _MOST_READ else False

    async def _known(self, query: Query) -> str:
        """What there is instead of a language or a source that is not."""
        if isinstance(query, Field) and query.name == "lang":
            languages = await self._tx.search.languages()
            return f"is the language of no article: there are {', '.join(languages)}" if languages else ""
        if isinstance(query, Exact):
            return "is only in another case, accent or form" if await self._holds(Word(query.text)) else ""
        if isinstance(query, Phrase):
            parts = [Word(word) for word in query.text.split()]
            missing = [part.text for part in parts if len(parts) > 1 and await self._holds(part) is False]
            return f"is in no article, and neither is “{missing[0]}” by itself" if missing else ""
        return ""

    async def _alike(self, query: Word | Exact | Prefix) -> tuple[str, ...]:
        """Words of the archive spelled much like this one: of those that begin alike, else of the newest articles'."""
        folded = search_terms(query.text)
        if " " in folded:
            return ()
        for length in range(len(folded) - 1, _SHORTEST_BEGINNING - 1, -1):
            begun = await self._words(SearchTerm((folded[:length],), prefix=True))
            near = spelled_like(folded, sorted(word for word in begun if word.startswith(folded[:length])), _MOST_ALIKE)
            if near:
                return tuple(near)
        return tuple(spelled_like(folded, sorted(await self._words(SearchEverything())), _MOST_ALIKE))

    async def _words(self, plan: SearchTerm | SearchEverything | SearchNothing) -> set[str]:
        """The words of some of the newest articles that a plan finds."""
        rows = await self._tx.search.words(plan, ANYTHING, _ARTICLES_FOR_WORDS)
        return {word for row in rows for word in (*row.title.split(), *row.text.split())}
