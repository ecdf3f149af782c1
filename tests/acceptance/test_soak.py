"""The soak harness: a day of a small world, with faults of each kind; its books would show what broke."""

from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.soak import breaks
from bench.soak.books import Books
from bench.soak.checks import compare, look_at_digests, look_at_rows
from bench.soak.harness import harness
from bench.soak.run import Soak
from bench.soak.service import State
from bench.soak.short import short_life
from storage import sqlite_copy
from tests.samples import NOON

_SEED = 20261122


async def test_a_simulated_day_of_faults_breaks_no_promise_and_the_books_would_show_it(
    tmp_path: Path,
) -> None:
    books, soak = await harness(tmp_path, 1, 40, _SEED)
    assert books.is_clean, str(books)
    assert {"kill", "point", "move", "backup", "sleep", "clock", "reload"} <= set(books.faults), str(books)
    assert {"database full", "database fails", "database locked", "leaves 410"} <= set(books.faults), str(books)
    assert len(soak.world.due()) >= 10
    _show_that_the_books_can_be_wrong(soak)


def _compared(soak: Soak) -> Books:
    soak.books = Books(_SEED, in_flight=soak.books.in_flight)
    compare(soak)
    look_at_digests(soak)
    look_at_rows(soak, soak.now)
    return soak.books


def _show_that_the_books_can_be_wrong(soak: Soak) -> None:
    hooks, good = soak.world.hooks, _compared(soak)
    assert good.is_clean, str(good)
    key, told = next((key, told) for key, told in hooks.told.items() if told)
    taken = deepcopy(hooks.taken)
    hooks.taken[key[0]][key[1]] += 100
    assert set(_compared(soak).broken) == {"P2"}
    hooks.taken = taken
    hooks.told["hook", "msg_another"] = told
    assert set(_compared(soak).broken) == {"P13"}
    del hooks.told["hook", "msg_another"]
    del hooks.told[key]
    assert set(_compared(soak).broken) == {"P1"}
    hooks.told[key] = told
    soak.change("UPDATE source SET lease_owner = 'somebody' WHERE id = 1")
    soak.change("UPDATE delivery SET state = 'dead' WHERE id = (SELECT max(id) FROM delivery)")
    assert len(_compared(soak).broken["left over"]) == 2


async def test_what_is_broken_on_purpose_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_copy, "copy", sqlite_copy.copy)  # put back at the end
    breaks.incomplete()
    books = await short_life(tmp_path, breaks.together, database=False)
    assert {"P1", "P2", "P7", "P8", "P9", "P11", "P12", "P13", "digest"} <= set(books.broken), str(books)
    shown = " ".join(books.broken["P12"])
    assert "failed, and shows" in shown
    assert "/metrics shows" in shown


def _state(**values: Any) -> State:
    usual: dict[str, Any] = {"memory": 2**28, "workers": {1: 2**28}, "descriptors": 30, "tasks": 8, "threads": 10}
    at = NOON + values.pop("hour", 0) * timedelta(hours=1)
    return State(now=at, is_idle=True, overdue=False, troubles={}, visits=0, synchronous=2, **(usual | values))


@pytest.mark.parametrize(
    ("promise", "later"),
    [
        ("memory", {"memory": 2**28 * 106 // 100}),
        ("memory", {"workers": {1: 2**28 * 106 // 100}}),
        ("left over", {"descriptors": 33}),
        ("left over", {"tasks": 11}),
        ("left over", {"threads": 13}),
        ("", {"memory": 2**28 * 104 // 100, "descriptors": 32}),
    ],
)
def test_what_grows_and_what_is_left_over_is_weighed(promise: str, later: dict[str, Any]) -> None:
    warm, grown = range(24 * 12), range(24 * 12, 24 * 20)
    life = [*(_state(hour=hour) for hour in warm), *(_state(hour=hour, **later) for hour in grown)]
    books = Books(_SEED, lives=[[_state()], life])
    books.weigh()
    assert set(books.broken) == ({promise} if promise else set()), str(books)
