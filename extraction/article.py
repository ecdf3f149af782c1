"""A page to its article, or to the verdict why it has none; pure, and safe to run in another process."""

import logging
import re

from extraction.authors import authors
from extraction.body import paragraphs
from extraction.boilerplate import cleaned
from extraction.canonical import canonical_url
from extraction.dates import published_at
from extraction.decoding import decoded
from extraction.document import Document, parsed
from extraction.furniture import Known
from extraction.impostors import impostor
from extraction.language import language
from extraction.lines import word_count
from extraction.titles import candidates
from news.article import Article, NoArticle, Page
from news.guidance import UNGUIDED, Guidance
from news.text import clip, storable

LARGEST_PAGE = 10 * 1024 * 1024  # bytes
# A news flash has 25 words; what is shorter is a caption, a consent wall, a 'page not found'.
FEWEST_WORDS = 25
_MAKESHIFT_TITLE = 120  # characters of the first paragraph, where the page has no title

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
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|urlset|sitemapindex|rdf:RDF|svg)\b", re.DOTALL
)
_TAG = re.compile(r"<[a-zA-Z!/?]")
_SNIFFED = 8_192  # characters

for _noisy in ("trafilatura", "htmldate", "justext", "courlan", "charset_normalizer", "py3langid"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)  # what they complain of is the page's fault, and our verdict


def _refused(page: Page) -> NoArticle | None:
    """The verdict on bytes that need no parsing to be told from a page."""
    if len(page.body) > LARGEST_PAGE:
        return NoArticle(page.url, "too large", f"the page has {len(page.body)} bytes, the limit is {LARGEST_PAGE}")
    if not page.body.strip():
        return NoArticle(page.url, "not html", "the answer is empty")
    for magic, kind in _MAGIC:
        if page.body.startswith(magic):
            return NoArticle(page.url, "not html", f"the answer is {kind}, sent as {page.content_type or 'no type'}")
    return None


def _parsed(page: Page) -> Document | NoArticle:
    text = decoded(page.body, page.content_type).replace("\x00", "")
    if not _TAG.search(text, 0, _SNIFFED):
        return NoArticle(page.url, "not html", "the answer holds no tags")
    if _FEED.match(text, 0, _SNIFFED):
        return NoArticle(page.url, "not html", "the answer is XML of another kind: a feed, a sitemap, a drawing")
    document = parsed(page.url, text)
    return NoArticle(page.url, "not html", "the parser finds no page in it") if document is None else document


def _article(document: Document, guidance: Guidance) -> Article | NoArticle:
    titles, names = candidates(document), authors(document)
    known = Known(next(iter(titles), ""), tuple(titles), names, _keywords(document))
    text = storable("\n\n".join(cleaned(paragraphs(document, guidance), known)))
    words = word_count(text)
    published = published_at(document)
    found = impostor(document, titles, words, is_dated=published is not None)
    if found is not None:
        return found
    if not words:
        return NoArticle(document.url, "no text", "nothing on the page reads like an article")
    if words < FEWEST_WORDS:
        return NoArticle(document.url, "too short", f"{words} words are left of the page, fewer than {FEWEST_WORDS}")
    return Article(
        url=document.url,
        canonical_url=canonical_url(document),
        title=known.title or clip(text.partition("\n")[0], _MAKESHIFT_TITLE),
        text=text,
        authors=tuple(map(storable, names)),
        published_at=published,
        language=language(document, text),
    )


def _keywords(document: Document) -> tuple[str, ...]:
    """The tags that the page gives the article, however it gives them."""
    lists = [*document.data.get("keywords", ()), document.first("keywords"), document.first("news_keywords")]
    lists += [*document.meta.get("article:tag", ()), *document.meta.get("article:section", ())]
    links = (link.text_content() for link in document.tree.iter("a") if "tag" in (link.get("rel") or "").split())
    return tuple(word.strip() for each in (*lists, *links) for word in each.split(",") if word.strip())


def extract_article(page: Page, guidance: Guidance = UNGUIDED) -> Article | NoArticle:
    """The article of a page, or the verdict why it is none; it never raises, whatever the bytes are."""
    try:
        document = _refused(page) or _parsed(page)
        return _article(document, guidance) if isinstance(document, Document) else document
    except Exception as error:  # a page may break any parser: one bad page is a result, and its reason is kept
        return NoArticle(page.url, "crashed", f"{type(error).__name__}: {error}"[:500])
