"""What stands around an article and is none of it, dropped from its paragraphs by rules over plain lines."""

import re
from collections.abc import Sequence

from extraction.furniture import Known, without_furniture
from extraction.headings import contents_run
from extraction.lines import PROSE, key, word_count
from extraction.phrases import phrases

_COUNTER = re.compile(r"\d{1,3}\s*(?:/|of|sur|von)\s*\d{1,3}")
_LONGEST_BIO = 80  # words


def without_scraps(paragraphs: Sequence[str]) -> list[str]:
    """Cut at a header of comments or related articles after the last line of prose."""
    last_prose = max((at for at, line in enumerate(paragraphs) if word_count(line) >= PROSE), default=-1)
    for at in range(last_prose + 1, len(paragraphs)):
        if phrases().is_ending(paragraphs[at]):
            return list(paragraphs[:at])
    return list(paragraphs)


def without_contents(paragraphs: Sequence[str]) -> list[str]:
    """Drop the list of the section headings before the sections themselves."""
    run = contents_run(paragraphs)
    return [paragraph for at, paragraph in enumerate(paragraphs) if at not in run]


def without_phrases(paragraphs: Sequence[str]) -> list[str]:
    """Drop what sites write between the paragraphs: pointers elsewhere, pleas, buttons, headers of nothing."""
    known = phrases()
    return [line for line in paragraphs if not known.is_boilerplate(line) and not known.is_ending(line)]


def without_captions(paragraphs: Sequence[str]) -> list[str]:
    """Drop what stands at pictures: whose they are (`© Agency`), and which of how many (`2 / 12`)."""
    return [line for line in paragraphs if not (_COUNTER.fullmatch(line) or _is_credit(line))]


def _is_credit(line: str) -> bool:
    return line.startswith("©") and word_count(line) < PROSE


def without_bio(paragraphs: Sequence[str], known: Known) -> list[str]:
    """Drop a last paragraph that begins with an author's name: what the site says of who wrote."""
    last = paragraphs[-1] if len(paragraphs) > 1 else ""
    is_bio = any(last.startswith(f"{name} ") for name in known.authors) and word_count(last) <= _LONGEST_BIO
    return list(paragraphs[:-1] if is_bio else paragraphs)


def without_title(paragraphs: Sequence[str], known: Known) -> list[str]:
    """Drop every line that only says the title again."""
    titles = {key(title) for title in (known.title, *known.other_titles) if title}
    return [line for line in paragraphs if key(line) not in titles]


def cleaned(paragraphs: Sequence[str], known: Known) -> list[str]:
    """The paragraphs that are the article's own, in order."""
    left = without_contents(without_captions(without_scraps(paragraphs)))
    return without_bio(without_furniture(without_title(without_phrases(left), known), known), known)
