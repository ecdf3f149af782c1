"""How common words are before an archive has learned it: in how many texts each stands, by language.

The tables are numbers counted by `python -m bench.background`; docs/stories.md names the texts. A file holds the number
of texts on its first line, then lines of a count and the words that stand in so many of them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "background"


@dataclass(frozen=True, slots=True)
class Table:
    """In how many of `documents` texts each word stands; a word that is not there stands in hardly any."""

    documents: int
    counts: Mapping[str, int]


@cache
def background(language: str) -> Table | None:
    """The table of a language (ISO 639-1), read when it is first asked for; None where there is none."""
    return read((FOLDER / f"{language}.txt").read_text(encoding="utf-8")) if language in languages() else None


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a table."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.txt")))


def read(text: str) -> Table:
    """The table that a file holds."""
    first, *lines = text.splitlines()
    counts: dict[str, int] = {}
    for line in lines:
        times, *words = line.split(" ")
        counts.update(dict.fromkeys(words, int(times)))
    return Table(int(first), counts)


def written(documents: int, counts: Mapping[str, int]) -> str:
    """The file of a table: the most common words first."""
    groups: dict[int, list[str]] = defaultdict(list)
    for word, times in counts.items():
        groups[times].append(word)
    lines = (f"{times} {' '.join(sorted(groups[times]))}" for times in sorted(groups, reverse=True))
    return "\n".join([str(documents), *lines, ""])
