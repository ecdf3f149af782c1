"""What every kind of channel's settings have in common: frozen, strict, and errors that say what to write instead."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from alerting.own import TRIES_TEMPLATES, TextTemplate
from news.errors import BadUrlError, ConfigError
from news.secret import Secret
from news.url import checked, endpoint

_USER_IN_URL = re.compile(r"//[^/@\s]*@")


OwnText = Annotated[
    TextTemplate | None, Field(description="your own `text`: a table of its own, see docs/templates.md")
]


class ChannelSettings(BaseModel):
    """The base of a kind's settings. What was typed is never repeated in an error: it may be a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)

    def endpoint(self) -> tuple[str, int]:
        """The host and port that are dialled. Raises DeliveryError where a secret that names them is not there."""
        raise NotImplementedError

    def goes_to(self) -> str:
        """Where alerts end up, in a few words that give no secret away."""
        raise NotImplementedError

    def secrets(self) -> Iterator[Secret]:
        """Where each secret is kept that the settings name."""
        for field in type(self).model_fields:
            if field.endswith("_env"):
                variable, file = getattr(self, field), getattr(self, f"{field.removesuffix('_env')}_file")
                if variable or file:
                    yield Secret(variable, file)

    def _named(self, secret: str) -> int:
        """In how many places the secret is said to be."""
        return sum(bool(getattr(self, f"{secret}_{place}")) for place in ("env", "file"))


def _url(value: str) -> str:
    try:
        return checked(value)
    except BadUrlError as error:
        raise ValueError(f"{error.message}; {error.hint}" if error.hint else error.message) from error


def _base(value: str) -> str:
    if "?" in value or "#" in value:
        raise ValueError("is the address of a server, without anything after ? or #")
    return _url(value).rstrip("/")


Url = Annotated[str, AfterValidator(_url)]
BaseUrl = Annotated[str, AfterValidator(_base)]


def is_in_clear(url: str) -> bool:
    """Whether what is sent to the URL can be read on its way: http, and not only to this machine itself."""
    return url.startswith("http://") and not is_loopback(endpoint(url)[0])


def is_loopback(host: str) -> bool:
    """Whether the host, as it is written, is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


S = TypeVar("S", bound=ChannelSettings)


def parsed(model: type[S], settings: Mapping[str, Any], channel: str, *, tries_templates: bool = True) -> S:
    """The settings as a frozen value. Raises ConfigError naming the channel and each setting that is wrong.

    Templates are tried when they are kept. When an alert is sent they are taken as they stand: one that is found
    wanting only then must not stand in its way.
    """
    problem = ""
    try:
        return model.model_validate(dict(settings), context={TRIES_TEMPLATES: tries_templates})
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
