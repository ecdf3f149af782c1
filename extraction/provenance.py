"""What a page tells, and where it does: a value beside its origin."""

from typing import Any, Generic, NamedTuple, TypeVar

V = TypeVar("V")


class Told(NamedTuple, Generic[V]):
    """A value and its origin: `json-ld`, `meta og:title`, `h1`, `text`, `url`, with what was guessed or left aside.

    An empty origin means that the page tells nothing.
    """

    value: V
    origin: str = ""


def origins(**fields: Told[Any]) -> dict[str, str]:
    """The origin of each field that has one."""
    return {name: told.origin for name, told in fields.items() if told.origin}
