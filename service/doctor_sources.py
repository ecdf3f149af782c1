"""The doctor on what single sources need: secrets that can be read, a site of their own to send them to, a browser."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from crawler.access import Access, access_of
from crawler.chromium import BrowserMissingError, installed
from news.errors import ConfigError
from news.source import Source
from news.url import host
from service.finding import Finding, fail, ok, warn

# Where strangers have pages beside one another under one host, or below it. There are more: the rest is the user's.
_SHARED = (
    "blogspot.com", "canalblog.com", "feedburner.com", "free.fr", "ghost.io", "github.io", "gitlab.io", "medium.com",
    "neocities.org", "netlify.app", "over-blog.com", "pages.dev", "sites.google.com", "substack.com", "tumblr.com",
    "vercel.app", "weebly.com", "wixsite.com", "wordpress.com",
)  # fmt: skip
_DOORS = ("", "www.", "feeds.")


def examine_accesses(sources: Sequence[Source], *, is_running: bool) -> list[Finding]:
    """Of each source with a subscription or a proxy: whether its secrets are there, and who is sent them."""
    return [finding for source in sources for finding in _examined(source, is_running=is_running)]


def _examined(source: Source, *, is_running: bool) -> Iterable[Finding]:
    name = f"access of {source.name}"
    try:
        access = access_of(source)
    except ConfigError as error:
        yield fail(name, error.message, error.hint)
        return
    if not access.kinds:
        return
    troubles = [_lacking(name, said, is_running=is_running) for said in access.amiss()]
    yield from troubles
    if not troubles:
        yield ok(name, f"{', '.join(access.kinds)}: what it names can be read{_told_to(access)}")
    if access.has_credentials and is_shared(source.url):
        found = f"what it holds is sent to {host(source.url)} and every host below it, where others have pages too"
        yield warn(name, found, "give the source the address of a host of its own, if the site has one")


def _lacking(name: str, said: str, *, is_running: bool) -> Finding:
    if is_running and "environment" in said:
        return warn(name, f"{said} here", "the running service may have it all the same")
    return fail(name, said, "put the secret there, for the service's user to read")


def _told_to(access: Access) -> str:
    return f"; sent to {host(access.site)} and the hosts below it" if access.has_credentials else ""


def is_shared(url: str) -> bool:
    """Whether the host, or one below it, seems to serve pages of strangers too."""
    own, first = host(url), urlsplit(url).path.lstrip("/")[:1]
    return first in ("~", "@") or any(own == f"{door}{shared}" for shared in _SHARED for door in _DOORS)


def examine_browser(sources: Sequence[Source], named: str) -> list[Finding]:
    """Whether the browser is there that some sources need; `named` is the one that the settings name."""
    needing = [source.name for source in sources if source.browser and not source.paused]
    if not needing:
        return []
    whose = f"{needing[0]!r}" if len(needing) == 1 else f"{len(needing)} sources, the first {needing[0]!r},"
    try:
        path = installed(named)
    except BrowserMissingError as error:
        return [fail("browser", f"{error.message}; the pages of {whose} cannot be had", error.hint)]
    return [ok("browser", f"{path}, for the pages of {whose.rstrip(',')}")]
