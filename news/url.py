"""The normal form of a URL, the key that tells two of them apart, and which URLs are taken at all."""

import hashlib
import re
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from news.errors import BadUrlError
from news.text import clip

LONGEST_URL = 8_192
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_LINE_BREAKS = re.compile(r"[\t\r\n]")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_CREDENTIALS = re.compile(r"//[^/?#]*@")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# `amp;` stands before the name where a feed has escaped its ampersands twice.
_TRACKING = re.compile(
    r"(amp;)?(utm_.*|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|mc_cid|mc_eid|mkt_tok|igshid|wt_z?mc"
    r"|at_(medium|campaign|custom\d*)|xtor|xtref|cmp|cmpid|ocid|ns_(source|mchannel|campaign|linkname)|_ga|_gl|spm"
    r"|ref_src|phpsessid|jsessionid)",
    re.IGNORECASE,
)


def checked(url: str) -> str:
    """The URL, stripped of outer white space, if Vigie may visit such a thing at all.

    Raises BadUrlError for anything but http and https, and for user names, backslashes, control characters and white
    space within, which programs read in different ways and attackers therefore like.
    """
    url = url.strip()
    _taken_apart(url)
    return url


def _taken_apart(url: str) -> tuple[SplitResult, str]:
    """The parts of a URL that passes `checked`, and its authority in normal form."""
    if len(url) > LONGEST_URL:
        raise BadUrlError(f"the URL is {len(url)} characters long", f"Vigie takes up to {LONGEST_URL}")
    if _FORBIDDEN.search(url):
        raise BadUrlError(
            f"the URL {_shown(url)} holds a space, a backslash or a control character", "percent-encode it"
        )
    parts = _split(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise BadUrlError(
            f"the URL {_shown(url)} is not an http or https one", "write it in full: https://www.example.com/"
        )
    if "@" in parts.netloc:
        raise BadUrlError("the URL holds a user name or password", "leave them out of the URL")
    return parts, _authority(parts)


def _shown(url: str) -> str:
    """The URL as a message may quote it: short, and without a password that somebody wrote into it."""
    return repr(clip(_CREDENTIALS.sub("//…@", url), 200))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is none
    except ValueError as error:
        raise BadUrlError(f"the URL {_shown(url)} cannot be read", "check how it is written") from error
    return parts


def _authority(parts: SplitResult) -> str:
    """The host in ASCII and lower case, and the port unless it is the scheme's own."""
    host = _ascii_host(parts)
    if parts.port is None or parts.port == _DEFAULT_PORTS.get(parts.scheme):
        return host
    return f"{host}:{parts.port}"


def _ascii_host(parts: SplitResult) -> str:
    name = parts.hostname or ""
    try:
        if ":" in name and "%" not in name:
            return f"[{IPv6Address(name)}]"
        if "[" in parts.netloc:
            raise ValueError("brackets around what is no IPv6 address")
        if not name.isascii():
            name = name.encode("idna").decode("ascii")
        name = name.lower().removesuffix(".")
    except ValueError as error:
        raise BadUrlError(f"the URL's host {name!r} is no host name") from error
    if not _HOST.fullmatch(name):
        raise BadUrlError(f"the URL's host {name!r} is no host name" if name else "the URL names no host")
    return name


def normal(url: str) -> str:
    """The URL without fragment, default port, tracking parameters, session and dot segments.

    Scheme and host are in lower case, all of it in ASCII: the host in IDNA, the rest percent-encoded as UTF-8. Raises
    BadUrlError like `checked`, and where the ASCII form is too long.
    """
    parts, authority = _taken_apart(url.strip())
    path = _without_dots(_SESSION.sub("", _ascii(parts.path))) or "/"
    plain = urlunsplit((parts.scheme, authority, path, _without_tracking(_ascii(parts.query)), ""))
    if len(plain) > LONGEST_URL:
        raise BadUrlError(f"the URL is {len(plain)} characters long", f"Vigie takes up to {LONGEST_URL}")
    return plain


def _ascii(part: str) -> str:
    """The part as a client sends it, its escapes in capitals: `/été` and `/%c3%a9t%c3%a9` are one path."""
    escaped = _NOT_ASCII.sub(lambda found: quote(found.group(), errors="replace"), part)
    return _ESCAPE.sub(lambda found: found.group().upper(), escaped)


def _without_dots(path: str) -> str:
    """The path with `.` and `..` followed, escaped or not, as every client does before it asks."""
    segments = path.split("/")[1:]
    plain = [segment.replace("%2E", ".") for segment in segments]
    if "." not in plain and ".." not in plain:
        return path
    kept: list[str] = []
    for segment, dots in zip(segments, plain, strict=True):
        if dots == "..":
            del kept[-1:]
        elif dots != ".":
            kept.append(segment)
    if plain[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _without_tracking(query: str) -> str:
    """The query less its tracking parameters; what is kept is kept to the letter, for the server may care."""
    return "&".join(part for part in query.split("&") if not _TRACKING.fullmatch(part.partition("=")[0]))


def key(url: str) -> str:
    """Sixty-four hexadecimal digits, equal for URLs that differ only in scheme, fragment, tracking or a last slash.

    URLs have no length that databases would index; their keys have.
    """
    parts = _split(normal(url))
    plain = urlunsplit(("", parts.netloc, parts.path.rstrip("/") or "/", parts.query, ""))
    return hashlib.sha256(plain.encode("ascii")).hexdigest()


def joined(base: str, link: str) -> str | None:
    """The link as seen from the page `base`, in normal form; None where it leads nowhere Vigie may go.

    Spaces are escaped and line breaks dropped, as browsers do with what pages write.
    """
    link = _LINE_BREAKS.sub("", link.strip()).replace(" ", "%20")
    try:
        return normal(urljoin(base, link))
    except (BadUrlError, ValueError):
        return None


def host(url: str) -> str:
    """The URL's host name in lower case, without port; an empty string where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def origin(url: str) -> str:
    """Scheme, host and port, as robots.txt and politeness count them: `https://www.example.com`.

    Raises BadUrlError where the URL has none.
    """
    parts = _split(url)
    return f"{parts.scheme}://{_authority(parts)}"
