"""robots.txt as RFC 9309 reads it: the rules by Protego, the meaning of status, size and encoding by us."""

import codecs
import re
from dataclasses import dataclass
from functools import cached_property

from protego import Protego

_LONGEST = 500 * 1024
_TOO_MANY_REQUESTS = 429
_PRODUCT = re.compile(r"[A-Za-z_-]+")
# `User-agent: Vigie/1.0 (…)` means Vigie: what follows the name is dropped, else Protego would not know us in it.
_AGENT_LINE = re.compile(r"^([ \t]*user[- ]?agent[ \t]*:[ \t]*[^\s/#]+)[^\r\n#]*", re.IGNORECASE | re.MULTILINE)
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
        return not self.is_unreachable and bool(self._parsed.can_fetch(url, _product(user_agent)))

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps named, as written, each once; they hold for every agent."""
        return tuple(dict.fromkeys(self._parsed.sitemaps))

    def crawl_delay(self, user_agent: str = "Vigie") -> float | None:
        """The seconds between two requests that the site asks of the agent; None where it asks for none."""
        delay = self._parsed.crawl_delay(_product(user_agent))
        return float(delay) if delay is not None else None

    @cached_property
    def _parsed(self) -> Protego:
        return Protego.parse(self.rules)

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
    return Robots() if _WEB_PAGE.match(text) else Robots(_AGENT_LINE.sub(r"\1", text))


def _text(body: bytes) -> str:
    body = body.lstrip(codecs.BOM_UTF8)  # whole, or what a careless editor left of it
    if len(body) <= _LONGEST:
        return body.decode("utf-8", "replace")
    text = body[:_LONGEST].decode("utf-8", "replace")
    ends = [found.start() for found in _LINE_END.finditer(text)]
    return text[: ends[-1]] if ends else ""  # the start of `Disallow: /private` would forbid the whole site


def _product(user_agent: str) -> str:
    found = _PRODUCT.match(user_agent.strip())
    return found.group() if found else user_agent
