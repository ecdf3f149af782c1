"""The filters and tests that a channel's template may use: text in, text out, and none that can make it much longer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from jinja2.exceptions import FilterArgumentError
from jinja2.runtime import Undefined

from news.text import clip

LONGEST = 100_000


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _bounded(text: str) -> str:
    if len(text) > LONGEST:
        raise FilterArgumentError(f"a text of more than {LONGEST} characters")
    return text


def _default(value: Any, instead: Any = "") -> Any:
    return instead if isinstance(value, Undefined) or not value else value


def _join(values: Any, between: str = ", ") -> str:
    words = [_text(value) for value in _list(values)]
    if sum(map(len, words)) + len(_text(between)) * len(words) > LONGEST:
        raise FilterArgumentError(f"a text of more than {LONGEST} characters")
    return _text(between).join(words)


def _replace(value: Any, old: str, new: str) -> str:
    text, old, new = _text(value), _text(old), _text(new)
    if not old:
        raise FilterArgumentError("replace needs to know what")
    if len(text) + text.count(old) * len(new) > LONGEST:
        raise FilterArgumentError(f"a text of more than {LONGEST} characters")
    return text.replace(old, new)


def _clip(value: Any, length: int = 100) -> str:
    return clip(_text(value), max(1, min(int(length), LONGEST)))


def _list(values: Any) -> Sequence[Any]:
    if isinstance(values, Undefined):
        str(values)  # says which value is missing
    if not isinstance(values, list | tuple | str):
        raise FilterArgumentError(f"{type(values).__name__} is no list")
    return values


def _first(values: Any) -> Any:
    return next(iter(_list(values)), "")


def _last(values: Any) -> Any:
    return next(iter(reversed(_list(values))), "")


def _marked(pieces: Any, before: str = "**", after: str = "**") -> str:
    """The pieces in one text, with something before and after each hit."""
    return _bounded(
        "".join(
            f"{before}{piece['text']}{after}" if piece["hit"] else piece["text"]
            for piece in _list(pieces)
            if isinstance(piece, dict)
        )
    )


FILTERS: Mapping[str, Callable[..., Any]] = {
    "capitalize": lambda value: _bounded(_text(value).capitalize()),
    "clip": _clip,
    "default": _default,
    "first": _first,
    "join": _join,
    "last": _last,
    "length": lambda values: len(_list(values)),
    "lower": lambda value: _bounded(_text(value).lower()),
    "marked": _marked,
    "replace": _replace,
    "trim": lambda value: _text(value).strip(),
    "upper": lambda value: _bounded(_text(value).upper()),
    "urlencode": lambda value: _bounded(quote(_text(value), safe="")),
}
TESTS = ("defined", "even", "none", "odd", "undefined")
