"""Room: how many messages a channel may be sent now, by what is under way, its rate, and its receiver's wish."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from news.alert import Channel

IN_ALL = 512  # messages under way over all channels: sockets are not without end
_USUAL = 8
_USUAL_OF = {
    "email": 2,  # servers count connections, and greylist who opens many
    **dict.fromkeys(("slack", "discord", "telegram", "matrix", "ntfy"), 1),  # readers see them in the order of telling
}
_RATES = {"slack": 60, "discord": 30, "telegram": 20}  # a minute; what these say they take, for one webhook or chat
_MINUTE = timedelta(minutes=1)
_FAILURES = 8  # in a row, and a receiver counts as down
_PROBES = timedelta(seconds=1)  # between one message and the next to a receiver that is down


def most_at_once(channel: Channel) -> int:
    """How many messages may be under way over a channel."""
    return channel.at_once or _USUAL_OF.get(channel.kind, _USUAL)


def most_a_minute(channel: Channel) -> int | None:
    """How many messages may begin over a channel within a minute; None for as many as there are."""
    return channel.per_minute or _RATES.get(channel.kind)


class Room:
    """Counts for each channel, by its id, what is under way and what began within the last minute."""

    def __init__(self) -> None:
        self._under_way: Counter[int] = Counter()
        self._begun: dict[int, deque[datetime]] = {}
        self._held: dict[int, tuple[datetime, datetime]] = {}
        self._failures: Counter[int] = Counter()
        self._last: dict[int, datetime] = {}

    def began(self, channel: Channel, now: datetime) -> None:
        """A message is on its way."""
        self._under_way[channel.id] += 1
        self._last[channel.id] = now
        if most_a_minute(channel):
            self._begun.setdefault(channel.id, deque()).append(now)

    def ended(self, channel: Channel) -> None:
        """It is no longer."""
        self._under_way[channel.id] -= 1
        if not self._under_way[channel.id]:
            del self._under_way[channel.id]

    def answered(self, channel: Channel, *, is_up: bool) -> None:
        """What a message met: a receiver that took it, or refused this one for good, is up; else it may be down."""
        if is_up:
            self._failures.pop(channel.id, None)
        else:
            self._failures[channel.id] += 1

    def hold(self, channel: Channel, now: datetime, wait: timedelta) -> None:
        """The receiver wants to be left alone for a time."""
        self._held[channel.id] = (now, now + wait)

    def free(self, channels: Sequence[Channel], now: datetime) -> dict[int, int]:
        """How many more may begin, for each channel that has room.

        Where there is not enough for all, those first that have least under way, one by one.
        """
        free = {channel.id: room for channel in channels if (room := self._room(channel, now)) > 0}
        left = max(0, IN_ALL - self._under_way.total())
        return free if sum(free.values()) <= left else self._shared(free, left)

    def _shared(self, free: Mapping[int, int], left: int) -> dict[int, int]:
        waiting = sorted(free, key=lambda channel_id: self._under_way[channel_id])
        rooms: Counter[int] = Counter()
        while left > 0 and waiting:
            given = waiting[:left]
            rooms.update(given)
            left -= len(given)
            waiting = [channel_id for channel_id in waiting if rooms[channel_id] < free[channel_id]]
        return dict(rooms)

    def _room(self, channel: Channel, now: datetime) -> int:
        if self._is_held(channel.id, now):
            return 0
        room = most_at_once(channel) - self._under_way[channel.id]
        if self._failures[channel.id] >= _FAILURES:
            room = self._probes(channel.id, now)
        rate = most_a_minute(channel)
        if rate:
            room = min(room, rate - self._within_a_minute(channel.id, now))
        return room

    def _probes(self, channel_id: int, now: datetime) -> int:
        """One message at a time, and one a second: who is down is not to be stormed, nor to cost others their turn."""
        since = self._last.get(channel_id, now - _PROBES)
        return int(not self._under_way[channel_id] and not since <= now < since + _PROBES)

    def _is_held(self, channel_id: int, now: datetime) -> bool:
        since, until = self._held.get(channel_id, (now, now))
        if since <= now < until:
            return True
        self._held.pop(channel_id, None)  # over, or the clock was set back to before it began
        return False

    def _within_a_minute(self, channel_id: int, now: datetime) -> int:
        begun = self._begun.get(channel_id, deque())
        while begun and not now - _MINUTE < begun[0] <= now:
            begun.popleft()
        return len(begun)
