"""What a feed says of itself beside its entries: how often to ask, which hub tells of news, where older pages are."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from news.url import LONGEST_URL, joined

_REGISTRY = "http://www.iana.org/assignments/relation/"  # the long form of every relation, says RFC 4287
_FULL = re.compile(r"https?://", re.IGNORECASE)
_WEEK = 7 * 24 * 3600
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": _WEEK, "monthly": 30 * 86_400, "yearly": 365 * 86_400}
_SKIPPED_HOURS = re.compile(r"<skipHours\b[^<>]*>(.{0,2000}?)</skipHours", re.IGNORECASE | re.DOTALL)
_SKIPPED_DAYS = re.compile(r"<skipDays\b[^<>]*>(.{0,2000}?)</skipDays", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(r"<hour>\s*(\d\d?)\s*</hour", re.IGNORECASE | re.ASCII)
_DAY = re.compile(r"<day>\s*(mon|tues|wednes|thurs|fri|satur|sun)day\s*</day", re.IGNORECASE)
_DAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")


def relations(mapping: Any, relation: str) -> Iterator[Any]:
    """The `link` elements of this relation. A feed may overwrite any of feedparser's names with a tag of that name."""
    links = dict.get(mapping, "links")
    for link in links if isinstance(links, list) else ():
        rel = dict.get(link, "rel")
        if isinstance(rel, str) and plain_relation(rel) == relation:
            yield link


def plain_relation(relation: str) -> str:
    """The relation in its short form."""
    return relation.removeprefix(_REGISTRY)


def texts(mapping: Any, *names: str) -> Iterator[str]:
    """The values of these names that are text and not empty. `dict.get` keeps clear of feedparser's aliases."""
    for name in names:
        value = dict.get(mapping, name)
        if isinstance(value, str) and value.strip():
            yield value


def related(about: Any, url: str, *names: str) -> str:
    """Where the feed's first link of the first of these relations leads, in normal form; empty where nowhere."""
    addresses = (address for name in names for link in relations(about, name) for address in texts(link, "href"))
    return next(filter(None, (joined(url, address) for address in addresses)), "")


def own_address(about: Any, url: str) -> str:
    """The feed's first address of its own that leads somewhere, as written; empty where there is none."""
    addresses = (address for link in relations(about, "self") for address in texts(link, "href"))
    return next(filter(None, (as_written(url, address) for address in addresses)), "")


def as_written(url: str, address: str) -> str:
    """An address on the page `url` to the letter, for hubs compare strings; empty where it leads nowhere Vigie may go.

    A relative one is made a full one and nothing more. One that no form could carry so (line breaks, a length that no
    URL has) is in normal form.
    """
    plain = joined(url, address)
    if plain is None:
        return ""
    written = address.strip()
    full = written if _FULL.match(written) else urljoin(url, written)
    is_same = full.isprintable() and len(full) <= LONGEST_URL and bool(_FULL.match(full)) and joined(url, full) == plain
    return full if is_same else plain


def time_to_live(about: Any) -> int:
    """Seconds from `ttl` (minutes) or the syndication module's period and frequency; 0 where neither is sane."""
    minutes = next(texts(about, "ttl"), "")
    if minutes.isascii() and minutes.isdigit() and 0 < len(minutes) < 10:
        return min(int(minutes) * 60, _WEEK)
    period = _PERIODS.get(next(texts(about, "sy_updateperiod"), "").lower(), 0)
    times = next(texts(about, "sy_updatefrequency"), "1")
    frequency = int(times) if times.isascii() and times.isdigit() and len(times) < 5 else 1
    return min(period // max(frequency, 1), _WEEK)


def skipped_hours(text: str) -> frozenset[int]:
    """The hours (UTC, 0 to 23) in which the RSS channel asks not to be read; none where it names all of them.

    feedparser keeps one of them only. RSS 0.91 counted from 1 to 24.
    """
    block = _SKIPPED_HOURS.search(text)
    hours = frozenset(int(hour) % 24 for hour in _HOUR.findall(block[1]) if int(hour) <= 24) if block else frozenset()
    return hours if len(hours) < 24 else frozenset()


def skipped_days(text: str) -> frozenset[int]:
    """The days (UTC, 0 is Monday) on which the RSS channel asks not to be read; none where it names all of them."""
    block = _SKIPPED_DAYS.search(text)
    days = frozenset(_DAYS.index(day.lower()) for day in _DAY.findall(block[1])) if block else frozenset()
    return days if len(days) < 7 else frozenset()
