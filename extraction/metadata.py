"""All that a page tells of its article beside the text, and where it tells each."""

from dataclasses import dataclass

from extraction.authors import signed
from extraction.canonical import canonical
from extraction.dates import in_order, modified, published
from extraction.document import Document
from extraction.images import image
from extraction.language import told_language
from extraction.lines import word_count
from extraction.paywalls import is_paywalled
from extraction.provenance import Told, origins
from extraction.sections import section, tags
from extraction.titles import headlines
from news.article import Article
from news.text import clip, storable

_MAKESHIFT_TITLE = 120  # characters of the first paragraph, where the page has no title


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the search for the body has to know of a page before; `titles` are all that it gives, the best first."""

    titles: tuple[Told[str], ...]
    names: Told[tuple[str, ...]]
    section: Told[str]
    tags: Told[tuple[str, ...]]

    @property
    def keywords(self) -> tuple[str, ...]:
        """All names that the article is filed under."""
        return (*self.tags.value, self.section.value) if self.section.value else self.tags.value


def metadata(document: Document) -> Metadata:
    """What the page tells of its article's title, authors, section and tags."""
    return Metadata(tuple(headlines(document)), signed(document), section(document), tags(document))


def described(document: Document, known: Metadata, text: str) -> Article:
    """The article of this text, with all that the page tells of it and the origin of each."""
    title = next(iter(known.titles), Told(clip(text.partition("\n")[0], _MAKESHIFT_TITLE), "text"))
    address, picture, payment = canonical(document), image(document), is_paywalled(document)
    spoken = told_language(document, text)
    first = published(document, spoken.value)
    last = in_order(first, modified(document, spoken.value))
    return Article(
        url=document.url,
        canonical_url=address.value,
        title=title.value,
        text=text,
        authors=tuple(map(storable, known.names.value)),
        published_at=first.value,
        language=spoken.value,
        modified_at=last.value,
        section=known.section.value,
        tags=known.tags.value,
        image=picture.value,
        is_paywalled=payment.value,
        word_count=sum(map(word_count, text.split("\n\n"))),
        provenance=origins(
            canonical_url=address, title=title, authors=known.names, published_at=first, modified_at=last,
            language=spoken, section=known.section, tags=known.tags, image=picture, is_paywalled=payment,
        ),
    )  # fmt: skip
