"""robots.txt as RFC 9309 reads it: the rules by Protego, the meaning of status, size and encoding by us."""

import codecs
import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from protego import Protego

LONGEST = 500 * 1024
_TOO_MANY_REQUESTS = 429
_PRODUCT = re.compile(r"[^\s/(]+")
# Every spelling that Protego takes for a group's first line, with a colon or without; none may escape being made exact.
_AGENT_LINE = re.compile(
    r"(?:^|(?<=[\r\n]))[ \t]*user(?:-|[ \t]*)agent"
    r"(?:[ \t]*:[ \t]*([^\r\n]*)|[ \t]+((?:[^:#\r\n]|:(?=\S))*)(?=[#\r\n]|\Z))",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(\*)(?=[\s#]|$)|([A-Za-z_-]*)")
# Line ends to Python and to Protego, but not to RFC 9309.
_NO_LINE_END = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)
_LINE_END = re.compile(r"[\r\n]")


@dataclass(frozen=True)
class Robots:
    """What a site allows. `rules` is the text of its robots.txt, empty where all is allowed.

    `is_unreachable`: the file could not be had, so nothing may be fetched for now.
    """

    rules: str = ""
    is_unreachable: bool = False

    def allows(self, url: str, user_agent: str = "Vigie") -> bool:
        """Whether the agent may fetch the URL; of a whole User-Agent line the leading product name counts."""
        return not self.is_unreachable and bool(self._parsed.can_fetch(url, _exact(_product(user_agent))))

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps named, as written, each once; they hold for every agent."""
        return tuple(dict.fromkeys(self._parsed.sitemaps))

    def crawl_delay(self, user_agent: str = "Vigie") -> float | None:
        """The seconds between two requests that the site asks of the agent; None where it asks for none."""
        delay = self._parsed.crawl_delay(_exact(_product(user_agent)))
        return float(delay) if delay is not None else None

    @cached_property
    def _parsed(self) -> Protego:
        rules = _NO_LINE_END.sub(lambda found: quote(found.group()), self.rules)
        return Protego.parse(_AGENT_LINE.sub(_agent_line, rules))

    def __getstate__(self) -> dict[str, object]:
        """The text alone crosses to another process; the rules are parsed anew there."""
        return {"rules": self.rules, "is_unreachable": self.is_unreachable}


def parse_robots(body: bytes, status: int) -> Robots:
    """The rules that an answer to GET /robots.txt means; `status` 0 stands for no answer at all.

    2xx: the first 500 KiB. 429, 5xx, no answer: nothing is allowed for now. Everything else: all is allowed.
    """
    if status == _TOO_MANY_REQUESTS or status >= 500 or status < 200:
        return Robots(is_unreachable=True)
    if status >= 300:
        return Robots()
    text = _text(body)
    return Robots() if _WEB_PAGE.match(text) else Robots(text)


def _text(body: bytes) -> str:
    body = body.lstrip(codecs.BOM_UTF8)  # whole, or what a careless editor left of it
    if len(body) <= LONGEST:
        return body.decode("utf-8", "replace")
    text = body[:LONGEST].decode("utf-8", "replace")
    ends = [found.start() for found in _LINE_END.finditer(text)]
    return text[: ends[-1]] if ends else ""  # the start of `Disallow: /private` would forbid the whole site


def _agent_line(found: "re.Match[str]") -> str:
    """The line with the one name that RFC 9309 reads in it: `Vigie/1.0 (…)` means Vigie, and so does `Vigie2`."""
    named = _NAMED.match(found[1] if found[1] is not None else found[2])
    assert named is not None  # noqa: S101 (it matches the empty string)
    return "User-agent: " + (named[1] or _exact(named[2]))


def _exact(name: str) -> str:
    """The name in brackets: Protego looks for a group's name anywhere in ours, where RFC 9309 wants them equal."""
    return f"<{name}>"


def _product(user_agent: str) -> str:
    found = _PRODUCT.match(user_agent.strip())
    return found.group() if found else ""
