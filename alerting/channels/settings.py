"""What every kind of channel's settings have in common: frozen, strict, and errors that say what to write instead."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, ValidationError

from news.errors import ConfigError

_USER_IN_URL = re.compile(r"//[^/@\s]*@")


class ChannelSettings(BaseModel):
    """The base of a kind's settings. What was typed is never repeated in an error: it may be a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)


S = TypeVar("S", bound=ChannelSettings)


def parsed(model: type[S], settings: Mapping[str, Any], channel: str) -> S:
    """The settings as a frozen value. Raises ConfigError naming the channel and each setting that is wrong."""
    problem = ""
    try:
        return model.model_validate(dict(settings))
    except ValidationError as error:
        problem = "; ".join(
            _sentence(".".join(str(part) for part in detail["loc"]), detail["type"], detail["msg"], _names(model))
            for detail in error.errors(include_url=False)
        )
    # Raised here and not above: pydantic's error holds what was typed.
    raise ConfigError(f"channel {channel!r}: {problem}", "docs/settings.md lists what each kind of channel takes")


def _names(model: type[ChannelSettings]) -> list[str]:
    names = list(model.model_fields)
    for field in model.model_fields.values():
        if isinstance(field.validation_alias, AliasChoices):
            names += [str(choice) for choice in field.validation_alias.choices]
    return names


def _sentence(place: str, kind: str, said: str, names: Iterable[str]) -> str:
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(place, list(names), n=1)
        said = "is not a setting of this kind of channel" + (f"; did you mean {near[0]!r}?" if near else "")
    elif kind == "missing":
        said = "is missing"
    said = _USER_IN_URL.sub("//…@", said.removeprefix("Value error, "))
    return f"{place!r} {said}" if place else said
