"""The picture that a page shows for its article."""

from extraction.document import Document
from extraction.provenance import Told
from news.url import joined

_META = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "thumbnail", "image")
_LONGEST = 2_000  # characters; a picture may also be written out in its address


def image(document: Document) -> Told[str]:
    """The address of the article's picture, absolute, http or https; empty where the page names none."""
    claims = [(document.first(name), f"meta {name}") for name in _META]
    claims += [(address, "json-ld") for address in document.data.get("image", ())]
    for claim, origin in claims:
        if not claim or len(claim) > _LONGEST:
            continue
        url = joined(document.url, claim)
        if url is not None and url != document.url:
            return Told(url, origin)
    return Told("")
