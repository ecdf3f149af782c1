"""The index of watches: which of them want this article."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any
from weakref import WeakValueDictionary

from matching.analyzer import Lexicon, folded_only
from matching.anchor import placements
from matching.compiler import Compiler
from matching.condition import Tested
from matching.document import Document
from matching.evaluate import spans
from matching.leaf import Asked, Condition, Leaf, Pair, Term, Terms
from matching.reading import Reading
from matching.vocabulary import Vocabulary
from news.article import Span
from news.query import Field, Query

# Most installations read a handful of languages; the one that was not met for longest is forgotten.
_MOST_VOCABULARIES = 24
# A memo without a cap is a leak. A stretch takes some 600 bytes, all of these 30 MB, whatever the languages; a big
# newspaper uses about 100,000 in a month, and what is forgotten is learned again within some articles.
_MOST_STRETCHES = 50_000
_LEARN_EVERY = 8

_Stand = tuple[Query, *tuple[Any, ...]]
"""A query, then each of its anchors and what hangs there, one after the other: one tuple, of which there are many."""


class WatchIndex:
    """All watches' queries, ready to be asked of one article after another. Watches come and go at any time.

    A query stands under its anchors and is looked at only where an article holds one; those without always are. The
    answers are those of `spans` for every query in turn.
    """

    def __init__(self) -> None:
        self._stands: dict[int, _Stand] = {}
        self._unanchored: dict[int, Condition] = {}
        self._terms = Terms()
        self._tests: WeakValueDictionary[Field, Tested] = WeakValueDictionary()
        self._vocabularies: dict[tuple[Lexicon, str | None], Vocabulary] = {}
        self._unsettled: Iterator[int] = iter(())
        self._until_learning = 1

    def __len__(self) -> int:
        return len(self._stands)

    def put(self, watch_id: int, query: Query) -> None:
        """Add a watch, or give it another query."""
        compiler = Compiler(self._terms, self._tests)
        condition = compiler.condition(query)
        placed = placements(condition, self._terms)
        stand: list[Any] = [query]
        for anchor, second, rest in placed or ():
            stand += anchor, watch_id if second is None and rest is None else Asked(second, watch_id, rest)
        self._use(_named(compiler, stand))
        self.drop(watch_id)
        self._stands[watch_id] = tuple(stand)
        if placed is None:
            self._unanchored[watch_id] = condition
        for anchor, hung in _hangings(stand):
            anchor.hang(hung)

    def drop(self, watch_id: int) -> None:
        """Forget a watch; one that is not there is no error, since two of us may drop it."""
        stand = self._stands.pop(watch_id, None)
        if stand is None:
            return
        self._unanchored.pop(watch_id, None)
        for anchor, hung in _hangings(stand):
            anchor.take_down(hung)
        compiler = Compiler(self._terms, self._tests)
        compiler.condition(stand[0])
        self._release(_named(compiler, stand))

    def anchors(self, watch_id: int) -> list[str]:
        """The words, and pairs of them, one of which an article must hold for the watch to be looked at; sorted."""
        return sorted({str(anchor) for anchor, _ in _hangings(self._stands[watch_id])})

    @property
    def terms(self) -> int:
        """How many different words and pairs of words all queries together name."""
        return sum(1 + len(leaf.begun or ()) for leaf in self._terms)

    def match(self, document: Document) -> list[tuple[int, tuple[Span, ...]]]:
        """The watches that want the article, by rising id, each with the spans that explain it."""
        found = [(number, spans(self._stands[number][0], document)) for number in self.matching(document)]
        return [(number, hits) for number, hits in found if hits is not None]

    def matching(self, document: Document) -> list[int]:
        """The ids of the watches that want the article, rising."""
        language, lexicon = document.article.language, document.streams[0].lexicon
        reading = self._vocabulary(language, lexicon).read(document)
        self._learn(reading)
        terms = reading.terms
        found: set[int] = set().union(*map(_sure, terms))
        for second, number, rest in chain.from_iterable(map(_asked, terms)):
            if (second is None or second in terms) and number not in found and (rest is None or rest.met(reading)):
                found.add(number)
        for number, condition in self._unanchored.items():
            if condition.met(reading):
                found.add(number)
        return sorted(found)

    def prepare(self, language: str | None, lexicon: Lexicon = folded_only, most: int = 100) -> bool:
        """Take at most so many words of the watches into a language's vocabulary; whether none is left.

        An article in a language that was never met takes them all at once, which may hold others up: the patient call
        this until it says yes, and let others have their turn in between.
        """
        vocabulary = self._vocabulary(language, lexicon)
        vocabulary.catch_up(most)
        return not vocabulary.pending

    def forget(self) -> None:
        """Drop what is remembered of the words of articles, so that the next one is read as the first was."""
        for vocabulary in self._vocabularies.values():
            vocabulary.forget()

    def settle(self, most: int) -> None:
        """Look at so many watches anew, and move those for which the articles have shown a rarer anchor."""
        for _ in range(most):
            number = next(self._unsettled, None)
            if number is None:
                self._unsettled = iter(list(self._stands))
                return
            if number in self._stands:
                self.put(number, self._stands[number][0])

    def _vocabulary(self, language: str | None, lexicon: Lexicon) -> Vocabulary:
        key = lexicon, language
        vocabulary = self._vocabularies.pop(key, None) or Vocabulary(self._terms, language, lexicon)
        self._vocabularies[key] = vocabulary
        if len(self._vocabularies) > _MOST_VOCABULARIES:
            del self._vocabularies[next(iter(self._vocabularies))]
        self._make_room()
        return vocabulary

    def _make_room(self) -> None:
        """Begin anew with the languages that were not met for longest, if all together have too many words."""
        held = sum(vocabulary.held for vocabulary in self._vocabularies.values())
        for vocabulary in self._vocabularies.values():
            if held <= _MOST_STRETCHES:
                return
            held -= vocabulary.held
            vocabulary.forget()

    def _learn(self, reading: Reading) -> None:
        """Count what the article holds, for the choice of anchors; one of some articles says enough."""
        self._until_learning -= 1
        if self._until_learning == 0:
            self._until_learning = _LEARN_EVERY
            self._terms.read += 1
            for term in reading.terms:
                term.seen += 1

    def _use(self, terms: Iterable[Term]) -> None:
        new = []
        for term in terms:
            if not term.uses:
                new.append(term)
            term.uses += 1
        self._tell(new)

    def _release(self, terms: Iterable[Term]) -> None:
        unused = []
        for term in terms:
            term.uses -= 1
            if not term.uses:
                unused.append(term)
        for term in unused:
            self._terms.forget(term)
        self._tell(unused)

    def _tell(self, changed: list[Term]) -> None:
        """Have every vocabulary look at the leaves anew, before it reads its next article."""
        if changed and self._vocabularies:
            leaves = [term.first if isinstance(term, Pair) else term for term in changed]
            for vocabulary in self._vocabularies.values():
                vocabulary.pending += [leaf for leaf in leaves if isinstance(leaf, Leaf)]


_sure, _asked = attrgetter("sure"), attrgetter("asked")


def _hangings(stand: Sequence[Any]) -> list[tuple[Term, int | Asked]]:
    """The anchors of a query, each with what hangs there."""
    return list(zip(stand[1::2], stand[2::2], strict=True))


def _named(compiler: Compiler, stand: Sequence[Any]) -> list[Term]:
    """The terms that a query names, and the pairs that were made for it to stand under."""
    under: list[Term | None] = []
    for anchor, hung in _hangings(stand):
        under += anchor, hung.second if isinstance(hung, Asked) else None
    return compiler.used + [term for term in under if isinstance(term, Pair)]
