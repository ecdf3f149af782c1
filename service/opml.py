"""OPML, by which readers of news hand each other their subscriptions: versions 1.0, 1.1 and 2.0 read, 2.0 written.

All that OPML says stands in the attributes of its outlines, so these tags are read and nothing else: in linear time,
each with its line, a broken one without harm to the next, and nothing that a file names is fetched or expanded. An XML
parser gives up after an error or mends it beyond recognition (half of a URL is still a URL), counts lines to 65,535,
and takes minutes for a tag of a million attributes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.entities import html5
from xml.sax.saxutils import quoteattr

from crawler.markup import root_name
from news.errors import ConfigError
from news.text import clip
from service.subscription import MOST_SUBSCRIPTIONS, Flaw, Listing, Subscription, too_many

_NAMESPACE = "urn:vigie:opml"
_OWN_URL = "vigie:url"
_DEEPEST_FOLDER = 20
_LOOKED_BACK = 4_096
# Comments, CDATA sections and instructions hold no outlines; those that never end hold all the rest.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    r"|<(?P<slash>/?)(?:[\w.-]++:)?(?P<outline>(?i:outline))(?=[\s/>])"
    r"""(?P<inside>(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)(?P<end>>?)""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s=<>"'/]++)\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)')"""
    r"""|(?P<junk>"[^"]*+"|'[^']*+'|[^\s"'=/]++|[=/])"""
)
_REFERENCE = re.compile(r"&(?:#(?P<decimal>\d{1,7})|#[xX](?P<hexadecimal>[\da-fA-F]{1,6})|(?P<name>[A-Za-z]\w{0,39}));")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# What XML allows and a terminal may obey: written as numbers.
_STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_URLS = (_OWN_URL, "xmlurl", "htmlurl", "url")
_OF_FOLDERS = frozenset({"text", "title"})
_BROKEN = "this outline is not well written: what can be read of it is taken"


def read_opml(text: str) -> Listing:
    """What an OPML file lists, in its order, read as far as it can be; lines end in a line feed.

    Raises ConfigError where it is something else, or declares entities, which are for bombs and for reading the
    machine's own files.
    """
    if re.search("<!ENTITY", text, re.IGNORECASE):
        raise ConfigError("the file declares entities of its own, which Vigie refuses", "subscriptions need none")
    _refuse_others(root_name(text))
    outlines = _Outlines()
    for found, line in _tags(text):
        if not found["outline"]:
            outlines.flaws.append(Flaw(line, "", "what begins here never ends, and hides the rest of the file"))
            return outlines.listing()
        if outlines.count == MOST_SUBSCRIPTIONS:
            outlines.flaws.append(too_many(line))
            return outlines.listing()
        outlines.take(found, line)
    if "</opml" not in text[-_LOOKED_BACK:].lower():
        outlines.flaws.append(Flaw(text.rstrip().count("\n") + 1, "", "the file breaks off here"))
    else:
        outlines.end()
    return outlines.listing()


def _refuse_others(root: str) -> None:
    kind = root.lower()
    if kind == "opml":
        return
    if kind in ("rss", "feed", "rdf"):
        raise ConfigError("the file is a feed, no OPML", "add it by its address: vigie source add URL")
    raise ConfigError(
        f"the file is no OPML: it begins with <{root}>" if root else "the file is no OPML, and no list of URLs",
        "export the subscriptions of the other reader as OPML, or write one URL a line",
    )


def _tags(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """The tags of outlines, and a comment or the like that never ends; each with the line where it begins."""
    line, counted = 1, 0
    for found in _TAG.finditer(text):
        if found["outline"] or not found.group().endswith(("-->", "]]>", "?>")):
            line += text.count("\n", counted, found.start())
            counted = found.start()
            yield found, line


@dataclass(slots=True)
class _Outline:
    """An outline that is open: where it began, what it says by names in lower case, and whether others are in it."""

    line: int
    said: dict[str, str]
    holds_others: bool = False

    @property
    def name(self) -> str:
        return self.said.get("title") or self.said.get("text") or ""

    @property
    def url(self) -> str:
        """The feed before the home page: it is what was subscribed to, and works at once."""
        return next((self.said[name] for name in _URLS if self.said.get(name)), "")

    @property
    def is_include(self) -> bool:
        return self.said.get("type", "").lower() == "include"

    @property
    def lacks_url(self) -> bool:
        """An empty folder says but its name; whatever says more and holds no others should name a URL."""
        return not (self.holds_others or self.url or self.is_include or self.said.keys() <= _OF_FOLDERS)


class _Outlines:
    """What the outlines have said so far, and which of them are open."""

    def __init__(self) -> None:
        self.count = 0
        self.flaws: list[Flaw] = []
        self._found: list[Subscription] = []
        self._open: list[_Outline] = []
        self._is_unbalanced = False

    def take(self, found: re.Match[str], line: int) -> None:
        """Take the next tag."""
        if found["slash"]:
            self._close(line)
            return
        self.count += 1
        inside = found["inside"].rstrip()
        said, is_whole = _attributes(inside.removesuffix("/"))
        outline = _Outline(line, said)
        self._read(outline)
        if self._open:
            self._open[-1].holds_others = True
        self._open.append(outline)
        if not (is_whole and found["end"]):
            self.flaws.append(Flaw(line, "", _BROKEN))
        if inside.endswith("/") or not found["end"]:
            self._close(line)

    def _read(self, one: _Outline) -> None:
        if one.is_include:
            self.flaws.append(Flaw(one.line, one.url, "this is another file of subscriptions: fetch and import it too"))
        elif one.url:
            folders = tuple(around.name for around in self._open[:_DEEPEST_FOLDER] if around.name)
            home = one.said.get("htmlurl", "")
            self._found.append(Subscription(one.url, one.name, home=home, folders=folders, line=one.line))

    def _close(self, line: int) -> None:
        if not self._open:
            if not self._is_unbalanced:
                self.flaws.append(Flaw(line, "", "this closes an outline that was never opened"))
            self._is_unbalanced = True
            return
        closed = self._open.pop()
        if closed.lacks_url:
            name = repr(clip(closed.name, 100)) if closed.name else "this outline"
            self.flaws.append(Flaw(closed.line, "", f"{name} names no URL"))

    def end(self) -> None:
        """Tell of what is still open at the end of the file."""
        if self._open:
            self.flaws.append(Flaw(self._open[-1].line, "", "this outline is never closed: its folders may be others'"))

    def listing(self) -> Listing:
        """All of it."""
        return Listing(tuple(self._found), tuple(sorted(self.flaws, key=lambda flaw: flaw.line)))


def _attributes(inside: str) -> tuple[dict[str, str], bool]:
    """What a tag says, by names in lower case (of two alike, the first), and whether it is well written."""
    said: dict[str, str] = {}
    is_whole = True
    for found in _ATTRIBUTE.finditer(inside):
        if found["junk"]:
            is_whole = False
            continue
        value = found["double"] if found["double"] is not None else found["single"]
        said.setdefault(found["name"].lower(), _REFERENCE.sub(_character, value).strip())
    return said, is_whole


def _character(found: re.Match[str]) -> str:
    """What a reference stands for, in XML or HTML; a name that nobody knows, or that begins a parameter, stays."""
    if found["name"]:
        return html5.get(f"{found['name']};", found.group())
    number = int(found["decimal"]) if found["decimal"] else int(found["hexadecimal"], 16)
    return chr(number) if number < 0x110000 else "\ufffd"


def write_opml(subscriptions: Iterable[Subscription]) -> str:
    """The subscriptions as OPML 2.0, of printable characters only.

    A home page stands beside its feed, which other readers need, and in an attribute of our own, to come back by.
    """
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f'<opml version="2.0" xmlns:vigie="{_NAMESPACE}">\n',
            "  <head>\n    <title>The sources of Vigie</title>\n  </head>\n  <body>\n",
            *map(_outline, subscriptions),
            "  </body>\n</opml>\n",
        ]
    )


def _outline(one: Subscription) -> str:
    said = {"text": one.name, "title": one.name}
    if one.feed:
        said |= {"type": "rss", "xmlUrl": one.feed, "htmlUrl": one.url, "vigie:url": one.url}
    elif one.home == one.url:
        said |= {"type": "link", "url": one.url, "htmlUrl": one.url}
    else:
        said |= {"type": "rss", "xmlUrl": one.url} | ({"htmlUrl": one.home} if one.home else {})
    return f"    <outline {' '.join(f'{name}={_quoted(value)}' for name, value in said.items())}/>\n"


def _quoted(value: str) -> str:
    return _STEERING.sub(lambda found: f"&#{ord(found.group())};", quoteattr(_NOT_XML.sub("\ufffd", value)))
