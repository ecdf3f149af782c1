"""What a page says of itself in JSON-LD: the one node that describes the article, its references resolved."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from extraction.elements import Elements
from extraction.home import leads_home
from extraction.lines import key

Node = Mapping[str, Any]
_Place = tuple[str, str]

_ARTICLE_TYPE = re.compile(r"(Article|Posting|Report|Review)$", re.IGNORECASE)
_PAGE_TYPE = re.compile(r"Page$")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")
_DEEPEST = 8
_FEW = 20  # nodes of a list, titles of a page
_LONGEST_TITLE = 1_000  # characters


def _parsed(script: str) -> Any:
    """The value of one script, or None: sites wrap them in comments, escape them twice, and break them."""
    bare = _WRAPPING.sub("", script)
    for attempt in (bare, html.unescape(bare)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def of_linked_data(scripts: Iterable[HtmlElement]) -> Iterator[str]:
    """The texts of those among the scripts that are JSON-LD."""
    for script in scripts:
        if "ld+json" in (script.get("type") or "").lower():
            yield script.text or ""


def nodes_of(scripts: Iterable[HtmlElement]) -> list[Node]:
    """Every object in the JSON-LD of a page's scripts, those within others too."""
    return [node for text in of_linked_data(scripts) if text for node in _nodes(_parsed(text))]


def _nodes(value: Any, depth: int = 0) -> Iterator[Node]:
    """Every object in the value, outer ones first, but for the entries of lists, which are other pages."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        value = [part for name, part in value.items() if name != "itemListElement"]
    if isinstance(value, list):
        for part in value:
            yield from _nodes(part, depth + 1)


def texts(value: Any, by_id: Mapping[str, Node] | None = None) -> tuple[str, ...]:
    """The plain strings in a property: itself, its `name`, those of a list, or of the node that it refers to."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, list):
        return tuple(text for part in value[:50] for text in texts(part, by_id))
    if isinstance(value, dict):
        if "name" not in value and by_id and isinstance(value.get("@id"), str):
            value = by_id.get(value["@id"], value)
        return texts(value.get("name")) if not isinstance(value.get("name"), dict) else ()
    return ()


def _is_of_type(node: Node, wanted: re.Pattern[str]) -> bool:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and wanted.search(kind) for kind in kinds)


def _address(value: Any) -> str:
    """The URL of a node, a list or a plain string; empty where there is none."""
    if isinstance(value, list):
        return next(filter(None, map(_address, value[:_FEW])), "")
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    return value if isinstance(value, str) else ""


def _truth(value: Any) -> str:
    """`true` or `false`, as a boolean or a word; empty for anything else."""
    word = str(value).strip().rpartition("/")[2].lower() if isinstance(value, str | bool) else ""
    return word if word in ("true", "false") else ""


def _is_free(node: Node) -> str:
    """Whether all of it can be read: neither it nor a part of it says that it cannot."""
    parts = node.get("hasPart")
    parts = parts[:_FEW] if isinstance(parts, list) else [parts]
    said = [_truth(each.get("isAccessibleForFree")) for each in (node, *parts) if isinstance(each, dict)]
    return "false" if "false" in said else "true" if "true" in said else ""


def _page_of(node: Node) -> str:
    return _address(node.get("mainEntityOfPage")) or _address(node.get("url"))


def _special(node: Node) -> dict[str, tuple[str, ...]]:
    """What is no plain text: the addresses of its image and of its page, and whether it is free."""
    found = {
        "image": _address(node.get("image")) or _address(node.get("thumbnailUrl")),
        "page": _page_of(node),
        "isAccessibleForFree": _is_free(node),
    }
    return {name: (value,) if value else () for name, value in found.items()}


@dataclass(frozen=True, slots=True)
class _Own:
    """What tells the page's own article from others that it marks up: its titles, as keys, and its addresses."""

    titles: tuple[str, ...]
    places: frozenset[_Place]

    def owns(self, node: Node) -> bool | None:
        """Whether the node is of this page's article; None where that cannot be told.

        A headline may differ from the title shown, an address be an example's: it takes both to be another article's.
        """
        headline, place = _called(html.unescape(" ".join(texts(node.get("headline"))))), _place(_page_of(node))
        if place in self.places or (headline and any(_tells_same(headline, title) for title in self.titles)):
            return True
        is_of_site = place is not None and any(place[0] == own[0] for own in self.places)
        return False if headline and is_of_site else None


def _tells_same(headline: str, title: str) -> bool:
    """Whether one stands in the other; what is short beside a headline may be the site's name."""
    return headline in title or (title in headline and 2 * len(title) >= len(headline))


def _called(title: str) -> str:
    return key(title[:_LONGEST_TITLE])


def _own(page: Elements, url: str) -> _Own:
    """What the page is called, and where it says that it is."""
    named = {element.get("property"): element.get("content") or "" for element in page.metas}
    shown = (element.text_content() for element in page.titles)
    links = (element.get("href") or "" for element in page.links if element.get("rel") == "canonical")
    titles = filter(None, map(_called, (named.get("og:title", ""), *islice(shown, _FEW))))
    places = filter(None, map(_place, (url, named.get("og:url", ""), *islice(links, _FEW))))
    return _Own(tuple(titles), frozenset(places))


def _place(url: str) -> _Place | None:
    """The host and the last part of the path, or the query behind none, by which a site's pages are told apart.

    None for a front page.
    """
    try:
        parts = urlsplit(url)
        if leads_home(url) or not parts.hostname:
            return None
    except ValueError:
        return None
    last = unquote(parts.path).rstrip("/").rpartition("/")[2] or parts.query
    return parts.hostname.removeprefix("www."), last.casefold()


def _best(articles: Sequence[Node], page: Elements, url: str) -> Node:
    """The node of the page's own article, or an empty one."""
    if not articles:
        return {}
    own = _own(page, url)
    owned = [(is_own, node) for node in articles if (is_own := own.owns(node)) is not False]
    return max(owned, key=lambda each: (each[0] is True, len(each[1])), default=(None, {}))[1]


def article_data(nodes: Sequence[Node], page: Elements, url: str = "") -> dict[str, tuple[str, ...]]:
    """The strings that JSON-LD gives for the page's article, by property: `headline`, `author`, `articleBody`.

    `image` and `page` are addresses, `isAccessibleForFree` is `true` or `false`, of the article and its parts together.
    Empty where there is no such node. Of several (teasers are marked up too), one by the page's title or address
    counts, then the one with most properties; one with another title and another address of the site never does.
    """
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}
    best = _best([node for node in nodes if _is_of_type(node, _ARTICLE_TYPE)], page, url)
    plain = {name: texts(value, by_id) for name, value in best.items()}
    return {name: found for name, found in (plain | _special(best)).items() if found}


def is_page_closed(nodes: Iterable[Node]) -> bool:
    """Whether JSON-LD says of the page itself, whatever is on it, that a reader has to pay."""
    return any(_is_free(node) == "false" for node in nodes if _is_of_type(node, _PAGE_TYPE))
