"""The feeds that most sites send, RSS 2.0 and Atom 1.0 without surprises, read by lxml in a fraction of the time.

What comes out is what feedparser would say, for those of its keys that we read. Where the two might differ (markup
that is not well-formed, names used twice or in odd places, `xml:base`, unusual dates), this road is not taken.
"""

import re
from functools import lru_cache
from typing import Any

from lxml import etree

from crawler.dates import read_standard_date

_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MODULES = "{http://purl.org/rss/1.0/modules/"
_MEDIA = "{http://search.yahoo.com/mrss/}"

# What is read, and feedparser's keys for it.
_DATES = {
    "pubDate": "published_parsed",
    "published": "published_parsed",
    "updated": "updated_parsed",
    "lastBuildDate": "updated_parsed",
    f"{_DC}date": "updated_parsed",
}
_TEXTS = {
    "ttl": "ttl",
    f"{_MODULES}syndication/}}updatePeriod": "sy_updateperiod",
    f"{_MODULES}syndication/}}updateFrequency": "sy_updatefrequency",
    "{http://rssnamespace.org/feedburner/ext/1.0}origLink": "feedburner_origlink",
}
# What is not read, and changes nothing of what feedparser reads elsewhere.
_INERT = frozenset(
    """author category cloud comments content contributor copyright description docs enclosure generator icon image
    language logo managingEditor rating rights skipDays skipHours source subtitle summary
    webMaster {com-wordpress:feed-additions:1}post-id {http://purl.org/syndication/thread/1.0}total
    {http://purl.org/syndication/thread/1.0}in-reply-to""".split()  # noqa: SIM905 (a name a line would take a page)
)
_INERT_PARTS = frozenset(("day", "email", "hour", "name", "uri", "url"))
_INERT_IN_IMAGES = frozenset(("description", "height", "link", "title", "url", "width"))
_INERT_SPACES = (
    _DC,
    _MEDIA,
    *(f"{_MODULES}{module}/}}" for module in ("content", "slash", "syndication")),
    "{http://www.itunes.com/dtds/podcast-1.0.dtd}",
)
# feedparser has a meaning for these, and goes by prefixes where it does not know the namespace.
_RISKY_SPACE = re.compile(r"purl\.org|w3\.org|userland|netscape|harvard|echo|example\.com|mrss|itunes", re.IGNORECASE)
_RISKY_PREFIX = re.compile(
    r"admin|atom|cc|content|created|creativecommons|dc|dcterms|feedburner|geo|georss|gml|itunes|media|pheedo|psc"
    r"|published|sy|title|updated|xhtml",
    re.IGNORECASE,
)
_BASE = re.compile(rb"base\s*=\s*[\"']")
_CONTROLS = re.compile("[\x80-\x9f]")
_HEEDED = frozenset(("about", "href", "ispermalink", "lastmod", "mode", "rel", "type", "uri", "url"))
_OLDER_KINDS = frozenset(("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"))
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)/*")
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_PAGE_TYPES = frozenset(("html", "text/html", "xhtml", "application/xhtml+xml"))
_TITLE_TYPES = {"": "text/plain", "text": "text/plain", "text/plain": "text/plain", "html": "text/html"}


class _Unusual(Exception):  # noqa: N818 (no error: feedparser is asked instead)
    """Something that feedparser has to judge."""


def read_plain_feed(text: str) -> dict[str, Any] | None:
    """feedparser's `version`, `feed` and `entries` with the keys that Vigie reads, or None where it must be asked."""
    encoded = text.encode()
    if _BASE.search(encoded.lower()):
        return None
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(encoded, parser)
        if root.getroottree().docinfo.doctype:
            return None
        if root.tag == "rss" and [child.tag for child in root] == ["channel"]:
            return _feed(root[0], "rss20", "item")
        if root.tag == f"{_ATOM}feed" and _OLDER_KINDS.isdisjoint(map(str.lower, root.nsmap.values())):
            return _feed(root, "atom10", f"{_ATOM}entry")
    except (etree.XMLSyntaxError, _Unusual):
        return None
    return None


def _feed(channel: "etree._Element", version: str, entry_tag: str) -> dict[str, Any]:
    about: dict[str, Any] = {}
    entries: list[dict[str, Any]] = []
    _only(channel)
    for element in channel:
        if element.tag == entry_tag:
            entry: dict[str, Any] = {}
            _only(element)
            for part in element:
                _read(entry, part, is_entry=True)
            entries.append(entry)
        else:
            _read(about, element, is_entry=False)
    return {"version": version, "feed": about, "entries": entries}


def _read(context: dict[str, Any], element: "etree._Element", *, is_entry: bool) -> None:
    """What the element adds to its entry or feed."""
    name = element.tag.removeprefix(_ATOM)
    if name == "link":
        _link(context, element)
    elif name == "title":
        _title(context, element)
    elif name in _DATES:
        text = _text(element)
        context[_DATES[name]] = _instant(text) if text and is_entry else None
    elif name in ("guid", "id"):
        _guid(context, element)
    elif name in _TEXTS:
        _only(element)
        context[_TEXTS[name]] = _text(element)
    else:
        _pass_over(context, element, name, is_entry=is_entry)


def _pass_over(context: dict[str, Any], element: "etree._Element", name: str, *, is_entry: bool) -> None:
    """Raises _Unusual for an element that might change what feedparser makes of another one."""
    if not _is_inert(name, element.prefix or "") or (is_entry and name == "image"):
        raise _Unusual
    if name == "source":
        context["source"] = True
    if len(element):
        _pass_over_parts(element, name)
    if name.startswith(_MEDIA) and next(element.iter(f"{_MEDIA}title"), None) is not None:
        _pass_over_title(context, is_entry=is_entry)


@lru_cache(maxsize=1_000)
def _is_inert(name: str, prefix: str) -> bool:
    """Whether an element of this name, in a namespace that has this prefix, is nothing to us or to feedparser."""
    space = name[: name.rfind("}") + 1]
    if name in _INERT:
        return True
    if space in _INERT_SPACES:
        return name != f"{_DC}title"
    return bool(space and prefix) and not _RISKY_SPACE.search(space) and not _RISKY_PREFIX.fullmatch(prefix)


def _pass_over_parts(element: "etree._Element", name: str) -> None:
    space = name[: name.rfind("}") + 1]
    parts = _INERT_IN_IMAGES if name == "image" else _INERT_PARTS
    for part in element.iterdescendants():
        inner = str(part.tag)
        if not inner.startswith(space) if space else inner.removeprefix(_ATOM) not in parts or len(part):
            raise _Unusual


def _pass_over_title(context: dict[str, Any], *, is_entry: bool) -> None:
    """A picture's title changes nothing where the article's own stands before it."""
    if not is_entry or not context.get("title") or "source" in context:
        raise _Unusual


def _only(element: "etree._Element", *names: str) -> None:
    """Raises _Unusual for other attributes than these; feedparser also heeds some in a namespace of their own."""
    for attribute in element.attrib:
        _, closing, name = str(attribute).rpartition("}")
        if name not in names if not closing else name.lower() in _HEEDED:
            raise _Unusual


def _text(element: "etree._Element") -> str:
    text = (element.text or "").strip()
    if len(element) or not (text.isascii() or _is_well_read(text)):
        raise _Unusual
    return text


def _is_well_read(text: str) -> bool:
    """Whether feedparser sees no UTF-8 and no Windows-1252 in it that somebody took for Latin-1."""
    try:
        text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return not _CONTROLS.search(text)
    return False


def _instant(text: str) -> Any:
    instant = read_standard_date(text)
    if instant is None:
        raise _Unusual
    return instant.utctimetuple()


def _title(context: dict[str, Any], element: "etree._Element") -> None:
    _only(element, "type")
    kind = _TITLE_TYPES.get(element.get("type", ""))
    if kind is None or "title" in context:
        raise _Unusual
    context["title"] = _text(element)
    context["title_detail"] = {"type": kind}


def _link(context: dict[str, Any], element: "etree._Element") -> None:
    _only(element, "rel", "type", "href", "hreflang", "title", "length")
    link = {"rel": element.get("rel", "alternate").lower()}
    context.setdefault("links", []).append(link)
    address = element.get("href")
    if address is not None:
        link["href"] = _SLASHES.sub(r"\1", address)
        if link["rel"] == "alternate" and element.get("type", "html").lower() in _PAGE_TYPES:
            context["link"] = link["href"]
        return
    _only(element)
    address = _SLASHES.sub(r"\1", _text(element))
    context["link"] = _REFERENCE.sub(r"&\1", address.replace("&amp;", "&"))
    if address:
        link["href"] = context["link"]


def _guid(context: dict[str, Any], element: "etree._Element") -> None:
    _only(element, "isPermaLink")
    is_link = element.get("isPermaLink", "true") == "true"
    text = _text(element)
    context["id"] = _SLASHES.sub(r"\1", text) if is_link else text
    context.setdefault("guidislink", is_link and "link" not in context)
    if is_link:
        context.setdefault("link", context["id"])
