"""When an article was published and changed: JSON-LD, meta tags, the lines about the title, then htmldate."""

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo

from htmldate import find_date

from extraction.document import Document
from extraction.instants import Moment, read_instant, read_moment, written_moment
from extraction.lines import Line
from extraction.provenance import Told
from extraction.zones import local_zone
from news.text import clip
from news.url import host

__all__ = ["modified", "published", "published_at", "read_instant"]

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished", "og:pubdate", "og:published_time",
    "pubdate", "publishdate", "publish_date", "publication_date", "dc.date.issued", "dcterms.created", "dc.date",
    "dcterms.date", "date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "article.published",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified", "article.updated",
)  # fmt: skip
_ABOVE, _BELOW = 4, 10  # lines around the title in which a page says when
_LONGEST = 160  # characters of such a line
_CHANGED = re.compile(
    r"updated|modified|reviewed|mis(?:e)? à jour|modifié|actualis|aktualisiert|actualizado|aggiornato|atualizado", re.I
)
_DAY_FIRST_HOSTS = frozenset({"uk", "ie", "au", "nz", "in", "za"})
_LONGEST_QUOTED = 40  # characters


def _declared(document: Document, properties: tuple[str, ...], names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each date that the page declares, and where."""
    for name in properties:
        yield from ((text, "json-ld") for text in document.data.get(name, ()))
    for name in names:
        yield from ((text, f"meta {name}") for text in document.meta.get(name, ()))


def _origin(origin: str, moment: Moment, zone: tzinfo, aside: str = "") -> str:
    guess = f", taken as {zone}" if moment.has_time and not moment.has_zone else ""
    return f"{origin}{guess}{aside}"


def _read_loosely(text: str, zone: tzinfo) -> Moment | None:
    """A declared date in words; one in figures that is no ISO 8601 names a wrong day, or a zone that no clock has."""
    return None if text.lstrip()[:1].isdigit() and "T" in text else written_moment(text[:_LONGEST], zone)


def _told(
    document: Document, properties: tuple[str, ...], names: tuple[str, ...], zone: tzinfo
) -> Told[datetime | None]:
    """The first declared date that can be; what cannot is told beside it."""
    aside = ""
    for text, origin in _declared(document, properties, names):
        moment = read_moment(text, zone) or _read_loosely(text, zone)
        if moment is not None:
            return Told(moment.at, _origin(origin, moment, zone, aside))
        aside = aside or f"; {origin} is no date: {clip(text, _LONGEST_QUOTED)!r}"
    return Told(None, aside.removeprefix("; "))


def _about_title(lines: tuple[Line, ...]) -> list[Line]:
    """The short lines right above and below the headline, those below first."""
    at = next((at for at, line in enumerate(lines) if line.style.startswith("h1.")), 0)
    around = [*lines[at + 1 : at + 1 + _BELOW], *lines[max(0, at - _ABOVE) : at + 1]]
    return [line for line in around if len(line.text) <= _LONGEST]


def _written(document: Document, zone: tzinfo, *, changed: bool) -> Moment | None:
    """The date in the lines about the title: of the change, or of publication."""
    claim = (document.tree.get("lang") or "").lower()
    country = host(document.url).rpartition(".")[2]
    month_first = claim in ("", "en", "en-us", "en_us") and country not in _DAY_FIRST_HOSTS
    for line in _about_title(document.lines):
        found = _CHANGED.search(line.text)
        if changed and not found:
            continue
        part = line.text if not found else line.text[found.start() :] if changed else line.text[: found.start()]
        moment = written_moment(part, zone, month_first=month_first)
        if moment is not None:
            return moment
    return None


def published(document: Document) -> Told[datetime | None]:
    """The instant of first publication, aware, in UTC, and its origin; midnight where only the day is known.

    A local time without zone is taken for one of the zone that host and language point to, and the origin says so.
    """
    zone = local_zone(document)
    declared = _told(document, ("datePublished", "dateCreated"), _PUBLISHED, zone)
    if declared.value is not None:
        return declared
    aside = f"; {declared.origin}" if declared.origin else ""
    written = _written(document, zone, changed=False)
    if written is not None:
        return Told(written.at, _origin("text", written, zone, aside))
    try:
        found = find_date(document.tree, extensive_search=False, original_date=True, url=document.url)
    except (ValueError, OverflowError):  # it compares dates whose zones no clock can have; that is not worth an article
        found = None
    moment = read_moment(found) if found else None
    if moment is not None:
        return Told(moment.at, f"htmldate{aside}")
    changed = _written(document, zone, changed=True)
    return Told(changed.at, _origin("text, of its change", changed, zone, aside)) if changed else declared


def modified(document: Document) -> Told[datetime | None]:
    """The instant of the last change that the page tells of, aware, in UTC, and its origin."""
    zone = local_zone(document)
    declared = _told(document, ("dateModified",), _MODIFIED, zone)
    if declared.value is not None:
        return declared
    written = _written(document, zone, changed=True)
    return Told(written.at, _origin("text", written, zone)) if written else declared


def published_at(document: Document) -> datetime | None:
    """The instant of first publication alone."""
    return published(document).value
