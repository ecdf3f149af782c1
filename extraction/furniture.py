"""What stands above and below the prose of a page: bylines, dates, tags, counters, crumbs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extraction.lines import PROSE, key, word_count

_LONGEST = 12  # words
_BREADCRUMB = 60  # characters that may stand before the title in a line of crumbs
_SHORTEST_TITLE = 3  # words that make a title telling enough to be looked for at the end of a line

_BYLINE = re.compile(
    r"""
    (?: (?: (?:written|posted|published|reported|story|words)\s+ )? by
      | (?: (?:article|texte)\s+(?:de|par) | (?:(?:écrit|publié|posté|rédigé)\s+)? par )
      | von | por | di | door
    ) \s* :? \s+
    (?P<first> (?-i: [^\W\d_a-zà-ÿ]) [\w.’'-]* )
    (?: (?: \s+ | ,\s* | \s+(?:and|et|und|y|e|en|&|de|van|von|da|du|la|le|avec|with|mit)\s+ )
        (?-i: [^\W\d_a-zà-ÿ]) [\w.’'-]* ){0,7}
    (?: \s*[|•·,–-]\s* .{0,60}\d.{0,20} )?  # and when
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DATE = re.compile(
    r"""
    (?: (?:published|posted|updated|last\ updated|publié|publiée|posté|mis\ à\ jour|mise\ à\ jour|modifié
          |veröffentlicht|aktualisiert|stand|publicado|actualizado|pubblicato|aggiornato) \b .{0,60}\d.{0,40}
      | (?: \w+\.?,?\s+ )? \d{1,2} (?:er|st|nd|rd|th|\.)? \s+ [^\W\d]+\.?,? \s+ (?:19|20)\d\d \b .{0,40}
      | (?: \w+,\s+ )? [^\W\d]+\.? \s+ \d{1,2} (?:st|nd|rd|th)?, \s+ (?:19|20)\d\d \b .{0,40}
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_COUNTER = re.compile(
    r"[\d.,]+\s*k?\s*(?:(?:min|mn|minutes?)(?:\s+(?:read|de lecture|lesezeit|di lettura|de lectura))?"
    r"|views?|vues?|shares?|partages?|comments?|commentaires?)\.?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[:：.!?,]")
_BETWEEN_TAGS = re.compile(r"[,;|•·›»>]| #")
_TAG = re.compile(r"(?:(?!(?:et|and|und|y|e)\b)[\w’'&/-]+ ?){1,5}")


@dataclass(frozen=True, slots=True)
class Known:
    """What the page's metadata says, so that lines which only repeat it can be told."""

    title: str
    other_titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


def is_byline(line: str, known: Known) -> bool:
    """Whether the line says who wrote, or when: `by Sara`, `Publié le 25 octobre 2024`, or an author's bare name."""
    names = {key(name) for name in known.authors}
    plain = line.strip(" |,•·–-")
    return key(line) in names or any(pattern.fullmatch(plain) for pattern in (_BYLINE, _DATE, _COUNTER))


def _tags(line: str) -> list[str]:
    return [tag.strip().lstrip("#") for tag in _BETWEEN_TAGS.split(line)]


def is_known_tags(line: str, known: Known) -> bool:
    """Whether the line lists nothing but the page's keywords."""
    keywords = {key(keyword) for keyword in known.keywords}
    return all(key(tag) in keywords for tag in _tags(line))


def looks_like_tags(line: str) -> bool:
    """Whether the line is two or more short names in a row: `Corée du Sud, Russie, Corée du Nord`."""
    tags = _tags(line)
    return len(tags) > 1 and all(_TAG.fullmatch(tag) and tag[0].isupper() for tag in tags)


def is_crumbs(line: str, known: Known) -> bool:
    """Whether the line is a path that ends with the title: `Home ActualitéTitle`."""
    if word_count(known.title) < _SHORTEST_TITLE or not key(line).endswith(key(known.title)):
        return False
    before = line[: -len(known.title)]
    return len(before) <= _BREADCRUMB and not _SENTENCE.search(before)


def without_furniture(paragraphs: Sequence[str], known: Known) -> list[str]:
    """The paragraphs without such lines above the first one of prose and, where the metadata confirms them, below."""
    prose = [at for at, line in enumerate(paragraphs) if word_count(line) >= PROSE]
    first, last = (prose[0], prose[-1]) if prose else (len(paragraphs), -1)

    def is_furniture(at: int, line: str) -> bool:
        if at <= first and is_crumbs(line, known):
            return True
        if first <= at <= last or word_count(line) > _LONGEST:
            return False
        return is_byline(line, known) or is_known_tags(line, known) or (at < first and looks_like_tags(line))

    return [line for at, line in enumerate(paragraphs) if not is_furniture(at, line)]
