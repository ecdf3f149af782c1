"""What every kind of channel's settings have in common: frozen, strict, and errors that say what to write instead."""

import difflib
import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import Annotated, Any, TypeVar, get_args

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from alerting.own import TRIES_TEMPLATES, TextTemplate
from news.errors import BadUrlError, ConfigError
from news.secret import Secret, variable_name
from news.url import checked, endpoint, shown

_USER_IN_URL = re.compile(r"//[^/@\s]*@")

_WANTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "tuple_type": 'a list such as ["one", "two"]',
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "literal_error": "{expected}",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than_equal": "{le:g} at most",
}

OwnText = Annotated[
    TextTemplate | None, Field(description="your own `text`: a table of its own, see docs/templates.md")
]


class ChannelSettings(BaseModel):
    """The base of a kind's settings. What was typed is never repeated in an error: it may be a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)

    @field_validator("*")
    @classmethod
    def _names_a_variable(cls, value: Any, info: ValidationInfo) -> Any:
        is_reference = (info.field_name or "").endswith("_env")
        return variable_name(value) if is_reference and isinstance(value, str) else value

    @abstractmethod
    def endpoint(self) -> tuple[str, int]:
        """The host and port that are dialled. Raises DeliveryError where a secret that names them is not there."""

    @abstractmethod
    def goes_to(self) -> str:
        """Where alerts end up, in a few words that give no secret away."""

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
        said = error.message.replace(f" {shown(value)}", "").removeprefix("the URL ")
        said = said.replace("https one", "https URL")
        raise ValueError(f"{said}; {error.hint}" if error.hint else said) from error


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
            _sentences([{**one} for one in error.errors(include_url=False, include_input=False)], _names(model))
        )
    # Raised here and not above: pydantic's error holds what was typed.
    raise ConfigError(f"channel {channel!r}: {problem}", "docs/settings.md lists what each kind of channel takes")


def _names(model: type[BaseModel]) -> list[str]:
    """The settings as they are written, those of a table within with its name before them."""
    names = list(model.model_fields)
    for name, field in model.model_fields.items():
        if isinstance(field.validation_alias, AliasChoices):
            names += [str(choice) for choice in field.validation_alias.choices]
        for table in get_args(field.annotation):
            if isinstance(table, type) and issubclass(table, BaseModel):
                names += [f"{name}.{inner}" for inner in _names(table)]
    return names


def _sentences(faults: Sequence[Mapping[str, Any]], names: Iterable[str]) -> Iterator[str]:
    """Each fault in words. A list in which nothing is right is not told for an empty one besides."""
    places = [".".join(str(part) for part in fault["loc"]) for fault in faults]
    for place, fault in zip(places, faults, strict=True):
        if fault["type"] == "too_short" and any(other.startswith(f"{place}.") for other in places):
            continue
        said = _USER_IN_URL.sub("//…@", _said(fault, place, names))
        yield f"{place!r} {said}" if place else said


def _said(fault: Mapping[str, Any], place: str, names: Iterable[str]) -> str:
    kind, bounds = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(place, list(names), n=1)
        return "is not a setting of this kind of channel" + (f"; did you mean {near[0]!r}?" if near else "")
    if kind == "missing":
        return "is missing"
    if kind == "too_short":
        return "is empty: name one or more"
    if kind == "too_long":
        return f"has too many: {bounds['max_length']} at most"
    if kind in _WANTED:
        return f"must be {_WANTED[kind].format(**bounds)}"
    return str(fault["msg"]).removeprefix("Value error, ")
