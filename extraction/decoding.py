"""Bytes to characters: which charset a page is in, whatever its server and its head claim."""

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Labels that pages use for a narrower charset than the one they are written in; browsers widen them likewise.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Written in bytes that are valid as UTF-8 too, so that only the claim can tell.
_IN_ASCII = ("iso2022", "hz", "utf-16", "utf-32")
_HEAD = 4_096  # bytes
_GUESSED_FROM = 20_000  # bytes
_LABEL = re.compile(r"""charset\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)
_LABEL_IN_HEAD = re.compile(
    rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w:.-]+)|<\?xml[^>]{0,100}?encoding=["']([\w:.-]+)""", re.IGNORECASE
)
# A page in UTF-8 that was cut or patched has few bad characters for many good ones; in another charset, the reverse.
_GOOD_FOR_ONE_BAD = 10


def _codec(label: str) -> str | None:
    """Python's name for a charset label, widened as browsers do; None for one that it does not know."""
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return None
    if not getattr(codecs.lookup(name), "_is_text_encoding", True):
        return None
    return _WIDER.get(name, name)


def _declared(body: bytes, content_type: str) -> list[str]:
    """The codecs that the header and the head name, in that order."""
    labels = [match[1] for match in _LABEL.finditer(content_type)]
    labels += [(match[1] or match[2]).decode("ascii") for match in _LABEL_IN_HEAD.finditer(body[:_HEAD])]
    return [codec for codec in map(_codec, labels) if codec is not None]


def _strictly(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except (UnicodeDecodeError, ValueError):
        return None


def _nearly_utf8(body: bytes) -> str | None:
    """The text where nearly all that is not ASCII is good UTF-8."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for character in text if character > "\x7f") - bad
    return text if good >= bad * _GOOD_FOR_ONE_BAD and good else None


def _guessed(body: bytes) -> str:
    """What a statistical guess makes of the first part; Western European where it has none."""
    guess = from_bytes(body[:_GUESSED_FROM]).best()
    return body.decode(guess.encoding if guess is not None else "cp1252", "replace")


def decoded(body: bytes, content_type: str = "") -> str:
    """The page as text, never failing: mark, UTF-8 if it is valid, what header and head claim if it fits, then a guess.

    UTF-8 goes before the claims: text in another charset is hardly ever valid as such, and the claims often lie.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body.decode(codec, "replace")
    claims = _declared(body, content_type)
    is_escaped = any(claim.startswith(_IN_ASCII) for claim in claims)
    if not is_escaped:
        text = _strictly(body, "utf-8") or _nearly_utf8(body)
        if text is not None:
            return text
    for claim in (*claims, "utf-8"):
        text = _strictly(body, claim)
        if text is not None:
            return text
    return _guessed(body)
