"""Stretches: the pieces of a text that tokens are made of, cut out as fast as a regular expression can."""

import re

from matching.characters import APOSTROPHES, CLUSTER, COMPOUND, FIGURE, HYPHENS, JOINERS, MARKS

# Nearly all words are made of these letters and end before a sign that joins nothing: they need no further look.
_LETTERS = "A-Za-zÀ-ÖØ-öø-ɏΑ-Ρα-ρσ-ώА-яёЁєіїґЄІЇҐ"
_ENDS_HERE = f"(?=[ .,\\n]|[^\\w{MARKS}{JOINERS}{re.escape(APOSTROPHES + HYPHENS)}]|\\Z)"
_PLAIN = f"[{_LETTERS}]{{2,}}+{_ENDS_HERE}"
_STRETCHES = re.compile(f"(?=\\w)(?:{_PLAIN}|{FIGURE}|{COMPOUND}|{CLUSTER})")

is_plain = re.compile(f"[{_LETTERS}]+").fullmatch
"""Whether a stretch is one token as it stands, without a sign or a mark in it; the others may be, too."""

cut = _STRETCHES.findall
"""The stretches of a text in their order, each a word, a compound, a figure or a character that stands alone.

`tokens` of the stretches, one after the other, are the tokens of the text.
"""
