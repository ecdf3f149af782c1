"""Whether an article is for subscribers: what the page declares, then the marks that paywalls leave."""

import re

from extraction.document import Document
from extraction.provenance import Told

_TIERS = ("article:content_tier", "og:article:content_tier", "content_tier", "content-tier")
_CLOSED = frozenset({"locked", "metered", "paid", "premium", "subscriber"})
_FREE = frozenset({"free", "open"})
_MARK = re.compile(
    r"(?:^|[\s_])(?:paywall(?:ed)?|tp-container-inner|piano-paywall|subscriber-only|premium-paywall|article-paywall"
    r"|paywall-(?:content|container|banner|overlay)|reserve-?abonnes?|bloc-paywall)(?=$|[\s_])",
    re.IGNORECASE,
)


def is_paywalled(document: Document) -> Told[bool | None]:
    """Whether a reader has to pay for all of it; None where nothing tells."""
    free = document.data.get("isAccessibleForFree", ())
    if free:
        return Told(free[0] == "false", "json-ld")
    for name in _TIERS:
        tier = document.first(name).lower()
        if tier in _CLOSED or tier in _FREE:
            return Told(tier in _CLOSED, f"meta {name}")
    if any(map(_MARK.search, document.walk.names)):
        return Told(True, "class")
    return Told(None)
