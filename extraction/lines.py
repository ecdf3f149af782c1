"""The lines of a page in reading order: what a reader sees as one block of text, and what the markup says of it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# What keeps its text on the line that it stands in; everything else begins a new one.
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "picture", "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
_UNREAD = frozenset({
    "button", "head", "iframe", "math", "noscript", "object", "script", "select", "style", "svg", "template",
    "textarea",
})  # fmt: skip
_CHROME = frozenset({"nav", "footer", "form", "aside", "dialog"})
PROSE = 15  # words from which a line is prose and no furniture
_LINKED_SHARE = 0.8
_AROUND = 3  # elements

# Control and invisible characters that no reader sees; the joiners that Persian and emoji need are left.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u2060\ufeff]")
_IDEOGRAM = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def tidy(text: str) -> str:
    """The text in Unicode's composed form (NFC), its white space single spaces, invisible characters gone."""
    return unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", text).split()))


def key(text: str) -> str:
    """What two lines that read the same have in common: letters and digits without case."""
    return "".join(_WORD.findall(text.casefold()))


def word_count(text: str) -> int:
    """The number of words; where a script does not part them (Chinese, Japanese, Thai), two characters count as one."""
    ideograms = len(_IDEOGRAM.findall(text))
    return len(_WORD.findall(_IDEOGRAM.sub(" ", text))) + ideograms // 2


@dataclass(frozen=True, slots=True)
class Line:
    """One block of text, and how it is set.

    `style` is its tag and class, `place` those of the elements around it. `is_linked`: it is all one link, or links;
    `in_chrome`: it stands in a menu, a form, a footer or beside the article.
    """

    text: str
    style: str = ""
    place: str = ""
    is_heading: bool = False
    is_linked: bool = False
    in_chrome: bool = False


class _Reader:
    """Gathers text until a block begins or ends, then turns what it has into a line."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._linked = 0
        self._blocks: list[HtmlElement] = []
        self._links = 0
        self._chrome = 0

    def read(self, text: str | None) -> None:
        if text:
            self._parts.append(text)
            self._linked += len(text.strip()) if self._links else 0

    def enter(self, element: HtmlElement) -> Iterator[Line]:
        if element.tag not in _INLINE:
            yield from self.flush()
            self._blocks.append(element)
        self._links += element.tag == "a"
        self._chrome += element.tag in _CHROME
        self.read(element.text)

    def leave(self, element: HtmlElement) -> Iterator[Line]:
        if element.tag not in _INLINE:
            yield from self.flush()
            self._blocks.pop()
        self._links -= element.tag == "a"
        self._chrome -= element.tag in _CHROME

    def flush(self) -> Iterator[Line]:
        text = tidy("".join(self._parts))
        if text:
            styles = [f"{block.tag}.{block.get('class', '')}" for block in self._blocks[-_AROUND:]]
            is_heading = any(block.tag in HEADINGS for block in self._blocks[-_AROUND:])
            is_linked = self._linked >= _LINKED_SHARE * len(text)
            yield Line(text, (styles or [""])[-1], ">".join(styles), is_heading, is_linked, self._chrome > 0)
        self._parts.clear()
        self._linked = 0


def page_lines(tree: HtmlElement) -> Iterator[Line]:
    """The lines under an element, top to bottom, without those of scripts, buttons and the like."""
    reader = _Reader()
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start" and element.tag in _UNREAD:
            walk.skip_subtree()
        elif event == "start":
            yield from reader.enter(element)
        elif event == "end" and element.tag not in _UNREAD:
            yield from reader.leave(element)
        if event != "start" and element is not tree:
            reader.read(element.tail)
    yield from reader.flush()
