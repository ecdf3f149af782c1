"""Folding: two spellings of one word become one string, blind to case, accents, width and typing habits."""

import unicodedata
from itertools import chain

from matching.characters import APOSTROPHES, is_word_character

# What Unicode does not decompose, and readers do.
_LETTERS = str.maketrans({
    "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n",
    "ё": "е", "آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None,
})  # fmt: skip
# Vowel signs that Arabic and Hebrew readers leave out.
_OPTIONAL_MARKS = frozenset(
    chr(point) for point in chain(range(0x64B, 0x653), range(0x610, 0x61B), (0x670,), range(0x591, 0x5C8))
)
# Stress marks on Cyrillic vowels, as encyclopaedias set them (NFC has already composed those that make a letter: ѓ),
# and apostrophes, some of which are letters to Unicode.
_LEFT_OUT = frozenset("\u0300\u0301" + APOSTROPHES)
_LATIN_OR_GREEK = (
    (0x41, 0x2AF), (0x370, 0x3FF), (0x1D00, 0x1DBF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F),
)  # fmt: skip
# Letters that join with the next one: Korean ones in parts, and the voicing marks of narrow Japanese.
_IN_PARTS = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xD7B0, 0xD7FF), (0xFF66, 0xFFDC))
_DEPENDS = "\ufffd"  # folds to nothing, so it is no word's
# PostgreSQL drops words over 2 KB; nothing that anyone writes is nearly as long.
LONGEST = 200


def fold(word: str) -> str:
    """The word as it is compared: й and が stay, É is e, Œ is oe, İ is i, ё is е, Ａ is a, ٣ is 3.

    Folding a folded word changes nothing. The result is letters, digits and their marks only; at most 200 characters.
    """
    if word.isascii():
        return "".join(filter(str.isalnum, word.lower()))[:LONGEST]
    quick = word.translate(_BY_LETTER)
    if _DEPENDS not in quick:
        return quick[:LONGEST]
    once = _fold_once(word)
    # A sign that is left out may have parted a letter from its accent.
    return (once if once.isascii() else _fold_once(once))[:LONGEST]


class _ByLetter(dict[int, str]):
    """What each letter folds to, as far as that does not depend on its neighbours; learned letter by letter."""

    def __missing__(self, point: int) -> str:
        letter = chr(point)
        opening, *others = tuple(unicodedata.normalize("NFKD", letter))
        is_mark = not is_word_character(opening) and bool(others)  # such as a trema on a space
        depends = is_mark or unicodedata.category(opening).startswith("M") or _is_in_parts(point)
        folded = self[point] = _DEPENDS if depends else _fold_once(_fold_once(letter))
        return folded


def _is_in_parts(point: int) -> bool:
    return any(first <= point <= last for first, last in _IN_PARTS)


_BY_LETTER = _ByLetter()


def _fold_once(word: str) -> str:
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    composed = unicodedata.normalize("NFC", "".join(_without_accents(spread))).translate(_LETTERS)
    return "".join(_kept(composed))


def _without_accents(spread: str) -> list[str]:
    """The decomposed characters, less the marks that follow a Latin or Greek letter."""
    kept: list[str] = []
    base_loses_marks = False
    for character in spread:
        if unicodedata.category(character) == "Mn":
            if not base_loses_marks and character not in _OPTIONAL_MARKS:
                kept.append(character)
        else:
            base_loses_marks = _is_latin_or_greek(ord(character))
            kept.append(character)
    return kept


def _is_latin_or_greek(point: int) -> bool:
    return any(first <= point <= last for first, last in _LATIN_OR_GREEK)


def _kept(composed: str) -> list[str]:
    """The characters of a word: without stress marks and invisible joiners, every decimal digit as 0 to 9."""
    kept: list[str] = []
    for character in composed:
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            kept.append(str(digit))
        elif is_word_character(character) and character not in _LEFT_OUT:
            kept.append(character)
    return kept
