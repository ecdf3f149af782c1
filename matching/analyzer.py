"""The one function from text to tokens: articles and queries are read alike, or they would not meet.

Only one token at a time is ever normalised, so that every offset points into the original text.
"""

import re
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from matching.characters import APOSTROPHES, CLUSTER, COMPOUND, FIGURE, HYPHENS
from matching.fold import fold

Lexicon = Callable[[str, str, str | None], tuple[str, ...]]
"""From a word as it is written, the same folded, and its language (ISO 639-1, None: unknown) to its keys.

The folded form is always the first of them. Two words match where they share one.
"""

# No token crosses a space, save a figure: 3 000.
_CHUNKS = re.compile("\\S++(?:(?<=[0-9])[ \u00a0\u2009\u202f](?=[0-9])\\S++)*+")
_TOKENS = re.compile(f"(?P<figure>{FIGURE})|(?P<compound>{COMPOUND})|(?P<cluster>{CLUSTER})")
_PART_OF_COMPOUND = re.compile(f"[^{re.escape(HYPHENS)}]+")
_PART_OF_ELISION = re.compile(f"[^{re.escape(APOSTROPHES)}]+")
_NOT_A_DIGIT = re.compile("[^0-9]+")

# What French, Italian and Catalan join to the next word by an apostrophe.
_ELIDED = frozenset((
    "c", "d", "j", "l", "m", "n", "s", "t", "v", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu",
    "un", "gl", "all", "dall", "dell", "nell", "sull", "coll", "quell", "quest", "bell",
))  # fmt: skip
# Where an apostrophe parts a name from its endings: Ankara'da is in Ankara.
_ENDINGS_APART = ("az", "tr")
_LONGEST_REMEMBERED = 60
# A memo without a cap is a leak. A chunk takes some 500 bytes; so many are kept of all languages together, 20 MB, and
# as many at the most of those before.
_MOST_REMEMBERED = 40_000
_MOST_MEMOS = 16
# Beyond six parts it is a URL's slug, and nobody joins those.
_MOST_PARTS_JOINED = 6


class Token(NamedTuple):
    """One word of a text; `keys` are what it is found by, the folded form first.

    `start` and `end` (exclusive) count characters of the original text; `position` counts words from 0, and a joined
    form (`antiterroriste` for `anti-terroriste`) stands beside its parts with a `length` of as many positions.
    `exact` keeps case and accents.
    """

    keys: tuple[str, ...]
    exact: str
    start: int
    end: int
    position: int
    length: int = 1

    @property
    def folded(self) -> str:
        """The form that is blind to case, accents and apostrophes."""
        return self.keys[0]

    @property
    def after(self) -> int:
        """The position that follows."""
        return self.position + self.length


class _Piece(NamedTuple):
    """A token as it stands in its stretch of text: offsets and positions count from the stretch's beginning.

    `base` is the part of it before an apostrophe, where that has a meaning.
    """

    folded: str
    exact: str
    start: int
    end: int
    position: int = 0
    length: int = 1
    base: str = ""


class _Memo(dict[str, tuple[int, tuple[Token, ...]]]):
    """How many positions a chunk of text takes, and its tokens as if the text began there; learned chunk by chunk."""

    def __init__(self, language: str | None, lexicon: Lexicon) -> None:
        super().__init__()
        self._language = language
        self._lexicon = lexicon
        self._before: dict[str, tuple[int, tuple[Token, ...]]] = {}

    def age(self) -> None:
        """What is here is of before from now on, and what was of before is gone."""
        self._before = dict(self)
        self.clear()

    def __missing__(self, chunk: str) -> tuple[int, tuple[Token, ...]]:
        found = self._before.get(chunk)
        if found is None:
            analysed = tuple(_analysed(chunk, self._language, self._lexicon))
            found = sum(token.length == 1 for token in analysed), analysed
        if len(chunk) <= _LONGEST_REMEMBERED:
            _memos.make_room()
            self[chunk] = found
        return found


class _Memos:
    """The memos of the languages and lexicons asked for last; together they hold a limited number of chunks.

    For one thread.
    """

    def __init__(self) -> None:
        self._memos: OrderedDict[tuple[str | None, Lexicon], _Memo] = OrderedDict()
        self._learned = 0

    def of(self, language: str | None, lexicon: Lexicon) -> _Memo:
        """The memo of a language under a lexicon."""
        key = language, lexicon
        memo = self._memos.get(key)
        if memo is None:
            memo = self._memos[key] = _Memo(language, lexicon)
            if len(self._memos) > _MOST_MEMOS:
                self._memos.popitem(last=False)
        else:
            self._memos.move_to_end(key)
        return memo

    def make_room(self) -> None:
        """One more is learned; of too many, those go that were not asked for since the last time that it was so."""
        self._learned += 1
        if self._learned > _MOST_REMEMBERED:
            self._learned = 1
            for memo in self._memos.values():
                memo.age()

    def forget(self) -> None:
        """Begin anew."""
        self._memos.clear()
        self._learned = 0


_memos = _Memos()


def folded_only(exact: str, folded: str, language: str | None) -> tuple[str, ...]:
    """The lexicon that knows no inflection: a word has one key, its folded form."""
    return (folded,)


def tokens(text: str, language: str | None = None, lexicon: Lexicon = folded_only) -> list[Token]:
    """The tokens of a text in their order; a joined form follows its parts. Never raises, whatever the text."""
    found: list[Token] = []
    memo, new, add = _memos.of(language, lexicon), tuple.__new__, found.append
    position = 0
    for chunk in _CHUNKS.finditer(text):
        offset = chunk.start()
        length, pieces = memo[chunk.group()]
        for keys, exact, start, end, place, joined in pieces:
            # Runs for every word of every article; the class itself would take twice the time.
            add(new(Token, (keys, exact, offset + start, offset + end, position + place, joined)))
        position += length
    return found


def forget() -> None:
    """Drop what is remembered of words, so that the next text is read as the first was."""
    _memos.forget()


def search_terms(text: str) -> str:
    """The text as a full-text index stores it: its folded tokens in order, separated by spaces."""
    return terms_of(tokens(text))


def terms_of(found: Sequence[Token]) -> str:
    """The tokens of a text as a full-text index stores them.

    Such an index holds one word a position, so the joined forms come at the end, each between its neighbours: any two
    tokens that stand side by side in the text, joined or not, stand side by side somewhere in the result.
    """
    words = [token for token in found if token.length == 1]
    joined = {token.position: token for token in found if token.length > 1}
    stored = [token.folded for token in words]
    for token in joined.values():
        stored += [word.folded for word in words[max(token.position - 1, 0) : token.position]]
        stored.append(token.folded)
        stored += [word.folded for word in words[token.after : token.after + 1]]
        if (following := joined.get(token.after)) is not None:
            stored += [token.folded, following.folded]
    return " ".join(stored)


def _analysed(chunk: str, language: str | None, lexicon: Lexicon) -> Iterator[Token]:
    """The tokens of a chunk; offsets and positions count from its beginning."""
    position = 0
    apart = language is not None and language.startswith(_ENDINGS_APART)
    for stretch in _TOKENS.finditer(chunk):
        offset, pieces = stretch.start(), _pieces_of(stretch)
        for folded, exact, start, end, place, length, base in pieces:
            written = chunk if exact == chunk else exact  # of most words one string is remembered rather than three
            keys = lexicon(written, written if folded == written else folded, language)
            if base and apart:
                keys = tuple(dict.fromkeys((*keys, *lexicon(base, fold(base), language))))
            yield Token(keys, written, offset + start, offset + end, position + place, length)
        position += sum(piece.length == 1 for piece in pieces)


def _pieces_of(stretch: re.Match[str]) -> tuple[_Piece, ...]:
    text = stretch.group()
    if stretch.lastgroup == "figure":
        digits = _NOT_A_DIGIT.sub("", text)
        return (_Piece(digits, digits, 0, len(text)),)
    return _alone(text) if stretch.lastgroup == "cluster" else tuple(_split(text))


@lru_cache(maxsize=20_000)
def _alone(cluster: str) -> tuple[_Piece, ...]:
    folded = fold(cluster)
    return (_Piece(folded, unicodedata.normalize("NFC", cluster), 0, len(cluster)),) if folded else ()


def _split(text: str) -> Iterator[_Piece]:
    """The parts of a hyphenated compound (or the one word), then their joined form."""
    parts: list[_Piece] = []
    for stretch in _PART_OF_COMPOUND.finditer(text):
        piece = _without_elision(stretch.group(), stretch.start())
        if piece.folded:
            parts.append(piece._replace(position=len(parts)))
    yield from parts
    if 1 < len(parts) <= _MOST_PARTS_JOINED:
        folded, exact = "".join(part.folded for part in parts), "".join(part.exact for part in parts)
        yield _Piece(fold(folded), exact, parts[0].start, parts[-1].end, 0, len(parts))


def _without_elision(text: str, offset: int) -> _Piece:
    """One word, less the article before its apostrophe (l'OTAN) or the English 's behind it (Kim's)."""
    parts = list(_PART_OF_ELISION.finditer(text))
    if len(parts) > 1 and parts[-1].group() in ("s", "S"):
        parts.pop()
    elided = 0
    while elided < len(parts) - 1 and parts[elided].group().lower() in _ELIDED:
        elided += 1
    parts = parts[elided:]
    exact = unicodedata.normalize("NFC", "".join(part.group() for part in parts).replace(".", ""))
    start, end = offset + parts[0].start(), offset + parts[-1].end()
    base = unicodedata.normalize("NFC", parts[0].group()) if len(parts) > 1 else ""
    return _Piece(fold(exact), "".join(filter(str.isprintable, exact)), start, end, base=base)
