"""The normal form of a URL, the key that tells two of them apart, and which URLs are taken at all."""

import hashlib
import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from news.errors import BadUrlError
from news.hostname import ascii_host
from news.text import clip

LONGEST_URL = 8_192
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_LINE_BREAKS = re.compile(r"[\t\r\n]")
_SLASHES = re.compile(r"(?:(?P<scheme>https?):)?(?P<slashes>/*)", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# What the URL standard escapes in a path and in a query of http, beside spaces and control characters.
_ESCAPED_IN_PATH = re.compile(r'[^\x00-\x7f]+|["<>^`{}]')
_ESCAPED_IN_QUERY = re.compile(r"""[^\x00-\x7f]+|["'<>]""")
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
# Only as long a number as sessions have: `sid=100` may be a section, or a story.
_SESSION_PART = re.compile(r"(amp;)?(s?sid|session_?id|oscsid|zenid)=[0-9a-f]{32}", re.IGNORECASE)
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
    """The URL, stripped of outer white space and its host in normal form, if Vigie may visit such a thing at all.

    Raises BadUrlError for anything but http and https, and for user names, backslashes, control characters and white
    space within, which programs read in different ways and attackers therefore like. The host is in normal form so
    that whoever connects cannot read another one in it than we did.
    """
    parts, authority = _taken_apart(url.strip())
    return url.strip().replace(f"//{parts.netloc}", f"//{authority}", 1)


def _taken_apart(url: str) -> tuple[SplitResult, str]:
    """The parts of a URL that passes `checked`, and its authority in normal form."""
    if len(url) > LONGEST_URL:
        raise BadUrlError(f"the URL is {len(url)} characters long", f"Vigie takes up to {LONGEST_URL}")
    if _FORBIDDEN.search(url):
        raise BadUrlError(
            f"the URL {shown(url)} holds a space, a backslash or a control character", "percent-encode it"
        )
    parts = _split(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise BadUrlError(
            f"the URL {shown(url)} is not an http or https one", "write it in full: https://www.example.com/"
        )
    if "@" in parts.netloc:
        raise BadUrlError("the URL holds a user name or password", "leave them out of the URL")
    return parts, _authority(parts)


def shown(url: str) -> str:
    """The URL as a message may quote it: short, and without a password that somebody wrote into it."""
    return repr(clip(_CREDENTIALS.sub("//…@", url), 200))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is none
    except ValueError as error:
        raise BadUrlError(f"the URL {shown(url)} cannot be read", "check how it is written") from error
    return parts


def _authority(parts: SplitResult) -> str:
    """The host in ASCII and lower case, and the port unless it is the scheme's own."""
    host = _ascii_host(parts)
    if parts.port is None or parts.port == _DEFAULT_PORTS.get(parts.scheme):
        return host
    return f"{host}:{parts.port}"


def _ascii_host(parts: SplitResult) -> str:
    written = parts.netloc.rpartition("@")[2]
    name = written[: written.find("]") + 1] if written.startswith("[") else written.partition(":")[0]
    if not name:
        raise BadUrlError("the URL names no host")
    try:
        return ascii_host(name)
    except ValueError as error:
        raise BadUrlError(f"the URL's host {clip(name, 200)!r} is no host name: {error}") from error


def normal(url: str) -> str:
    """The URL without fragment, default port, tracking parameters, session and dot segments.

    Scheme and host are in lower case, all of it in ASCII: the host in IDNA, the rest percent-encoded as UTF-8. Raises
    BadUrlError like `checked`, and where the ASCII form is too long.
    """
    parts, authority = _taken_apart(url.strip())
    path = _without_dots(_SESSION.sub("", _ascii(parts.path, _ESCAPED_IN_PATH))) or "/"
    query = _without_tracking(_ascii(parts.query, _ESCAPED_IN_QUERY))
    plain = urlunsplit((parts.scheme, authority, path, query, ""))
    if len(plain) > LONGEST_URL:
        raise BadUrlError(f"the URL is {len(plain)} characters long", f"Vigie takes up to {LONGEST_URL}")
    return plain


def _ascii(part: str, escaped: re.Pattern[str]) -> str:
    """The part as a client sends it, its escapes in capitals: `/été` and `/%c3%a9t%c3%a9` are one path."""
    whole = _SURROGATE.sub("\ufffd", part)
    return _ESCAPE.sub(lambda found: found.group().upper(), escaped.sub(lambda found: quote(found.group()), whole))


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
    """The query less tracking and sessions; what is kept is kept to the letter, for the server may care."""
    kept = (part for part in query.split("&") if not _TRACKING.fullmatch(part.partition("=")[0]))
    return "&".join(part for part in kept if not _SESSION_PART.fullmatch(part))


def key(url: str) -> str:
    """Sixty-four hexadecimal digits, equal for URLs that differ only in scheme, fragment, tracking or a last slash.

    URLs have no length that databases would index; their keys have.
    """
    parts = _split(normal(url))
    plain = urlunsplit(("", parts.netloc, parts.path.rstrip("/") or "/", parts.query, ""))
    return hashlib.sha256(plain.encode("ascii")).hexdigest()


def joined(base: str, link: str) -> str | None:
    """The link as seen from the page `base`, in normal form; None where it leads nowhere Vigie may go.

    Spaces are escaped, line breaks dropped and slashes counted as browsers do with what pages write.
    """
    link = _LINE_BREAKS.sub("", link.strip()).partition("#")[0].replace(" ", "%20")
    try:
        return normal(urljoin(base, _with_two_slashes(base, link)))
    except (BadUrlError, ValueError):
        return None


def _with_two_slashes(base: str, link: str) -> str:
    """The link with two slashes before its host, where browsers see a host behind none, one or many."""
    found = _SLASHES.match(link)
    assert found is not None  # noqa: S101 (it matches anything)
    scheme, slashes = found["scheme"] or "", found["slashes"]
    is_elsewhere = bool(scheme) and not base.lower().startswith(f"{scheme.lower()}:")
    if is_elsewhere or len(slashes) > 2:
        return f"{scheme}:" * bool(scheme) + "//" + link[found.end() :]
    return link


def host(url: str) -> str:
    """The URL's host name in lower case, without port; an empty string where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def endpoint(url: str) -> tuple[str, int]:
    """The host and the port that a request to the URL dials. Raises BadUrlError where it names no port that is one."""
    parts = _split(url)
    return (parts.hostname or "").rstrip("."), parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)


def origin(url: str) -> str:
    """Scheme, host and port, as robots.txt and politeness count them: `https://www.example.com`.

    Raises BadUrlError where the URL has none.
    """
    parts = _split(url)
    return f"{parts.scheme}://{_authority(parts)}"
