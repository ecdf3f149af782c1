"""What is remembered of other people's servers from one start to the next: their pace, and their robots.txt."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Host:
    """How a host (`www.example.com`, with its port where that is not the usual one) wants to be asked.

    `delay` is the pause between two requests that was learned, `crawl_delay` the one that its robots.txt asks for,
    both in seconds. After `refusals` answers 429 or 503 in a row it is left alone until `closed_until`.
    """

    name: str
    delay: float = 0.0
    crawl_delay: float = 0.0
    refusals: int = 0
    closed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """The robots.txt of an origin as last fetched, in force until `keep_until`; `trouble` says why there is none."""

    origin: str
    rules: str
    is_unreachable: bool
    trouble: str
    keep_until: datetime
