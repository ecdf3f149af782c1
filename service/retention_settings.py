"""[retention] of vigie.toml: how long articles and links are kept."""

import re
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from news.retention import Retention
from service.setting_parts import Part

_DAYS = {"d": 1, "w": 7, "y": 365}
_DAY = 86_400
SHORTEST = timedelta(days=30)
"""Younger articles are still compared with new ones, looked at again, and told of in digests."""
_LEAST, _MOST = SHORTEST.days * _DAY, 36_500 * _DAY


def age_in_seconds(value: Any) -> Any:
    """An age in seconds from a number or from `90d`, `12w`, `2y`; other things are left to the type check."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"\s*(\d{1,6})\s*([dwy])\s*", value)
    if found is None:
        raise ValueError("write an age as 90d, 12w or 2y")
    return int(found[1]) * _DAYS[found[2]] * _DAY


Age = Annotated[int, BeforeValidator(age_in_seconds)]
_SourceAge = Annotated[int, Field(ge=_LEAST, le=_MOST), BeforeValidator(age_in_seconds)]


class RetentionSettings(Part):
    """[retention]."""

    articles: Age | None = Field(
        default=None,
        ge=_LEAST,
        le=_MOST,
        description="how long articles are kept that no watch matched; none: for good",
    )
    matched: Age | None = Field(
        default=None,
        ge=_LEAST,
        le=_MOST,
        description="the same of those that a watch matched, with what was told of them",
    )
    links: Age | None = Field(
        default=None, ge=_LEAST, le=_MOST, description="the same of addresses that led to no article"
    )
    sources: dict[str, _SourceAge] | None = Field(
        default=None, description='in place of `articles`, for these sources: `{"Le Phare" = "90d"}`'
    )

    @model_validator(mode="after")
    def _matched_last_longer(self) -> Self:
        shortest = max([self.articles or 0, *(self.sources or {}).values()])
        if self.matched is not None and self.matched < shortest:
            raise ValueError("`matched` is shorter than the age at which other articles go; make it as long, or longer")
        return self

    @property
    def kept(self) -> Retention:
        """What they say, as a value."""
        return Retention(
            _time(self.articles),
            _time(self.matched),
            _time(self.links),
            {name: timedelta(seconds=age) for name, age in (self.sources or {}).items()},
        )


def _time(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
