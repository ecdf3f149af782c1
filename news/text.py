"""Text that every database takes, cleaned the same way before it reaches any of them."""

import re
import unicodedata

# NUL ends strings in SQLite's functions and is refused by PostgreSQL; lone surrogates cannot be encoded; U+FFFE and
# U+FFFF are no characters.
_REFUSED = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")


def storable(text: str) -> str:
    """The text with what databases refuse replaced by U+FFFD, except NUL, which is dropped."""
    return _REFUSED.sub(lambda found: "" if found.group() == "\x00" else "\ufffd", text)


def composed(text: str) -> str:
    """The text with each accent in its letter (NFC), as names are kept and looked up: `é` may be typed as two signs."""
    return unicodedata.normalize("NFC", text)


def clip(text: str, limit: int) -> str:
    """The text, or its first `limit` characters of which the last is an ellipsis."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…" if limit > 0 else ""
