"""The blocks of a page in reading order, and the elements that they stand in, from one walk over its tree.

A block is what a reader sees as one run of text; the nodes are the elements that begin a new one. Everything that is
asked of a page's text later, by rules or by the model, is asked of these.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

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
_WRITTEN = frozenset({"text", "email", "submit"})  # fields, which ask a reader for more than a choice
_OUTERMOST = "body"
_BOLD = frozenset({"b", "strong"})
# What a browser does not show, as far as the page itself says so.
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")

_SIGNED = re.compile(
    r"uthor|yline|writer|username|posted-by|submitted-by|journalist|screenname|channel-name|\b(?:byl|BBL)\b"
)
_HIDING = frozenset({"style", "hidden", "aria-hidden"})
_CALLED = frozenset({"class", "id", "itemprop", "role", "rel", "data-testid", "data-component"})

# Control and invisible characters that no reader sees; the joiners that Persian and emoji need are left.
_LONG = 1_000  # characters
_HIGHEST_PILE = 30  # marks on one letter, as Unicode's format for streams has it
_PILE = re.compile(rf"[^\w\s\x00-\x7f]{{{_HIGHEST_PILE + 1},}}")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u2060\ufeff]")


def tidy(text: str) -> str:
    """The text in Unicode's composed form (NFC), its white space single spaces, invisible characters gone."""
    spaced = " ".join(text.split())
    if spaced.isprintable():
        return spaced if spaced.isascii() else _composed(spaced)
    return _composed(" ".join(_INVISIBLE.sub("", text).split()))


def _composed(text: str) -> str:
    """The text in NFC. Of marks piled up without end, which take the square of their number to order, 30 are kept."""
    if len(text) > _LONG:
        text = _PILE.sub(_lowered, text)
    return unicodedata.normalize("NFC", text)


def _lowered(pile: re.Match[str]) -> str:
    marks = (at for at, sign in enumerate(pile[0]) if unicodedata.combining(sign))
    dropped = frozenset(islice(marks, _HIGHEST_PILE, None))
    return "".join(sign for at, sign in enumerate(pile[0]) if at not in dropped)


class Block(NamedTuple):
    """A run of text. `node` is the number of its innermost node; `linked` and `bold` are characters of its text.

    `name` is the class of the inline element that it begins with.
    """

    text: str
    node: int
    linked: int = 0
    bold: int = 0
    name: str = ""


@dataclass(slots=True)
class Walk:
    """Blocks and nodes in reading order. Of each node: its parent's number (-1 above the first), tag, class and id.

    `names` are all telling attributes of it in one string. `first` and `end` say which blocks stand in it, `end` not
    among them. `signed` are the elements, nodes or not, that are called a byline; `pictures` the nodes that pictures
    stand in, `fields` those to write in and send off; `elements`, how many were walked.
    """

    blocks: list[Block] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    signed: list[HtmlElement] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    fields: list[int] = field(default_factory=list)
    elements: int = 0

    def around(self, node: int) -> Iterator[int]:
        """The node, the one around it, and so on to the outermost."""
        while node >= 0:
            yield node
            node = self.parents[node]


def beginning(walk: Walk, count: int) -> Walk:
    """The walk as far as its first so many blocks."""
    blocks = walk.blocks[:count]
    nodes = max((block.node for block in blocks), default=-1) + 1
    ends = [min(end, len(blocks)) for end in walk.end[:nodes]]
    return Walk(
        blocks,
        parents=walk.parents[:nodes],
        tags=walk.tags[:nodes],
        classes=walk.classes[:nodes],
        names=walk.names[:nodes],
        first=walk.first[:nodes],
        end=ends,
        signed=walk.signed,
        elements=walk.elements,
    )


class _Walker:
    """Gathers text until a node begins or ends, then turns what it has into a block."""

    def __init__(self) -> None:
        self.walk = Walk()
        self._node = -1
        self._parts: list[str] = []
        self._links = self._bolds = 0
        self._linked = self._bold = 0
        self._name = ""

    def read(self, text: str) -> None:
        self._parts.append(text)
        if self._links:
            self._linked += len(text.strip())
        if self._bolds:
            self._bold += len(text.strip())

    def begin(self, root: HtmlElement) -> None:
        """Enter the outermost element, which is a node whatever its tag."""
        self._enter_node(root, root.tag)
        if root.text:
            self.read(root.text)

    def enter(self, element: HtmlElement, tag: str) -> None:
        if tag not in _INLINE:
            self._enter_node(element, tag)
        else:
            self._enter_inline(element, tag)
        if text := element.text:
            self.read(text)

    def leave(self, tag: str) -> None:
        if tag not in _INLINE:
            self.flush()
            self.walk.end[self._node] = len(self.walk.blocks)
            self._node = self.walk.parents[self._node]
        elif tag == "a":
            self._links -= 1
        elif tag in _BOLD:
            self._bolds -= 1

    def flush(self) -> None:
        if self._parts:
            text = tidy("".join(self._parts))
            if text:
                self.walk.blocks.append(Block(text, self._node, self._linked, self._bold, self._name))
            self._parts.clear()
            self._linked = self._bold = 0
        self._name = ""

    def _enter_inline(self, element: HtmlElement, tag: str) -> None:
        name = element.get("class")
        if tag == "a":
            self._links += 1
            if element.get("rel") == "author":
                name = f"{name} author"
        elif tag in _BOLD:
            self._bolds += 1
        elif tag == "img":
            self.walk.pictures.append(self._node)
        elif tag == "span" and (prop := element.get("itemprop")):
            name = f"{name} {prop}"
        if name:
            if _is_signed(name):
                self.walk.signed.append(element)
            if not self._name and not self._parts:
                self._name = name

    def _enter_node(self, element: HtmlElement, tag: str) -> None:
        self.flush()
        walk = self.walk
        walk.parents.append(self._node)
        self._node = len(walk.tags)
        walk.tags.append(tag)
        attributes = element.items()
        if tag == "input" and element.get("type", "text") in _WRITTEN:
            walk.fields.append(self._node)
        name = _name(attributes) if attributes else ""
        if name and _is_signed(name):
            walk.signed.append(element)
        walk.classes.append((element.get("class") or "") if name else "")
        walk.names.append(name)
        walk.first.append(len(walk.blocks))
        walk.end.append(0)


@lru_cache(maxsize=10_000)
def _is_signed(name: str) -> bool:
    return _SIGNED.search(name) is not None


def _is_hidden(name: str, value: str) -> bool:
    is_styled = name == "style" and _HIDDEN_STYLE.search(value) is not None
    return is_styled or name == "hidden" or (name == "aria-hidden" and value == "true")


def _name(attributes: list[tuple[str, str]]) -> str:
    """What an element's makers call it, in one string; what they hide is called `hidden`."""
    parts = []
    for name, value in attributes:
        if name in _CALLED:
            parts.append(value)
        elif name in _HIDING and _is_hidden(name, value):
            parts.append("hidden")
    return " ".join(parts)


def _is_left_open(element: HtmlElement, tag: str) -> bool:
    """Whether it is a button that was never closed, so that the parser has put the rest of the page into it."""
    return tag == "button" and next(element.iter("p", "h1"), None) is not None


def _is_shadow(element: HtmlElement) -> bool:
    """Whether a template is one that a browser shows at once, as the inside of the element around it."""
    return element.tag == "template" and element.get("shadowrootmode") is not None


def walked(root: HtmlElement) -> Walk:
    """The blocks under an element, top to bottom, without those of scripts, buttons and the like."""
    walker = _Walker()
    walker.begin(root)
    stack = [(_OUTERMOST, None, iter(root))]
    elements = 1
    while stack:
        tag, after, children = stack[-1]
        for child in children:
            name = child.tag
            elements += 1
            if not isinstance(name, str) or (name in _UNREAD and not (_is_left_open(child, name) or _is_shadow(child))):
                if tail := child.tail:
                    walker.read(tail)
                continue
            walker.enter(child, name)
            if len(child):
                stack.append((name, child.tail, iter(child)))
                break
            walker.leave(name)
            if tail := child.tail:
                walker.read(tail)
        else:
            stack.pop()
            walker.leave(tag)
            if after:
                walker.read(after)
    walker.walk.elements = elements
    return walker.walk
