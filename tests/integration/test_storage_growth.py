"""What an archive has gathered over years is not read again for what is of today: SQLite's own steps are counted."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from matching import document
from news.article import StoredArticle
from news.search import SearchEverything, SearchFilter
from service.stories import StoryDesk
from storage import Database, Transaction
from tests.made_news import NOW, made
from tests.samples import HOUR, a_source

ARTICLES = 5_000
FEW = ARTICLES  # steps: reading as many rows takes several times as many
_EACH = 50  # steps between two looks
_DAY = timedelta(days=1)
_NUMBERS = f"WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {ARTICLES}) "
# An article an hour, until 20 days ago: none of them is compared with anything any more.
_SEEN = "strftime('%Y-%m-%d %H:%M:00.000000', :last, '-' || (5000 - n) || ' hours')"
_OLD = (
    "INSERT INTO article (source_id, url, canonical_url, url_key, title, text, authors, fetched_at, first_seen_at) "
    f"{_NUMBERS} SELECT 1, n, n, n, n, n, '[]', {_SEEN}, {_SEEN} FROM number",
    f"INSERT INTO story (first_at, last_at, articles) {_NUMBERS} SELECT {_SEEN}, {_SEEN}, 1 FROM number",
    f"INSERT INTO placing (article_id, story_id, told_at) {_NUMBERS} SELECT n, n, {_SEEN} FROM number",
)
LAST = NOW - 20 * _DAY


@pytest.fixture
async def old(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """An archive of 5,000 old articles; one of them has a print and its story words, which nobody has let go."""
    database = await Database.open(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'vigie.db')}")
    async with database.write() as tx:
        await tx.sources.put(a_source(), NOW)
        for statement in _OLD:
            await tx.connection.execute(text(statement), {"last": f"{LAST:%Y-%m-%d %H:%M:%S}"})
        await tx.connection.execute(text("UPDATE placing SET fingerprint = x'00' WHERE id = 4990"))
        await tx.connection.execute(text("UPDATE story SET centroid = '{}' WHERE id = 4990"))
    yield database
    await database.close()


class _Steps:
    """How many steps SQLite has made since it was last asked."""

    def __init__(self) -> None:
        self._looks = 0

    def look(self) -> int:
        """Called each fifty steps; 0: go on."""
        self._looks += 1
        return 0

    def taken(self) -> int:
        """So many, since the last call."""
        looks, self._looks = self._looks, 0
        return looks * _EACH


async def _counted(tx: Transaction) -> _Steps:
    driver: Any = (await tx.connection.get_raw_connection()).driver_connection
    steps = _Steps()
    await driver.set_progress_handler(steps.look, _EACH)
    return steps


@contextmanager
def _few(steps: _Steps) -> Iterator[None]:
    steps.taken()
    yield
    assert steps.taken() < FEW


async def test_the_last_days_and_the_first_are_found_without_reading_what_lies_beside_them(old: Database) -> None:
    first = LAST - ARTICLES * HOUR
    last_days, first_days = SearchFilter(since=LAST - 60 * HOUR), SearchFilter(until=first + 60 * HOUR)
    async with old.read() as tx:
        steps = await _counted(tx)
        assert len(await tx.articles.latest(ARTICLES)) == ARTICLES
        assert steps.taken() > FEW  # so the steps are counted
        with _few(steps):
            assert await tx.search.bounds(last_days) == (ARTICLES - 60, ARTICLES)
        with _few(steps):
            assert await tx.search.bounds(first_days) == (1, 59)
        with _few(steps):
            assert len(await tx.search.ids(SearchEverything(), last_days, 100)) == 61
        with _few(steps):
            assert len(await tx.search.ids(SearchEverything(), first_days, 100)) == 59
        with _few(steps):
            assert await tx.pruning.last_article(first + 60 * HOUR) == 59


async def test_who_stores_an_article_after_a_start_lets_go_of_what_is_old_without_reading_it_all(old: Database) -> None:
    desk = StoryDesk(sweep_every=1)
    async with old.read() as tx:
        await desk.warm(tx, NOW)
    async with old.write() as tx:
        steps = await _counted(tx)
        with _few(steps):
            await _place(tx, desk, NOW)
    async with old.read() as tx:
        places = await tx.stories.placed_after(0, NOW - 999 * _DAY, ARTICLES + 1)
        assert [one.fingerprint is None for one in places] == [True] * ARTICLES + [False]
        assert await tx.stories.states(range(1, ARTICLES + 1)) == {}


async def _place(tx: Transaction, desk: StoryDesk, now: datetime) -> None:
    article = made(1, 1, now).article
    number = await tx.articles.add(article, 1, now, now)
    assert number is not None
    await desk.place(tx, StoredArticle(number, 1, "Le Phare", article, now, now), document(article, ""), now)
