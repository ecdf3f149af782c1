"""What inflection costs, and what it is worth: seconds, memory and microseconds by language, pairs put together.

    python -m bench.lexicon                      costs, a process for each language
    python -m bench.lexicon --held-out fr en     precision and recall on words hidden from the dictionary

Held out: one form in fifty, at most 3,000, is taken from the dictionary. For each of them, the forms that share a key
with it are compared with those of its lemma, which the whole dictionary tells. It is the way of a form that the
dictionary lacks; words that it has are right by construction.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import Stemmer

from matching.analyzer import tokens
from matching.dictionaries import code_of, entries
from matching.fold import fold
from matching.lexicon import DictionaryLexicon
from matching.stems import _ALGORITHMS
from matching.word_table import Builder

_LANGUAGES = ("ar", "de", "el", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "tr", "uk")
_SAMPLE = 20_000
_HIDDEN = 3_000
_SEED = 7

Keys = Callable[[str], Iterable[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("languages", nargs="*", default=_LANGUAGES, metavar="LANGUAGE")
    parser.add_argument("--held-out", action="store_true", help="what is put together, instead of what it costs")
    parser.add_argument("--one", metavar="FOLDER", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.one:
        _print_costs(told.languages[0], Path(told.one))
    elif told.held_out:
        print(
            "| | hidden | precision | recall | F1 | Snowball alone: precision | recall | F1 |\n|---" + "|---:" * 7 + "|"
        )
        for language in told.languages:
            print(_held_out(language), flush=True)
    else:
        print(
            "| | words | made, s | peak, MB | read, s | memory, MB | known word, µs | unknown, µs | token again, µs |"
        )
        print("|---" + "|---:" * 8 + "|", flush=True)
        for language in told.languages:
            _in_processes(language)


def _in_processes(language: str) -> None:
    """Twice: the first process makes the table, the second reads it, as all later ones do."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.lexicon", language, "--one", folder]
        made = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        read = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    words, seconds, _, peak, *_ = made
    print(f"| {language} | {words} | {seconds} | {peak} | {read[1]} | {' | '.join((read[2], *read[4:]))} |", flush=True)


def _print_costs(language: str, folder: Path) -> None:
    """Words, seconds, MB kept and at the peak, µs a known and an unknown word, µs a token of a text read again."""
    lexicon = DictionaryLexicon(folder)
    before, began = _resident(), time.process_time()
    lexicon.load(language)
    seconds, kept = time.process_time() - began, _resident() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    known = _some_words(language)
    unknown = [f"{word[:-2]}xq{word[-2:]}" for word in known]
    words = len(lexicon._tables[code_of(language) or ""])
    each = [_microseconds(lexicon, sample, language) for sample in (known, unknown)]
    text = " ".join(known[:1_000] * 10)
    tokens(text, language, lexicon)
    began = time.process_time()
    again = len(tokens(text, language, lexicon))
    each.append((time.process_time() - began) / again * 1e6)
    print(words, f"{seconds:.2f} {kept:.0f} {peak:.0f}", *(f"{figure:.1f}" for figure in each))


def _some_words(language: str) -> list[str]:
    """A sample of what the dictionary knows."""
    words = [word for word, _ in entries(code_of(language) or "") if len(word) > 3]
    return random.Random(_SEED).sample(words, _SAMPLE)


def _microseconds(lexicon: DictionaryLexicon, words: Sequence[str], language: str) -> float:
    folded = [fold(word) for word in words]
    began = time.process_time()
    for word, form in zip(words, folded, strict=True):
        lexicon(word, form, language)
    return (time.process_time() - began) / len(words) * 1e6


def _resident() -> float:
    """Resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


@dataclass(frozen=True, slots=True)
class _Score:
    both: int
    extra: int
    missed: int

    def __str__(self) -> str:
        precision = self.both / max(self.both + self.extra, 1)
        recall = self.both / max(self.both + self.missed, 1)
        return f"{precision:.3f} | {recall:.3f} | {2 * self.both / (2 * self.both + self.extra + self.missed):.3f}"


def _held_out(language: str) -> str:
    code = code_of(language) or ""
    known = {word: lemmas[-1] if lemmas else fold(word) for word, lemmas in entries(code) if len(word) > 3}
    words = list(known)
    hidden = set(random.Random(_SEED).sample(words, min(_HIDDEN, len(words) // 50)))
    lexicon = DictionaryLexicon()
    lexicon._tables[code] = Builder().table(entry for entry in entries(code) if entry[0] not in hidden)
    stemmer = Stemmer.Stemmer(_ALGORITHMS[code]) if code in _ALGORITHMS else None
    ours = _score(lambda word: lexicon(word, fold(word), language), known, hidden)
    alone = (
        _score(lambda word: (stemmer.stemWord(word.lower()),), known, hidden) if stemmer is not None else "– | – | –"
    )
    return f"| {language} | {len(hidden)} | {ours} | {alone} |"


def _score(keys: Keys, lemma_of: dict[str, str], hidden: set[str]) -> _Score:
    wanted = {word: set(keys(word)) for word in sorted(hidden)}
    some = set().union(*wanted.values())
    sharing, forms = defaultdict(set), defaultdict(set)
    for word, lemma in lemma_of.items():
        forms[lemma].add(word)
        for key in keys(word):
            if key in some:
                sharing[key].add(word)
    both = extra = missed = 0
    for word, of_word in wanted.items():
        found = set().union(*(sharing[key] for key in of_word)) - {word}
        true = forms[lemma_of[word]] - {word}
        both, extra, missed = both + len(found & true), extra + len(found - true), missed + len(true - found)
    return _Score(both, extra, missed)


if __name__ == "__main__":
    main()
