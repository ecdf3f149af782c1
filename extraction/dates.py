"""When an article was published: JSON-LD, then meta tags, then what htmldate finds in the page."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from htmldate import find_date

from extraction.document import Document

_META = (
    "article:published_time", "og:article:published_time", "datepublished", "og:pubdate", "og:published_time",
    "pubdate", "publishdate", "publish_date", "publication_date", "dc.date.issued", "dcterms.created", "dc.date",
    "dcterms.date", "date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "article.published",
)  # fmt: skip
_EARLIEST_YEAR = 1990  # before it there was no page to publish on; zeros and epochs are what templates print
_LATEST_YEAR = 2200
_OFFSET = re.compile(r"\s*([+-]\d{2}):?(\d{2})$")
_FRACTION = re.compile(r"\.\d+")


def read_instant(text: str) -> datetime | None:
    """The instant that an ISO 8601 string names, in UTC (and taken for UTC where it names no zone); None for others."""
    text = _FRACTION.sub("", text.strip())
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}(:\d{2}){1,2}.*", text):
        text = _OFFSET.sub(r"\1:\2", text.removesuffix(" UTC").removesuffix(" GMT"))
    try:
        instant = datetime.fromisoformat(text)
        instant = instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if _EARLIEST_YEAR <= instant.year <= _LATEST_YEAR else None


def _declared(document: Document) -> Iterator[str]:
    yield from document.data.get("datePublished", ())
    yield from document.data.get("dateCreated", ())
    for name in _META:
        yield from document.meta.get(name, ())


def published_at(document: Document) -> datetime | None:
    """The instant of first publication, aware, in UTC; midnight where only the day is known."""
    for text in _declared(document):
        instant = read_instant(text)
        if instant is not None:
            return instant
    try:
        found = find_date(document.tree, extensive_search=False, original_date=True, url=document.url)
    except (ValueError, OverflowError):  # it compares dates whose zones no clock can have; that is not worth an article
        return None
    return read_instant(found) if found else None
