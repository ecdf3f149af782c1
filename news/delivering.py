"""What became of an attempt, which deliveries somebody asks for, and the places between claim and commit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from news.alert import Attempt, Delivery, DeliveryState

# Where a delivery can be between being claimed and being done with; `passing` is told each time one gets there.
Point = Literal["claimed", "sending", "answered", "marked", "committed"]
POINTS: tuple[Point, ...] = ("claimed", "sending", "answered", "marked", "committed")
Passing = Callable[[Point], None]


def unobserved(_: Point) -> None:
    """Nobody looks on; only the kill harness does."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt at a delivery, the state that it leaves it in, and when the next one is.

    `stop_because` says why the channel itself has to stand still; mostly it is empty. `reached` are those of several
    recipients who got it in this attempt, though it failed for others.
    """

    delivery: Delivery
    attempt: Attempt
    state: DeliveryState
    next_try_at: datetime | None = None
    stop_because: str = ""
    reached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Which deliveries: of these states (none: of all), over one channel, decided from `since` to before `until`."""

    states: tuple[DeliveryState, ...] = ()
    channel: str = ""
    since: datetime | None = None
    until: datetime | None = None
