"""The settings of watches, watchlists and channels, and the rules that each of them may have."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from news.alert import ChannelKind
from news.errors import ConfigError
from news.rules import LARGEST_BUDGET, NAMES, Rules, read_rule, rules_from
from service.setting_parts import Name, OneForm, Part


class RuleSettings(BaseModel):
    """When and how alerts are told; of several that say it the most particular counts, see docs/alerts.md."""

    digest: str | None = Field(default=None, description="`at once` as usual, or together: `hourly`, `daily`, `weekly`")
    at: str | None = Field(default=None, description="the local time of daily and weekly digests, usually `08:00`")
    weekday: str | None = Field(default=None, description="the day of weekly ones, usually `monday`")
    quiet: str | None = Field(
        default=None, description="local hours in which nothing is told, as in `22:00-07:00`; `none` as usual"
    )
    timezone: str | None = Field(
        default=None, description="the zone of these hours, as in `Europe/Paris`; usually the machine's"
    )
    budget: int | None = Field(
        default=None, ge=0, le=LARGEST_BUDGET, description="alerts a day, usually 50; more become a digest; 0: no limit"
    )
    updates: str | None = Field(
        default=None, description="the shortest time between updates on a story, usually `1h`; or `never`"
    )
    spikes: bool | None = Field(
        default=None, description="tell when there is far more than usual; `true` unless said otherwise"
    )
    resurfaced: str | None = Field(
        default=None, description="old articles that come back: `mark` as usual, `digest` or `never`"
    )

    @field_validator("budget", mode="before")
    @classmethod
    def _a_number(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("write a whole number, not true or false")
        return value

    @field_validator(*NAMES)
    @classmethod
    def _readable(cls, value: Any, info: ValidationInfo) -> Any:
        if value is not None:
            try:
                read_rule(str(info.field_name), value)
            except ConfigError as error:
                raise ValueError(error.message.partition(": ")[2]) from error
        return value

    @property
    def rules(self) -> Rules:
        """What is said of them here."""
        return rules_from({name: getattr(self, name) for name in NAMES})


class _OfWatches(Part):
    channels: tuple[Annotated[str, OneForm], ...] = Field(
        default=(), description="names of the channels for watches of which nobody else names one; none means all"
    )


class AlertSettings(RuleSettings, _OfWatches):
    """[alerts]."""


class _OfWatch(Part):
    name: Name = Field(description="what you call it")
    query: str = Field(min_length=1, description="what it looks for, see docs/query-language.md")
    channels: tuple[Annotated[str, OneForm], ...] = Field(
        default=(), description="names of channels; none means those of its watchlist, else of `[alerts]`, else all"
    )
    watchlist: str = Field(default="", max_length=200, description="the group it belongs to")
    paused: bool = Field(default=False, description="match nothing")
    match: tuple[str, ...] = Field(default=(), description="texts that it must match, for `vigie watch lint`")
    no_match: tuple[str, ...] = Field(default=(), description="texts that it must not match")


class WatchEntry(RuleSettings, _OfWatch):
    """[[watch]]."""


class _OfWatchlist(Part):
    name: Name = Field(description="what its watches call it in `watchlist`")
    channels: tuple[Annotated[str, OneForm], ...] = Field(
        default=(), description="names of channels for its watches that name none"
    )


class WatchlistEntry(RuleSettings, _OfWatchlist):
    """[[watchlist]]."""


class _OfChannel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")

    name: Name = Field(description="what you call it")
    kind: ChannelKind = Field(description="what it is, see docs/channels.md")
    paused: bool = Field(default=False, description="send nothing")
    at_once: int | None = Field(
        default=None, ge=1, le=100, description="messages under way at the same time; 8, over e-mail 2, in chats 1"
    )
    per_minute: int | None = Field(
        default=None, ge=1, le=100_000, description="messages that may begin within a minute, see docs/delivery.md"
    )


class ChannelEntry(RuleSettings, _OfChannel):
    """[[channel]]; the other keys are the kind's own, see docs/settings.md."""

    @property
    def own(self) -> dict[str, Any]:
        """The settings of the kind."""
        return dict(self.model_extra or {})
