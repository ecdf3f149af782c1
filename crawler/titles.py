"""Titles as plain text, from the many ways in which feeds and pages write them."""

import html
import re
from typing import Literal

from news.text import clip, storable

LONGEST_TITLE = 1_000
Writing = Literal["text", "markup", "either"]
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<!--[^>]*>?", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_HTML_TAG = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|bdo|big|blockquote|br|cite|code|del|dfn|div|em|font|h[1-6]|hr|i|iframe|img|ins|kbd|li"
    r"|mark|nobr|ol|p|pre|q|s|samp|script|small|span|strike|strong|style|sub|sup|svg|time|tt|u|ul|var|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
_SEEN = 64 * LONGEST_TITLE


def plain_title(value: str, writing: Writing = "text") -> str:
    """The title without tags, its entities decoded once, white space folded, at most 1,000 characters.

    `text` holds neither tags nor entities; `either` is RSS, which never said: there, only what HTML knows is taken for
    a tag, so that `List<T>` stays.
    """
    value = value[:_SEEN]
    if writing != "text":
        tag = _ANY_TAG if writing == "markup" else _HTML_TAG
        value = html.unescape(tag.sub("", _UNSEEN.sub("", value)))
    return clip(storable(" ".join(value.split())), LONGEST_TITLE)
