"""The board of watches keeps step with the database."""

import asyncio
import sys
from datetime import UTC, datetime

from structlog.testing import capture_logs

from matching import document
from news.article import Article
from news.watch import Watch
from service.board import WatchBoard
from storage import Database

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ARTICLE = Article("https://x.example/a", "https://x.example/a", "La Corée proteste", "Séoul a protesté vendredi.")


async def wanting(board: WatchBoard, database: Database) -> set[str]:
    """The names of the watches that want the article, after a refresh."""
    async with database.read() as tx:
        await board.refresh(tx)
    return {watch.name for watch, _ in board.wanting(document(ARTICLE, "Le Site"))}


async def test_watches_come_change_pause_and_go(database: Database) -> None:
    board = WatchBoard()
    assert await wanting(board, database) == set()
    async with database.write() as tx:
        number = await tx.watches.put(Watch(0, "Corée", "Corée"), NOW)
        await tx.watches.put(Watch(0, "Séoul", "Séoul"), NOW)
    assert await wanting(board, database) == {"Corée", "Séoul"}
    async with database.write() as tx:
        await tx.watches.change(number, query="Pyongyang")
    assert await wanting(board, database) == {"Séoul"}
    async with database.write() as tx:
        await tx.watches.change(number, query="proteste")
    assert await wanting(board, database) == {"Corée", "Séoul"}
    async with database.write() as tx:
        await tx.watches.pause(number, True, NOW)
    assert await wanting(board, database) == {"Séoul"}
    async with database.write() as tx:
        await tx.watches.pause(number, False, NOW)
        await tx.watches.remove((await tx.watches.get("Séoul")).id)
    assert await wanting(board, database) == {"Corée"}


async def test_watches_that_use_another_follow_it(database: Database) -> None:
    board = WatchBoard()
    async with database.write() as tx:
        used = await tx.watches.put(Watch(0, "Pays", "Japon", paused=True), NOW)
        await tx.watches.put(Watch(0, "Direct", "watch:Pays"), NOW)
        await tx.watches.put(Watch(0, "Par un autre", "watch:Direct proteste"), NOW)
    assert await wanting(board, database) == set()
    async with database.write() as tx:
        await tx.watches.change(used, query="Corée")
    assert await wanting(board, database) == {"Direct", "Par un autre"}, "though the one they use is paused"
    async with database.write() as tx:
        await tx.watches.change(used, query="Chine")
    assert await wanting(board, database) == set()


async def test_a_watch_that_uses_what_is_missing_or_a_circle_waits_until_it_is_mended(database: Database) -> None:
    board = WatchBoard()
    async with database.write() as tx:
        await tx.watches.put(Watch(0, "Veuve", "watch:Pays"), NOW)
        round_about = await tx.watches.put(Watch(0, "Rond", "watch:Rond OU Corée"), NOW)
        await tx.watches.put(Watch(0, "Well", "Corée"), NOW)
    with capture_logs() as logs:
        assert await wanting(board, database) == {"Well"}
    assert [(line["watch"], line["error"].split(":")[0]) for line in logs] == [
        ("Rond", "this leads in a circle"),
        ("Veuve", "there is no watch “Pays”"),
    ]
    async with database.write() as tx:
        await tx.watches.put(Watch(0, "Pays", "Corée"), NOW)
        await tx.watches.change(round_about, query="Séoul")
    with capture_logs() as logs:
        assert await wanting(board, database) == {"Well", "Veuve", "Pays", "Rond"}
    assert logs == []
    async with database.write() as tx:
        await tx.watches.remove((await tx.watches.get("Pays")).id)
    assert await wanting(board, database) == {"Well", "Rond"}


async def test_what_is_broken_is_told_once(database: Database) -> None:
    board = WatchBoard()
    async with database.write() as tx:
        await tx.watches.put(Watch(0, "Veuve", "watch:Pays"), NOW)
    await wanting(board, database)
    async with database.write() as tx:
        await tx.watches.put(Watch(0, "Well", "Corée"), NOW)
    with capture_logs() as logs:
        assert await wanting(board, database) == {"Well"}
    assert logs == []


async def test_a_query_that_this_version_does_not_understand_silences_only_itself(database: Database) -> None:
    board = WatchBoard()
    async with database.write() as tx:
        await tx.watches.put(Watch(0, "Broken", "Corée ET ("), NOW)
        await tx.watches.put(Watch(0, "Well", "Corée"), NOW)
    assert await wanting(board, database) == {"Well"}


_ANOTHER_PROCESS = """
import asyncio, sys
from datetime import UTC, datetime
from news.watch import Watch
from storage import Database

async def main():
    database = await Database.open(sys.argv[1])
    async with database.write() as tx:
        number = (await tx.watches.get("Old")).id
        await tx.watches.change(number, query="Corée")
        await tx.watches.put(Watch(0, "New", "Séoul"), datetime.now(UTC))
        await tx.watches.pause((await tx.watches.get("Paused")).id, False, datetime.now(UTC))
    await database.close()

asyncio.run(main())
"""


async def test_what_another_process_changes_is_known_after_the_next_tick(database: Database, database_url: str) -> None:
    board = WatchBoard()
    async with database.write() as tx:
        for watch in (Watch(0, "Old", "Japon"), Watch(0, "Paused", "proteste", paused=True), Watch(0, "Same", "Corée")):
            await tx.watches.put(watch, NOW)
    await board.keep_up(database)
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", _ANOTHER_PROCESS, database_url)
    assert await other.wait() == 0
    await board.keep_up(database)
    assert {watch.name for watch, _ in board.wanting(document(ARTICLE, ""))} == {"Old", "New", "Paused", "Same"}


async def test_another_connection_tells_only_what_has_changed(database: Database, database_url: str) -> None:
    async with database.write() as tx:
        numbers = [await tx.watches.put(Watch(0, f"W{number}", "Corée"), NOW) for number in range(20)]
        version = await tx.watches.version()
    other = await Database.open(database_url)
    async with other.write() as tx:
        await tx.watches.change(numbers[3], query="Séoul")
        await tx.watches.remove(numbers[5])
    async with database.read() as tx:
        changed = await tx.watches.changed_since(version)
        assert ([watch.name for watch in changed.present], changed.gone) == (["W3"], [numbers[5]])
        assert changed.version == await tx.watches.version()
        assert (await tx.watches.changed_since(changed.version)).present == []
        assert len((await tx.watches.changed_since(-1)).present) == 19
    await other.close()


async def test_watches_that_swap_their_names_are_used_by_their_new_ones(database: Database) -> None:
    board = WatchBoard()
    async with database.write() as tx:
        one = await tx.watches.put(Watch(0, "Un", "Corée"), NOW)
        other = await tx.watches.put(Watch(0, "Deux", "Japon"), NOW)
        await tx.watches.put(Watch(0, "User", "watch:Deux"), NOW)
    assert await wanting(board, database) == {"Un"}
    async with database.write() as tx:
        await tx.watches.change(one, name="Trois")
        await tx.watches.change(other, name="Un")
        await tx.watches.change(one, name="Deux")
    assert await wanting(board, database) == {"Deux", "User"}


async def test_others_have_their_turn_while_many_watches_are_taken_in(database: Database) -> None:
    board = WatchBoard()
    async with database.write() as tx:
        for number in range(1_500):
            await tx.watches.put(Watch(0, f"W{number}", f"Corée w{number}"), NOW)
        await tx.watches.put(Watch(0, "Last", "Corée"), NOW)
    turns = 0

    async def have_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(have_turns())
    _, found = await asyncio.gather(board.keep_up(database), wanting(board, database))
    assert turns >= 2 * 1_500 // 100
    assert found == {"Last"}, "who asks meanwhile waits for all of them"
    before = turns
    await board.ready(document(ARTICLE, ""))
    task.cancel()
    assert turns == before, "a language that has been met is ready"


async def test_who_asks_while_watches_change_finds_each_as_it_was_or_as_it_is(database: Database) -> None:
    board = WatchBoard()
    async with database.write() as tx:
        numbers = [await tx.watches.put(Watch(0, f"Corée {number}", "Corée"), NOW) for number in range(300)]
    await board.keep_up(database)
    async with database.write() as tx:
        for number in numbers:
            await tx.watches.change(number, name=f"Séoul {number}", query="Séoul")
    read = document(ARTICLE, "")
    seen: set[tuple[str, ...]] = set()
    task = asyncio.create_task(board.keep_up(database))
    while not task.done():
        found = board.wanting(read)
        assert len(found) == 300
        wrong = [watch for watch, spans in found if (spans[0].field == "title") != (watch.query == "Corée")]
        assert wrong == [], "what is told of a watch fits its hits"
        seen.add(tuple(sorted({watch.query for watch, _ in found})))
        await asyncio.sleep(0)
    assert seen == {("Corée",), ("Corée", "Séoul"), ("Séoul",)}


async def test_a_language_is_made_ready_in_slices(database: Database) -> None:
    board = WatchBoard()
    async with database.write() as tx:
        for number in range(300):
            await tx.watches.put(Watch(0, f"W{number}", f"w{number}"), NOW)
    await board.keep_up(database)
    asked: list[str] = []
    between: list[int] = []

    def lexicon(exact: str, folded: str, language: str | None) -> tuple[str, ...]:
        asked.append(folded)
        return (folded,)

    async def watch_it() -> None:
        while len(asked) < 300:
            between.append(len(asked))
            await asyncio.sleep(0)

    await asyncio.gather(board.ready(document(ARTICLE, "", lexicon)), watch_it())
    assert len(set(between)) >= 4
    assert len(asked) == 300
