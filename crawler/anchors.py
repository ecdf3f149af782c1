"""The links of a page with what surrounds them: their words, and the part of the page in which they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from crawler.markup import base_url
from crawler.titles import plain_title
from news.url import host, joined

_MOST_ANCHORS = 5_000
_MENUS = frozenset({"nav", "footer", "menu"})
_MENU_ROLES = frozenset({"navigation", "contentinfo", "menu", "menubar", "search"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_DEEPEST = 64
_LONGEST_CLASS = 500
_LONGEST_PLACE = 1_000
# Whole names of classes and ids, so that `card-footer` and `has-sidebar` say nothing.
_MENU_NAME = re.compile(
    r"(?:(?:site|page|main|global|top|primary|secondary)[-_]?)?"
    r"(?:nav|navbar|navigation|menu|footer|foot|pied|pied-de-page|breadcrumbs?|fil-ariane|social|share|partage)",
    re.IGNORECASE,
)
_ASIDE_NAME = re.compile(
    r"(?:(?:left|right)[-_]?)?sidebar|(?:left|right)[-_]?(?:menu|nav)|.*(?:most[-_]?(?:read|popular|viewed|shared|commented)"
    r"|trending|popular[-_]?posts|plus[-_]?(?:lus|lues|vus|partages|commentes)|les[-_]plus).*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Anchor:
    """One `a` element: its target in normal form, its words, and whether it stands in such a part of the page.

    `is_in_header` is of the page's own header, not of an article's. `place` is alike for links that stand in alike
    parts of alike blocks: the names and classes of the elements around them.
    """

    url: str
    text: str
    is_in_menu: bool = False
    is_in_header: bool = False
    is_in_aside: bool = False
    is_in_heading: bool = False
    is_in_article: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a part of the page says of all that stands in it."""

    is_menu: bool = False
    is_header: bool = False
    is_aside: bool = False
    is_heading: bool = False
    is_article: bool = False
    place: str = ""


_PAGE = _Part()


def anchors(tree: "etree._Element", url: str) -> Iterator[Anchor]:
    """The page's links in its own order, at most 5,000; what leads nowhere Vigie may go is left out."""
    base = base_url(tree, url)
    parts: dict[etree._Element, _Part] = {}
    for count, element in enumerate(tree.iter("a", "area")):
        if count == _MOST_ANCHORS:
            return
        href = element.get("href", "").strip()
        target = joined(base, href) if href and not href.startswith("#") else None
        if target is not None:
            yield _anchor(element, target, _part_around(element, parts))


def is_same_site(url: str, home: str) -> bool:
    """Whether the URL is of the host of `home`, its `www.` aside, or of one below it."""
    site = host(home).removeprefix("www.")
    there = host(url)
    return bool(site) and (there.removeprefix("www.") == site or there.endswith(f".{site}"))


def _anchor(element: "etree._Element", target: str, around: _Part) -> Anchor:
    inside = {str(part.tag) for part in element.iterdescendants() if isinstance(part.tag, str)}
    text = " ".join("".join(element.itertext()).split()) or element.get("title", "") or element.get("aria-label", "")
    return Anchor(
        url=target,
        text=plain_title(text),
        is_in_menu=around.is_menu,
        is_in_header=around.is_header and not around.is_article,
        is_in_aside=around.is_aside,
        is_in_heading=around.is_heading or not inside.isdisjoint(_HEADINGS),
        is_in_article=around.is_article or "article" in inside,
        place=around.place + _step(element),
    )


def _part_around(element: "etree._Element", known: "dict[etree._Element, _Part]") -> _Part:
    """The part of the page that the element stands in; what is known already is not looked at again."""
    unknown: list[etree._Element] = []
    for ancestor in element.iterancestors():
        if ancestor in known or len(unknown) == _DEEPEST:
            break
        unknown.append(ancestor)
    parent = unknown[-1].getparent() if unknown else element.getparent()
    part = known.get(parent, _PAGE) if parent is not None else _PAGE
    for ancestor in reversed(unknown):
        part = known[ancestor] = _within(part, ancestor)
    return part


def _within(part: _Part, element: "etree._Element") -> _Part:
    """What an element of the part says of all that stands in the element."""
    name = str(element.tag)
    if name in ("html", "body"):
        return part
    role = element.get("role", "").lower()
    names = {_meaning(element.get(attribute, "")[:_LONGEST_CLASS]) for attribute in ("class", "id")}
    return _Part(
        is_menu=part.is_menu or name in _MENUS or role in _MENU_ROLES or "menu" in names,
        is_header=part.is_header or name == "header",
        is_aside=part.is_aside or name == "aside" or "aside" in names,
        is_heading=part.is_heading or name in _HEADINGS,
        is_article=part.is_article or name == "article",
        place=f"{part.place}{_step(element)}>"[-_LONGEST_PLACE:],
    )


@lru_cache(maxsize=4_096)
def _meaning(names: str) -> str:
    """What the names of a class or an id tell: `menu`, `aside`, or nothing."""
    each = names.split()
    if any(_MENU_NAME.fullmatch(name) for name in each):
        return "menu"
    return "aside" if any(_ASIDE_NAME.fullmatch(name) for name in each) else ""


def _step(element: "etree._Element") -> str:
    """The element in the way to a link. Of its classes the first counts, for later ones often tell the post."""
    names = element.get("class", "")[:_LONGEST_CLASS].split(maxsplit=1)
    return f"{element.tag}.{_DIGITS.sub('', names[0])}" if names else str(element.tag)
