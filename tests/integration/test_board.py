"""The board of watches keeps step with the database."""

from datetime import UTC, datetime

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


async def test_a_query_that_this_version_does_not_understand_silences_only_itself(database: Database) -> None:
    board = WatchBoard()
    async with database.write() as tx:
        await tx.watches.put(Watch(0, "Broken", "Corée ET ("), NOW)
        await tx.watches.put(Watch(0, "Well", "Corée"), NOW)
    assert await wanting(board, database) == {"Well"}
