"""However the hits lie among the ids, the newest are found, each once, and counted: on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from matching import analyzer, parse
from matching.lexicon import DictionaryLexicon
from news.search import (
    IndexCount,
    SearchAll,
    SearchBut,
    SearchCount,
    SearchFilter,
    SearchNear,
    SearchPlan,
    SearchRow,
    SearchTerm,
)
from news.watch import Match
from service.reader import Reader
from service.search import count
from storage import Database
from storage.pruning import Outdated
from storage.search import ANYTHING
from tests.samples import NOON, a_source, a_watch, an_article

ARTICLES = 700  # so that a page of a few is several stretches
MISSILE = SearchTerm(("missile",))
_MINUTE = timedelta(minutes=1)


async def _fill(database: Database, *hits: int) -> list[int]:
    """An article each minute; the ids of all. Those at these places have the word in title and text."""
    async with database.write() as tx:
        source_id = await tx.sources.put(a_source(), NOON)
        numbers = []
        for place in range(ARTICLES):
            seen_at = NOON + place * _MINUTE
            url = f"https://phare.example/{place}"
            added = await tx.articles.add(an_article(url), source_id, seen_at, seen_at)
            assert added is not None
            row = SearchRow("un missile", "le missile sol sol est") if place in hits else SearchRow("un", "le sol")
            await tx.search.add(added, row, source_id)
            numbers.append(added)
    return numbers


async def _pages(database: Database, plan: SearchPlan, limit: int, only: SearchFilter = ANYTHING) -> list[list[int]]:
    """Page after page, to the one that is not full."""
    found: list[list[int]] = []
    before_id: int | None = None
    async with database.read() as tx:
        while not found or len(found[-1]) == limit:
            found.append(await tx.search.ids(plan, only, limit, before_id))
            assert [one.id for one in await tx.search.words(plan, only, limit, before_id)] == found[-1]
            before_id = found[-1][-1] if found[-1] else None
    return found


SPREAD = {
    "the newest": range(ARTICLES - 9, ARTICLES),
    "the oldest": range(9),
    "both ends": (0, 1, ARTICLES - 1),
    "every seventh": range(3, ARTICLES, 7),
    "in two heaps": (*range(40, 60), *range(650, 655)),
    "all": range(ARTICLES),
    "none": (),
}
PLANS: dict[str, SearchPlan] = {
    "a word": MISSILE,
    "in the title": replace(MISSILE, field="title"),
    "in a row": SearchTerm(("missile", "sol")),
    "near": SearchNear(("missile",), ("est",), 3),
}


@pytest.mark.parametrize("spread", SPREAD)
async def test_pages_hold_every_hit_once_newest_first_and_the_number_is_theirs(database: Database, spread: str) -> None:
    numbers = await _fill(database, *SPREAD[spread])
    hits = [numbers[place] for place in sorted(SPREAD[spread], reverse=True)]
    for plan in PLANS.values():
        for limit in (4, 130, 1_000):
            pages = await _pages(database, plan, limit)
            assert [number for page in pages for number in page] == hits
            async with database.read() as tx:
                counted = hits[:limit]
                expected = IndexCount(len(counted), counted[-1] if len(counted) == limit else None)
                assert await tx.search.count(plan, ANYTHING, limit) == expected


async def test_where_ids_were_pruned_their_neighbours_are_found(database: Database) -> None:
    numbers = await _fill(database, *range(0, ARTICLES, 5))
    gone = {*numbers[:100], *numbers[200:500], *numbers[-100:]}
    async with database.write() as tx:
        old = Outdated(NOON + 9_999 * _MINUTE, is_matched=False)
        assert await tx.pruning.remove_articles(sorted(gone), old) == len(gone)
    hits = [numbers[place] for place in range(0, ARTICLES, 5) if numbers[place] not in gone]
    assert [number for page in await _pages(database, MISSILE, 4) for number in page] == hits[::-1]


@pytest.mark.parametrize("limit", [2, 50])
async def test_a_filter_that_admits_few_keeps_to_them(database: Database, limit: int) -> None:
    numbers = await _fill(database, *range(0, ARTICLES, 2))
    async with database.write() as tx:
        watch_id = await tx.watches.put(a_watch(), NOON)
        for place in (3, 4, 300, 690):
            await tx.matches.add(Match(watch_id, numbers[place], (), NOON))
    since, until = NOON + 200 * _MINUTE, NOON + 207 * _MINUTE
    expected = {
        SearchFilter(watch_id=watch_id): (690, 300, 4),
        SearchFilter(since=since, until=until): (206, 204, 202, 200),
        SearchFilter(until=NOON + 3 * _MINUTE): (2, 0),
        SearchFilter(since=NOON + (ARTICLES - 3) * _MINUTE): (ARTICLES - 2,),
        SearchFilter(since=NOON + 999 * _MINUTE): (),
        SearchFilter(since=since, watch_id=watch_id): (690, 300),
    }
    for only, places in expected.items():
        pages = await _pages(database, MISSILE, limit, only)
        assert [number for page in pages for number in page] == [numbers[place] for place in places]
        async with database.read() as tx:
            assert await tx.search.count(MISSILE, only, 99) == IndexCount(len(places))


async def test_below_an_id_that_no_article_has_or_below_the_first_the_newest_there_are_found(
    database: Database,
) -> None:
    numbers = await _fill(database, 0, 5)
    async with database.read() as tx:
        assert await tx.search.ids(MISSILE, ANYTHING, 9, numbers[-1] + 10_000_000) == [numbers[5], numbers[0]]
        assert await tx.search.ids(MISSILE, ANYTHING, 9, numbers[5]) == [numbers[0]]
        assert await tx.search.ids(MISSILE, ANYTHING, 9, numbers[0]) == []


@pytest.mark.parametrize("name", ["in a row", "near"])
async def test_for_a_number_not_all_texts_are_read(
    database: Database, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    numbers = await _fill(database, *range(0, ARTICLES, 7))
    monkeypatch.setattr("storage.search._MOST_READ", 50)
    async with database.read() as tx:
        counted = await tx.search.count(PLANS[name], ANYTHING, 999)
        whole = await tx.search.count(MISSILE, ANYTHING, 999)
    assert whole == IndexCount(100), "the index of words tells this by itself"
    reads_texts = database.dialect == "postgresql"
    assert counted == (IndexCount(50, numbers[50 * 7]) if reads_texts else IndexCount(100))


async def test_about_none_is_never_said_where_there_are_some(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest article has both words, but apart, and its text alone is read."""
    async with database.write() as tx:
        source_id = await tx.sources.put(a_source(), NOON)
        for slug, text in (("un", "le sol est sec"), ("deux", "est le sol sec")):
            added = await tx.articles.add(an_article(f"https://phare.example/{slug}"), source_id, NOON, NOON)
            assert added is not None
            await tx.search.add(added, SearchRow("un", text, analyzer=analyzer()), source_id)
    monkeypatch.setattr("storage.search._MOST_READ", 1)
    async with database.read() as tx:
        counted = await count(tx, parse('"sol est"'), Reader(DictionaryLexicon()))
    assert counted == SearchCount(1, is_exact=database.dialect == "sqlite")


async def test_what_is_below_the_first_id_is_not_looked_at(database: Database) -> None:
    numbers = await _fill(database, *range(0, ARTICLES, 7))
    only = SearchFilter(first_id=numbers[350])
    async with database.read() as tx:
        assert await tx.search.count(MISSILE, only, 999) == IndexCount(50)
        assert await tx.search.ids(MISSILE, only, 999) == [numbers[place] for place in range(693, 349, -7)]


async def test_without_any_article_nothing_is_found(database: Database) -> None:
    async with database.read() as tx:
        assert await tx.search.ids(MISSILE, ANYTHING, 9) == []
        assert await tx.search.count(MISSILE, ANYTHING, 9) == IndexCount(0)


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=["database_url"]
)
async def test_what_else_a_transaction_asks_is_planned_as_before(database: Database) -> None:
    await _fill(database, 3)
    async with database.read() as tx:
        asked = "SELECT name, setting FROM pg_settings WHERE context = 'user' ORDER BY name"
        before = (await tx.connection.exec_driver_sql(asked)).all()
        assert len(before) > 20
        assert await tx.search.ids(SearchAll((MISSILE, SearchBut(SearchTerm(("x",))))), ANYTHING, 9)
        assert (await tx.connection.exec_driver_sql(asked)).all() == before
