"""What stands above and below the prose of a page: bylines, dates, tags, counters, crumbs."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from extraction.datelines import is_dateline
from extraction.lines import PROSE, key, word_count

_LONGEST = 12  # words
_LONGEST_OF_DATES = 30  # words of a line with the date of change too
_BREADCRUMB = 60  # characters that may stand before the title in a line of crumbs
_SHORTEST_TITLE = 3  # words that make a title telling enough to be looked for at the end of a line

# Letters that a name does not begin with: those of Latin and Cyrillic that have a capital.
_SMALL = "".join(letter for letter in map(chr, range(ord("a"), 0x500)) if letter.islower())
_NAME = rf"(?-i: [^\W\d_{_SMALL}] ) [\w.’'-]*"
_JOINED = r"\s+ (?:and|et|und|y|e|en|i|и|و|&|de|del|van|von|da|du|la|le|avec|with|mit|con|com) \s+"
_WHEN = r"(?: \s*[|•·,–-]\s* .{0,60}\d.{0,20} )?"
_UNSPACED = r"[\u3400-\u9fff\u30a0-\u30ff\uac00-\ud7af]"  # without hiragana, of which names are not made
_TIME = r"\d{1,2}\s?[:h.]\s?\d\d\b | \d{1,2}\s?h\b"
_YEAR = r"(?:19|20)\d\d"
_DATE = rf"""
    (?: \w+\.?,?\s+ )? \d{{1,2}} (?:er|st|nd|rd|th|º|\.)? \s+ (?:de\s+)? [^\W\d]+\.?,? \s+ (?:del?\s+)? {_YEAR} \b
  | (?: \w+,\s+ )? [^\W\d]+\.? \s+ \d{{1,2}} (?:st|nd|rd|th)?, \s+ {_YEAR} \b
  | (?: \w+\.?,?\s+ )? \d{{1,2}} (?P<sign>[./-]) \d{{1,2}} (?P=sign) (?:\d\d){{1,2}} \b
  | {_YEAR} (?: [./-]\s? \d{{1,2}} [./-]\s? \d{{1,2}} \b\.? | [年년]\s? \d{{1,2}} [月월]\s? \d{{1,2}} [日일] )
"""
_KINDS = ("by", "marked", "after", "stamps", "units", "reading", "lasting", "counted")
_SAME = str.maketrans("：／｜（）", ":/|()")
_SENTENCE = re.compile(r"[:：.!?,]")
_LABEL = 3  # words that may stand before the first tag: `Related topics:`
_BETWEEN_TAGS = re.compile(r"[,;|•·›»>]| #")
_LABEL = 3  # words that may stand before the first tag: `Related topics:`
_TAG_LABEL = re.compile(
    r"(?:(?:related\s)?(?:tags|topics|keywords)|filed under|mots[- ]clés|étiquettes|sur le même sujet|thèmes"
    r"|schlagw[oö]rter|themen|etiquetas|temas|parole chiave|argomenti)\s*:?\s+",
    re.IGNORECASE,
)
_WORD_OF_TAG = r"(?!(?:et|and|und|y|e)\b)[\w’'&/-]+"
_TAG = re.compile(rf"{_WORD_OF_TAG}(?: {_WORD_OF_TAG}){{0,4}}")


@dataclass(frozen=True, slots=True)
class Known:
    """What the page's metadata says, so that lines which only repeat it can be told."""

    title: str
    other_titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    apart: frozenset[str] = frozenset()  # paragraphs that are not set as the article's prose is


def is_byline(line: str, known: Known) -> bool:
    """Whether the line says who wrote, or when: `by Sara`, `Publié le 25 octobre 2024`, or an author's bare name."""
    names = {key(name) for name in known.authors}
    plain = line.strip(" |,•·–-").translate(_SAME)
    return key(line) in names or any(pattern.fullmatch(plain) for pattern in patterns())


def says_who(text: str) -> bool:
    """Whether what follows an author's name says what this person does for a living: `is a reporter at the Courier`."""
    return any(pattern.match(text) for pattern in _livings())


@cache
def _livings() -> tuple[re.Pattern[str], ...]:
    """A pattern for each language; in one without words for `is`, the job may stand anywhere near the name."""
    found = []
    for words in _by_language().values():
        is_, jobs, does = ("|".join(map(re.escape, words.get(kind, ()))) for kind in ("is", "jobs", "does"))
        living = rf"(?:(?:{is_})\b\W+(?:\S+\s+){{0,5}}?)?[\w-]*(?:{jobs})\b" if is_ else rf".{{0,30}}?(?:{jobs})"
        doing = (rf"|(?:{does})\b" if is_ else rf"|.{{0,30}}?(?:{does})") if does else ""
        found.append(re.compile(rf"[\W\d]*(?:{living}{doing})", re.IGNORECASE))
    return tuple(found)


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """What bylines, dates and counters of all languages look like; made once per process."""
    words = {kind: _any_of(kind) for kind in _KINDS}
    byline = rf"""
        (?: (?:{words["by"]}) \s*:?\s+ | (?:{words["marked"]}) \s*[:/]\s* )
        {_NAME} (?: (?: \s+ | ,\s* | {_JOINED} ) {_NAME} ){{0,7}} {_WHEN}
      | {_UNSPACED}{{2,8}} \s? (?:{words["after"]}) (?: \s+ \S{{1,60}}@\S{{1,60}} )?
    """
    span = rf"\d[\d.,]*\s* (?:{words['units']})\b"
    # The tail of a date holds no colon but that of a time: `October 25, 2024: the day that changed all` is a heading.
    date = rf"""
        (?:{words["stamps"]}) (?: \b | (?=\d) ) (?:
            .{{0,60}} (?: {_YEAR} | {_TIME} | \d{{1,2}}[./-]\d{{1,2}} | {span} ) .{{0,40}}
          | \W* (?: \w{{1,2}}\W+ ){{0,2}} \d{{1,2}} (?:er|st|nd|rd|th|\.)? \s+ (?:de\s+)? [^\W\d]+ )
      | (?: {_DATE} ) (?: (?!\s*:\s) .{{1,40}} )?
    """
    counter = rf"""
        (?: (?:{words["lasting"]}) \s*:?\s* )?
        \d[\d.,]*\s*k?\s* (?:{words["units"]}) \.? (?: \s* (?:{words["reading"]}) )? \.?
      | \d[\d.,]*\s*k?\s* (?:{words["counted"]}) \.?
    """
    return tuple(re.compile(pattern, re.VERBOSE | re.IGNORECASE) for pattern in (byline, date, counter))


def _any_of(kind: str) -> str:
    """The words of a kind in all languages as alternatives of a verbose pattern, the longest first."""
    found = {word for language in _by_language().values() for word in language.get(kind, ())}
    return "|".join(re.escape(word) for word in sorted(found, key=len, reverse=True))


@cache
def _by_language() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("furniture.toml").read_text(encoding="utf-8"))


def _tags(line: str) -> list[str]:
    return [tag.strip().lstrip("#") for tag in _BETWEEN_TAGS.split(line)]


def is_known_tags(line: str, known: Known) -> bool:
    """Whether the line lists nothing but the page's keywords, if behind a word that says so."""
    keywords = {key(keyword) for keyword in known.keywords}
    first, *others = _tags(line)
    is_first = key(first) in keywords or any(
        key(first[space.start() :]) in keywords for space in islice(re.finditer(r"\s", first), _LABEL)
    )
    return is_first and all(key(tag) in keywords for tag in others)


def looks_like_tags(line: str) -> bool:
    """Whether the line is two or more short names in a row: `Corée du Sud, Russie, Corée du Nord`."""
    tags = _tags(line)
    return len(tags) > 1 and all(_TAG.fullmatch(tag) and tag[0].isupper() for tag in tags)


def is_labelled_tags(line: str) -> bool:
    """Whether the line says itself that it lists tags: `Mots-clés : Russie, Corée du Nord`."""
    label = _TAG_LABEL.match(line)
    return label is not None and looks_like_tags(line[label.end() :])


def is_crumbs(line: str, known: Known) -> bool:
    """Whether the line is a path that ends with the title: `Home ActualitéTitle`."""
    if word_count(known.title) < _SHORTEST_TITLE or not key(line).endswith(key(known.title)):
        return False
    before = line[: -len(known.title)]
    return len(before) <= _BREADCRUMB and not _SENTENCE.search(before)


def _is_prose(line: str, known: Known) -> bool:
    return word_count(line) >= PROSE and not _is_stamp(line, known)


def _is_stamp(line: str, known: Known) -> bool:
    return is_crumbs(line, known) or _tells_both_dates(line)


def _tells_both_dates(line: str) -> bool:
    """Whether the line says when the article was published, and when it was changed, and nothing else."""
    return word_count(line) <= _LONGEST_OF_DATES and len(_dates().findall(line)) > 1 and is_dateline(line)


@cache
def _dates() -> re.Pattern[str]:
    return re.compile(_DATE, re.IGNORECASE | re.VERBOSE)


def furniture(paragraphs: Sequence[str], known: Known) -> dict[int, str]:
    """Such lines above the first one of prose and, where the metadata confirms them, below: their numbers, and why."""
    numbers = range(len(paragraphs))
    first = next((at for at in numbers if _is_prose(paragraphs[at], known)), len(paragraphs))
    last = next((at for at in reversed(numbers) if _is_prose(paragraphs[at], known)), -1)

    def why(at: int, line: str) -> str:
        if at <= first and is_crumbs(line, known):
            return "path to the page"
        if first <= at <= last:
            return ""
        if word_count(line) > _LONGEST:
            return "byline" if _tells_both_dates(line) else ""
        if is_byline(line, known):
            return "byline"
        is_tags = is_known_tags(line, known) or (at < first and looks_like_tags(line)) or is_labelled_tags(line)
        return "tags" if is_tags else ""

    return {at: reason for at, line in enumerate(paragraphs) if (reason := why(at, line))}
