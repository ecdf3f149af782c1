"""A page to its article, or to the verdict why it has none; pure, and safe to run in another process."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extraction.body import Body, body_of
from extraction.boilerplate import RULES, WORDING, reasons
from extraction.consent import CONSENT
from extraction.decoding import decoded
from extraction.document import Document, parsed
from extraction.furniture import Known
from extraction.memory import imprint
from extraction.metadata import described, metadata
from extraction.placing import set_apart
from extraction.signals import signals
from extraction.verdict import verdict
from news.article import Article, NoArticle, Page
from news.guidance import UNGUIDED, Guidance
from news.text import storable

LARGEST_PAGE = 10 * 1024 * 1024  # bytes

_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"\x00\x00\x00\x18ftyp", "a video"),
    (b"\x00\x00\x00\x20ftyp", "a video"),
    (b"ID3", "a sound file"),
    (b"OggS", "a media file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "compressed"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
)
_FEED = re.compile(
    r"\s*+(?:<\?xml[^>]*\?>\s*+)?+(?:<!--(?>.*?-->)\s*+)*+<(?:rss|feed|urlset|sitemapindex|rdf:RDF|svg)\b", re.DOTALL
)
_TAG = re.compile(r"<[a-zA-Z!/?]")
_SNIFFED = 8_192  # characters

for _noisy in ("trafilatura", "htmldate", "justext", "courlan", "charset_normalizer", "py3langid"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)  # what they complain of is the page's fault, and our verdict


def _refused(page: Page) -> NoArticle | None:
    """The verdict on bytes that need no parsing to be told from a page."""
    if len(page.body) > LARGEST_PAGE:
        return NoArticle(page.url, "too large", f"the page has {len(page.body)} bytes, the limit is {LARGEST_PAGE}")
    if not page.body or page.body.isspace():
        return NoArticle(page.url, "not html", "the answer is empty")
    for magic, kind in _MAGIC:
        if page.body.startswith(magic):
            return NoArticle(page.url, "not html", f"the answer is {kind}, sent as {page.content_type or 'no type'}")
    return None


def _parsed(page: Page, guidance: Guidance) -> Document | NoArticle:
    text = decoded(page.body, page.content_type).replace("\x00", "")
    if not _TAG.search(text, 0, _SNIFFED):
        return NoArticle(page.url, "not html", "the answer holds no tags")
    if _FEED.match(text, 0, _SNIFFED):
        return NoArticle(page.url, "not html", "the answer is XML of another kind: a feed, a sitemap, a drawing")
    document = parsed(page.url, text, guidance.rules.drop)
    return NoArticle(page.url, "not html", "the parser finds no page in it") if document is None else document


@dataclass(frozen=True, slots=True)
class Reading:
    """How a page was read: its lines, what was taken of them, why each paragraph went (empty: it stayed)."""

    document: Document
    body: Body
    reasons: Sequence[str]
    found: Article | NoArticle


def reading_of(document: Document, guidance: Guidance) -> Reading:
    """The page read to its end; what is found, and how."""
    told = metadata(document)
    titles = [each.value for each in told.titles]
    known = Known(next(iter(titles), ""), tuple(titles), told.names.value, told.keywords)
    body = body_of(document, known, guidance)
    known = replace(known, apart=set_apart(body.parts, document.lines))
    why = reasons(body.paragraphs, known, WORDING if body.is_ruled else RULES)
    kept = [storable(text) for text, reason in zip(body.paragraphs, why, strict=True) if not reason]
    text = "\n\n".join(kept)
    is_signed = bool(told.names.value)
    consent = [at for at, reason in body.gone.items() if reason == CONSENT]
    shown = signals(document, titles, kept, body.sureness, odds=body.odds, consent=consent, is_signed=is_signed)
    found = verdict(shown)
    missed = guidance.rules.body if body.misses else ""
    if found.reason:
        refused = NoArticle(document.url, found.reason, found.detail, round(found.confidence, 2), missed)
        return Reading(document, body, why, refused)
    article = replace(
        described(document, told, text),
        confidence=round(found.confidence, 2),
        missed_rule=missed,
        imprint=_imprint(document, body, why),
    )
    return Reading(document, body, why, article)


def _imprint(document: Document, body: Body, why: Sequence[str]) -> Mapping[str, Any]:
    """What the page teaches its site's memory; nothing where the model was not asked."""
    if not body.odds or not body.parts:
        return {}
    stayed = (parts for parts, reason in zip(body.parts, why, strict=True) if not reason)
    taken = {part.at for parts in stayed for part in parts if part.at >= 0}
    return imprint(document.url, document.lines, body.odds, taken, sorted(body.recurring))


def extract_article(page: Page, guidance: Guidance = UNGUIDED) -> Article | NoArticle:
    """The article of a page, or the verdict why it is none; it never raises, whatever the bytes are."""
    found = read(page, guidance)
    return found.found if isinstance(found, Reading) else found


def read(page: Page, guidance: Guidance) -> Reading | NoArticle:
    """How the page is read, or why it cannot be; it never raises either."""
    try:
        document = _refused(page) or _parsed(page, guidance)
        return reading_of(document, guidance) if isinstance(document, Document) else document
    except Exception as error:  # a page may break any parser: one bad page is a result, and its reason is kept
        return NoArticle(page.url, "crashed", f"{type(error).__name__}: {error}"[:500])
