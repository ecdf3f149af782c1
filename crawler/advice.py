"""What a user can do about a source whose fetches fail. Pure; one sentence, empty where waiting is all there is."""

from crawler.failure import FetchFailure

NOTHING_LISTED = "names no feed and no sitemap, and links to nothing that looks like an article"
TRY_ANOTHER = "Try the address of one of its sections, or of a feed if you know one: vigie source test URL."

_BY_KIND = {
    "network": "Check the address, and whether the site opens in a browser on this machine; Vigie keeps trying.",
    "timeout": "The server is slow or does not answer; Vigie keeps trying. [crawler] timeout gives it longer.",
    "host closed": "Nothing: Vigie goes on when the server's time is over.",
    "robots": "The site does not want robots here. Ask its owner, or try another feed: vigie source test URL.",
    "robots unreachable": "Nothing: while robots.txt cannot be read nothing may be fetched; Vigie asks again.",
    "guard": "If this address inside your own network is meant, allow it: [network] allow in vigie.toml.",
    "too large": "The answer is larger than Vigie takes. Try one of the site's other feeds: vigie source test URL.",
    "redirects": "Give the source the address at which a browser ends up: vigie source edit NAME --url URL.",
    "certificate": "Only the site's owner can mend its certificate; see also whether this machine's clock is right.",
    "broken answer": "The fault is on the site's side; Vigie keeps trying. To see for yourself: vigie source test URL.",
    "browser": "Install what is missing, see docs/browser.md; its links wait until then.",
    "access": "Put the secret where the source looks for it: vigie source show NAME says which there are.",
    "fault": "It is Vigie's own fault: please report it, with what the log says of this page.",
    "bad url": "Correct the address: vigie source edit NAME --url URL.",
}
_BY_STATUS = {
    401: "The site asks for a login. If you have a subscription, give it to the source: vigie source edit --help.",
    403: "The site refuses Vigie. [crawler] contact tells its owner who asks; a subscription of yours may help.",
    407: "Give the source the proxy's login: proxy_user and proxy_password_env, see docs/settings.md.",
    404: "The page has gone. See what the site offers now: vigie source test URL.",
    410: "The page has gone for good. See what the site offers now: vigie source test URL.",
    429: "Nothing: Vigie asks more seldom now. A longer interval helps for good: vigie source edit NAME --interval 1h.",
    451: "The page is withheld where this machine stands.",
}
# What is known of the very case says more than what holds for its kind.
_BY_HINT = ("guard", "access", "browser")
# What keeps robots.txt from us keeps the whole site from us.
_OF_THE_WHOLE_SITE = ("network", "timeout", "certificate", "broken answer")
_SERVER_FAULT = "Nothing: the fault is on the site's side, and Vigie keeps trying, at least once a day."


def advice(failure: FetchFailure) -> str:
    """What to do about a failed fetch."""
    if failure.hint and failure.kind in _BY_HINT:
        return failure.hint[0].upper() + failure.hint[1:]
    if failure.cause is not None and failure.cause.kind in _OF_THE_WHOLE_SITE:
        return advice(failure.cause)
    if failure.kind != "http":
        return _BY_KIND.get(failure.kind, "")
    if failure.status >= 500:
        return _SERVER_FAULT
    return _BY_STATUS.get(failure.status, "See what the site offers: vigie source test URL.")
