"""Where in a TOML text a key stands; the standard parser keeps the values and forgets the places."""

import tomllib
from collections.abc import Sequence
from typing import Any


def locate(text: str, path: Sequence[str | int]) -> tuple[int, int]:
    """Line and column, from 1, of the key at `path` (names, and numbers for tables of an array); (0, 0) if not there.

    The text is read up to each line in turn: the key stands where the path first exists. Only errors pay for it.
    """
    lines = text.splitlines()
    after = 0  # lines before this one have been understood
    for number in range(1, len(lines) + 1):
        try:
            values = tomllib.loads("\n".join(lines[:number]) + "\n")
        except tomllib.TOMLDecodeError:
            continue  # in the middle of a value of several lines
        if _has(values, path):
            return _key_line(lines, after, number, next(str(step) for step in reversed(path) if isinstance(step, str)))
        after = number
    return 0, 0


def _has(values: Any, path: Sequence[str | int]) -> bool:
    for step in path:
        if isinstance(step, int):
            if not isinstance(values, list) or step >= len(values):
                return False
        elif not isinstance(values, dict) or step not in values:
            return False
        values = values[step]
    return True


def _key_line(lines: Sequence[str], after: int, number: int, key: str) -> tuple[int, int]:
    for index in range(after, number):
        column = lines[index].find(key)
        if column >= 0 and not lines[index].lstrip().startswith("#"):
            return index + 1, column + 1
    return number, 1
