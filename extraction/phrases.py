"""The phrases that sites write around their articles, from `phrases.toml`, and which lines they make boilerplate."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from extraction.lines import tidy

_FILE = Path(__file__).with_name("phrases.toml")
# Bullets, arrows and emoji before the first word; not quotation marks, behind which someone speaks.
_DECORATION = re.compile(r"^[^\w\s\"'(«“„©$€£%&]+\s*|^[-_]+\s*")
_QUOTES = re.compile(r"\s*»|«\s*|[“”„]")
_AFTER_A_LINE = re.compile(r"[\s:.!?…>→»|]*(?:\(?\d*\)?)[\s:.!?…>→»|]*$")
_GAP = ".{1,60}?"
_MOST_DECORATION = 40  # characters around a phrase; of a longer line nothing more is asked, most are prose


@lru_cache(maxsize=4_096)
def _whole(line: str) -> str:
    """The line as whole lines are looked up."""
    return _AFTER_A_LINE.sub("", _normalized(_undecorated(line)))


def _normalized(text: str) -> str:
    return _QUOTES.sub('"', tidy(text).replace("’", "'").casefold())


def _undecorated(text: str) -> str:
    return _DECORATION.sub("", tidy(text))


def _any_of(phrases: Iterable[str]) -> str:
    longest_first = sorted(map(_normalized, phrases), key=len, reverse=True)
    patterns = (re.escape(phrase).replace("…", _GAP).replace(r"\*", r"\w*") for phrase in longest_first)
    return rf"(?:{'|'.join(patterns)})(?!(?<=\w)\w)"


def _whole_lines(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(_AFTER_A_LINE.sub("", _normalized(phrase)) for phrase in phrases)


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of all languages, ready to be asked about one line at a time."""

    labels: re.Pattern[str]
    lines: frozenset[str]
    sentences: re.Pattern[str]
    endings: frozenset[str]
    comments: frozenset[str]
    longest_label: int
    longest_sentence: int
    longest_line: int

    def is_ending(self, line: str) -> bool:
        """Whether the line is a header of what follows an article: comments, related articles."""
        return self._is_one_of(line, self.endings) or self.is_comments(line)

    def is_comments(self, line: str) -> bool:
        """Whether the line is the header of what readers write."""
        return self._is_one_of(line, self.comments)

    def is_boilerplate(self, line: str) -> bool:
        """Whether the line, wherever it stands, is the site's and not the author's."""
        if len(line) > self.longest_label + _MOST_DECORATION and len(line) > self.longest_sentence + _MOST_DECORATION:
            return False
        bare = _undecorated(line)
        return self._is_one_of(line, self.lines) or self._points_elsewhere(bare) or self._is_plea(bare)

    def _is_one_of(self, line: str, known: frozenset[str]) -> bool:
        if len(line) > self.longest_line + _MOST_DECORATION:
            return False
        return _whole(line) in known

    def _points_elsewhere(self, bare: str) -> bool:
        label = self.labels.match(_normalized(bare))
        if label is None or len(bare) > self.longest_label:
            return False
        # Without a colon, capitals set the label apart from the title that it points to.
        shouted = bare[: label.end("words")]
        return label["mark"] is not None or (" " in shouted and shouted.isupper() and not bare.isupper())

    def _is_plea(self, bare: str) -> bool:
        return len(bare) <= self.longest_sentence and self.sentences.match(_normalized(bare)) is not None


@cache
def phrases() -> Phrases:
    """The phrases of the file, compiled once."""
    languages = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    longest = languages.pop("longest")
    kinds = {
        kind: [phrase for language in languages.values() for phrase in language[kind]]
        for kind in ("labels", "lines", "sentences", "endings", "comments")
    }
    return Phrases(
        labels=re.compile(rf"(?P<words>{_any_of(kinds['labels'])})(?P<mark>\s*[:|>→»]|\s[-–—]\s|\s*$)?"),
        lines=_whole_lines(kinds["lines"]),
        sentences=re.compile(_any_of(kinds["sentences"])),
        endings=_whole_lines(kinds["endings"]),
        comments=_whole_lines(kinds["comments"]),
        longest_label=longest["label"],
        longest_sentence=longest["sentence"],
        longest_line=max(len(line) for kind in ("lines", "endings", "comments") for line in kinds[kind]),
    )
