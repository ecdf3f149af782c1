"""Which characters make words: the classes that the analyzer and the lexer share, as bodies of regular expressions."""

import re
import sys
import unicodedata

# Any of the quotes opens a phrase and any closes it, whatever the keyboard or the word processor made of them.
QUOTES = '"“”„‟«»‹›＂'
APOSTROPHES = "'’‘‛ʼʻ′´`＇"
HYPHENS = "-‐‑－"
# Invisible characters that stand inside words: soft hyphen, joiners, direction marks.
JOINERS = "\u00ad\u061c\u200c\u200d\u200e\u200f\u2060"
# Invisible characters that stand between words, and that `str.isspace` does not count.
INVISIBLE_SPACES = "\u200b\ufeff"


def _ranges(points: list[int]) -> str:
    """The code points as the body of a character class: neighbours become ranges."""
    found: list[list[int]] = []
    for point in points:
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in found)


# No mark is assigned between these blocks and the end of Unicode, save in the supplementary plane 14.
_MAY_HOLD_MARKS = (*range(0x300, 0x20000), *range(0xE0100, min(0xE01F0, sys.maxunicode)))
MARKS = _ranges([point for point in _MAY_HOLD_MARKS if unicodedata.category(chr(point)).startswith("M")])

# Scripts written without spaces between words, and Hangul, whose particles cling to the noun: a token a character.
# The digits of Thai, Lao, Burmese and Khmer are left to make figures.
APART = (
    "\u0e00-\u0e4f\u0e5a-\u0e7f\u0e80-\u0ecf\u0eda-\u0eff\u1000-\u103f\u104a-\u109f\u1100-\u11ff\u1780-\u17df\u17ea-\u17ff"
    "\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u3130-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7af\ud7b0-\ud7ff\uf900-\ufaff\uff66-\uff9f\uffa0-\uffdc\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)

_APART = re.compile(f"[{APART}]")
_LETTER_OR_DIGIT = f"[^\\W_{APART}{re.escape(APOSTROPHES)}]"
_FOLLOWING = f"{MARKS}{JOINERS}"
_WORD = f"{_LETTER_OR_DIGIT}(?:{_LETTER_OR_DIGIT}|[{_FOLLOWING}])*+"
_LETTER = f"[^\\W\\d_{APART}{re.escape(APOSTROPHES)}][{MARKS}]*+"
# The count is bounded because a search starts anew at every letter: without it a long 'a.a.a…' costs its square.
_ACRONYM = f"{_LETTER}(?:\\.{_LETTER}){{1,12}}(?!\\.?{_LETTER_OR_DIGIT})\\.?"
_UNIT = f"(?:{_ACRONYM}|{_WORD})"
_APOSTROPHE = f"[{re.escape(APOSTROPHES)}]"
# A hyphen between two digits is a score, a range or a date: 3-0 is no 30.
_HYPHEN = f"(?:(?<![0-9])[{re.escape(HYPHENS)}]|[{re.escape(HYPHENS)}](?![0-9]))"

_THOUSANDS = "|".join(f"(?:{re.escape(sign)}[0-9]{{3}}){{1,7}}" for sign in " \u00a0\u2009\u202f,.'’")
FIGURE = f"(?<![\\w.,])[1-9][0-9]{{0,2}}(?:{_THOUSANDS})(?![0-9])"
COMPOUND = f"{_UNIT}(?:(?:{_APOSTROPHE}|{_HYPHEN}){_UNIT})*+"
_SYLLABLE_IN_PARTS = "[\u1100-\u115f\ua960-\ua97c]+[\u1160-\u11a7\ud7b0-\ud7c6]*[\u11a8-\u11ff\ud7cb-\ud7fb]*"
CLUSTER = f"(?:{_SYLLABLE_IN_PARTS}|(?=[^\\W_])[{APART}])[\uff9e\uff9f{_FOLLOWING}]*+"


def is_word_character(character: str) -> bool:
    """Whether it may stand in a token: a letter, a digit, or a mark on one."""
    return character.isalnum() or unicodedata.category(character).startswith("M")


def is_apart(character: str) -> bool:
    """Whether it is a token by itself, as the characters of Chinese, Japanese, Korean and Thai are."""
    return _APART.match(character) is not None
