"""What the tables of vigie.toml have in common."""

import re
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from news.text import composed

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _one_form(value: Any) -> Any:
    return composed(value) if isinstance(value, str) else value


def _on_one_line(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("write it on one line, without control characters")
    return value


OneForm = BeforeValidator(_one_form)
OneLine = Annotated[str, AfterValidator(_on_one_line)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$"), OneForm]


def _plain(annotation: Any) -> Any:
    """`int` of an `int` with bounds."""
    return annotation.__origin__ if hasattr(annotation, "__metadata__") else annotation


class Part(BaseModel):
    """A table: frozen, and without a key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """`true` would be taken for 1."""
        wanted = cls.model_fields[str(info.field_name)].annotation
        if isinstance(value, bool) and {int, float} & {wanted, *map(_plain, get_args(wanted))}:
            raise ValueError("write a number or a time, not true or false")
        return value
