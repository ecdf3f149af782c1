"""Text that was turned into UTF-8 twice (`Ã©` for `é`, `â€™` for `’`), turned back."""

import re

_FEWEST = 5  # in a page; fewer may be what it writes about
_HIGH = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0x100)}
_BYTE = {sign: code for code, sign in _HIGH.items()} | {chr(code): code for code in range(0x80, 0xA0)}
_REST = (
    "[" + "".join(map(re.escape, {*(_HIGH[code] for code in range(0x80, 0xC0)), *map(chr, range(0x80, 0xA0))})) + "]"
)
# One set of first signs, and not one for each length, so that the search passes quickly over all others.
_TWICE = re.compile(rf"[Â-ô](?:(?<=[Â-ß]){_REST}|(?<=[à-ï]){_REST}{{2}}|(?<=[ð-ô]){_REST}{{3}})")


def mended(text: str) -> str:
    """The text with what was encoded twice decoded once more, if there is more of it than chance gives."""
    found = _TWICE.finditer(text) if not text.isascii() else iter(())
    if sum(1 for _ in zip(range(_FEWEST), found, strict=False)) < _FEWEST:
        return text
    return _TWICE.sub(_once, text)


def _once(found: re.Match[str]) -> str:
    try:
        return bytes(_BYTE[sign] for sign in found[0]).decode("utf-8")
    except UnicodeDecodeError:
        return found[0]
