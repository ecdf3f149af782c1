"""What stands around an article and is none of it, dropped from its paragraphs by rules over plain lines."""

from collections.abc import Sequence

from extraction.furniture import Known, without_furniture
from extraction.headings import contents_run
from extraction.lines import PROSE, key, word_count
from extraction.phrases import phrases


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


def without_title(paragraphs: Sequence[str], known: Known) -> list[str]:
    """Drop every line that only says the title again."""
    titles = {key(title) for title in (known.title, *known.other_titles) if title}
    return [line for line in paragraphs if key(line) not in titles]


def cleaned(paragraphs: Sequence[str], known: Known) -> list[str]:
    """The paragraphs that are the article's own, in order."""
    left = without_contents(without_scraps(paragraphs))
    return without_furniture(without_title(without_phrases(left), known), known)
