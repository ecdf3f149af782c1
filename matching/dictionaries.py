"""The forms and lemmas of a language, as simplemma's dictionaries hold them, with corrections of our own."""

import tomllib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from simplemma.strategies.dictionaries import frontcode
from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES, _read_decompressed

from matching.characters import APOSTROPHES, HYPHENS
from matching.fold import fold
from matching.french import base_form
from matching.word_table import Entry

# What a token's exact form does not hold, and a dictionary's may.
_INSIDE_WORDS = str.maketrans(dict.fromkeys(f"{APOSTROPHES}{HYPHENS}. "))
_ROUNDS = 3
# An English lemma is one step away; the next one leads from the noun (buildings, building) to its verb.
_ROUNDS_OF = {"en": 1}
_SHORTEST_LEMMA = 2  # us is no plural of u
_RECENT = 2_000  # lemmas whose chains are remembered: the forms of one stand together, more or less
# Serbo-Croatian is one dictionary, and Norwegian stands under the name of its larger half.
_CODES = {"bs": "hbs", "hr": "hbs", "sh": "hbs", "sr": "hbs", "no": "nb"}


@dataclass(frozen=True, slots=True)
class Corrections:
    """What corrections.toml says of a language."""

    alone: frozenset[str] = frozenset()
    nothing: frozenset[str] = frozenset()
    forms: dict[str, str] = field(default_factory=dict)


@lru_cache(maxsize=256)
def code_of(language: str | None) -> str | None:
    """The name of the dictionary for a language tag such as `fr` or `pt-BR`; None where there is none."""
    if not language:
        return None
    primary = language.replace("_", "-").partition("-")[0].lower()
    code = _CODES.get(primary, primary)
    return code if code in SUPPORTED_LANGUAGES else None


def entries(code: str) -> Iterator[Entry]:
    """Every known form of a language and the folded lemmas it is found by, nearest first. Takes seconds in all."""
    chains = _Chains(code)
    missing = dict(corrections(code).forms)
    for form, lemma in _forms(code):
        missing.pop(form, None)
        if form[0].isalnum():  # no token begins with the sign before 'cause, which is no cause
            yield chains.of(form, lemma)
    for form, lemma in missing.items():
        yield chains.of(form, lemma)


@cache
def corrections(code: str) -> Corrections:
    """The corrections of one language; empty ones where it has none."""
    written = tomllib.loads((Path(__file__).parent / "corrections.toml").read_text(encoding="utf-8")).get(code, {})
    return Corrections(
        frozenset(written.get("alone", "").split()),
        frozenset(fold(word) for word in written.get("nothing", "").split()),
        written.get("forms", {}),
    )


def _forms(code: str) -> Iterator[tuple[str, str]]:
    """The dictionary's records, each a form and its lemma."""
    for form, lemma in _records(code):
        yield form.decode(), lemma.decode()


def _records(code: str) -> Iterator[tuple[bytes, bytes]]:
    """The same undecoded. simplemma's own readers hold all of them as objects, or look them up one by one."""
    packed = _read_decompressed(code)
    reverse, _, start = frontcode._read_header(packed)
    way = -1 if reverse else 1
    for _, form, lemma in frontcode._iter_records(packed, start):
        yield form[::way], lemma[::way]


class _Chains:
    """From a form to its lemma, and to that one's lemma: tirés, tiré, tirer."""

    def __init__(self, code: str) -> None:
        self._corrections = corrections(code)
        self._rounds = _ROUNDS_OF.get(code, _ROUNDS)
        self._lemma_of = _second_lemmas(code)
        # Only French has rules, and only there are all lemmas held while it loads.
        self._known = frozenset(lemma for _, lemma in _forms(code)) if code == "fr" else frozenset()
        self._recent: dict[str, tuple[str, ...]] = {}

    def of(self, form: str, lemma: str) -> Entry:
        """The entry of a record of the dictionary."""
        exact = form if form.isalpha() else form.translate(_INSIDE_WORDS)
        if form == lemma or form in self._corrections.alone or form in self._corrections.forms:
            return exact, self._chain(form)[1:]
        found = self._recent.get(lemma)
        if found is None:
            if len(self._recent) == _RECENT:
                self._recent.clear()
            found = self._recent[lemma] = self._chain(lemma)[: self._rounds]
        return exact, found

    def _chain(self, word: str) -> tuple[str, ...]:
        """The word and what follows from it, folded, up to the first that tells nothing."""
        found: list[str] = []
        following: str | None = word
        while following is not None and len(found) <= self._rounds:
            folded = fold(following)
            if folded in self._corrections.nothing or folded in found or len(folded) < _SHORTEST_LEMMA:
                break
            found.append(folded)
            following = self._following(following)
        return tuple(found)

    def _following(self, word: str) -> str | None:
        if word in self._corrections.forms:
            return self._corrections.forms[word]
        if word in self._corrections.alone:
            return None
        return self._lemma_of.get(word) or (base_form(word, self._known) if self._known else None)


def _second_lemmas(code: str) -> dict[str, str]:
    """The lemmas that the dictionary leads on from, to another; found by their hashes, to spare memory."""
    forms, lemmas = array("q"), array("q")
    for form, lemma in _records(code):
        if form != lemma:
            forms.append(hash(form))
            lemmas.append(hash(lemma))
    found = np.frombuffer(forms, np.int64)
    of_lemmas = set(found[np.isin(found, np.frombuffer(lemmas, np.int64))].tolist())
    pairs = ((form, lemma) for form, lemma in _records(code) if form != lemma and hash(form) in of_lemmas)
    return {form.decode(): lemma.decode() for form, lemma in pairs}
