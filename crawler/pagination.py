"""Where a feed or a section page goes on: the address of its next, older page. Pure."""

import html
import json
import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree

from crawler.anchors import is_same_site
from crawler.decoding import decoded
from crawler.feeds import looks_like_feed
from crawler.markup import base_url, html_tree
from crawler.paths import date_in
from news.source import FoundLink
from news.url import joined, key

MOST_PAGES = 50  # of one feed, on the first visit to its source…
MOST_UNDATED_PAGES = 10  # …and where no date says how far back they go
_MOST_ANCHORS = 5_000
_LAST = 3
_LINK = re.compile(r"<(?:[\w.-]+:)?link\b[^<>]{0,2000}>", re.IGNORECASE)
_IS_NEXT = re.compile(r"\brel\s*=\s*[\"']\s*next\s*[\"']", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_WORDPRESS = re.compile(r"<generator[^<>]*>[^<]*wordpress\.(?:org|com)", re.IGNORECASE)
_PAGE_NAMES = re.compile(r"page|paged|pg|seite|pagina|pageno|page_?num(?:ber)?|debut_\w+|offset|start", re.IGNORECASE)
_PAGE_IN_PATH = re.compile(
    r"(?P<before>.*?)(?:/(?:page|seite|pagina|p)[/_-]?(?P<number>\d{1,5})|/(?P<bare>\d{1,3}))/?$", re.I
)
_OLDER = re.compile(
    r"(?:(?:page|pages|articles?|posts?|entries|stories|billets?|actualit[ée]s)\s+)?"
    r"(?:suivante?s?|next|older|plus anciens?|plus anciennes?)(?:\s+(?:page|articles?|posts?|entries|stories|news))?",
    re.IGNORECASE,
)
_ARROWS = re.compile(r"[\s›»>→⟩❯‹«<←⟨❮]+")


def next_page_of(body: bytes, url: str, content_type: str = "") -> str | None:
    """The page after this one, of the same site; None where none is named.

    Of a feed: `rel="next"` (RFC 5005), a JSON Feed's `next_url`, or what WordPress answers to `?paged=2`.
    Of a web page: `rel="next"`, the link with the next number, or one that says 'next', 'older' or 'suivant'.
    """
    is_feed = looks_like_feed(body, content_type)
    found = _next_of_feed(decoded(body, content_type), url) if is_feed else _next_of_page(body, url, content_type)
    if found is None or key(found) == key(url) or not is_same_site(found, url):
        return None
    return found


def date_of(link: FoundLink) -> datetime | None:
    """When the article was published, as far as its feed or its own address tells."""
    return link.published_at or date_in(link.url)


def goes_back_far_enough(links: Iterable[FoundLink], since: datetime) -> bool:
    """Whether a page of links, newest first, has reached `since`: most of its last dates are older than that.

    The first may be pinned, and a single one may be wrong.
    """
    dates = [date for date in map(date_of, links) if date is not None][-_LAST:]
    return sum(date < since for date in dates) * 2 > len(dates)


def within(links: Iterable[FoundLink], since: datetime) -> list[FoundLink]:
    """The links not older than `since`, and those without a date."""
    return [link for link in links if (date_of(link) or since) >= since]


def _next_of_feed(text: str, url: str) -> str | None:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _next_of_json(text, url)
    for link in _LINK.finditer(text):
        href = _HREF.search(link.group()) if _IS_NEXT.search(link.group()) else None
        if href is not None:
            return joined(url, html.unescape(href[1] or href[2] or ""))
    return _next_of_wordpress(url) if _WORDPRESS.search(text) else None


def _next_of_json(text: str, url: str) -> str | None:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    address = feed.get("next_url") if isinstance(feed, dict) else None
    return joined(url, address) if isinstance(address, str) and address.strip() else None


def _next_of_wordpress(url: str) -> str | None:
    split = urlsplit(url)
    query = parse_qsl(split.query, keep_blank_values=True)
    page = next((value for name, value in query if name == "paged"), "1")
    if not page.isdigit() or len(page) > 5:
        return None
    others = [(name, value) for name, value in query if name != "paged"]
    return urlunsplit(split._replace(query=urlencode([*others, ("paged", str(int(page) + 1))])))


def _next_of_page(body: bytes, url: str, content_type: str) -> str | None:
    tree = html_tree(body, content_type)
    if tree is None:
        return None
    base = base_url(tree, url)
    said: str | None = None
    here, number = _numbered(url)
    numbered: list[tuple[int, str]] = []
    for element in list(tree.iter("link", "a"))[:_MOST_ANCHORS]:
        target = joined(base, element.get("href", "")) if element.get("href", "").strip("# ") else None
        if target is None or not is_same_site(target, url):
            continue
        if "next" in element.get("rel", "").lower().split():
            return target
        if element.tag != "a":
            continue
        there, count = _numbered(target)
        if there == here and count > number:
            numbered.append((count, target))
        elif said is None and _says_older(element):
            said = target
    return min(numbered)[1] if numbered else said


def _says_older(element: "etree._Element") -> bool:
    for words in ("".join(element.itertext()), element.get("aria-label", ""), element.get("title", "")):
        if len(words) < 200 and _OLDER.fullmatch(" ".join(_ARROWS.sub(" ", words).split())):
            return True
    return False


def _numbered(url: str) -> tuple[tuple[str, str, str], int]:
    """What a list's pages have in common, and the number of this one (or its offset); 1 where the URL has none."""
    split = urlsplit(url)
    number = 1
    others = []
    for part in split.query.split("&"):
        name, _, value = part.partition("=")
        if _PAGE_NAMES.fullmatch(name) and value.isascii() and value.isdigit() and len(value) < 7:
            number = int(value)
        elif part:
            others.append(part)
    path = split.path
    found = _PAGE_IN_PATH.fullmatch(path)
    if found is not None:
        path, number = found["before"], int(found["number"] or found["bare"])
    return (split.netloc, path.rstrip("/"), "&".join(sorted(others))), number
