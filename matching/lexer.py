"""From the text of a query to its lexemes: words, phrases, operators, brackets, field names, each with its place."""

import re
from dataclasses import dataclass
from typing import Literal, Never

from matching.characters import FIGURE, INVISIBLE_SPACES, JOINERS, QUOTES, is_word_character
from matching.fields import NAMES, REFERENCES, TESTS, field_name, is_reference, nearest_name
from matching.fold import fold
from news.errors import QueryError
from news.text import clip, composed

Kind = Literal["word", "exact", "prefix", "phrase", "(", ")", "and", "or", "not", "near", "field", "watch", "end"]
FARTHEST = 1_000
MOST_CHARACTERS = 100_000

_SPACE = re.compile(f"[\\s{INVISIBLE_SPACES}]+")
_STOPS = f"\\s{INVISIBLE_SPACES}()|{QUOTES}"
_CHUNK = re.compile(f"[^{_STOPS}]+")
_REST = re.compile(f"[^{_STOPS}]*")
_PHRASE = re.compile(f"[{QUOTES}]([^{QUOTES}]*)[{QUOTES}](?:(~)([0-9]*))?")
_NAME = re.compile(f"[{QUOTES}]([^{QUOTES}]*)[{QUOTES}]|({_CHUNK.pattern})")
_FIGURE = re.compile(FIGURE)
_FIELD = re.compile(r"([^\W\d_]+):(?!//)")
_PROXIMITY = re.compile(r"(?:(O?NEAR|PR[EÈ]S|W)/([0-9]+)(F?)|O?NEAR(?:/.*)?|PRÈS(?:/.*)?|PRES/.*)", re.IGNORECASE)
_AFTER_WORD = re.compile(r"[~^][0-9.]*$")
# What only a regular expression has: `{1,9}`, `\d`, `[a-z`, `.*`. Taken as words, it would look for something else.
_OF_REGEX = re.compile(r"\{\d+(?:,\d*)?\}|\\[A-Za-z]|\[\^?\w-\w|\.[*+]")
# Word processors turn the minus before a word into a dash; to read it as nothing would turn the meaning round.
_MINUS = "-–—−‐‑"
OPERATORS: dict[str, Kind] = {
    "AND": "and", "ET": "and", "OR": "or", "OU": "or", "NOT": "not", "SAUF": "not", "NON": "not",
}  # fmt: skip
_INVISIBLE = str.maketrans(dict.fromkeys(JOINERS))


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One sign of a query: `at` is its first character, `end` the one behind it, `text` what it says.

    That is a phrase without its quotes, a field's right name, the name of a watch, an operator as it was written.
    `number` is the n of NEAR/n and of `"…"~n`, -1 where there is none; `word` stands before the name of a watch.
    """

    kind: Kind
    at: int
    end: int
    text: str = ""
    number: int = -1
    ordered: bool = False
    word: str = ""


def lexemes(query: str) -> list[Lexeme]:
    """The query's lexemes, the last of kind `end`. Raises QueryError for what can be no part of any query."""
    if len(query) > MOST_CHARACTERS:
        hint = "make several watches of it"
        raise QueryError(f"the query has over {MOST_CHARACTERS:,} characters", MOST_CHARACTERS, hint)
    return _Lexer(query).run()


class _Lexer:
    """Walks through the query once; `at` is the next character."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.at = 0
        self.found: list[Lexeme] = []
        self._looked = 0  # up to here nothing is of a regular expression

    def run(self) -> list[Lexeme]:
        while self.at < len(self.query):
            first = self.query[self.at]
            space = _SPACE.match(self.query, self.at)
            if space is not None:
                self.at = space.end()
            elif first in "()|":
                self._add("or" if first == "|" else "(" if first == "(" else ")", first, self.at + 1)
            elif first in QUOTES:
                self._phrase()
            elif first in _MINUS:
                self._minus(first)
            elif first == "=":
                self._exact()
            elif first.isalnum():
                self._chunk()
            else:
                self._punctuation()
        self._add("end", "", self.at)
        return self.found

    def _add(self, kind: Kind, text: str, end: int, number: int = -1, ordered: bool = False) -> None:
        self.found.append(Lexeme(kind, self.at, end, text, number, ordered))
        self.at = end

    def _next_is_empty(self, at: int, stops: str = ")|") -> bool:
        """Whether nothing follows at this place: the end, a space, or one of the stops."""
        return at >= len(self.query) or self.query[at] in stops or _SPACE.match(self.query, at) is not None

    def _phrase(self) -> None:
        quoted = _PHRASE.match(self.query, self.at)
        if quoted is None:
            raise QueryError("this quote is never closed", self.at, 'close it with any of " ” » “ «')
        words, tilde, slop = " ".join(quoted[1].split()), quoted[2], quoted[3]
        if not any(character.isalnum() for character in words):
            raise QueryError("there is no word between these quotes", self.at, "write some, or leave the quotes out")
        if "*" in words:
            star = self.query.index("*", self.at)
            raise QueryError("a * has no meaning between quotes", star, "put the word with the * outside the quotes")
        if tilde and not slop:
            raise QueryError("this ~ lacks its number", quoted.start(2), "write ~0 for the words in any form")
        number = _distance(slop, quoted.start(3)) if tilde else -1
        self._add("phrase", words, quoted.end(), number)

    def _minus(self, sign: str) -> None:
        if self._next_is_empty(self.at + 1):
            raise QueryError(f"this “{sign}” stands alone", self.at, "write -word to exclude a word, or leave it out")
        self._add("not", sign, self.at + 1)

    def _exact(self) -> None:
        start = self.at + 1
        self._refuse_regex()
        if self.query[start : start + 1] in tuple(QUOTES):
            raise QueryError("= takes one word, not a phrase", self.at, "write = before each word: =Orange =Bank")
        if not self.query[start : start + 1].isalnum():
            raise QueryError("this = lacks its word", self.at, "write it directly before a word: =Orange")
        text, end = self._word(start)
        if text.endswith("*"):
            raise QueryError("= and * do not go together", self.at, "leave one of them out")
        self._add("exact", text, end)

    def _chunk(self) -> None:
        """A stretch that begins with a letter or a digit: a field's name, an operator, or a word."""
        named = _FIELD.match(self.query, self.at)
        if named is not None:
            self._field(named)
            return
        self._refuse_regex()
        text, end = self._trimmed(self.at)
        sign = composed(text).translate(_INVISIBLE)
        proximity = _PROXIMITY.fullmatch(sign)
        if sign in OPERATORS:
            self._add(OPERATORS[sign], sign, end)
        elif proximity is not None and (proximity[1] or sign.partition("/")[0].isupper()):
            self._proximity(sign, proximity, end)
        else:
            text, end = self._word(self.at)
            self._add("prefix" if text.endswith("*") else "word", text.removesuffix("*"), end)

    def _field(self, named: re.Match[str]) -> None:
        if is_reference(named[1]):
            self._reference(named)
            return
        name = field_name(named[1])
        if name is None:
            nearest = nearest_name(named[1])
            hint = f"did you mean {nearest}: ?" if nearest else f"the fields are {', '.join((*NAMES, *REFERENCES))}"
            raise QueryError(f"there is no field “{named[1]}”", self.at, f"{hint} (words with a colon go in quotes)")
        self._add("field", name, named.end())
        if name in TESTS:
            self._value(name)

    def _value(self, name: str) -> None:
        """What follows `lang:`, `site:` and the like is taken as it stands, up to a space, quote or bracket."""
        space = _SPACE.match(self.query, self.at)
        self.at = self.at if space is None else space.end()
        raw = _CHUNK.match(self.query, self.at)
        if raw is None or (space is not None and raw[0] in OPERATORS):
            return
        if "*" in raw[0]:
            hint = "site: takes sub-domains too" if name == "site" else f"write the value of {name}: without *"
            raise QueryError(f"{name}: takes no *", raw.start() + raw[0].index("*"), hint)
        self._add("word", raw[0], raw.end())

    def _reference(self, named: re.Match[str]) -> None:
        """The name of a watch is taken as it stands: in quotes, or up to a space, quote or bracket."""
        space = _SPACE.match(self.query, named.end())
        start = named.end() if space is None else space.end()
        written = _NAME.match(self.query, start)
        name = "" if written is None else composed(written[1] or written[2] or "")
        if written is None or not name.strip() or (space is not None and name in OPERATORS):
            if self.query[start : start + 1] in tuple(QUOTES) and written is None:
                raise QueryError("this quote is never closed", start, 'close it with any of " ” » “ «')
            raise QueryError(f"nothing follows {named[0]}", self.at, 'name a watch: watch:Corée, watch:"two words"')
        self.found.append(Lexeme("watch", self.at, written.end(), name, word=fold(named[1])))
        self.at = written.end()

    def _proximity(self, sign: str, found: re.Match[str], end: int) -> None:
        name = sign.partition("/")[0]
        if not found[1]:
            raise QueryError(f"{name} lacks its number of words", self.at, f"write {name}/5, or quote the word")
        if not found[1].isupper():
            raise QueryError(f"{sign} is no operator: they are upper-case", self.at, f"write {sign.upper()}")
        number = _distance(found[2], self.at + len(name) + 1)
        self._add("near", sign, end, number, ordered=bool(found[3]) or name.startswith("O"))

    def _punctuation(self) -> None:
        """Signs that say nothing before a word (`+`, `#`, `¿`) are passed over; alone they are refused."""
        first, end = self.query[self.at], self.at
        self._refuse_regex()
        while not self._next_is_empty(end, "()|=" + QUOTES + _MINUS) and not self.query[end].isalnum():
            if self.query[end] in "*?" and self.query[end + 1 : end + 2].isalnum():
                raise QueryError("a word cannot begin with a wildcard", end, "write its beginning: Zelensk*")
            end += 1
        if self._next_is_empty(end, "()|" + QUOTES):
            self._refuse_sign(first, self.query[self.at : end])
        self.at = end

    def _refuse_regex(self) -> None:
        """Raise QueryError where the stretch from here is of a regular expression; each is looked at once."""
        stretch = _REST.match(self.query, self.at)
        if stretch is None or self.at < self._looked:
            return
        self._looked = stretch.end()
        found = _OF_REGEX.search(self.query, self.at, stretch.end())
        if found is not None:
            hint = "write Zelensk* for a beginning, NEAR/3 for words near each other, quotes for signs that are meant"
            raise QueryError(f"“{found[0]}” is of a regular expression; a query has none", found.start(), hint)

    def _refuse_sign(self, first: str, signs: str) -> Never:
        if first == "*":
            raise QueryError("a word cannot begin with a wildcard", self.at, "write its beginning: Zelensk*")
        hint = "write AND or a space" if first in "&+" else "leave it out"
        raise QueryError(f"there is no word in “{signs}”", self.at, hint)

    def _trimmed(self, start: int) -> tuple[str, int]:
        """The chunk from here without the punctuation that follows its word, and where all of it ends.

        A figure such as 3 000 is one word in spite of the space.
        """
        figure = _FIGURE.match(self.query, start)
        rest = _REST.match(self.query, start if figure is None else figure.end())
        end = last = start if rest is None else rest.end()
        while last > start and not is_word_character(self.query[last - 1]) and self.query[last - 1] not in "*~^":
            last -= 1
        return self.query[start:last], end

    def _word(self, start: int) -> tuple[str, int]:
        """The word from here, a * at its end kept, and where it ends. Raises QueryError for a sign out of place."""
        text, end = self._trimmed(start)
        star = text.find("*")
        if star >= 0 and (star < len(text) - 1 or not is_word_character(text[star - 1])):
            raise QueryError("a * stands only directly behind a word's beginning", start + star, "as in Zelensk*")
        if "?" in text and "/" not in text:
            raise QueryError("? is no wildcard here", start + text.index("?"), "Vigie knows only * behind a word")
        behind = _AFTER_WORD.search(text)
        if behind is not None:
            hint = 'only a phrase takes one: "two words"~3' if behind[0][0] == "~" else "leave it out"
            raise QueryError(f"“{behind[0]}” has no meaning behind a word", start + behind.start(), hint)
        return text, end


def name_written(name: str) -> str:
    """The name of a watch as it stands behind `watch:`, in quotes where it must; ValueError if it has any."""
    if any(quote in name for quote in QUOTES):
        raise ValueError(f"a name with quotes, {name!r}, cannot stand behind watch:")
    return name if _CHUNK.fullmatch(name) and not name.startswith("//") else f'"{name}"'


def _distance(digits: str, at: int) -> int:
    significant = digits.lstrip("0")
    if len(significant) > len(str(FARTHEST)) or int(significant or "0") > FARTHEST:
        raise QueryError(f"{clip(digits, 12)} words is too far", at, f"at most {FARTHEST:,} may stand between")
    return int(significant or "0")
