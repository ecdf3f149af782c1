"""The body of an article: the blocks that the model takes for it, its section headings kept, as plain paragraphs.

Where the model takes nothing, or next to nothing, trafilatura is asked.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import trafilatura
from lxml import etree
from trafilatura.settings import Document as Extracted

from extraction.aftermath import end_of
from extraction.boilerplate import after_the_end
from extraction.boxes import boxed
from extraction.consent import consent_lines
from extraction.document import Document
from extraction.features import Told
from extraction.furniture import Known
from extraction.gaps import likely_lists, lost_edges, lost_items, lost_lead, lost_paragraphs
from extraction.headings import contents_run, lost_headings
from extraction.likelihood import likelihoods
from extraction.lines import PROSE, Line, page_lines, tidy, word_count
from extraction.memory import recurring
from extraction.placing import Placed, placed, run_of, taken
from extraction.selectors import selected
from news.guidance import UNGUIDED, Guidance

_BLOCKS = frozenset({"p", "head", "quote", "list", "item", "table", "row", "code", "div", "lb", "body"})
# The likelihood from which a block raises the F1 that is expected of the page, as a share of that F1: half of it, were
# the odds exact. So where little is sure, more is taken, rather than nothing.
_LIKELY = 0.55
_LIKELY_CELL = 0.3  # on the average of a table
_FEWEST_WORDS = 25
_MOST_TITLES = 3
_LEAST_SURE = 0.4  # where the model has found nothing
_MOST_ELEMENTS = 10_000  # trafilatura takes ever longer for each
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
    if document.walk.elements > _MOST_ELEMENTS:
        return []
    found = trafilatura.bare_extraction(
        document.tree, url=document.url, include_comments=False, favor_precision=not fast, fast=fast
    )
    if not isinstance(found, Extracted) or found.body is None:
        return []
    return [text for block in _blocks(found.body) if (text := tidy(block))]


def declared_body(document: Document) -> list[str]:
    """The body that JSON-LD gives, as paragraphs where it parts them."""
    whole = "\n".join(document.data.get("articleBody", ()))
    text = _TAGS.sub("\n", html.unescape(whole)) if "<" in whole or "&" in whole else whole
    return [line for part in text.splitlines() if (line := tidy(part))]


class Body(NamedTuple):
    """The body's paragraphs and headings in order, and the F1 that is expected of them.

    `parts` are the lines that each paragraph is made of, with who took them. `gone` are lines that were taken and went
    again, and why; `odds` what the model says of each line, `least` what one of the article's has, `voted` whether
    trafilatura took it, where it was asked.
    `is_ruled`: the user's own rule has chosen it; `misses`: that rule selects nothing on this page. `recurring` are
    the lines that went because other articles of the site have them.
    """

    paragraphs: list[str]
    sureness: float
    parts: Sequence[Sequence[Placed]] = ()
    gone: Mapping[int, str] = {}
    odds: Sequence[float] = ()
    least: float = _LIKELY
    voted: Sequence[bool] = ()
    is_ruled: bool = False
    misses: bool = False
    recurring: frozenset[int] = frozenset()


def composed(placed_: Sequence[Placed], declared: Sequence[str], lines: Sequence[Line], sureness: float = 1.0) -> Body:
    """The paragraphs that were taken up to the article's end, with what was lost among them.

    JSON-LD's own body, plain as it is, counts only where they have less than half of it. Nothing stays of a list of
    contents.
    """
    if sum(len(paragraph.text) for paragraph in placed_) * 2 < sum(map(len, declared)):
        return Body(list(declared), sureness, [[Placed(-1, text, "JSON-LD body used")] for text in declared])
    links = frozenset(at for at, line in enumerate(lines) if line.is_linked and not line.is_heading)
    run = contents_run([line.text for line in lines], links)
    found = [paragraph for paragraph in placed_ if paragraph.at not in run]
    gone = {paragraph.at: "list of contents" for paragraph in placed_ if paragraph.at in run}
    end = end_of(found, lines)
    if end is not None:
        gone |= dict.fromkeys((at for at in taken(found) if at >= end), after_the_end(lines[end].text))
        found = [paragraph for paragraph in found if paragraph.at < end]
    parts = list(_joined(_with_what_was_lost(found, lines, run), lines))
    return Body([" | ".join(part.text for part in each) for each in parts], sureness, parts, gone)


def _with_what_was_lost(found: Sequence[Placed], lines: Sequence[Line], run: range) -> list[Placed]:
    """The paragraphs, the gaps between them and the headings over them, in the page's order."""
    own = taken(found)
    own |= (gaps := frozenset((*lost_paragraphs(lines, own), *lost_items(lines, own))))
    filled = [Placed(at, lines[at].text, "gap filled") for at in gaps]
    over = [Placed(at, lines[at].text, "heading kept: text under it is") for at in lost_headings(lines, own, run)]
    return sorted((*found, *filled, *over), key=lambda paragraph: paragraph.at)


def _joined(paragraphs: Iterable[Placed], lines: Sequence[Line]) -> Iterator[list[Placed]]:
    """What makes one paragraph each; the cells of a table's row do."""
    cells: list[Placed] = []
    row = -1
    for paragraph in paragraphs:
        own = lines[paragraph.at].row if paragraph.at >= 0 and word_count(paragraph.text) < PROSE else -1
        if cells and (own != row or own < 0):
            yield cells
            cells = []
        cells.append(paragraph)
        row = own
    if cells:
        yield cells


def body_of(document: Document, known: Known, guidance: Guidance = UNGUIDED) -> Body:
    """The body under one of the titles that are known; boilerplate may still be among its paragraphs."""
    ruled = _ruled(document, guidance.rules.body) if guidance.rules.body else None
    if ruled is not None:
        return ruled
    declared = declared_body(document)
    found = likelihoods(document.walk, told(document, known.other_titles, declared), lambda: votes_of(document))
    sure = found.sureness
    least = _LIKELY * sure
    others = recurring(guidance.memory, document.lines, found.odds, least)
    consent = consent_lines(document.walk, document.lines)
    odds = [0.0 if at in others or at in consent else odd for at, odd in enumerate(found.odds)]
    own = _own(odds, document, least, known)
    if sum(word_count(paragraph.text) for paragraph in own) < _FEWEST_WORDS:
        sure = _LEAST_SURE
        own = placed(_extracted(document, fast=False), document.lines, "fallback: trafilatura")
    boxes = {**boxed(document.walk, document.lines, sorted(taken(own)), found.odds), **consent}
    own = [paragraph for paragraph in own if paragraph.at not in boxes]
    body = _without(_left(composed(own, declared, document.lines, sure), boxes), others)
    return body._replace(odds=found.odds, least=least, voted=found.voted, misses=bool(guidance.rules.body))


def _own(odds: Sequence[float], document: Document, least: float, known: Known) -> list[Placed]:
    """The lines that are at least so likely the article's, and its lead."""
    lines = document.lines
    at_once = chosen(odds, lines, least)
    lead = [Placed(at, lines[at].text, "lead") for at in lost_lead(odds, document.walk, lines, at_once, known)]
    own = [*lead, *(Placed(at, lines[at].text, "model") for at in at_once)]
    return sorted(own, key=lambda paragraph: paragraph.at)


def _left(body: Body, why: Mapping[int, str]) -> Body:
    """The body without the lines that have gone for such reasons, were gaps filled with them."""
    parts = [left for each in body.parts if (left := [part for part in each if part.at not in why])]
    return body._replace(
        paragraphs=[" | ".join(part.text for part in each) for each in parts], parts=parts, gone={**body.gone, **why}
    )


def _without(body: Body, others: Mapping[int, int]) -> Body:
    """The body without lines that recur on the site, which the filling of gaps may have brought back.

    `others` says on how many other articles each of them stands.
    """
    if not others:
        return body
    parts = [left for each in body.parts if (left := [part for part in each if part.at not in others])]
    why = {at: f"stands on {count} other articles of the site" for at, count in others.items()}
    paragraphs = [" | ".join(part.text for part in each) for each in parts]
    return body._replace(paragraphs=paragraphs, parts=parts, gone={**body.gone, **why}, recurring=frozenset(others))


def _ruled(document: Document, css: str) -> Body | None:
    """The body that the user's selector says, all of it; None where it selects no text."""
    own: list[Placed] = []
    for element in selected(document.tree, css):
        texts = [line.text for line in page_lines(element)]
        run = run_of(texts, document.lines, start=own[-1].at + 1 if own else 0)
        own += [Placed(at, text, "rule body") for at, text in zip(run, texts, strict=True)]
    if not own:
        return None
    parts = list(_joined(own, document.lines))
    return Body([" | ".join(part.text for part in each) for each in parts], 1.0, parts, is_ruled=True)


def chosen(odds: Sequence[float], lines: Sequence[Line], least: float) -> list[int]:
    """The numbers of the lines that are at least so likely the article's.

    The cells of a table, which say little one by one, are so together or not at all, if they stand within the article.
    """
    own = [at for at, likelihood in enumerate(odds) if likelihood >= least]
    own += likely_lists(odds, lines, frozenset(own))
    own += lost_edges(odds, lines, frozenset(own))
    own.sort()
    between = range(own[0], own[-1] + 1) if own else ()
    for is_table, numbers in groupby(between, key=lambda at: lines[at].row >= 0):
        cells = list(numbers)
        if is_table and sum(odds[at] for at in cells) >= _LIKELY_CELL * len(cells):
            own += cells
    return sorted(set(own))


def told(document: Document, titles: Sequence[str], declared: Sequence[str]) -> Told:
    """What the page's metadata tells the model of its text."""
    return Told(
        titles=tuple(titles[:_MOST_TITLES]),
        description=document.first("og:description", "description"),
        declared="\n".join(declared),
    )


def votes_of(document: Document) -> list[str]:
    """The paragraphs that trafilatura takes in its fast mode, which the model is told where it is unsure."""
    return _extracted(document, fast=True)
