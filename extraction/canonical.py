"""The one address of an article: the page's own claim, believed only within its own site."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from extraction.document import Document
from news.errors import BadUrlError
from news.url import host, joined, normal

# Names under which one site serves the same pages again; between other sub-domains, strangers may live.
_SAME_PAGES = frozenset({"www", "www2", "m", "mobile", "amp", "touch", "wap"})


def _bare(name: str) -> str:
    first, _, rest = name.partition(".")
    return rest if first in _SAME_PAGES and "." in rest else name


def _is_same_site(url: str, claim: str) -> bool:
    """Whether the page's owner owns the claimed address: the same host, or one below it, on the same port."""
    own, claimed = _bare(host(url)), _bare(host(claim))
    return (claimed == own or claimed.endswith(f".{own}")) and urlsplit(url).port == urlsplit(claim).port


def _leads_home(claim: str) -> bool:
    return urlsplit(claim).path in ("", "/") and not urlsplit(claim).query


def _claims(document: Document) -> Iterable[str]:
    for link in document.tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            yield link.get("href") or ""
    yield document.first("og:url")


def canonical_url(document: Document) -> str:
    """The claimed address in normal form, or the page's own where the claim is foreign, broken or the front page.

    A site that names its front page on every article would otherwise have but one article. Of a page from a file,
    whose address nobody knows, the claim is all there is.
    """
    own = _own(document)
    for claim in filter(None, (each.strip() for each in _claims(document))):
        url = joined(own, claim)
        if url is not None and (not own or _is_believable(own, url)):
            return url
    return own or document.url


def _own(document: Document) -> str:
    try:
        return normal(document.url)
    except BadUrlError:
        return ""


def _is_believable(own: str, claim: str) -> bool:
    return _is_same_site(own, claim) and (_leads_home(own) or not _leads_home(claim))
