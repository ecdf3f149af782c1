"""What goes wrong in a soak, and when: drawn by lot from its seed. Pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.soak.sites import OF_FEEDS, OF_HOSTS

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_CALM = 0.4  # after so much of the time no process dies any more: what one process comes to need is looked at
_LAST = 0.93  # and after so much nothing new goes wrong
_OF_PROCESSES = ("kill", "move", "point", "upgrade", "kill", "term", "kill", "point")
_FEWEST_DEATHS = 3


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something begins or ends, or happens: `what`, to `whom`, with `how` (empty: it is over)."""

    at: datetime
    what: str
    whom: str = ""
    how: str = ""


def plan(start: datetime, days: float, sources: int, hosts: int, seed: int) -> list[Event]:
    """All of it, in the order in which it happens."""
    chance = random.Random(f"{seed} plan")
    found = [*_sites(chance, days, sources, hosts), *_receivers(chance, days), *_machine(chance, days)]
    found += [*_processes(chance, days), *_backups(chance, days)]
    return sorted(Event(start + at, *rest) for at, *rest in found)


_Drawn = tuple[timedelta, str, str, str]


def _some(chance: random.Random, days: float, a_day: float, least: int = 1) -> Iterator[timedelta]:
    """Instants at which something begins."""
    for _ in range(max(least, round(days * a_day))):
        yield _DAY * days * chance.uniform(0.02, _LAST - 0.05)


def _sites(chance: random.Random, days: float, sources: int, hosts: int) -> Iterator[_Drawn]:
    for number, at in enumerate(_some(chance, days, hosts / 50, len(OF_HOSTS))):
        how = OF_HOSTS[number % len(OF_HOSTS)]
        lasts = _HOUR * chance.choice((2, 8, 24) if how == "hangs" else (2, 8, 30, 72))
        whom = f"h{chance.randrange(hosts)}.soak.example"
        yield at, "site", whom, how
        yield min(at + lasts, _DAY * days * _LAST), "site", whom, ""
    for number, at in enumerate(_some(chance, days, sources / 400, len(OF_FEEDS))):
        whom = str(chance.randrange(sources))
        yield at, "site", whom, OF_FEEDS[number % len(OF_FEEDS)]
        yield min(at + 2 * _DAY, _DAY * days * _LAST), "site", whom, ""


def _receivers(chance: random.Random, days: float) -> Iterator[_Drawn]:
    """One after the other; what is refused is told later, so that the last of them comes in time."""
    moods = ("500", "503", "429", "reset", "slow", "mail")
    turn = _DAY * days * (_LAST - 0.05) / max(len(moods), round(days / 2))
    for number in range(max(len(moods), round(days / 2))):
        how = moods[number % len(moods)]
        at = turn * number + turn * 0.1
        whom = "desk" if how == "mail" else chance.choice(("hook", "shaky"))
        yield at, "receiver", whom, how
        yield at + min(turn * chance.uniform(0.3, 0.7), 30 * _HOUR), "receiver", whom, "well"
    yield _DAY * days * chance.uniform(0.5, 0.8), "leaves", chance.choice(("hook", "shaky")), "410"


def _machine(chance: random.Random, days: float) -> Iterator[_Drawn]:
    for how in ("full", "fails", "locked"):
        for at in _some(chance, days, 0.1):
            yield at, "database", "", how
    for at in _some(chance, days, 0.05):
        yield at, "clock", "", "-3600"
        yield at + 3 * _HOUR, "clock", "", "3600"
    for at in _some(chance, days, 0.05):
        noon = _DAY * (at // _DAY) + 10 * _HOUR  # so that no digest falls into it
        yield noon, "clock", "", "18000"
        yield noon + 2 * _HOUR, "clock", "", "-18000"
    yield _DAY * days * chance.uniform(0.45, 0.6), "sleep", "", str(62 if days > 9 else 5)
    for at in _some(chance, days, 0.2):
        yield at, "reload", "", ""


def _processes(chance: random.Random, days: float) -> Iterator[_Drawn]:
    count = max(_FEWEST_DEATHS, round(days * 0.5))
    for number in range(count):
        at = _DAY * days * _CALM * (number + chance.uniform(0.1, 0.9)) / count
        yield at, _OF_PROCESSES[number % len(_OF_PROCESSES)], "", ""


def _backups(chance: random.Random, days: float) -> Iterator[_Drawn]:
    for at in _some(chance, days, 0.1):
        yield at, "backup", "", ""
