"""Routing: which channels a watch tells, and by which rules: the watch before its watchlist before what holds for all.

The watchlist without a name says what holds for every watch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from news.alert import Channel
from news.rules import NOTHING_SAID, Rules, WholeRules, settled
from news.watch import Watch, Watchlist

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
        names = watch.channels or self._group(watch).channels or self._all().channels
        return tuple(one for one in self.channels if not one.paused and (not names or one.name in names))

    def rules(self, watch: Watch, channel: Channel | None = None) -> WholeRules:
        """The rules by which a watch tells a channel; without one, those that hold for all its channels."""
        of_channel = channel.rules if channel is not None else NOTHING_SAID
        zone = Rules(timezone=self.timezone)
        return settled(watch.rules, self._group(watch).rules, of_channel, self._all().rules, zone)

    def _group(self, watch: Watch) -> Watchlist:
        return self.watchlists.get(watch.watchlist, _NOTHING) if watch.watchlist else _NOTHING

    def _all(self) -> Watchlist:
        return self.watchlists.get("", _NOTHING)


def routing(channels: Iterable[Channel], watchlists: Iterable[Watchlist], timezone: str) -> Routing:
    """The routing of these."""
    return Routing(tuple(channels), {watchlist.name: watchlist for watchlist in watchlists}, timezone)
