"""The lexicon: what a word is found by in its language, so that `nord-coréennes` meets `nord-coréen`.

By its folded form always; by its lemmas where the language's dictionary knows the word; else by its stem.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

from matching.dictionaries import code_of
from matching.fold import fold
from matching.shelf import Shelf
from matching.stems import stem
from matching.stopwords import STOPWORDS
from matching.word_table import WordTable

# Of a dictionary that capitals have no place in: IT and US are not it and us, nor are SARS and AIDS several of a kind.
_LONGEST_ACRONYM = 4
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue"})
# Where German names are spelt either way: Müller, Mueller. In Turkish or Finnish these letters are no umlauts.
_WITH_UMLAUTS = frozenset({"de", "en", "es", "fr", "it", "lb", "nl", "pl", "pt"})
# Articles, prepositions and 'and', which Arabic writes onto the word; longest first.
_ARABIC_PREFIXES = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل", "ف", "ك")
_SHORTEST = 2
_SHORTEST_BASE = 3
_SHORTEST_INFLECTED = 4
# Where a name has no endings but the plural's: Corée is no core, and Houthis are each a Houthi.
_NAMES_STAY = frozenset({"ca", "en", "es", "fr", "it", "pt"})


class DictionaryLexicon:
    """Finds the keys of words by simplemma's dictionaries and Snowball's stemmers.

    A language is loaded when it is first asked for, which may take seconds: `load` it beforehand, in a thread,
    wherever nothing may wait. All methods may be called from any thread. `folder` keeps what was made of the
    dictionaries, for the next time; with None it is made anew by every process.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._shelf = Shelf(folder)
        self._tables: dict[str, WordTable] = {}
        self._lock = threading.Lock()

    def __call__(self, exact: str, folded: str, language: str | None) -> tuple[str, ...]:
        """The keys of a word, of which the folded form is the first; two words match where they share one."""
        code = code_of(language)
        if code is None or folded in STOPWORDS or not folded.isalpha() or len(folded) < _SHORTEST:
            return (folded,)
        return tuple(dict.fromkeys((folded, *self._further(exact, folded, code))))

    def is_loaded(self, language: str | None) -> bool:
        """Whether a word of this language is answered at once; so it is where there is no dictionary."""
        code = code_of(language)
        return code is None or code in self._tables

    def load(self, language: str | None) -> None:
        """Make a language ready. Blocks for up to some seconds; a language that is ready, or unknown, costs nothing."""
        code = code_of(language)
        if code is None or code in self._tables:
            return
        with self._lock:
            if code not in self._tables:
                self._tables[code] = self._shelf.table(code)

    def _further(self, exact: str, folded: str, code: str) -> Iterator[str]:
        if 1 < len(exact) <= _LONGEST_ACRONYM and exact.isupper():
            return
        if code in _WITH_UMLAUTS and not exact.isascii():
            yield fold(exact.translate(_UMLAUTS))
        self.load(code)
        table = self._tables[code]
        known = _lookup(table, exact, folded, code)
        if known is not None:
            yield from known
        elif len(folded) >= _SHORTEST_INFLECTED:
            yield from _unknown(table, exact, folded, code)


def _unknown(table: WordTable, exact: str, folded: str, code: str) -> Iterator[str]:
    """The base that an unknown word's ending points to; else, without the plural's s; else, its stem."""
    if code in _NAMES_STAY and exact[0].isupper():
        if folded.endswith("s") and not folded.endswith("ss"):
            yield folded[:-1]
        return
    base = table.guess(folded)
    if base is not None:
        yield from base
        return
    if code in _NAMES_STAY and folded.endswith("s"):
        yield folded[:-1]
    marked = stem(folded, code)
    if marked is not None:
        yield marked


def _lookup(table: WordTable, exact: str, folded: str, code: str) -> tuple[str, ...] | None:
    """What the dictionary says of a word, in the first spelling that it knows."""
    for spelling in dict.fromkeys((exact, _lower(exact, code))):
        found = table.find(spelling, folded)
        if found is not None:
            return found
    for spelling in (exact.capitalize(), folded):
        found = table.find(spelling, folded)
        if found == () and code == "de" and exact[0].islower():
            return table.guess(folded) or ()  # gewählte has been taken for die Gewählte
        if found is not None:
            return found
    return next(_lookup_respelt(table, folded, code), None)


def _lookup_respelt(table: WordTable, folded: str, code: str) -> Iterator[tuple[str, ...]]:
    """A German word without its umlauts, an Arabic one without what is written onto it: that word, and its keys."""
    bases: list[str] = []
    if code == "de":
        bases = [folded.replace("ae", "a").replace("oe", "o").replace("ue", "u")]
    elif code == "ar":
        bases = [folded.removeprefix(prefix) for prefix in _ARABIC_PREFIXES if folded.startswith(prefix)]
    for base in bases:
        found = table.find(base, base) if base != folded and len(base) >= _SHORTEST_BASE else None
        if found is not None:
            yield base, *found


def _lower(word: str, code: str) -> str:
    return (word.replace("I", "ı").replace("İ", "i") if code == "tr" else word).lower()
