"""The lines of a page in reading order: what a reader sees as one block of text, and what the markup says of it."""

import re
from collections import Counter
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from extraction.blocks import Walk, tidy, walked

__all__ = ["ENDS", "HEADINGS", "PROSE", "Line", "key", "lines_of", "page_lines", "tidy", "word_count"]

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CHROME = frozenset({"nav", "footer", "form", "aside", "dialog"})
PROSE = 15  # words from which a line is prose and no furniture
_CELLS = frozenset({"td", "th"})
_LISTS = frozenset({"ul", "ol"})
_LINKED_SHARE = 0.8
_AROUND = 3  # elements
_REMEMBERED = 2_000  # characters of a line, whose words the rules ask for again and again

_LABEL = 60  # characters of a line that may have no punctuation, as most of a page

_IDEOGRAM = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
ENDS = re.compile(r"""[.!?…。！？؟।]["'”’»«)\]]*$""")  # of a sentence


def key(text: str) -> str:
    """What two lines that read the same have in common: letters and digits without case."""
    return _key(text) if len(text) <= _REMEMBERED else _key.__wrapped__(text)


@lru_cache(maxsize=4_096)
def _key(text: str) -> str:
    folded = text.casefold()
    plain = "".join(folded.split()) if len(text) <= _LABEL else ""
    return plain if plain.isalnum() else "".join(_WORD.findall(folded))


def word_count(text: str) -> int:
    """The number of words; where a script does not part them (Chinese, Japanese, Thai), two characters count as one."""
    return _count(text) if len(text) <= _REMEMBERED else _count.__wrapped__(text)


@lru_cache(maxsize=4_096)
def _count(text: str) -> int:
    if text.isascii():
        return len(_WORD.findall(text))
    ideograms = len(_IDEOGRAM.findall(text))
    return len(_WORD.findall(_IDEOGRAM.sub(" ", text) if ideograms else text)) + ideograms // 2


class Line(NamedTuple):
    """One block of text, and how it is set.

    `style` is its tag and class, `place` those of the elements around it. `is_linked`: it is all one link, or links;
    `in_chrome`: it stands in a menu, a form, a footer or beside the article. `row` is a number that the cells of one
    row of a table share, `listing` one that the lines of one list do, -1 elsewhere. `within` is the number of the
    element that is around it, or around its list.
    """

    text: str
    style: str = ""
    place: str = ""
    is_heading: bool = False
    is_linked: bool = False
    in_chrome: bool = False
    row: int = -1
    listing: int = -1
    within: int = -1


def lines_of(walk: Walk) -> list[Line]:
    """The blocks of a walk as lines, in the same order."""
    styles = [f"{tag}.{name}" for tag, name in zip(walk.tags, walk.classes, strict=True)]
    layout = _layout(walk)
    chrome = [tag in _CHROME for tag in walk.tags]
    for node, parent in enumerate(walk.parents):
        chrome[node] = chrome[node] or (parent >= 0 and chrome[parent])
    listings = _listings(walk)
    settings: dict[int, tuple[str, str, bool, bool, int, int, int]] = {}
    lines = []
    for block in walk.blocks:
        at = block.node
        if at not in settings:
            around = list(islice(walk.around(at), _AROUND))
            tags = [walk.tags[node] for node in around]
            place = ">".join([styles[node] for node in reversed(around)])
            row = around[tags.index("tr")] if "tr" in tags else -1
            row = -1 if row in layout else row
            listing = listings[at]
            within = walk.parents[at if listing < 0 else listing]
            settings[at] = styles[at], place, not HEADINGS.isdisjoint(tags), chrome[at], row, listing, within
        style, place, is_heading, in_chrome, row, listing, within = settings[at]
        is_linked = block.linked >= _LINKED_SHARE * len(block.text)
        lines.append(Line(block.text, style, place, is_heading, is_linked, in_chrome, row, listing, within))
    return lines


def _listings(walk: Walk) -> list[int]:
    """Of each node the innermost list that it stands in, -1 where there is none."""
    found: list[int] = []
    for node, (tag, parent) in enumerate(zip(walk.tags, walk.parents, strict=True)):
        found.append(node if tag in _LISTS else found[parent] if parent >= 0 else -1)
    return found


def _layout(walk: Walk) -> frozenset[int]:
    """The rows of tables that set out a page instead of figures: those that hold headings, tables, or one cell each."""
    if "tr" not in walk.tags:
        return frozenset()
    tables: dict[int, int] = {}
    rows: dict[int, int] = {}
    cells: Counter[int] = Counter()
    set_out: set[int] = set()
    for node, (tag, parent) in enumerate(zip(walk.tags, walk.parents, strict=True)):
        table = tables[node] = node if tag == "table" else tables.get(parent, -1)
        rows[node] = -1 if tag == "table" else node if tag == "tr" else rows.get(parent, -1)
        if tag in HEADINGS:
            set_out.add(table)
        elif tag == "table" and parent >= 0:
            set_out.add(tables[parent])
        elif tag in _CELLS and walk.first[node] < walk.end[node]:
            cells[rows[node]] += 1
    wide = {tables[row] for row, count in cells.items() if count > 1 and row >= 0}
    return frozenset(
        row for row, at in rows.items() if row == at and (tables[row] in set_out or tables[row] not in wide)
    )


def page_lines(tree: HtmlElement) -> list[Line]:
    """The lines under an element, top to bottom, without those of scripts, buttons and the like."""
    return lines_of(walked(tree))
