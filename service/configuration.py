"""vigie.toml and the environment, read once into frozen settings; every mistake is answered with its place."""

import difflib
import os
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from news.errors import ConfigError
from service.positions import locate
from service.settings import ChannelEntry, Settings

_FILE_SUFFIX = "_FILE"


def read(path: Path | None) -> Settings:
    """The settings of a file (None for none) and the environment.

    Raises ConfigError with file, line, column and the nearest right word.
    """
    text = _text_of(path) if path is not None else ""
    values = _parsed(text, str(path or ""))
    take_secrets_from_files(os.environ)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise _explained(error, text, str(path or "")) from error
    _refuse_doubles(settings, text, str(path or ""))
    return settings


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", "name another file with --config") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text", "save it as UTF-8") from error


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (len(text.splitlines()), 0)
        message = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise ConfigError(
            f"this is not TOML: {message}", "docs/settings.md shows the form", file=file, line=line, column=column
        ) from error


def take_secrets_from_files(environment: Any) -> None:
    """`VIGIE_X_FILE=path` sets `VIGIE_X` to what the file holds, as container secrets have it."""
    for name, path in list(environment.items()):
        plain = name.removesuffix(_FILE_SUFFIX)
        if not name.startswith("VIGIE_") or plain == name:
            continue
        if "__" in plain:
            del environment[name]  # it names no setting itself
        if plain not in environment:
            try:
                environment[plain] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ConfigError(f"{name} names {path}, which cannot be read: {error.strerror}") from error


def _explained(error: ValidationError, text: str, file: str) -> ConfigError:
    first = error.errors()[0]
    path = tuple(first["loc"])
    line, column = locate(text, path) if text else (0, 0)
    if not line and len(path) > 1 and text:
        line, column = locate(text, path[:-1])  # a key that is missing stands nowhere; its table does
    where = _written(path)
    if first["type"] == "extra_forbidden":
        return ConfigError(f"unknown key {where}", _nearest(path), file=file, line=line, column=column)
    if first["type"] == "missing":
        return ConfigError(f"{where} is missing", file=file, line=line, column=column)
    if not line:
        where = f"{where} (perhaps from the environment: VIGIE_{'__'.join(str(part).upper() for part in path)})"
    message = first["msg"].removeprefix("Value error, ")
    return ConfigError(f"{where}: {message}", file=file if line else "", line=line, column=column)


def _written(path: Sequence[str | int]) -> str:
    names = [str(part) for part in path if not isinstance(part, int)]
    return ".".join(names)


def _nearest(path: Sequence[str | int]) -> str:
    """The known keys of the same table that look most like the wrong one, else all of them."""
    model: Any = Settings
    for part in path[:-1]:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        inner = getattr(annotation, "__args__", (annotation,))
        model = next(kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel))
    known = list(model.model_fields)
    close = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known)}"


def _refuse_doubles(settings: Settings, text: str, file: str) -> None:
    for kind in ("source", "watch", "channel"):
        names: set[str] = set()
        for number, entry in enumerate(getattr(settings, kind)):
            if entry.name in names:
                line, column = locate(text, (kind, number, "name"))
                raise ConfigError(
                    f"two {kind} entries are named {entry.name!r}", "rename one", file=file, line=line, column=column
                )
            names.add(entry.name)


def place_of(path: Path | None, kind: str, number: int, key: str) -> dict[str, Any]:
    """File, line and column of a key of the `number`-th entry of a kind, for errors found after reading."""
    if path is None:
        return {}
    line, column = locate(_text_of(path), (kind, number, key))
    if not line:
        line, column = locate(_text_of(path), (kind, number))
    return {"file": str(path), "line": line, "column": column}


__all__ = ["ChannelEntry", "place_of", "read", "take_secrets_from_files"]
