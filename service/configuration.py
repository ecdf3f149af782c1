"""vigie.toml and the environment, read once into frozen settings; every mistake is answered with its place."""

import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from news.errors import ConfigError
from news.text import clip
from service.environment import check_environment, variable, variable_of
from service.mistakes import as_written, mistake
from service.settings import ChannelEntry, IncludeSettings, Settings
from service.written import KINDS, Written

_FILE_SUFFIX = "_FILE"
_SHOWN = 60  # characters of a key that nobody knows


def read(path: Path | None) -> Settings:
    """The settings of a file (None for none), those that it includes, and the environment.

    Raises ConfigError with file, line, column and the nearest right word.
    """
    written = Written(path) if path is not None else None
    take_secrets_from_files(os.environ)
    check_environment(os.environ, written)
    if written is not None:
        _refuse_unknown_tables(written)
    try:
        settings = Settings(**(written.values if written is not None else {}))
    except ValidationError as error:
        raise _explained(error, written) from error
    _refuse_doubles(settings, written)
    _refuse_crossed(settings, written)
    return settings


def _refuse_unknown_tables(written: Written) -> None:
    """Raises ConfigError for a table that is not known by just this name.

    pydantic would take [Log] for [log], as it does with variables, and of the two together forget one.
    """
    for name in written.values:
        if name not in Settings.model_fields:
            raise ConfigError(f"unknown key {clip(name, _SHOWN)}", _nearest([name.lower()]), **written.place((name,)))


def take_secrets_from_files(environment: Any) -> None:
    """`VIGIE_X_FILE=path` sets `VIGIE_X` to what the file holds, as container secrets have it."""
    for name, path in list(environment.items()):
        plain = name.removesuffix(_FILE_SUFFIX)
        if not name.startswith("VIGIE_") or plain == name:
            continue
        is_setting = "__" in plain
        if plain in environment and not is_setting:
            continue
        held = _held_in(path, name)
        if environment.setdefault(plain, held) != held:
            raise ConfigError(f"both {plain} and {name} are set, to different values", "take one of the two away")
        if is_setting:
            del environment[name]  # it names no setting itself


def _held_in(path: str, name: str) -> str:
    if not path:
        raise ConfigError(f"{name} is empty", "name the file that holds the value, or take the variable away")
    try:
        held = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        hint = "put the file there, for the service's user to read"
        raise ConfigError(f"{name} names {path}, which cannot be read: {error.strerror}", hint) from error
    except UnicodeDecodeError:  # which holds what was read, and that may be a secret
        held = "\0"
    if "\0" in held:
        raise ConfigError(f"{name} names {path}, which is not UTF-8 text", "is it the right file?")
    return held


def _explained(error: ValidationError, written: Written | None) -> ConfigError:
    first = error.errors()[0]
    path = tuple(first["loc"])
    by = variable_of(path if first["type"] != "missing" else path[:-1])
    place = written.place(path) if written is not None and not by else {}
    where = f"{_dotted(path)} in {by}" if by and by != variable(path) else by or _dotted(path)
    if first["type"] == "extra_forbidden":
        return ConfigError(f"unknown key {where}", _nearest(path), **place)
    if first["type"] == "missing":
        return ConfigError(f"{where} is missing", **place)
    return ConfigError(f"{where}: {mistake(first)}", **place)


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(clip(part, _SHOWN) for part in path if not isinstance(part, int))


def _nearest(path: Sequence[str | int]) -> str:
    """The known keys of the same table that look most like the wrong one, else all of them."""
    model: Any = Settings
    for part in path[:-1]:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        inner = getattr(annotation, "__args__", (annotation,))
        model = next(kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel))
    known = [*model.model_fields, *(IncludeSettings.model_fields if len(path) == 1 else ())]
    close = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known)}"


def _refuse_doubles(settings: Settings, written: Written | None) -> None:
    for kind in KINDS:
        names: set[str] = set()
        for number, entry in enumerate(getattr(settings, kind)):
            if entry.name in names:
                place = written.place((kind, number, "name")) if written is not None else {}
                raise ConfigError(f"two {kind} entries are named {entry.name!r}", "rename one", **place)
            names.add(entry.name)


def _refuse_crossed(settings: Settings, written: Written | None) -> None:
    """Raises ConfigError where no interval could keep within its bounds, by the place of the one that is said."""
    crawler = settings.crawler
    shortest, longest = crawler.shortest_interval, crawler.longest_interval
    if shortest <= longest:
        return
    said = "longest_interval" if "longest_interval" in crawler.model_fields_set else "shortest_interval"
    path = ("crawler", said)
    by = variable_of(path)
    raise ConfigError(
        f"{by or _dotted(path)}: the shortest interval, {as_written(shortest)}, is longer than the longest, "
        f"{as_written(longest)}",
        "lower shortest_interval, or raise longest_interval",
        **(written.place(path) if written is not None and not by else {}),
    )


def place_of(path: Path | None, *where: str | int) -> dict[str, Any]:
    """File, line and column of a key such as `"watch", 3, "query"`, for errors found after reading."""
    return Written(path).place(where) if path is not None else {}


__all__ = ["ChannelEntry", "place_of", "read", "take_secrets_from_files"]
