"""Routing: which channels a watch tells, and by which rules: the watch before its watchlist before what holds for all.

The watchlist without a name says what holds for every watch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from news.alert import Channel
from news.rules import NOTHING_SAID, Rules, WholeRules, settled
from news.watch import Watch, Watchlist

NO_WATCH = Watch(0, "", "")  # whose rules an alert goes by that is of several watches, or of none
_NOTHING = Watchlist(0, "")


@dataclass(frozen=True, slots=True)
class Routing:
    """All who have a say in whom to tell and when. `timezone` is that of the machine, where nobody names one."""

    channels: tuple[Channel, ...] = ()
    watchlists: Mapping[str, Watchlist] = field(default_factory=dict)
    timezone: str = "UTC"

    def recipients(self, watch: Watch) -> tuple[Channel, ...]:
        """The channels that carry the watch's alerts, without those that the user has paused.

        A channel that only Vigie paused (`paused_because`) still gets its deliveries, which wait until it is mended:
        nothing is dropped.
        """
        names = self.named(watch)
        return tuple(one for one in self.channels if not one.paused and (not names or one.name in names))

    def named(self, watch: Watch) -> tuple[str, ...]:
        """The names of the channels that the watch tells, be they there or not; none means all."""
        return watch.channels or self._group(watch).channels or self._all().channels

    def rules(self, watch: Watch, channel: Channel | None = None) -> WholeRules:
        """The rules by which a watch tells a channel; without one, those that hold for all its channels."""
        return settled(*(rules for _, rules in self._say(watch, channel)), Rules(timezone=self.timezone))

    def who_says(self, watch: Watch, channel: Channel, rule: str) -> str:
        """Whose word one of these rules is, as in `the watch`; empty where nobody says it, and it is as usual."""
        said = (who for who, rules in self._say(watch, channel) if getattr(rules, rule) is not None)
        return next(said, "")

    def _say(self, watch: Watch, channel: Channel | None) -> tuple[tuple[str, Rules], ...]:
        """All who may say rules, the first before all."""
        return (
            ("the watch", watch.rules),
            (f"the watchlist “{watch.watchlist}”", self._group(watch).rules),
            (f"the channel “{channel.name}”", channel.rules) if channel is not None else ("", NOTHING_SAID),
            ("[alerts]", self._all().rules),
        )

    def _group(self, watch: Watch) -> Watchlist:
        return self.watchlists.get(watch.watchlist, _NOTHING) if watch.watchlist else _NOTHING

    def _all(self) -> Watchlist:
        return self.watchlists.get("", _NOTHING)


def routing(channels: Iterable[Channel], watchlists: Iterable[Watchlist], timezone: str) -> Routing:
    """The routing of these."""
    return Routing(tuple(channels), {watchlist.name: watchlist for watchlist in watchlists}, timezone)
