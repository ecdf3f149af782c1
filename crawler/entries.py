"""The entries of one sitemap file, as it lists them: XML read in a stream, or plain text."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from crawler.dates import read_date
from crawler.decoding import decoded
from crawler.markup import root_name, xml_text
from crawler.titles import plain_title
from news.errors import FeedError

_MOST_ENTRIES = 50_000  # what the standard allows in one file
_ROOTS = {"urlset": "url", "sitemapindex": "sitemap"}
_ROOT_END = re.compile(
    r"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>|<(?:[\w.-]+:)?(?:urlset|sitemapindex)\b[^>]*/>", re.IGNORECASE
)
_BARE_AMPERSAND = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?!(?:amp|lt|gt|quot|apos|#\d+|#[xX][\da-fA-F]+);)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One `url` or `sitemap` element: its address as written, its `lastmod`, and what a news sitemap adds."""

    address: str
    modified: datetime | None = None
    title: str = ""
    published_at: datetime | None = None
    is_news: bool = False


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a file in its own order, repeats and all; `is_truncated` where it had more or breaks off."""

    entries: tuple[Entry, ...]
    is_index: bool = False
    is_truncated: bool = False


def read_entries(body: bytes, now: datetime) -> Entries:
    """The entries of a sitemap or an index. Raises FeedError for anything else, and for XML that declares entities."""
    start = decoded(body[:4_096]).lstrip()
    if start and not start.startswith("<"):
        return _of_lines(decoded(body))
    text = xml_text(body)
    root = root_name(text).lower()
    if root not in _ROOTS:
        kind = "a web page" if root == "html" else f"<{root}>" if root else "text"
        raise FeedError(f"the answer is no sitemap: it is {kind}", "a sitemap begins with <urlset> or <sitemapindex>")
    whole, is_cut = _whole(text, _ROOTS[root])
    if not whole:
        raise FeedError("the sitemap breaks off before its first entry")
    entries, is_capped = _of_xml(whole, now)
    return Entries(entries, root == "sitemapindex", is_cut or is_capped)


def _of_lines(text: str) -> Entries:
    """A URL on each line. Raises FeedError where half of the lines are something else."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    addresses = [line for line in lines if line.startswith(("http://", "https://"))]
    if len(addresses) * 2 <= len(lines):
        raise FeedError("the answer is no sitemap: it is neither XML nor a list of URLs")
    return Entries(tuple(map(Entry, addresses[:_MOST_ENTRIES])), is_truncated=len(addresses) > _MOST_ENTRIES)


def _whole(text: str, name: str) -> tuple[str, bool]:
    """The text up to its last whole entry where it breaks off: half a URL is still a URL, only the wrong one."""
    last = max(text.rfind(f"/{name}>"), text.rfind(f":{name}>"))
    if _ROOT_END.search(text, max(last, 0)):
        return text, False
    return text[: last + len(name) + 2] if last != -1 else "", True


def _of_xml(text: str, now: datetime) -> tuple[tuple[Entry, ...], bool]:
    """The entries up to the cap, and whether there were more; what is broken in the markup is stepped over."""
    found: list[Entry] = []
    try:
        for count, element in enumerate(_elements(text)):
            if count == _MOST_ENTRIES:
                return tuple(found), True
            entry = _entry(element, now)
            if entry is not None:
                found.append(entry)
    except etree.XMLSyntaxError as error:
        if not found:
            raise FeedError("the sitemap cannot be read: its XML is broken") from error
        return tuple(found), True
    return tuple(found), False


def _elements(text: str) -> Iterator["etree._Element"]:
    """Each entry's element as soon as it is read; it is emptied once the next is asked for.

    Ampersands that nobody escaped are escaped first, for the parser's own mending would drop what follows them.
    """
    if "&" in text:
        text = _BARE_AMPERSAND.sub(lambda found: found.group() if len(found.group()) > 1 else "&amp;", text)
    events = etree.iterparse(
        io.BytesIO(text.encode()),
        events=("end",),
        tag=tuple(f"{{*}}{name}" for name in _ROOTS.values()),
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in events:
        yield element
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _entry(element: "etree._Element", now: datetime) -> Entry | None:
    parts = {_local(part): part for part in reversed(element)}
    address = _text(parts.get("loc"))
    if not address:
        return None
    news = {_local(part): part for part in parts["news"]} if "news" in parts else {}
    return Entry(
        address,
        read_date(_text(parts.get("lastmod")), now),
        plain_title(_text(news.get("title")), "either"),
        read_date(_text(news.get("publication_date")), now),
        bool(news),
    )


def _local(element: "etree._Element") -> str:
    """The element's name whatever its namespace, which sites get wrong."""
    return str(element.tag).rpartition("}")[2].lower()


def _text(element: "etree._Element | None") -> str:
    return "".join(element.itertext()).strip() if element is not None else ""
