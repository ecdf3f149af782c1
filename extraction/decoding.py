"""Bytes to characters: which charset a page is in, whatever its server and its head claim."""

import codecs
import re
from itertools import islice

from extraction.charsets import guessed
from extraction.mojibake import mended

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
# Claims of these are not believed: browsers do not know UTF-7, which hides markup, and markup in UTF-16 shows itself.
_REFUSED = re.compile("utf-(?:7|16|32)|.*escape|idna|punycode|undefined|mbcs|oem")
# Written in ASCII, by signs that nothing else has.
_SHIFTED = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_2"), (b"~{", "hz"))
_CLAIMED_ONLY = "hz"  # of which text in ASCII may have the sign
_SERVERS_DEFAULT = "cp1252"  # which any bytes are valid in, and many a server claims of all that it sends
_HEAD = 100_000  # bytes
_MOST_CLAIMS = 5  # each is tried on the whole page
_START = 1_000  # bytes
_NEARLY_ALL = 0.9
_FEWEST_NULS = 0.05  # of the bytes; of wide markup half are, of wide Thai or Chinese none
_LABEL = re.compile(r"""charset\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)
_LABEL_IN_HEAD = re.compile(
    rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w:.-]+)|<\?xml[^>]{0,100}?encoding=["']([\w:.-]+)""", re.IGNORECASE
)
# A page in UTF-8 that was cut or patched has few bad characters for many good ones; in another charset, the reverse.
_GOOD_FOR_ONE_BAD = 10
_GOOD_IF_CLAIMED = 1  # for UTF-8, whose signs of several bytes hardly ever come about by chance


def _codec(label: str) -> str | None:
    """Python's name for a charset label, widened as browsers do; None for one that it does not know."""
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return None
    if _REFUSED.fullmatch(name) or not getattr(codecs.lookup(name), "_is_text_encoding", True):
        return None
    return _WIDER.get(name, name)


def _declared(body: bytes, content_type: str) -> list[str]:
    """The codecs that the header and the head name, in that order; the servers' default last."""
    labels = [match[1] for match in _LABEL.finditer(content_type)]
    labels += [(match[1] or match[2]).decode("ascii") for match in _LABEL_IN_HEAD.finditer(body[:_HEAD])]
    known = dict.fromkeys(codec for codec in map(_codec, dict.fromkeys(labels)) if codec is not None)
    return sorted(islice(known, _MOST_CLAIMS), key=_SERVERS_DEFAULT.__eq__)


def _strictly(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except ValueError:
        return None


def _nearly(body: bytes, codec: str, good_for_one_bad: int = _GOOD_FOR_ONE_BAD) -> str | None:
    """The text where nearly all that is not ASCII is good in the codec."""
    try:
        text = body.decode(codec, "replace")
    except ValueError:
        return None
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    return text if good >= bad * good_for_one_bad and good else None


def _wide(body: bytes) -> str | None:
    """The charset of markup in two or four bytes a character, which its zeros show; None for other bytes."""
    start = body[:_START]
    if start.count(0) <= _FEWEST_NULS * len(start):
        return None
    zeros = [start[place::4].count(0) for place in range(4)]
    full = len(start) // 4 * _NEARLY_ALL
    if min(zeros[2:]) >= full:
        return "utf-32-le"
    if min(zeros[:2]) >= full:
        return "utf-32-be"
    odd, even = zeros[1] + zeros[3], zeros[0] + zeros[2]
    if max(odd, even) < 4 * min(odd, even):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _shifted(body: bytes, claims: list[str]) -> str | None:
    """The text of bytes that are ASCII only to those who do not know the signs in it."""
    for sign, codec in _SHIFTED if body.isascii() else ():
        if sign in body and (codec != _CLAIMED_ONLY or codec in claims):
            return _nearly(body, codec)
    return None


def decoded(body: bytes, content_type: str = "") -> str:
    """The page as text, never failing: mark, zeros, UTF-8 if it is valid, what header and head claim, then a guess.

    UTF-8 goes before the claims: text in another charset is hardly ever valid as such, and the claims often lie.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body.decode(codec, "replace")
    if (wide := _wide(body)) is not None:
        return body.decode(wide, "replace")
    claims = _declared(body, content_type)
    needed = _GOOD_IF_CLAIMED if "utf-8" in claims else _GOOD_FOR_ONE_BAD
    text = _shifted(body, claims) or _strictly(body, "utf-8") or _nearly(body, "utf-8", needed)
    if text is not None:
        return mended(text)
    for claim in claims:
        text = _strictly(body, claim) or _nearly(body, claim)
        if text is not None:
            return text
    return body.decode(guessed(body), "replace")
