"""Subscriptions: what files that pass between readers of news list, read and not yet judged."""

from dataclasses import dataclass

MOST_SUBSCRIPTIONS = 100_000


@dataclass(frozen=True, slots=True)
class Subscription:
    """One source as a file lists it, its addresses as written; `line` counts from 1, 0 where there is no file yet.

    `url` is what a source is made of. `feed` is a feed for other readers where `url` is a home page that has one;
    `home` is the home page, equal to `url` where there is no feed at all. `folders` leads to it from the outermost.
    """

    url: str
    name: str = ""
    feed: str = ""
    home: str = ""
    folders: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one line of a file, and the address that stands there, if any."""

    line: int
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """All that a file lists, in its order, and what could not be read of it."""

    subscriptions: tuple[Subscription, ...] = ()
    flaws: tuple[Flaw, ...] = ()


def too_many(line: int) -> Flaw:
    """The flaw of a file that lists more than Vigie reads."""
    return Flaw(line, "", f"nothing is read from here on: a file may list {MOST_SUBSCRIPTIONS:,} sources, so split it")
