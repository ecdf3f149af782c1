"""The figures of a news text: how many of what. Pure.

`plus de 10 000 soldats` says 10 000 of `soldat`. Only what an article says once is taken: where it gives two numbers of
the same, neither can be told from the other.
"""

import re
from collections.abc import Iterator, Mapping

from news.telling import Figures

_LOOKED_AT = 20_000  # characters of a text
_MOST = 40  # figures of a text that are kept
_SPACE = " \u00a0\u2009\u202f"
_NUMBER = rf"\d{{1,3}}(?:[{_SPACE}.,]\d{{3}}){{1,4}}(?![\d])|\d{{1,15}}(?:[.,]\d{{1,6}})?(?![\d])"
_SCALE = r"(?:milliards?|millions?|mille|milliers|billion|thousand|Milliarden?|Millionen?|Tausend)"
_FIGURE = re.compile(
    rf"(?<![\w.,:/-])(?P<number>{_NUMBER})(?:[{_SPACE}](?P<scale>{_SCALE}))?"
    rf"(?:[{_SPACE}](?:de|of|des)[{_SPACE}]|[{_SPACE}]d[’']|[{_SPACE}])(?P<unit>[^\W\d_]{{4,}})",
    re.IGNORECASE,
)
# What counts time, and the little words that a number may stand before: they are no news.
_NO_UNIT = frozenset((
    "years", "year", "months", "month", "weeks", "week", "days", "hours", "hour", "minutes", "minute", "seconds",
    "times", "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
    "december", "année", "années", "mois", "semaine", "semaines", "jours", "jour", "heures", "heure", "secondes",
    "fois", "janvier", "février", "mars", "avril", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre", "siècle", "jahre", "jahren", "monate", "wochen", "tage", "tagen", "stunden", "stunde", "minuten",
    "januar", "februar", "märz", "juni", "juli", "oktober", "dezember", "prozent",
    "avec", "pour", "dans", "from", "with", "that", "this", "than", "they", "were", "have", "been", "after", "before",
    "until", "über", "nach", "sont", "dont", "mais", "leur", "selon", "encore", "plus", "depuis", "entre", "contre",
    "vers", "late", "last", "next", "first", "more", "less", "other", "others", "autres",
))  # fmt: skip
# What anything may be told of: the number of people in a square is not that of people hurt. They count with what became
# of them, if one of the next words says it.
_ANYTHING = frozenset((
    "people", "person", "personne", "men", "women", "homme", "femme", "children", "enfant", "countries", "country",
    "pays", "euro", "dollar", "franc", "habitant", "resident", "menschen", "personen", "euros", "dollars", "point",
    "metre", "mètre", "meter", "kilometre", "kilomètre", "kilometer", "mile", "place", "page", "article", "degree",
    "degré", "percent", "civilian", "civil", "others", "civils",
))  # fmt: skip
_FATES = frozenset((
    "killed", "dead", "died", "injured", "wounded", "hurt", "missing", "arrested", "displaced", "evacuated", "stranded",
    "infected", "tués", "tuées", "morts", "mortes", "blessés", "blessées", "disparus", "disparues", "arrêtés",
    "arrêtées", "interpellées", "déplacées", "évacuées", "contaminées", "sinistrées", "getötet", "verletzt", "vermisst",
))  # fmt: skip
_WORDS_TO_A_FATE = 4
_YEAR = re.compile(r"(?:19|20)\d\d")
_SCALES = {
    "millier": 1_000, "mille": 1_000, "thousand": 1_000, "tausend": 1_000, "million": 10**6, "millionen": 10**6,
    "milliard": 10**9, "billion": 10**9, "milliarden": 10**9, "milliarde": 10**9,
}  # fmt: skip


def figures(text: str) -> Figures:
    """Each figure as it is written, by what it counts (in lower case, without a plural's end)."""
    found: dict[str, tuple[float, str]] = {}
    doubtful: set[str] = set()
    for unit, value, written in _all(text[:_LOOKED_AT]):
        if unit in found and found[unit][0] != value:
            doubtful.add(unit)
        found.setdefault(unit, (value, written))
    said = {unit: written for unit, (_, written) in found.items() if unit not in doubtful}
    return dict(list(said.items())[:_MOST])


def changed(before: Figures, now: Figures) -> dict[str, tuple[str, str]]:
    """What counts the same and says another number: what it was, and what it is, both with the word that is counted."""
    return {
        unit: (before[unit], written)
        for unit, written in now.items()
        if unit in before and value_of(before[unit]) != value_of(written)
    }


def merged(before: Mapping[str, Figures], language: str, now: Figures) -> dict[str, Figures]:
    """What is known of a story's figures once another text of this language is taken in."""
    return {**before, language: {**before.get(language, {}), **now}}


def number(written: str) -> str:
    """The number of a figure, without the word that is counted."""
    found = _FIGURE.match(written)
    return " ".join(filter(None, (found["number"], found["scale"]))) if found is not None else written


def _all(text: str) -> Iterator[tuple[str, float, str]]:
    for found in _FIGURE.finditer(text):
        unit, written = _singular(found["unit"].lower()), " ".join(found[0].split())
        value = _value(found["number"], found["scale"])
        if value is None or found["unit"].lower() in _NO_UNIT or _YEAR.fullmatch(found["number"]):
            continue
        if unit in _ANYTHING:
            fate = _fate(text[found.end() : found.end() + 60])
            if not fate:
                continue
            unit, written = fate, f"{written} {fate}"
        yield unit, value, written


def _fate(text: str) -> str:
    """What became of those who were counted, if one of the next words says so, before a sentence ends."""
    for word in re.split(r"[.!?;:]", text, maxsplit=1)[0].split()[:_WORDS_TO_A_FATE]:
        if (plain := word.strip(',()«»“”"').lower()) in _FATES:
            return plain
    return ""


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word[-1] in "sx" else word


def value_of(written: str) -> float | None:
    """How many a figure says; None where that cannot be read."""
    found = _FIGURE.match(written)
    return _value(found["number"], found["scale"]) if found is not None else None


def _value(digits: str, scale: str | None) -> float | None:
    plain = re.sub(rf"[{_SPACE}]", "", digits)
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", plain):
        plain = re.sub(r"[.,]", "", plain)
    try:
        value = float(plain.replace(",", "."))
    except ValueError:
        return None
    return value * _SCALES.get(_singular((scale or "").lower()), 1)
