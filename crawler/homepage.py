"""A home page read for the feeds it names, and the places where sites keep feeds and sitemaps unnamed."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from lxml import etree

from crawler.anchors import anchors, is_same_site
from crawler.markup import base_url, html_tree
from news.url import host, joined, key, origin

MOST_FEEDS = 30
_FEED_TYPES = frozenset(
    {
        "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json",
        "application/x-rss+xml", "text/rss+xml", "text/rss", "application/rss", "application/atom",
    }
)  # fmt: skip
_PERHAPS_TYPES = frozenset({"application/json", "application/xml", "text/xml", ""})
_FEED_PATH = re.compile(
    r"(?:^|[/_.-])(?:rss\d?|atom\d?|feeds?|rdf|flux-?rss)(?:\.(?:xml|json|rdf|php|aspx|rss))?/?$|/(?:rss|feeds?)/[^/]*\.xml$"
    r"|\.(?:rss|atom|rdf)$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|alt)=(?:rss2?|atom|feed|json-?feed)", re.IGNORECASE)
_FEED_HOSTS = ("feeds.feedburner.com", "feeds2.feedburner.com", "feeds.feedblitz.com")
_OF_COMMENTS = re.compile(r"comment|/wp-json/|oembed", re.IGNORECASE)
_USUAL_FEEDS = (
    "feed", "feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feeds/posts/default", "feed.json",
    "index.rdf", "feeds", "feed/atom/", "?feed=rss2", "spip.php?page=backend",
)  # fmt: skip
_USUAL_SITEMAPS = (
    "news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml", "sitemap.xml", "sitemap_index.xml", "sitemap-index.xml",
    "sitemap.xml.gz", "wp-sitemap.xml", "sitemap.txt",
)  # fmt: skip


def feed_urls(body: bytes, url: str, content_type: str = "") -> tuple[str, ...]:
    """The feeds that the page names, in `link` elements first, then in links on the page; each once, at most 30.

    Feeds of comments are left out. Nothing is promised of them: what they are shows once they are fetched.
    """
    tree = html_tree(body, content_type)
    if tree is None:
        return ()
    distinct: dict[str, str] = {}
    for found in (*_named(tree, url), *_linked(tree, url)):
        distinct.setdefault(key(found), found)
    return tuple(distinct.values())[:MOST_FEEDS]


def _named(tree: "etree._Element", url: str) -> Iterator[str]:
    base = base_url(tree, url)
    for element in tree.iter("link"):
        relations = element.get("rel", "").lower().split()
        href = element.get("href", "").strip()
        if not href or not {"alternate", "feed"} & set(relations) or "stylesheet" in relations:
            continue
        target = joined(base, href)
        if target is None or _OF_COMMENTS.search(f"{href} {element.get('title', '')}"):
            continue
        kind = element.get("type", "").partition(";")[0].strip().lower()
        if kind in _FEED_TYPES or "feed" in relations or (kind in _PERHAPS_TYPES and _is_feed_address(target)):
            yield target


def _linked(tree: "etree._Element", url: str) -> Iterator[str]:
    for anchor in anchors(tree, url):
        is_near = is_same_site(anchor.url, url) or host(anchor.url) in _FEED_HOSTS
        if is_near and not _OF_COMMENTS.search(anchor.url) and _is_feed_address(anchor.url):
            yield anchor.url


def _is_feed_address(url: str) -> bool:
    parts = urlsplit(url)
    is_named_so = _FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query)
    return bool(is_named_so) or parts.hostname in _FEED_HOSTS


def usual_feed_paths(url: str) -> tuple[str, ...]:
    """Where feeds mostly are when nobody says, likeliest first: below the page's own path, then at the host's root."""
    return _below(url, _USUAL_FEEDS)


def usual_sitemap_paths(url: str) -> tuple[str, ...]:
    """Where sitemaps mostly are when robots.txt names none, news sitemaps first; always at the host's root."""
    return _below(origin(url), _USUAL_SITEMAPS)


def _below(url: str, names: Iterable[str]) -> tuple[str, ...]:
    folder = urlsplit(url).path.rpartition("/")[0] if "." in url.rpartition("/")[2] else urlsplit(url).path
    roots = [f"{origin(url)}{folder.rstrip('/')}/", f"{origin(url)}/"]
    places = (joined(root, name) for name in names for root in dict.fromkeys(roots))
    return tuple(dict.fromkeys(place for place in places if place is not None))
