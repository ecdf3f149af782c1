"""The normal form of a URL, the key that tells two of them apart, and which URLs are taken at all."""

import hashlib
import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from news.errors import BadUrlError

LONGEST_URL = 8_192
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"^(utm_.*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|mc_cid|mc_eid|igshid|at_(medium|campaign|custom\d*)"
    r"|xtor|xtref|cmpid|ocid|ns_(source|mchannel|campaign|linkname)|_ga|_gl|spm|ref_src)$",
    re.IGNORECASE,
)


def checked(url: str) -> str:
    """The URL, stripped of outer white space, if Vigie may visit such a thing at all.

    Raises BadUrlError for anything but http and https, and for user names, backslashes, control characters and white
    space within, which programs read in different ways and attackers therefore like.
    """
    url = url.strip()
    if len(url) > LONGEST_URL:
        raise BadUrlError(f"the URL is {len(url)} characters long", f"Vigie takes up to {LONGEST_URL}")
    if _FORBIDDEN.search(url):
        raise BadUrlError(f"the URL {url!r} holds a space, a backslash or a control character", "percent-encode it")
    parts = _split(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise BadUrlError(f"the URL {url!r} is not an http or https one", "write it in full: https://www.example.com/")
    if parts.username is not None or parts.password is not None:
        raise BadUrlError("the URL holds a user name or password", "leave them out of the URL")
    if not parts.hostname:
        raise BadUrlError(f"the URL {url!r} names no host")
    return url


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is none
    except ValueError as error:
        raise BadUrlError(f"the URL {url!r} cannot be read: {error}") from error
    return parts


def normal(url: str) -> str:
    """The URL without fragment, default port and tracking parameters, scheme and host in lower case.

    Raises BadUrlError like `checked`.
    """
    parts = _split(checked(url))
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{parts.port}"
    return urlunsplit((parts.scheme, host, parts.path or "/", _without_tracking(parts.query), ""))


def _without_tracking(query: str) -> str:
    if not query or not any(_TRACKING.match(part.split("=", 1)[0]) for part in re.split("[&;]", query)):
        return query  # untouched: re-encoding would change what the server sees
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if not _TRACKING.match(name)])


def key(url: str) -> str:
    """Sixty-four hexadecimal digits, equal for URLs that differ only in scheme, fragment, tracking or a last slash.

    URLs have no length that databases would index; their keys have.
    """
    parts = _split(normal(url))
    plain = urlunsplit(("", parts.netloc, parts.path.rstrip("/") or "/", parts.query, ""))
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def joined(base: str, link: str) -> str | None:
    """The link as seen from the page `base`, in normal form; None where it leads nowhere Vigie may go."""
    try:
        return normal(urljoin(base, link.strip()))
    except (BadUrlError, ValueError):
        return None


def host(url: str) -> str:
    """The URL's host name in lower case, without port; an empty string where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def origin(url: str) -> str:
    """Scheme, host and port, as robots.txt and politeness count them: `https://www.example.com`."""
    parts = _split(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
