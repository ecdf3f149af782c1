"""What pages say in an article's place, by `walls.toml`: gone, consent, human, login, payment, members, scripts.

And what the boxes of consent say that stand over one.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extraction.lines import tidy, word_count

_FILE = Path(__file__).with_name("walls.toml")
_GAP = ".{1,60}?"
_LONGEST = 400  # characters of a title or a line that are looked at
# A title begins with the phrase, after an exclamation or a number at most, or the site's name and a dash stand before.
_OPENING = r"(?:^|\s[-|:–—·•»]\s+|\|\s*)(?:(?:oops|ouch|uups|oups|hoppla|ups|sorry|désolé|404|error|erreur)\b\W*){0,3}"
# What may stand beside the phrase in a title that is nothing else: the site's name, a number, a few words more.
_MOST_OF_A_NAME = 4  # words
_WHOLE_SENTENCE = 4  # words of a phrase that is one: "the page you requested" may go on
_SITE = re.compile(r"\s[-|:–—·•»]\s|\s*[|·•]\s*")
_BREAK = re.compile(r"[:;?,]\s+\w|[：？；]")
_OF_ERRORS = re.compile(r"\b(?:404|410|http|errors?|erreur|fehler|errore|erro|oops|sorry|not found)\b")
_MOST_AFTER = 3  # words after a phrase at the start or before one at the end of a paragraph
_QUOTE = re.compile(r"[\"'“”„«»‘’]\s*$")
_SENTENCE = r"(?:^|[.!?:…。！？：]\s*)"  # begins there, and no quotation does
_ALONE = r"\W*(?:$|[|–—·•!?.…]|\s-)"
# What is true of error pages in any language: the number alone, or after the word for 'error'.
_NUMBERED = re.compile(
    r"(?:^|[-|:–—(]\s*)"
    r"(?:(?:http|error|erreur|fehler|errore|erro|fout|błąd|ошибка|hata|خطأ|エラー|오류|错误|錯誤)\s*)*"
    r"404\b(?!\s*\w*\s*(?:morts|dead|people))"
    r"|^404(?:\s*(?:not found|エラー|오류|错误|錯誤))|^not found$",
    re.IGNORECASE,
)


def _fills(found: re.Match[str] | None, text: str) -> bool:
    """Whether what was found is nearly all that the title says: a headline goes on where a wall's title ends."""
    if found is None:
        return False
    after, _, name = _site_parted(text[found.end() :])
    words = word_count(_OF_ERRORS.sub("", after))
    is_sentence = word_count(found[0]) >= _WHOLE_SENTENCE and not _BREAK.search(after)
    beside = max(word_count(text[: found.start()]), word_count(name))
    return words <= (_WHOLE_SENTENCE if is_sentence else 1) and beside <= _MOST_OF_A_NAME


def _site_parted(text: str) -> tuple[str, str, str]:
    """The text before and after the first sign that may part it from the site's name. A colon does not."""
    parting = next((sign for sign in _SITE.finditer(text) if ":" not in sign[0]), None)
    return (text, "", "") if parting is None else (text[: parting.start()], parting[0], text[parting.end() :])


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
    partners: re.Pattern[str]
    partner: tuple[str, ...]
    tracking: re.Pattern[str]
    human: re.Pattern[str]
    login: re.Pattern[str]
    payment: re.Pattern[str]
    members: re.Pattern[str]
    scripts: re.Pattern[str]

    def is_gone(self, title: str, *, wholly: bool = False) -> bool:
        """Whether the title says that its page is not there; `wholly`: and says nothing else."""
        text = _normalized(title)
        found = (_NUMBERED.search(text), self.gone.search(text))
        return any(_fills(each, text) for each in found) if wholly else any(found)

    def is_consent(self, title: str, *, wholly: bool = False) -> bool:
        """Whether the title asks for consent; `wholly`: and says nothing else."""
        text = _normalized(title)
        found = self.consent.match(text)
        return _fills(found, text) if wholly else found is not None

    def asks_consent(self, line: str) -> bool:
        """Whether the line says who stores what on the reader's device, in words that are not quoted."""
        plain = line.casefold()  # all lines are asked, and few of them speak of partners
        if not any(word in plain for word in self.partner):
            return False
        text = _normalized(line)
        return self.partners.search(text) is not None and self.tracking.search(text) is not None

    def asking_consent(self, lines: Sequence[str]) -> list[int]:
        """The numbers of the lines that do. Only the words that are on the page are looked for in each of them."""
        whole = "\n".join(lines).casefold()
        words = [word for word in self.partner if word in whole]
        told = ((at, line.casefold()) for at, line in enumerate(lines)) if words else ()
        return [at for at, plain in told if any(word in plain for word in words) and self.asks_consent(lines[at])]

    def is_human(self, title: str) -> bool:
        """Whether the title asks for a person, or shuts one out."""
        return self.human.match(_normalized(title)) is not None

    def is_login(self, title: str) -> bool:
        """Whether the title asks who is reading."""
        return self.login.match(_normalized(title)) is not None

    def asks_for_payment(self, line: str) -> bool:
        """Whether the line says that the rest is for those who pay."""
        return len(line) <= _LONGEST and self.payment.search(_normalized(line)) is not None

    def closes_with_payment(self, paragraph: str) -> bool:
        """Whether a paragraph of prose says so itself, at its start or its end; what it quotes is not its own word."""
        text = _normalized(paragraph[-_LONGEST:])
        if self.payment.match(text) and len(paragraph) <= _LONGEST:
            return True
        ends = (found for found in self.payment.finditer(text) if word_count(text[found.end() :]) <= _MOST_AFTER)
        return any(not _QUOTE.search(text[: found.start()]) for found in ends)

    def asks_members(self, line: str) -> bool:
        """Whether the line asks those who pay to log in, as it may beside any article."""
        return len(line) <= _LONGEST and self.members.search(_normalized(line)) is not None

    def asks_for_scripts(self, line: str) -> bool:
        """Whether the line says that the page needs JavaScript."""
        return len(line) <= _LONGEST and self.scripts.search(_normalized(line)) is not None


def _shortest(words: Iterable[str]) -> tuple[str, ...]:
    """The words that hold none of the others."""
    found: list[str] = []
    for word in sorted(words, key=len):
        if not any(short in word for short in found):
            found.append(word)
    return tuple(found)


@cache
def walls() -> Walls:
    """The phrases of the file, compiled once."""
    languages = tomllib.loads(_FILE.read_text(encoding="utf-8")).values()
    kinds = {
        kind: _any_of(phrase for language in languages for phrase in language[kind])
        for kind in ("gone", "consent", "partners", "tracking", "human", "login", "payment", "members", "scripts")
    }
    partners = [_normalized(phrase) for language in languages for phrase in language["partners"]]
    return Walls(
        gone=re.compile(_OPENING + kinds["gone"]),
        consent=re.compile(kinds["consent"]),
        partners=re.compile(_SENTENCE + kinds["partners"]),
        partner=_shortest(phrase.rpartition("…")[2].strip() for phrase in partners),
        tracking=re.compile(kinds["tracking"]),
        human=re.compile(kinds["human"] + _ALONE),
        login=re.compile(kinds["login"] + _ALONE),
        payment=re.compile(kinds["payment"]),
        members=re.compile(kinds["members"]),
        scripts=re.compile(kinds["scripts"]),
    )
