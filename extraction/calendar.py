"""The words of dates in all languages, from dates.toml, and the digits that scripts write them with."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

# The zeros of Arabic, Persian, Devanagari, Bengali, Thai and fullwidth digits; the other nine follow each.
_ZEROS = "\u0660\u06f0\u0966\u09e6\u0e50\uff10"
_PLAIN = {ord(zero) + digit: str(digit) for zero in _ZEROS for digit in range(10)} | {ord("："): ":", ord("．"): "."}

# The kinds of furniture.toml that stand in the line of a date.
_ABOUT_DATES = ("by", "marked", "after", "stamps", "units", "reading", "lasting", "counted")
_BETWEEN_WORDS = re.compile(r"[\s.]+")


def plain_digits(text: str) -> str:
    """The text with ASCII digits, colons and dots, each where it was."""
    return text if text.isascii() else text.translate(_PLAIN)


@cache
def months() -> dict[str, int]:
    """The number of each name of a month, without case and final dot."""
    return {
        name: number
        for language in _languages().values()
        for number, names in enumerate(language.get("months", ()), 1)
        for name in _listed(names)
    }


@cache
def furnishing() -> frozenset[str]:
    """The single words that stand about a date and tell no story, in lower case; those of furniture.toml too."""
    found = {*months(), *halves(), *map(str.casefold, zones()), *stamps()}
    for language in _languages().values():
        found.update(word for kind in ("days", "around") for word in _listed(language[kind]))
    for kinds in _read("furniture.toml").values():
        found.update(phrase.casefold() for kind in _ABOUT_DATES for phrase in kinds.get(kind, ()))
    return frozenset(found | {word for phrase in found for word in _BETWEEN_WORDS.split(phrase)})


@cache
def stamps() -> frozenset[str]:
    """The first words of what is written before a date of publication or change, or its maker's name, in lower case."""
    phrases = [word for language in _languages().values() for word in _listed(language.get("stamps", ""))]
    for kinds in _read("furniture.toml").values():
        phrases += [*kinds["stamps"], *kinds["by"]]
    return frozenset(_BETWEEN_WORDS.split(phrase.casefold())[0] for phrase in phrases) - {""}


@cache
def turns() -> re.Pattern[str]:
    """Where a line begins to tell of the change, or of publication; the group is `changed` or `published`."""
    kinds = ("changed", "published")
    words = {kind: {word for each in _languages().values() for word in _listed(each[kind])} for kind in kinds}
    either = (f"(?P<{kind}>{'|'.join(map(re.escape, sorted(words[kind], key=len, reverse=True)))})" for kind in kinds)
    return re.compile("|".join(either), re.I)


@cache
def halves() -> dict[str, str]:
    """`am` or `pm` by each word for it."""
    return {word: half for half, words in _read()["halves"].items() for word in _listed(words)}


@cache
def zones() -> dict[str, float | str]:
    """Hours from UTC, or the name of a place, by the short name of a zone."""
    return dict(_read()["zones"])


def _listed(words: str) -> list[str]:
    return [word.strip().casefold() for word in words.split(",") if word.strip()]


def _languages() -> dict[str, Any]:
    return {name: words for name, words in _read().items() if name not in ("halves", "zones")}


@cache
def _read(name: str = "dates.toml") -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
