"""The environment's part of the settings: which variable says what, and every mistake that one can make."""

import difflib
import json
import os
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from news.errors import ConfigError
from service.settings import IncludeSettings, Settings
from service.written import KINDS, Written

PREFIX, BETWEEN = "VIGIE_", "__"
_OF_COMMANDS = ("VIGIE_DATA", "VIGIE_CONFIG")
_AS_JSON = """write it as JSON, in quotes of the shell: '["one", "two"]'"""


def variable(path: Sequence[str | int]) -> str:
    """The name of the variable that says what stands at this path."""
    return PREFIX + BETWEEN.join(str(part).upper() for part in path)


def variable_of(path: Sequence[str | int]) -> str:
    """The variable that is set and says what stands at the path: its own, or JSON for all around it; empty for none."""
    names = {name.upper(): name for name in os.environ}
    for length in range(len(path), 0, -1):
        name = names.get(variable(path[:length]))
        if name is not None and _says(os.environ[name], path[length:]):
            return name
    return ""


def _says(value: str, rest: Sequence[str | int]) -> bool:
    if not rest:
        return True
    try:
        found = json.loads(value)
        for part in rest:
            found = found[part]
    except (ValueError, LookupError, TypeError):
        return False
    return True


def check_environment(environment: Mapping[str, str], written: Written | None) -> None:
    """Raises ConfigError for the first variable that names no setting, cannot be read, or clashes with the file.

    A name that the files mention, as where a secret is, is nobody's mistake.
    """
    texts = [file.text for file in written.files] if written is not None else []
    for name, value in sorted(environment.items()):
        if not name.upper().startswith(PREFIX) or name.upper() in _OF_COMMANDS or any(name in text for text in texts):
            continue
        parts = name.upper().removeprefix(PREFIX).lower().split(BETWEEN)
        if parts[0] in IncludeSettings.model_fields:
            raise ConfigError(f"{name} names no setting", f"`{parts[0]}` stands in the file, and nowhere else")
        if parts[0] in KINDS:
            _check_tables(name, parts, written)
        elif len(parts) == 1 and parts[0] not in Settings.model_fields:
            _check_underscore(name, parts[0])
            continue
        else:
            _check_key(name, parts)
        if _is_json(parts):
            _check_json(name, value)


def _check_tables(name: str, parts: Sequence[str], written: Written | None) -> None:
    """All tables of a kind stand in one variable, which would hide those of the file."""
    kind = parts[0]
    if len(parts) > 1:
        raise ConfigError(f"{name} names no setting", f"all of [[{kind}]] go into {variable([kind])}, as a JSON list")
    if written is not None and written.values.get(kind):
        place = written.place((kind, 0))
        hint = f"take one of the two away: {name} would hide every [[{kind}]] of the file"
        raise ConfigError(f"both {name} in the environment and the file have [[{kind}]]", hint, **place)


def _check_underscore(name: str, said: str) -> None:
    """One underscore where two belong: VIGIE_LOG_LEVEL. Other names of one part may be anything, such as secrets."""
    for section, field in Settings.model_fields.items():
        for key in getattr(field.annotation, "model_fields", ()):
            if said == f"{section}_{key}":
                raise ConfigError(f"{name} names no setting", f"did you mean {variable([section, key])}?")


def _check_key(name: str, parts: Sequence[str]) -> None:
    section = parts[0]
    if section not in Settings.model_fields:
        known = [one for one in Settings.model_fields if one not in KINDS]
        raise ConfigError(f"{name} names no setting", _nearest(section, known, lambda right: [right, *parts[1:]]))
    fields = getattr(Settings.model_fields[section].annotation, "model_fields", {})
    if len(parts) > 1 and parts[1] not in fields:
        hint = _nearest(parts[1], list(fields), lambda right: [section, right])
        raise ConfigError(f"{name} names no setting", hint)
    if len(parts) > 2 and not _is_json(parts[:2]):
        raise ConfigError(f"{name} names no setting", f"did you mean {variable(parts[:2])}?")


def _nearest(wrong: str, known: list[str], path: typing.Callable[[str], Sequence[str]]) -> str:
    close = difflib.get_close_matches(wrong, known, n=1, cutoff=0.5)
    if close:
        return f"did you mean {variable(path(close[0]))}?"
    return f"known here: {', '.join(variable(path(one)) for one in known)}"


def _is_json(parts: Sequence[str]) -> bool:
    """Whether the value is a list or a table."""
    annotation: Any = Settings.model_fields[parts[0]].annotation
    if len(parts) > 1:
        annotation = annotation.model_fields[parts[1]].annotation
    if len(parts) > 2:
        return False
    union = typing.get_origin(annotation) in (types.UnionType, typing.Union)
    kinds = typing.get_args(annotation) if union else (annotation,)
    return any(
        typing.get_origin(kind) in (tuple, dict, list) or (isinstance(kind, type) and issubclass(kind, BaseModel))
        for kind in kinds
    )


def _check_json(name: str, value: str) -> None:
    try:
        json.loads(value)
    except ValueError:
        raise ConfigError(f"{name} is a list or a table, and this is not JSON", _AS_JSON) from None
