"""The kill harness: twenty kills of the real service cost nothing, and its books would show it if they did."""

import sqlite3
from contextlib import closing
from copy import deepcopy
from pathlib import Path

from bench.kill import Books, compare, harness
from bench.kill_world import World

_SEED = 20261121


def _changed(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "vigie.db")) as database:
        database.execute(statement)
        database.commit()


async def test_twenty_kills_lose_nothing_make_nothing_up_and_double_only_what_was_in_flight(tmp_path: Path) -> None:
    books, world = await harness(tmp_path, 20, _SEED)
    assert books.is_clean, str(books)
    assert books.rounds == 20
    assert books.kills["random"] >= 3 and books.kills.total() - books.kills["random"] >= 5
    assert books.deliveries >= 60
    _show_that_the_books_can_be_wrong(tmp_path, world)


def _show_that_the_books_can_be_wrong(folder: Path, world: World) -> None:
    def compared(around: World) -> Books:
        found = Books(_SEED)
        compare(folder, around, found)
        return found

    [(key, channel), *_] = [(key, channel) for channel, taken in world.accepted.items() for key in taken]
    again = deepcopy(world.accepted)
    world.accepted[channel][key] += 1
    assert compared(world).beyond_flight
    world.accepted = again
    world.told["hook", "msg_never_sent"] = ("Corée", "/article-1")
    assert compared(world).phantom == ["('hook', 'msg_never_sent') at hook"]
    del world.told["hook", "msg_never_sent"]
    _changed(folder, "UPDATE delivery SET state = 'pending' WHERE id = 1")
    _changed(folder, "DELETE FROM delivery WHERE id = 2")
    lost = compared(world).lost
    assert any("delivery (" in one for one in lost) and any("is pending" in one for one in lost)
