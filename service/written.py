"""What is written: the settings file and those that it includes, as one, and where in them a thing stands."""

import codecs
import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from news.errors import ConfigError
from service.mistakes import mistake
from service.positions import Places
from service.settings import IncludeSettings

_FORM = "docs/settings.md shows the form"
# Begun at the beginning of a word only: from each letter of a long one it would be gone through anew.
_DEEP = re.compile(r"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){100}|(?:\[\s*+){100}")

_TUPLE, _QUOTED = re.compile(r"\((?:'[^']*',? ?)+\)"), r"'([^']*)'"  # as the parser tells the name of a table

LARGEST = 20 * 1024 * 1024
"""Bytes of one file: 50,000 sources take a quarter of it."""

KINDS: tuple[str, ...] = ("source", "watch", "watchlist", "channel")
"""The tables that any of the files may hold; everything else stands in the first."""


class SettingsFile:
    """One file: its text, and the values in it. Raises ConfigError where it cannot be read or is not TOML."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = _text_of(path)
        self.values = _parsed(self.text, str(path))

    @cached_property
    def places(self) -> Places:
        """Where everything stands in it."""
        return Places(self.text)

    def place(self, path: Sequence[str | int]) -> dict[str, Any]:
        """File, line and column of what stands at the path, or of the table that misses it; empty for neither."""
        line, column = self.places.of(path)
        if not line and len(path) > 1:
            line, column = self.places.of(path[:-1])
        return {"file": str(self.path), "line": line, "column": column} if line else {}


class Written:
    """The files in their order; tables of one kind are counted through all of them."""

    def __init__(self, path: Path) -> None:
        first = SettingsFile(path)
        self.files = [first, *_included(first)]

    @property
    def values(self) -> dict[str, Any]:
        """All of them, as one file would hold them."""
        values = {name: value for name, value in self.files[0].values.items() if name != "include"}
        for file in self.files[1:]:
            for kind, tables in file.values.items():
                before = values.get(kind, [])
                values[kind] = [*before, *tables] if isinstance(before, list) else before
        return values

    def place(self, path: Sequence[str | int]) -> dict[str, Any]:
        """File, line and column of what stands at the path of `values`, as ConfigError takes them."""
        if len(path) < 2 or path[0] not in KINDS or not isinstance(path[1], int):
            return self.files[0].place(path)
        kind, number = str(path[0]), path[1]
        for file in self.files:
            tables = file.values.get(kind, [])
            count = len(tables) if isinstance(tables, list) else 0
            if number < count:
                return file.place((kind, number, *path[2:]))
            number -= count
        return {}

    def rank(self, path: Sequence[str | int]) -> tuple[int, int, int]:
        """What sorts things as they stand: the number of the file, line and column."""
        place = self.place(path)
        order = [str(file.path) for file in self.files]
        return (order.index(place["file"]), place["line"], place["column"]) if place else (len(order), 0, 0)


def _text_of(path: Path) -> str:
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise ConfigError(f"{path} is a pipe or a device", "write the settings into a file: it is read repeatedly")
        with path.open("rb") as file:
            held = file.read(LARGEST + 1)
    except PermissionError as error:
        hint = "let the user who runs Vigie read it, or name another file with --config"
        raise ConfigError(f"{path} cannot be read: {error.strerror}", hint) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError(f"{path} cannot be read: {why}", "name another file with --config") from error
    if len(held) > LARGEST:
        hint = "is it the right file? Settings may be split with `include`, and sources imported: vigie source import"
        raise ConfigError(f"{path} has more than {LARGEST // 1024**2} MiB, which is too much for settings", hint)
    held = held.removeprefix(codecs.BOM_UTF8)  # Windows marks its own
    try:
        text = held.decode("utf-8")
    except UnicodeDecodeError as error:
        before = held[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        found = "this is not UTF-8 text"
        raise ConfigError(found, "save the file as UTF-8", file=str(path), line=line, column=column) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parsed(text: str, file: str) -> dict[str, Any]:
    _refuse_bombs(text, file)
    try:
        return tomllib.loads(text)
    except (RecursionError, ValueError) as error:
        if isinstance(error, tomllib.TOMLDecodeError):
            raise _not_toml(error, text, file) from error
        is_deep = isinstance(error, RecursionError)
        why = "lists or tables lie too deep in each other" if is_deep else "a number is too long"
        raise ConfigError(f"this cannot be read: {why}", _FORM, file=file) from error


def _refuse_bombs(text: str, file: str) -> None:
    """Raises ConfigError for what would fill the memory: each part of a key repeats those before it."""
    found = _DEEP.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise ConfigError("what begins here lies too deep", _FORM, file=file, line=line, column=column)


def _not_toml(error: tomllib.TOMLDecodeError, text: str, file: str) -> ConfigError:
    place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    line, column = (int(place[1]), int(place[2])) if place else (len(text.splitlines()), 0)
    message = _TUPLE.sub(lambda found: f"[{'.'.join(re.findall(_QUOTED, found[0]))}]", str(error))
    message = re.sub(r"\s*\(at .*\)$", "", message)
    return ConfigError(f"this is not TOML: {message}", _FORM, file=file, line=line, column=column)


def _included(first: SettingsFile) -> Iterator[SettingsFile]:
    seen = {first.path.resolve()}
    for number, pattern in enumerate(_patterns(first)):
        fitting = sorted(_fitting(first.path.parent, pattern, first.place(("include", number))))
        for path in fitting:
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield _only_tables(SettingsFile(path))


def _patterns(first: SettingsFile) -> tuple[str, ...]:
    try:
        return IncludeSettings(include=first.values.get("include", ())).include
    except ValidationError as error:
        fault = error.errors()[0]
        raise ConfigError(
            f"include: {mistake(fault)}", 'as in ["watches/*.toml"]', **first.place(fault["loc"])
        ) from error


def _fitting(folder: Path, pattern: str, place: dict[str, Any]) -> list[Path]:
    """The files that a pattern names. That there is none is an error: all that they held would be taken away."""
    whole = Path(pattern)
    try:
        root, inner = (Path(whole.anchor), whole.relative_to(whole.anchor)) if whole.anchor else (folder, whole)
        found = [path for path in root.glob(str(inner)) if path.is_file()]
    except (ValueError, OSError) as error:
        raise ConfigError(f"include: {pattern!r} cannot be looked for: {error}", **place) from error
    if not found:
        hint = "a name counts from the folder of the file in which it stands"
        raise ConfigError(f"include: no file fits {pattern!r}", hint, **place)
    return found


def _only_tables(file: SettingsFile) -> SettingsFile:
    """The file. Raises ConfigError where it holds anything but sources, watches, watchlists and channels."""
    for name, value in file.values.items():
        if name not in KINDS or not isinstance(value, list):
            hint = "an included file holds [[source]], [[watch]], [[watchlist]] and [[channel]] only"
            raise ConfigError(f"{name} does not belong here", hint, **file.place((name,)))
    return file
