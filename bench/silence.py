"""How often a silence is told of that is none, and how soon one that is: over the made-up traces.

    python -m bench.silence [--years 3]

Every kind of source of `bench/traces.py` that goes on as before is lived through for a year, several times: each
silence that is told of is a false alarm. Then it dies after two months: how long until that is noticed.
"""

import argparse
import random
import statistics
from bisect import bisect_right
from datetime import datetime, timedelta

from bench.traces import KINDS, START, Kind, trace
from news.rhythm import Rhythm
from service.silence import Silence, silent_since

STEADY = tuple(kind for kind in KINDS if "month" not in kind.name)
_DAY = timedelta(days=1)
_VISIT = timedelta(hours=2)
_LIFE = 60  # days until a source dies
_PATIENCE = 50  # days after its death in which that is to be noticed
_FIRST_SEED = 11


def alarms(kind: Kind, days: int, seed: int, dead_after: int = 10_000) -> list[tuple[datetime, Silence]]:
    """Every time that a silence is noticed, of a source that is looked at every two hours."""
    end_of_life = START + dead_after * _DAY
    published = [instant for instant in trace(kind, days, random.Random(seed)) if instant < end_of_life]
    rhythm, now, seen, is_told = Rhythm(), START, 0, False
    found: list[tuple[datetime, Silence]] = []
    while now < START + days * _DAY:
        upto = bisect_right(published, now)
        new, seen = published[seen:upto], upto
        rhythm = rhythm.after(new, now)
        is_told = is_told and not new
        silence = silent_since(rhythm, now, now)
        if silence is not None and not is_told:
            found.append((now, silence))
            is_told = True
        now += _VISIT
    return found


def days_until_noticed(kind: Kind, seed: int) -> float | None:
    """How many days after its death such a source is told of; None where it was not within fifty."""
    death = START + _LIFE * _DAY
    later = [when for when, _ in alarms(kind, _LIFE + _PATIENCE, seed, _LIFE) if when > death]
    return (later[0] - death) / _DAY if later else None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=3, help="of each kind of source")
    years = parser.parse_args().years
    seeds = range(_FIRST_SEED, _FIRST_SEED + years)
    print(f"{'source':24}{f'false alarms in {years} years':>26}{'noticed after days (median)':>30}")
    total = 0
    for kind in STEADY:
        false = sum(len(alarms(kind, 365, seed)) for seed in seeds)
        noticed = [days_until_noticed(kind, seed) for seed in seeds]
        total += false
        print(f"{kind.name:24}{false:>26}{_median(noticed):>30}", flush=True)
    print(f"{'a source and year':24}{total / years / len(STEADY):>26.2f}")


def _median(noticed: list[float | None]) -> str:
    found = [days for days in noticed if days is not None]
    missed = len(noticed) - len(found)
    said = f"{statistics.median(found):.1f}" if found else "–"
    return f"{said} ({missed} not noticed)" if missed else said


if __name__ == "__main__":
    main()
