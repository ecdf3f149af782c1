"""The one address of an article: the page's own claim, believed only within its own site, AMP and mobile joined."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit, urlunsplit

from extraction.document import Document
from extraction.home import leads_home
from extraction.provenance import Told
from extraction.suffixes import is_public_suffix
from news.errors import BadUrlError
from news.url import host, joined, normal

# Names under which one site serves the same pages again; between other sub-domains, strangers may live.
_WHOLE_SITE = frozenset({"www", "www2"})
_SAME_PAGES = _WHOLE_SITE | {"m", "mobile", "amp", "touch", "wap"}
_AMP_PART = re.compile(r"(?:amp|outputType=amp|output=amp|amp=(?:1|true|yes)|_amp=(?:1|true))", re.IGNORECASE)
_AMP_FOLDER = re.compile(r"/amp(?=/[^/])", re.IGNORECASE)
_AMP_PATH = re.compile(r"(?<=[^/])(?:/amp/?|\.amp(?=\.html?$|$))$|(?<=[^/])\.amp(?=\.html?$)", re.IGNORECASE)


def _bare(name: str, of: AbstractSet[str] = _SAME_PAGES) -> str:
    """The host without a first label that only says how its pages are served; where strangers live below, whole."""
    first, _, rest = name.partition(".")
    return rest if first in of and "." in rest and not is_public_suffix(rest) else name


def _is_same_site(url: str, claim: str) -> bool:
    """Whether the page's owner owns the claimed address: the same host, or one below it, on the same port.

    What is below `m.site.example` without its `m.` may be a stranger's, as far as anybody knows.
    """
    if urlsplit(url).port != urlsplit(claim).port:
        return False
    own, claimed = host(url), host(claim)
    site = _bare(own, _WHOLE_SITE)
    return _bare(claimed) == _bare(own) or (claimed.endswith(f".{site}") and not is_public_suffix(site))


def _links(document: Document, relation: str) -> Iterator[str]:
    for link in document.elements.links:
        if relation in (link.get("rel") or "").lower().split():
            yield link.get("href") or ""


def _claims(document: Document) -> Iterator[Told[str]]:
    for link in _links(document, "canonical"):
        yield Told(link, "link canonical")
    yield Told(document.first("og:url"), "meta og:url")
    for page in document.data.get("page", ()):
        yield Told(page, "json-ld")


def without_amp(url: str, *, is_amp: bool) -> str:
    """The address without what asks for its AMP variant: a query for it, and, of an AMP page, `/amp` and `.amp` too.

    The path of another page may begin or end so for its own reasons: an article on amps.
    """
    parts = urlsplit(url)
    query = "&".join(part for part in parts.query.split("&") if not _AMP_PART.fullmatch(part))
    path = parts.path
    if is_amp:
        start = _AMP_FOLDER.match(path)
        path = _AMP_PATH.sub("", path[start.end() :] if start else path)
    return urlunsplit((parts.scheme, parts.netloc, path or "/", query, ""))


def _is_amp(document: Document, url: str) -> bool:
    """Whether the address is that of an AMP page: the page is one, or names the address as its AMP variant."""
    root = document.tree.attrib
    if "amp" in root or "⚡" in root:
        return True
    return any(joined(document.url, link) == url for link in _links(document, "amphtml"))


def canonical(document: Document) -> Told[str]:
    """The claimed address in normal form, or the page's own where the claim is foreign, broken or the front page.

    A site that names its front page on every article would otherwise have but one article. Of a page from a file,
    whose address nobody knows, the claim is all there is. Either is freed of its AMP variant's marks.
    """
    own = _own(document)
    for claim, origin in _claims(document):
        url = joined(own, claim.strip()) if claim.strip() else None
        if url is not None and (not own or _is_believable(own, url, origin)):
            return Told(without_amp(url, is_amp=_is_amp(document, url)), origin)
    plain = without_amp(own, is_amp=_is_amp(document, own)) if own else document.url
    return Told(plain, "url")


def canonical_url(document: Document) -> str:
    """The canonical address alone."""
    return canonical(document).value


def _own(document: Document) -> str:
    try:
        return normal(document.url)
    except BadUrlError:
        return ""


def _is_believable(own: str, claim: str, origin: str) -> bool:
    """Whether the claim is of the same site and no front page; JSON-LD's, often of a section, only of the same page."""
    if origin == "json-ld" and _last(own) != _last(claim):
        return False
    return _is_same_site(own, claim) and (leads_home(own) or not leads_home(claim))


def _last(url: str) -> str:
    """The last segment of an address's path, AMP or not."""
    return urlsplit(without_amp(url, is_amp=True)).path.rstrip("/").rpartition("/")[2]
