"""Whether an article is for subscribers: what the page declares, then the marks that paywalls leave."""

import re

from extraction.document import Document
from extraction.linked_data import is_page_closed
from extraction.provenance import Told

_TIERS = ("article:content_tier", "og:article:content_tier", "content_tier", "content-tier", "access")
_CLOSED = frozenset({"locked", "metered", "paid", "premium", "subscriber", "subscribers", "subscription"})
_FREE = frozenset({"free", "open"})
_MARK = re.compile(
    r"(?:^|[\s_])(?:paywall(?:ed)?|tp-container-inner|piano-paywall|subscriber-only|premium-paywall|article-paywall"
    r"|paywall-(?:content|container|banner|overlay)|reserve-?abonnes?|bloc-paywall)(?=$|[\s_])",
    re.IGNORECASE,
)
_STEMS = ("paywall", "tp-container-inner", "subscriber-only", "abonne")  # each mark has one; few pages do


def declared(document: Document) -> Told[bool | None]:
    """Whether a reader has to pay for all of it, in the words of the page; None where it says nothing of the article.

    What it says of other articles, whose teasers are marked up too, does not count.
    """
    free = document.data.get("isAccessibleForFree", ())
    if free:
        return Told(free[0] == "false", "json-ld")
    for name in _TIERS:
        tier = document.first(name).lower()
        if tier in _CLOSED or tier in _FREE:
            return Told(tier in _CLOSED, f"meta {name}")
    if is_page_closed(document.nodes):
        return Told(True, "json-ld")
    return Told(None)


def is_paywalled(document: Document) -> Told[bool | None]:
    """Whether a reader has to pay for all of it; None where nothing tells."""
    said = declared(document)
    if said.value is not None:
        return said
    names = "\n".join(document.walk.names).lower()
    if any(stem in names for stem in _STEMS) and _MARK.search(names):
        return Told(True, "class")
    return Told(None)
