"""The links of a page with what surrounds them: their words, and the part of the page in which they stand."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crawler.markup import base_url
from crawler.titles import plain_title
from news.url import host, joined

_MOST_ANCHORS = 5_000
_MENUS = frozenset({"nav", "footer", "menu"})
_MENU_ROLES = frozenset({"navigation", "contentinfo", "menu", "menubar", "search"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Anchor:
    """One `a` element: its target in normal form, its words, and whether it stands in such a part of the page.

    `is_in_header` is of the page's own header, not of an article's.
    """

    url: str
    text: str
    is_in_menu: bool = False
    is_in_header: bool = False
    is_in_aside: bool = False
    is_in_heading: bool = False
    is_in_article: bool = False


def anchors(tree: "etree._Element", url: str) -> Iterator[Anchor]:
    """The page's links in its own order, at most 5,000; what leads nowhere Vigie may go is left out."""
    base = base_url(tree, url)
    for count, element in enumerate(tree.iter("a", "area")):
        if count == _MOST_ANCHORS:
            return
        href = element.get("href", "").strip()
        target = joined(base, href) if href and not href.startswith("#") else None
        if target is not None:
            yield _anchor(element, target)


def is_same_site(url: str, home: str) -> bool:
    """Whether the URL is of the host of `home`, its `www.` aside, or of one below it."""
    site = host(home).removeprefix("www.")
    there = host(url)
    return bool(site) and (there.removeprefix("www.") == site or there.endswith(f".{site}"))


def _anchor(element: "etree._Element", target: str) -> Anchor:
    around = _around(element)
    inside = {str(part.tag) for part in element.iterdescendants() if isinstance(part.tag, str)}
    text = " ".join("".join(element.itertext()).split()) or element.get("title", "") or element.get("aria-label", "")
    return Anchor(
        url=target,
        text=plain_title(text),
        is_in_menu=not around.isdisjoint(_MENUS | _MENU_ROLES),
        is_in_header="header" in around and "article" not in around,
        is_in_aside="aside" in around,
        is_in_heading=not (around | inside).isdisjoint(_HEADINGS),
        is_in_article="article" in around | inside,
    )


def _around(element: "etree._Element") -> set[str]:
    """The names and roles of the elements that the link stands in, the nearest 64."""
    found: set[str] = set()
    for count, ancestor in enumerate(element.iterancestors()):
        if count == _DEEPEST:
            break
        found.add(str(ancestor.tag))
        found.add(ancestor.get("role", "").lower())
    return found
