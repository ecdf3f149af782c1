"""Feeds for tests, and how they are read there."""

from datetime import UTC, datetime

from crawler.feeds import ParsedFeed, parse_feed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


URL = "https://news.example/feeds/all.xml"


def rss(items: str, head: str = "<title>News</title>", declaration: str = '<?xml version="1.0"?>') -> bytes:
    """An RSS 2.0 feed around the items."""
    spaces = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:atom="http://www.w3.org/2005/Atom"'
    spaces += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    return f'{declaration}<rss version="2.0" {spaces}><channel>{head}{items}</channel></rss>'.encode()


def atom(entries: str, attributes: str = "") -> bytes:
    """An Atom feed around the entries."""
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>News</title>{entries}</feed>'.encode()


def read(body: bytes, content_type: str = "") -> ParsedFeed:
    """The feed at the usual address, at the usual time."""
    return parse_feed(body, URL, NOW, content_type)


def addresses(body: bytes) -> list[str]:
    """The links' URLs."""
    return [link.url for link in read(body).links]
