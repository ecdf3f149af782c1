"""The text of consent boxes, in which a site asks leave to store cookies: which lines of a page are theirs.

A box is known by what its makers call it (`consent.toml`), or by a sentence that says who stores what (`walls.toml`).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, islice
from pathlib import Path

from extraction.blocks import Walk
from extraction.lines import Line, word_count
from extraction.walls import walls

_FILE = Path(__file__).with_name("consent.toml")
CONSENT = "asks for consent"
_SHARE = 0.4  # of a box's words in sentences that ask for consent; an article that quotes one has more to say
_MOST_ASKING = 5  # sentences from which boxes are looked for
_STEPS = 12  # elements around one
_PAGES = frozenset({"article", "body", "html", "main"})  # which are named after a box that stands in them
_QUOTES = frozenset({"blockquote", "q"})
_DIALOG = re.compile(r"\b(?:alert)?dialog\b")


def consent_lines(walk: Walk, lines: Sequence[Line]) -> Mapping[int, str]:
    """The numbers of the lines in consent boxes, and of those that ask for consent wherever they stand; and why."""
    found = {at for node in _named(walk) for at in range(walk.first[node], walk.end[node])}
    asking = [at for at in walls().asking_consent([line.text for line in lines]) if at not in found]
    own = [at for at in asking if not any(walk.tags[node] in _QUOTES for node in walk.around(walk.blocks[at].node))]
    if own:
        words = [0, *accumulate(word_count(line.text) for line in lines)]
        said = frozenset(own)
        asked = [0, *accumulate(word_count(line.text) * (at in said) for at, line in enumerate(lines))]
        for at in own[:_MOST_ASKING]:
            found.update(_box(at, walk, words, asked))
    return dict.fromkeys(sorted(found.union(own)), CONSENT)


def _named(walk: Walk) -> Iterator[int]:
    if not _names().stand_in(" ".join(walk.names)):  # as they do on few pages
        return
    for node, name in enumerate(walk.names):
        if name and _is_consent(name) and walk.tags[node] not in _PAGES and not _holds_article(node, walk):
            yield node


def _holds_article(node: int, walk: Walk) -> bool:
    """Whether the headline of the page stands in the element, which is then no box."""
    inner = range(node + 1, _after(node, walk))
    return any(walk.tags[each] in ("h1", "article", "main") for each in inner)


def _after(node: int, walk: Walk) -> int:
    """The number of the first node behind an element."""
    at = node + 1
    while at < len(walk.tags) and walk.parents[at] >= node:
        at += 1
    return at


def _box(at: int, walk: Walk, words: Sequence[int], asked: Sequence[int]) -> range:
    """The largest element around a line that asks for consent in which little else is said; or a dialogue.

    `words` and `asked` are those of all lines above each, in all and in lines that ask for consent.
    """
    found = range(at, at + 1)
    for node in islice(walk.around(walk.blocks[at].node), _STEPS):
        if walk.tags[node] in _PAGES or _holds_article(node, walk):
            break
        first, end = walk.first[node], walk.end[node]
        is_dialog = walk.tags[node] == "dialog" or _DIALOG.search(walk.names[node]) is not None
        if is_dialog or asked[end] - asked[first] >= _SHARE * (words[end] - words[first]):
            found = range(first, end)
    return found


@lru_cache(maxsize=10_000)
def _is_consent(name: str) -> bool:
    return _names().stand_in(name)


@dataclass(frozen=True, slots=True)
class _Names:
    """What consent boxes are called: whole words, and what words begin with, all in lower case."""

    whole: frozenset[str]
    openings: tuple[str, ...]

    def stand_in(self, text: str) -> bool:
        """Whether a word of the text is such a name."""
        plain = text.lower()
        words = plain.split()
        is_opened = any(opening in plain for opening in self.openings)
        return not self.whole.isdisjoint(words) or (is_opened and any(word.startswith(self.openings) for word in words))


@cache
def _names() -> _Names:
    names: list[str] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["names"]
    return _Names(
        whole=frozenset(name.lower() for name in names if not name.endswith("*")),
        openings=tuple(name.removesuffix("*").lower() for name in names if name.endswith("*")),
    )
