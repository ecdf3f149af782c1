"""Caps: the limits that keep a source from taking more than its share, and what each tells when it bites."""

from dataclasses import dataclass
from typing import Literal

CapName = Literal[
    "page size",
    "sitemap size",
    "idle",
    "time",
    "redirects",
    "URL length",
    "path repeats",
    "session id",
    "calendar",
    "facets",
    "page number",
    "unlike articles",
    "pages per visit",
    "feed entries",
    "sitemap links",
    "sitemap depth",
    "sitemaps",
    "history pages",
    "title length",
    "unreadable characters",
    "body rule",
]


@dataclass(frozen=True, slots=True)
class Bite:
    """A cap that bit: which, at what URL, and in words what was cut off."""

    name: CapName
    url: str
    detail: str = ""
