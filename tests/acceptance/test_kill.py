"""The kill harness: twenty kills of the real service cost nothing, and its books would show it if they did."""

import asyncio
import sqlite3
from collections import Counter
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
    folders = tmp_path / "one", tmp_path / "other"
    for folder in folders:
        folder.mkdir()
    # Two worlds side by side: while one waits for its moment, the other works.
    found = await asyncio.gather(*(harness(folder, 10, _SEED + number) for number, folder in enumerate(folders)))
    assert all(books.is_clean for books, _ in found), "\n".join(str(books) for books, _ in found)
    kills = sum((books.kills for books, _ in found), Counter[str]())
    assert sum(books.rounds for books, _ in found) == kills.total() == 20
    assert kills["random"] >= 3 and kills.total() - kills["random"] >= 5
    assert sum(books.deliveries for books, _ in found) >= 60
    _show_that_the_books_can_be_wrong(folders[0], found[0][1])


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
