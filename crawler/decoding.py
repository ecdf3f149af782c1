"""Bytes to text, whatever the server, the document or neither said of the charset; never raises."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How `<?` begins without a mark, in charsets that ASCII patterns cannot read.
_UNMARKED = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']?\s*([\w.:-]+)|<meta[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
# What a label means to browsers: the wider sibling that pages in fact use.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}
# Python codecs that no page uses, some of them slow or able to hide markup.
_REFUSED = frozenset({"utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
_LOOKED_AT = 4_096


def decoded(body: bytes, content_type: str = "") -> str:
    """The text of a page or feed, without its byte order mark.

    In order: the mark, valid UTF-8 that is more than ASCII (nothing else looks like it by chance), the charset of the
    header, the one declared in the first 4 KiB, Windows-1252. What the charset cannot read becomes U+FFFD.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    for start, charset in _UNMARKED:
        if body.startswith(start):
            return body.decode(charset, "replace")
    if body.isascii() and not _may_be_escaped(body, content_type):
        return body.decode("ascii")
    try:
        if not body.isascii():
            return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return _by_label(body, content_type)


def _may_be_escaped(body: bytes, content_type: str) -> bool:
    """Whether ASCII bytes may mean more than ASCII: ISO-2022-JP and its kind switch charsets by ESC."""
    return b"\x1b" in body and bool(_labels(body, content_type))


def _by_label(body: bytes, content_type: str) -> str:
    """The text in the first charset named that reads all of it; else what is least damaged."""
    charsets = [charset for charset in map(_charset, _labels(body, content_type)) if charset is not None]
    for charset in charsets:
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    text = body.decode(charsets[0] if charsets else "utf-8", "replace")
    return body.decode("cp1252", "replace") if _is_ruined(text) else text


def _is_ruined(text: str) -> bool:
    """Whether most of what is not ASCII could not be read: the charset was the wrong one, not the bytes."""
    lost = text.count("\ufffd")
    return lost > sum(character > "\x7f" for character in text) - lost


def _labels(body: bytes, content_type: str) -> list[str]:
    header = _HEADER.search(content_type)
    declared = _DECLARED.search(body[:_LOOKED_AT])
    labels = [header[1]] if header else []
    if declared:
        labels.append((declared[1] or declared[2]).decode("ascii"))
    return labels


def _charset(label: str) -> str | None:
    """Python's name for the charset, or None where it is unknown or refused."""
    try:
        info = codecs.lookup(label)
        b"<".decode(info.name)  # LookupError for codecs that are no text encodings, such as zip
    except (LookupError, ValueError):
        return None
    return None if info.name in _REFUSED else _WIDER.get(info.name, info.name)
