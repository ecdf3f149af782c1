"""Which charset bytes are in when nobody says so: the one in which they spell letters that a language has."""

import re
from collections import Counter

from charset_normalizer import from_bytes

_SAMPLE = 10_000  # bytes
_HEAD = 200_000  # bytes
_ASCII = re.compile(rb"[\x00-\x7f]+")
_PROSE = re.compile(rb"<[^<>]*>|\s+")
_LEAST = 0.9  # of the characters beyond ASCII
_CAPITAL = 0.75  # what a capital counts, which text in the wrong charset is full of

_MARKS = frozenset("’‘“”„«»–—…€§°·•№©®\xa0\xad²³")
_WESTERN = ("cp1252", "iso8859-15", "mac-roman")
_CENTRAL = ("cp1250", "iso8859-2")
_CYRILLIC = ("cp1251", "koi8-r", "koi8-u", "iso8859-5")
_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
# What languages write beyond ASCII, and the charsets of a byte that they were written in. Thai is left to the guess:
# in its charset, Chinese and Korean bytes are letters too. Of two that fit alike the first is taken: Hebrew bytes are
# Russian letters, but not the reverse.
_ALPHABETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("éèàùçâêîôûëïœ", _WESTERN),
    ("äöüß", _WESTERN),
    ("áéíóúñü¿¡ªº", _WESTERN),
    ("ãõáéíóúâêôçàª", _WESTERN),
    ("àèéìòù", _WESTERN),
    ("åäöæøé", _WESTERN),
    ("áðéíóúýþæö", _WESTERN),
    ("ąćęłńóśźż", _CENTRAL),
    ("áčďéěíňóřšťúůýž", _CENTRAL),
    ("áäčďéíĺľňóôŕšťúýž", _CENTRAL),
    ("áéíóöőúüű", _CENTRAL),
    ("ăâîşţ", _CENTRAL),
    ("čćđšž", _CENTRAL),
    ("çğıöşüâî", ("cp1254",)),
    ("ąčęėįšųūž", ("cp1257",)),
    ("āčēģīķļņšūž", ("cp1257",)),
    ("äõöüšž", ("cp1257",)),
    ("אבגדהוזחטיכלמנסעפצקרשתםןץףך", ("cp1255",)),
    (_RUSSIAN, _CYRILLIC),
    (_RUSSIAN + "іїєґ", _CYRILLIC),
    (_RUSSIAN + "ђјљњћџ", _CYRILLIC),
    ("αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ", ("cp1253", "iso8859-7")),
    ("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي،؛؟ًٌٍَُِّْـ", ("cp1256", "iso8859-6")),
    ("ابپتثجچحخدذرزژسشصضطظعغفقکكگلمنهویيئءآأؤ،؛؟", ("cp1256",)),
)
# Those of several bytes to a letter, and Thai, among which charset_normalizer tells.
_OTHERS = ["cp874", "cp932", "cp949", "euc_jp", "gb18030", "big5hkscs"]


def guessed(body: bytes) -> str:
    """The codec that the bytes are likeliest in; Western European where nothing tells."""
    found = _spelled(_ASCII.sub(b"", body)[:_SAMPLE])
    if found is not None:
        return found
    prose = _PROSE.sub(b" ", body[:_HEAD])[:_SAMPLE]
    guess = from_bytes(prose, cp_isolation=_OTHERS).best()
    return guess.encoding if guess is not None else _WESTERN[0]


def _spelled(foreign: bytes) -> str | None:
    """The codec in which nearly all of the bytes beyond ASCII are letters of one language; None where there is none."""
    best, most = None, _LEAST * len(foreign)
    for letters, codecs in _ALPHABETS:
        common = frozenset(letters)
        for codec in codecs:
            score = _score(foreign.decode(codec, "replace"), common)
            if score > most:
                best, most = codec, score
    return best


def _score(text: str, common: frozenset[str]) -> float:
    score = 0.0
    for sign, count in Counter(text).items():
        if sign in common or sign in _MARKS:
            score += count
        elif sign.lower() in common:
            score += _CAPITAL * count
    return score
