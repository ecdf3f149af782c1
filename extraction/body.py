"""The body of an article: what trafilatura takes for it, its section headings kept, as plain paragraphs."""

import html
import re
from collections.abc import Iterator, Sequence

import trafilatura
from lxml import etree
from trafilatura.settings import Document as Extracted

from extraction.aftermath import without_aftermath
from extraction.document import Document
from extraction.gaps import lost_paragraphs
from extraction.headings import lost_headings
from extraction.lines import Line, tidy
from extraction.placing import Placed, placed, taken

_BLOCKS = frozenset({"p", "head", "quote", "list", "item", "table", "row", "code", "div", "lb", "body"})
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


def _extracted(document: Document) -> list[str]:
    found = trafilatura.bare_extraction(document.tree, url=document.url, include_comments=False, favor_precision=True)
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
    if sum(map(len, extracted)) * 2 < sum(map(len, declared)):
        return list(declared)
    found = without_aftermath(placed(extracted, lines), lines)
    own = taken(found)
    own |= (gaps := frozenset(lost_paragraphs(lines, own)))
    lost = [Placed(at, lines[at].text) for at in (*gaps, *lost_headings(lines, own))]
    return [paragraph.text for paragraph in sorted((*found, *lost), key=lambda paragraph: paragraph.at)]


def paragraphs(document: Document) -> list[str]:
    """The body's paragraphs and headings in order; boilerplate may still be among them."""
    return composed(_extracted(document), _declared(document), document.lines)
