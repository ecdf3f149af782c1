"""What a site's URLs taught us: the shapes behind which articles were found, and those behind which there were none."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit
from zlib import crc32

from news.url import key

SURE_ARTICLE = 0.8  # what `judge` says of a shape that is worth a fetch whatever else speaks against it…
SURE_NONE = 0.1  # …and of one that is not
SAMPLED = 10  # one in so many pages of such a shape is fetched all the same: what was learned may be wrong by now

_MOST_SHAPES = 64
_LONGEST_SHAPE = 40
_MOST_SEGMENTS = 8
_ENOUGH = 2.5  # evidence of this very shape: three fresh pages, or more that are older
_ENOUGH_OF_KIN = 6.5  # and of any shape that differs in its fixed words only: eight
_KEPT = 0.95  # of older evidence with each new page of a shape, so that a redesign is noticed after some twenty
_HALF_LIFE_DAYS = 30.0
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATE = re.compile(r"(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?[0-3]\d)?")
_FILE = re.compile(r"\.[a-z]{2,5}$")
_CODE = re.compile(r"(?=[a-z0-9]*\d)[a-z0-9]{6,}|[0-9a-f]{8}-[0-9a-f-]{27}")
_WORD = re.compile(r"[a-z]{1,15}")
_SEPARATOR = re.compile(r"[-_+.,!~]+|%[0-9a-f]{2}")
_DIGITS = re.compile(r"\d+")
_FEW_WORDS = 3
_SHORTEST_NUMBER = 5


class Patterns:
    """Counts of pages by the shape of their URL. Bounded; what is old fades, what is not seen again is forgotten.

    Evidence counts for the shape itself, where `/sport/…` and `/recipes/…` differ, and, more cautiously, for its kin,
    where they do not.
    """

    def __init__(self, counts: Mapping[str, tuple[float, float]] | None = None) -> None:
        self._counts = dict(counts or {})

    def learn(self, url: str, is_article: bool) -> None:
        """The page at `url` was fetched, and was an article or was none."""
        for shape in dict.fromkeys(shapes_of(url)):
            yes, no = self._counts.pop(shape, (0.0, 0.0))
            self._counts[shape] = (yes * _KEPT + is_article, no * _KEPT + (not is_article))
        while len(self._counts) > _MOST_SHAPES:
            del self._counts[next(iter(self._counts))]  # the one that was not seen for longest

    def judge(self, url: str) -> float | None:
        """The share of articles, from 0 to 1, among the pages of such a shape; None where too few were seen."""
        for shape, enough in zip(shapes_of(url), (_ENOUGH, _ENOUGH_OF_KIN), strict=True):
            yes, no = self._counts.get(shape, (0.0, 0.0))
            if yes + no >= enough:
                return (yes + 0.5) / (yes + no + 1.0)
        return None

    def as_json(self, now: datetime) -> dict[str, Any]:
        """All of it as JSON knows values, under 4 kB when written down; `now` is an aware instant."""
        counts = {shape: [round(yes, 1), round(no, 1)] for shape, (yes, no) in self._counts.items()}
        return {"day": _day(now), "shapes": counts}

    @classmethod
    def from_json(cls, value: Any, now: datetime) -> Self:
        """What `as_json` gave, faded by the time since; without evidence where that cannot be read."""
        if not isinstance(value, Mapping) or not isinstance(value.get("shapes"), Mapping):
            return cls()
        written = value.get("day")
        age = max(_day(now) - written, 0) if isinstance(written, int) else 0
        faded = 0.5 ** (age / _HALF_LIFE_DAYS)
        return cls(dict(list(_read(value["shapes"], faded))[-_MOST_SHAPES:]))


def is_sample(url: str) -> bool:
    """Whether this URL is the one in `SAMPLED` that is tried whatever is known of its shape; the same at each look."""
    return crc32(key(url).encode()) % SAMPLED == 0


def _read(counts: Mapping[Any, Any], faded: float) -> Iterator[tuple[str, tuple[float, float]]]:
    for shape, count in counts.items():
        match count:
            case [int() | float() as yes, int() | float() as no] if yes >= 0 <= no:
                yield str(shape)[:_LONGEST_SHAPE], (yes * faded, no * faded)


def _day(now: datetime) -> int:
    return now.astimezone(UTC).toordinal()


def shapes_of(url: str) -> tuple[str, str]:
    """The URL's shape, in which the words of its folders stand, and that of its kin, in which they do not.

    `/sport/2026/11/21/la-france-gagne-la-coupe-12345.html` is `sport/Y/#/#/many-#.html` and `*/Y/#/#/many-#.html`.
    """
    split = urlsplit(url.lower())
    parts = [part for part in split.path.split("/") if part][:_MOST_SEGMENTS]
    last = [_last(parts[-1])] if parts else []
    query = _query(split.query)
    exact = "/".join([*(_folder(part) or part for part in parts[:-1]), *last]) + query
    kin = "/".join([*(_folder(part) or "*" for part in parts[:-1]), *last]) + query
    return _fit(exact), _fit("~" + kin)


def _fit(shape: str) -> str:
    """ASCII without quotes or escapes, so that its length in JSON is known."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\' else "?" for letter in shape
    )
    return plain[:_LONGEST_SHAPE]


def _folder(part: str) -> str:
    """What a folder is made of, or nothing where it is a word of its own."""
    if part.isdigit():
        return "Y" if _YEAR.fullmatch(part) else "#"
    return "" if _WORD.fullmatch(part) else _last(part)


def _last(part: str) -> str:
    """The kinds of things that the page's own name is made of, in a fixed order."""
    file = _FILE.search(part)
    name = part[: file.start()] if file else part
    without_date = _DATE.sub("-", name)
    pieces = [piece for piece in _SEPARATOR.split(without_date) if piece] if not _CODE.fullmatch(name) else [name]
    codes = sum(bool(_CODE.fullmatch(piece)) and not piece.isdigit() for piece in pieces)
    words = sum(not piece.isdigit() for piece in pieces) - codes
    shortest = _SHORTEST_NUMBER if words else 1  # three dead, in 2026, are no number of the page
    numbers = sum(piece.isdigit() and len(piece) >= shortest for piece in pieces)
    kinds = [
        "date" if without_date != name else "",
        "" if not words else "one" if words == 1 else "few" if words <= _FEW_WORDS else "many",
        "#" if numbers else "",
        "code" if codes else "",
    ]
    return "-".join(filter(None, kinds)) + (file.group() if file else "")


def _query(query: str) -> str:
    """The names in it, in order, with a mark for those that hold a number."""
    pairs = sorted(part.partition("=") for part in query.split("&") if part)
    return (
        "?" + "&".join(_DIGITS.sub("#", name) + ("=#" if value.isdigit() else "") for name, _, value in pairs)
        if pairs
        else ""
    )
