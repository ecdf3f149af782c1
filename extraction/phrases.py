"""The phrases that sites write around their articles, from `phrases/`, and which lines they make boilerplate."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from extraction.lines import tidy

_FOLDER = Path(__file__).with_name("phrases")
KINDS = ("labels", "lines", "sentences", "closings", "endings", "comments")
# Characters; what is longer is the author's own.
_LONGEST_LABEL = 300
_LONGEST_SENTENCE = 280
_LONGEST_CLOSING = 120

# Bullets, arrows and emoji before the first word; not quotation marks, behind which someone speaks.
_DECORATION = re.compile(r"^[^\w\s\"'(«“„「『©ⓒ$€£%&]+\s*|^[-_]+\s*")
_QUOTES = re.compile(r"\s*»|«\s*|[“”„]")
_AFTER_A_LINE = " \t\n\xa0:.!?…>→»|。】])"
_DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩"
_MARK = re.compile(r"\s*[:|>›→»】\]▶►]|\"(?=\s)|\s[-–—]\s|\s*$")
_COUNT = re.compile(r"^\s*\d[\d.,\s]{0,9}\s(?=[^\W\d])")  # 12 comments
_GAP = ".{1,60}?"
_MOST_DECORATION = 40  # characters around a phrase; of a longer line nothing more is asked, most are prose
_OPENING = 4  # characters by which phrases are looked up, at most
_HEAD = _MOST_DECORATION + _OPENING
_FIRST_WIDE = "\u2e80"  # from here on a character says as much as two or three letters
# One letter for those that writers do not tell apart, and none for the vowel signs of Arabic.
_SAME = str.maketrans(
    "’：｜（）［］！？\u0622\u0623\u0625\u0649ё",
    "':|()[]!?\u0627\u0627\u0627\u064aе",
    "".join(map(chr, (0x640, *range(0x64B, 0x653)))),
)


@lru_cache(maxsize=4_096)
def _whole(line: str) -> str:
    """The line as whole lines are looked up."""
    return _without_tail(normalized(_undecorated(line)))


def _without_tail(text: str) -> str:
    """The text without the marks and the count at its end: `Comments (12) »`."""
    counted = text.rstrip(_AFTER_A_LINE).rstrip(_DIGITS)
    return counted.removesuffix("(").rstrip(_AFTER_A_LINE)


def normalized(text: str) -> str:
    """The text as lines and phrases are compared."""
    return _QUOTES.sub('"', tidy(text)).casefold().translate(_SAME)


def _undecorated(text: str) -> str:
    return _DECORATION.sub("", tidy(text))


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """A phrase with gaps as a pattern; compiled when a line first opens like it."""
    return re.compile(re.escape(phrase).replace("…", _GAP).replace(r"\*", r"\w*"))


def _end(phrase: str, text: str) -> int:
    """Where the phrase that the text begins with ends, -1 where it does not, or ends within a word.

    What is written without spaces between words may go on.
    """
    if "…" in phrase or "*" in phrase:
        found = _pattern(phrase).match(text)
        end = found.end() if found else -1
    else:
        end = len(phrase) if text.startswith(phrase) else -1
    within = text[end - 1 : end + 1] if end > 0 else ""
    return -1 if len(within) > 1 and within.isalnum() and max(within) < _FIRST_WIDE else end


class Openings:
    """Phrases that a line may begin with, looked up by its first characters."""

    def __init__(self, phrases: Iterable[str]) -> None:
        by_opening: dict[str, list[str]] = defaultdict(list)
        for phrase in sorted(map(normalized, phrases), key=len, reverse=True):
            by_opening[phrase.partition("…")[0].partition("*")[0][:_OPENING]].append(phrase)
        self._by_opening = dict(by_opening)
        self._lengths = sorted({len(opening) for opening in by_opening}, reverse=True)

    def may_open(self, text: str) -> bool:
        """Whether some phrase has the first characters of the normalized text."""
        return any(text[:length] in self._by_opening for length in self._lengths)

    def end(self, text: str) -> int:
        """Where the longest phrase that the normalized text begins with ends; -1 if it begins with none."""
        known = (phrase for length in self._lengths for phrase in self._by_opening.get(text[:length], ()))
        return next((end for phrase in known if (end := _end(phrase, text)) >= 0), -1)


def _whole_lines(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(_without_tail(normalized(phrase)) for phrase in phrases)


def _breadth(text: str) -> int:
    """The length in letters; a sentence of Chinese, Japanese or Korean takes less than half of them."""
    return len(text) * (2 if text >= _FIRST_WIDE else 1)


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """The phrases of all languages, ready to be asked about one line at a time."""

    labels: Openings
    lines: frozenset[str]
    sentences: Openings
    closings: tuple[str, ...]
    endings: frozenset[str]
    comments: frozenset[str]
    longest_line: int

    def is_ending(self, line: str) -> bool:
        """Whether the line is a header of what follows an article: comments, related articles."""
        return self._is_one_of(line, self.endings) or self.is_comments(line)

    def is_comments(self, line: str) -> bool:
        """Whether the line is the header of what readers write."""
        return self._is_one_of(_COUNT.sub("", line, count=1), self.comments)

    def is_boilerplate(self, line: str) -> bool:
        """Whether the line, wherever it stands, is the site's and not the author's."""
        return bool(self.kind_of(line))

    def kind_of(self, line: str) -> str:
        """What a line of the site's is, in words; empty where it is the author's."""
        return _remembered(self, line) if len(line) <= _LONGEST_LABEL + _MOST_DECORATION else ""

    def looked_up(self, line: str) -> str:
        """The same, looked up anew."""
        if self._is_one_of(line, self.lines):
            return "a line of the site's"
        if len(line) > _LONGEST_CLOSING + _MOST_DECORATION and not self._may_open(line[:_HEAD]):
            return ""  # as most lines are; the rest of them need not be looked at
        bare = _undecorated(line)
        plain = normalized(bare)
        if self._points_elsewhere(bare, plain):
            return "read-also line"
        return "plea" if self._is_plea(plain) else ""

    def _may_open(self, head: str) -> bool:
        opening = normalized(_undecorated(head))
        return self.labels.may_open(opening) or self.sentences.may_open(opening)

    def _is_one_of(self, line: str, known: frozenset[str]) -> bool:
        if len(line) > self.longest_line + _MOST_DECORATION:
            return False
        return _whole(line) in known

    def _points_elsewhere(self, bare: str, plain: str) -> bool:
        end = self.labels.end(plain)
        if end < 0 or _breadth(plain) > _LONGEST_LABEL:
            return False
        # Without a colon, capitals set the label apart from the title that it points to.
        shouted = bare[:end]
        return _MARK.match(plain, end) is not None or (" " in shouted and shouted.isupper() and not bare.isupper())

    def _is_plea(self, plain: str) -> bool:
        breadth = _breadth(plain)
        if breadth <= _LONGEST_SENTENCE and self.sentences.end(plain) >= 0:
            return True
        return breadth <= _LONGEST_CLOSING and _without_tail(plain).endswith(self.closings)


@lru_cache(maxsize=4_096)
def _remembered(known: Phrases, line: str) -> str:
    """The kind of a line; several rules ask for it."""
    return known.looked_up(line)


@cache
def by_language() -> Mapping[str, Mapping[str, list[str]]]:
    """The phrases as the files have them: by language, by kind."""
    files = sorted(_FOLDER.glob("*.toml"))
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}


@cache
def phrases() -> Phrases:
    """The phrases of the files, ready for use; once per process."""
    kinds = {kind: [phrase for one in by_language().values() for phrase in one.get(kind, ())] for kind in KINDS}
    return Phrases(
        labels=Openings(kinds["labels"]),
        lines=_whole_lines(kinds["lines"]),
        sentences=Openings(kinds["sentences"]),
        closings=tuple(map(normalized, kinds["closings"])),
        endings=_whole_lines(kinds["endings"]),
        comments=_whole_lines(kinds["comments"]),
        longest_line=max(len(line) for kind in ("lines", "endings", "comments") for line in kinds[kind]),
    )
