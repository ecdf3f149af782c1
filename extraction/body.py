"""The body of an article: the blocks that the model takes for it, its section headings kept, as plain paragraphs.

Where the model takes nothing, or next to nothing, trafilatura is asked.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import trafilatura
from lxml import etree
from trafilatura.settings import Document as Extracted

from extraction.aftermath import without_aftermath
from extraction.document import Document
from extraction.features import Told
from extraction.gaps import lost_paragraphs
from extraction.headings import contents_run, lost_headings
from extraction.likelihood import likelihoods
from extraction.lines import PROSE, Line, tidy, word_count
from extraction.placing import Placed, placed, taken
from extraction.titles import candidates
from news.guidance import UNGUIDED, Guidance

_BLOCKS = frozenset({"p", "head", "quote", "list", "item", "table", "row", "code", "div", "lb", "body"})
_LIKELY = 0.55
_LIKELY_CELL = 0.3  # on the average of a table
_FEWEST_WORDS = 25
_MOST_NODES = 20_000  # trafilatura takes ever longer for each
_TAGS = re.compile(r"<[^<>]{1,500}>")


def _blocks(body: etree._Element) -> Iterator[str]:
    """The text of each innermost block of trafilatura's tree; a table's row is one block, its cells parted by bars."""
    parts: list[str] = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if element.tag in _BLOCKS:
            yield "".join(parts)
            parts.clear()
        if event == "start":
            parts.append(" | " if element.tag == "cell" and any(map(str.strip, parts)) else "")
            parts.append(element.text or "")
        elif element is not body:
            parts.append(element.tail or "")
    yield "".join(parts)


def _extracted(document: Document, *, fast: bool) -> list[str]:
    """What trafilatura takes: all it can for precision, or what it finds in a hurry.

    Nothing of a page so large that it would take minutes.
    """
    if len(document.walk.tags) > _MOST_NODES:
        return []
    found = trafilatura.bare_extraction(
        document.tree, url=document.url, include_comments=False, favor_precision=not fast, fast=fast
    )
    if not isinstance(found, Extracted) or found.body is None:
        return []
    return [text for block in _blocks(found.body) if (text := tidy(block))]


def _declared(document: Document) -> list[str]:
    """The body that JSON-LD gives, as paragraphs where it parts them."""
    whole = "\n".join(document.data.get("articleBody", ()))
    text = _TAGS.sub("\n", html.unescape(whole)) if "<" in whole or "&" in whole else whole
    return [line for part in text.splitlines() if (line := tidy(part))]


def composed(extracted: Sequence[str], declared: Sequence[str], lines: Sequence[Line]) -> list[str]:
    """The extracted paragraphs up to the article's end, with what was lost among them.

    JSON-LD's own body, plain as it is, counts only where the extraction has less than half of it.
    """
    return _or_declared(extracted, declared) or _completed(placed(extracted, lines), lines)


def _or_declared(extracted: Iterable[str], declared: Sequence[str]) -> list[str]:
    """The declared body where the extraction has less than half of it, else nothing."""
    return list(declared) if sum(map(len, extracted)) * 2 < sum(map(len, declared)) else []


def _completed(paragraphs: Sequence[Placed], lines: Sequence[Line]) -> list[str]:
    """The paragraphs up to the article's end, with what was lost among them; of a list of contents, nothing."""
    run = contents_run([line.text for line in lines])
    found = without_aftermath([paragraph for paragraph in paragraphs if paragraph.at not in run], lines)
    own = taken(found)
    own |= (gaps := frozenset(lost_paragraphs(lines, own)))
    lost = [Placed(at, lines[at].text) for at in (*gaps, *lost_headings(lines, own))]
    return list(_joined(sorted((*found, *lost), key=lambda paragraph: paragraph.at), lines))


def _joined(paragraphs: Iterable[Placed], lines: Sequence[Line]) -> Iterator[str]:
    """The paragraphs' texts; the cells of a table's row are one, parted by bars."""
    cells: list[str] = []
    row = -1
    for paragraph in paragraphs:
        own = lines[paragraph.at].row if paragraph.at >= 0 and word_count(paragraph.text) < PROSE else -1
        if cells and (own != row or own < 0):
            yield " | ".join(cells)
            cells = []
        cells.append(paragraph.text)
        row = own
    if cells:
        yield " | ".join(cells)


def paragraphs(document: Document, guidance: Guidance = UNGUIDED) -> list[str]:
    """The body's paragraphs and headings in order; boilerplate may still be among them."""
    declared = _declared(document)
    found = likelihoods(document.walk, told(document), lambda: votes_of(document))
    own = [Placed(at, document.lines[at].text) for at in chosen(found.odds, document.lines)]
    if sum(word_count(paragraph.text) for paragraph in own) < _FEWEST_WORDS:
        return composed(_extracted(document, fast=False), declared, document.lines)
    return _or_declared((paragraph.text for paragraph in own), declared) or _completed(own, document.lines)


def chosen(odds: Sequence[float], lines: Sequence[Line]) -> list[int]:
    """The numbers of the lines that are likely the article's.

    The cells of a table, which say little one by one, are so together or not at all, if they stand within the article.
    """
    own = [at for at, likelihood in enumerate(odds) if likelihood >= _LIKELY]
    between = range(own[0], own[-1] + 1) if own else ()
    for is_table, numbers in groupby(between, key=lambda at: lines[at].row >= 0):
        cells = list(numbers)
        if is_table and sum(odds[at] for at in cells) >= _LIKELY_CELL * len(cells):
            own += cells
    return sorted(set(own))


def told(document: Document) -> Told:
    """What the page's metadata tells the model of its text."""
    return Told(
        titles=tuple(candidates(document)[:3]),
        description=document.first("og:description", "description"),
        declared="\n".join(_declared(document)),
    )


def votes_of(document: Document) -> list[str]:
    """The paragraphs that trafilatura takes in its fast mode, which the model is told where it is unsure."""
    return _extracted(document, fast=True)
