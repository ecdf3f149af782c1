"""Whether a short line says when, where and by whom, or tells a story in which a date occurs."""

import re
from collections.abc import Collection
from functools import cache

from extraction.calendar import furnishing, stamps
from extraction.document import Document
from extraction.lines import Line, key, word_count

_LONGEST = 160  # characters
_MARKS = r"\u0300-\u036f\u0e31-\u0e4e\u064b-\u0652"
_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}])*(?:[.'’-][^\W\d_]+)*")
_IDEOGRAM = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts that part no words, or few
_CASED = re.compile(r"[a-zA-Z\u00c0-\u024f\u0370-\u052f]")
_SENTENCE = re.compile(r"[^\W\d_]{3,}[.!?…](?:\s|$)|[。！？]|[\uac00-\ud7a3]다\.?$")
_RUNS_ON = re.compile(r"\d\s?日\s?(?:[、，]|(?P<on>[\u3040-\u30ff\u3400-\u9fff]+))")  # from the date into a clause
_SENTENCES = re.compile(r"(?<=[^\W\d_]{3}[.!?…])\s")
_BETWEEN = re.compile(r"[|•·⋅]|\s[/–—-]\s")
_PARTING = re.compile(r"[|•·⋅›»]|\s[/>–—-]\s")  # of a headline from the site's name, and of the steps to a page
_HEAD = 200  # lines
_LISTED = ("li.", "h2.", "h3.", "h4.", "h5.", "h6.")  # as which other stories are linked; elsewhere it may be a byline
_YEAR = re.compile(r"\d{4}")
_FIGURE = re.compile(r"\d")
# What a word costs that is none of a dateline's: a name or the title of a section is cheap, a verb is not.
_NAME, _UNCASED_NAME, _UNCASED, _WORD_OF_STORY = 0.15, 0.3, 0.5, 1.0
_MOST = 0.8
_MOST_BEHIND = 1.5  # where the line begins with the date
_MOST_STAMPED = 1.4
_MOST_OF_SENTENCE = 0.5
_MOST_OF_PARTS = 6.0  # where the date has a part of the line to itself


def is_dateline(text: str) -> bool:
    """Whether a line that holds a date is no prose: beside the date are only names, and words that go with dates."""
    if len(text) > _LONGEST:
        return False
    if any(on["on"] is None or _known_uncased().sub("", on["on"]) for on in _RUNS_ON.finditer(text)):
        return False
    whole = _cost(text)
    if _SENTENCE.search(text):
        return whole <= _MOST_OF_SENTENCE or any(map(_is_stamped, _SENTENCES.split(text)))
    is_first = not _cost(_FIGURE.split(text, maxsplit=1)[0])
    if whole <= (_MOST_BEHIND if is_first else _MOST_STAMPED if _opens(text) else _MOST):
        return True
    parts = (part for part in _BETWEEN.split(text) if _YEAR.search(part))
    return whole <= _MOST_OF_PARTS and any(_cost(part) <= _MOST for part in parts)


def dated_titles(document: Document) -> list[str]:
    """The headlines that name a year, and so may name a day of which the story tells; as keys."""
    written = [line.text for line in document.lines[:_HEAD] if line.style.startswith("h1.")]
    written += [text for name in ("og:title", "twitter:title") for text in document.meta.get(name, ())[:1]]
    title = document.elements.title
    written.append("" if title is None else title.text or "")
    parts = (part for text in written if _YEAR.search(text) for part in (text, *_PARTING.split(text)))
    return [key(part) for part in parts if _YEAR.search(part) and _cost(part)]


def is_of_story(line: Line, titles: Collection[str]) -> bool:
    """Whether a date in the line is one of a story: it is the headline, repeats it, or leads to another."""
    if line.style.startswith("h1."):
        return True
    if not _YEAR.search(line.text) or not _cost(line.text):
        return False
    if line.is_linked and line.style.startswith(_LISTED):
        return True
    return any(title in key(line.text) or key(line.text) in title for title in titles)


def _is_stamped(sentence: str) -> bool:
    """Whether it says nothing but when, and where, it was published: `Paru dans la Gazette du 9 mai 2009.`."""
    return _opens(sentence) and _YEAR.search(sentence) is not None and _cost(sentence) <= _MOST_OF_SENTENCE


def _opens(text: str) -> bool:
    """Whether it begins as lines do that say when, or by whom."""
    first = _WORD.search(text)
    return first is not None and first[0].casefold() in stamps()


def _cost(text: str) -> float:
    return sum(_price(word) for word in _WORD.findall(text))


def _price(word: str) -> float:
    if word.casefold() in furnishing():
        return 0
    if not _CASED.match(word):
        rest = _known_uncased().sub("", word)
        return _UNCASED * word_count(rest) if _IDEOGRAM.search(word) else _UNCASED_NAME
    return _WORD_OF_STORY if word[0].islower() and "." not in word else _NAME  # else it is a name, or a host's


@cache
def _known_uncased() -> re.Pattern[str]:
    """The words of dates in scripts that part no words."""
    known = sorted((word for word in furnishing() if _IDEOGRAM.match(word)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, known)))
