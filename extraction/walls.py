"""What pages say that stand in an article's place, from `walls.toml`: gone, consent, human, login, payment, scripts."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extraction.lines import tidy

_FILE = Path(__file__).with_name("walls.toml")
_GAP = ".{1,60}?"
_LONGEST = 400  # characters of a title or a line that are looked at
# A title begins with the phrase, after an exclamation or a number at most, or the site's name and a dash stand before.
_OPENING = r"(?:^|\s[-|:–—·•»]\s+|\|\s*)(?:(?:oops|ouch|uups|oups|hoppla|ups|sorry|désolé|404|error|erreur)\b\W*){0,3}"
_ALONE = r"\W*(?:$|[|–—·•!?.…]|\s-)"
# What is true of error pages in any language: the number alone, or after the word for 'error'.
_NUMBERED = re.compile(
    r"(?:^|[-|:–—(]\s*)"
    r"(?:(?:http|error|erreur|fehler|errore|erro|fout|błąd|ошибка|hata|خطأ|エラー|오류|错误|錯誤)\s*)*"
    r"404\b(?!\s*\w*\s*(?:morts|dead|people))"
    r"|^404(?:\s*(?:not found|エラー|오류|错误|錯誤))|^not found$",
    re.IGNORECASE,
)


def _normalized(text: str) -> str:
    return tidy(text[:_LONGEST]).replace("’", "'").casefold()


def _any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases; what is written without spaces ends where it likes."""
    patterns = []
    for phrase in sorted(map(_normalized, phrases), key=len, reverse=True):
        pattern = re.escape(phrase.rstrip(".")).replace("…", _GAP).replace(r"\*", r"\w*")
        parts_words = phrase[-1] < "\u0600" and phrase[-1].isalnum()
        patterns.append(pattern + (_ALONE if phrase[-1] == "." else r"(?!\w)" if parts_words else ""))
    return f"(?:{'|'.join(patterns)})"


@dataclass(frozen=True, slots=True)
class Walls:
    """The phrases of all languages, ready to be asked about one title or line at a time."""

    gone: re.Pattern[str]
    consent: re.Pattern[str]
    human: re.Pattern[str]
    login: re.Pattern[str]
    payment: re.Pattern[str]
    scripts: re.Pattern[str]

    def is_gone(self, title: str) -> bool:
        """Whether the title says that its page is not there."""
        return _NUMBERED.search(title[:_LONGEST]) is not None or self.gone.search(_normalized(title)) is not None

    def is_consent(self, title: str) -> bool:
        """Whether the title asks for consent."""
        return self.consent.match(_normalized(title)) is not None

    def is_human(self, title: str) -> bool:
        """Whether the title asks for a person, or shuts one out."""
        return self.human.match(_normalized(title)) is not None

    def is_login(self, title: str) -> bool:
        """Whether the title asks who is reading."""
        return self.login.match(_normalized(title)) is not None

    def asks_for_payment(self, line: str) -> bool:
        """Whether the line says that the rest is for those who pay."""
        return len(line) <= _LONGEST and self.payment.search(_normalized(line)) is not None

    def asks_for_scripts(self, line: str) -> bool:
        """Whether the line says that the page needs JavaScript."""
        return len(line) <= _LONGEST and self.scripts.search(_normalized(line)) is not None


@cache
def walls() -> Walls:
    """The phrases of the file, compiled once."""
    languages = tomllib.loads(_FILE.read_text(encoding="utf-8")).values()
    kinds = {
        kind: _any_of(phrase for language in languages for phrase in language[kind])
        for kind in ("gone", "consent", "human", "login", "payment", "scripts")
    }
    return Walls(
        gone=re.compile(_OPENING + kinds["gone"]),
        consent=re.compile(kinds["consent"]),
        human=re.compile(kinds["human"] + _ALONE),
        login=re.compile(kinds["login"] + _ALONE),
        payment=re.compile(kinds["payment"]),
        scripts=re.compile(kinds["scripts"]),
    )
