"""What the tables of vigie.toml have in common."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from news.text import composed


def _one_form(value: Any) -> Any:
    return composed(value) if isinstance(value, str) else value


OneForm = BeforeValidator(_one_form)
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$"), OneForm]


class Part(BaseModel):
    """A table: frozen, and without a key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")
