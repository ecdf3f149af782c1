"""Stories in the database: places that are given once, in one order, whoever gives them and however often he starts."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import pytest

from matching import document
from news.article import Article, StoredArticle
from news.errors import NotFoundError
from news.story import Placing
from service.stories import StoryDesk, told
from storage import Database, Transaction, tables
from tests.made_news import NOW, Made, copy_of, made, replayed
from tests.samples import HOUR, a_source

DAY = timedelta(days=1)


async def _source(database: Database, name: str = "Le Phare") -> int:
    async with database.write() as tx:
        return await tx.sources.put(a_source(name, f"https://{name.lower().replace(' ', '')}.example/"), NOW)


async def _store(
    tx: Transaction, desk: StoryDesk, source_id: int, one: Made, now: datetime = NOW
) -> tuple[int, int, Placing]:
    number = await tx.articles.add(one.article, source_id, now, now)
    assert number is not None
    stored = StoredArticle(number, source_id, "Le Phare", one.article, now, now)
    return number, *await desk.place(tx, stored, document(one.article, ""), now)


async def _store_all(database: Database, desks: Sequence[StoryDesk], articles: Sequence[Made]) -> None:
    """Store the articles, by the desks in turn, each in a transaction of its own."""
    source_id = await _source(database)
    for turn, one in enumerate(articles):
        async with database.write() as tx:
            await _store(tx, desks[turn % len(desks)], source_id, one)


async def _places(database: Database) -> list[tuple[str, int, int | None]]:
    """URL, story and original of all articles in the order of their placing, numbered from 1 as they come."""
    async with database.read() as tx:
        placed = await tx.stories.placed_after(0, NOW - 1_000 * DAY, 10_000)
        urls = {one.id: one.article.url for one in await tx.articles.latest(10_000)}
    stories: dict[int, int] = {}
    articles: dict[int, int] = {}
    found = []
    for one in placed:
        articles[one.article_id] = len(articles) + 1
        story = stories.setdefault(one.story_id, len(stories) + 1)
        found.append((urls[one.article_id], story, None if one.copy_of is None else articles[one.copy_of]))
    return found


def _expected(articles: Sequence[Made]) -> list[tuple[str, int, int | None]]:
    return [(one.article.url, *place) for one, place in zip(articles, replayed(articles), strict=True)]


def _news() -> list[Made]:
    """Six events over five days, and copies, all mixed."""
    articles = [made(event, number, NOW - (20 * number + event) * HOUR) for number in range(5) for event in range(6)]
    news = [*articles, *(copy_of(articles[7 * number], number, NOW - number * HOUR) for number in range(4))]
    random.Random(1).shuffle(news)
    return news


async def test_what_is_stored_is_what_was_decided(database: Database) -> None:
    articles = _news()
    await _store_all(database, [StoryDesk()], articles)
    assert await _places(database) == _expected(articles)


async def test_a_restart_after_every_article_changes_nothing(database: Database) -> None:
    articles = _news()
    await _store_all(database, [StoryDesk() for _ in articles], articles)
    assert await _places(database) == _expected(articles)


async def test_what_is_taken_in_beforehand_is_what_would_be_taken_in_with_the_first_article(database: Database) -> None:
    *before, last = _news()
    await _store_all(database, [StoryDesk()], before)
    desk = StoryDesk()
    async with database.read() as tx:
        await desk.warm(tx, NOW)
        source_id = (await tx.sources.get("Le Phare")).id
    async with database.write() as tx:
        await _store(tx, desk, source_id, last)
    assert await _places(database) == _expected([*before, last])


async def test_processes_that_take_turns_place_as_one_would(database: Database) -> None:
    articles = _news()
    await _store_all(database, [StoryDesk() for _ in range(3)], articles)
    assert await _places(database) == _expected(articles)


async def test_processes_that_store_at_once_place_as_one_would_in_some_order(database_url: str) -> None:
    articles = {one.article.url: one for one in _news()}
    everything = list(articles.values())
    async with AsyncExitStack() as stack:
        databases = [await Database.open(database_url) for _ in range(3)]
        for database in databases:
            stack.push_async_callback(database.close)
        source_id = await _source(databases[0])

        async def work(database: Database, share: Sequence[Made]) -> None:
            desk = StoryDesk()
            for one in share:
                async with database.write() as tx:
                    await _store(tx, desk, source_id, one)

        await asyncio.gather(*(work(database, everything[turn::3]) for turn, database in enumerate(databases)))
        places = await _places(databases[0])
    assert {url for url, _, _ in places} == articles.keys()
    assert places == _expected([articles[url] for url, _, _ in places])


async def test_what_is_not_committed_was_never_placed(database: Database) -> None:
    source_id, desk = await _source(database), StoryDesk()
    with pytest.raises(RuntimeError, match="power cut"):
        async with database.write() as tx:
            await _store(tx, desk, source_id, made(1, 1))
            raise RuntimeError("power cut")
    async with database.write() as tx:
        _, _, place = await _store(tx, desk, source_id, copy_of(made(1, 1), 1))
    assert place == Placing()
    assert [story for _, story, _ in await _places(database)] == [1]


async def test_whoever_lost_a_place_takes_in_what_another_process_put_under_its_number(database: Database) -> None:
    source_id, desk, other = await _source(database), StoryDesk(), StoryDesk()
    with pytest.raises(RuntimeError, match="power cut"):
        async with database.write() as tx:
            await _store(tx, desk, source_id, made(1, 1))
            raise RuntimeError("power cut")
    async with database.write() as tx:
        number, story, _ = await _store(tx, other, source_id, made(2, 1))
    async with database.write() as tx:
        assert (await _store(tx, desk, source_id, made(1, 2)))[2] == Placing()
    async with database.write() as tx:
        assert (await _store(tx, desk, source_id, copy_of(made(2, 1), 1)))[1:] == (story, Placing(story, number, 1.0))


async def test_a_place_tells_of_what_the_article_is_a_copy_and_how_much(database: Database) -> None:
    source_id, desk = await _source(database), StoryDesk()
    async with database.write() as tx:
        first, story, _ = await _store(tx, desk, source_id, made(1, 1))
    async with database.write() as tx:
        second, _, _ = await _store(tx, desk, source_id, copy_of(made(1, 1), 1))
    async with database.read() as tx:
        assert await tx.stories.place_of(first) == Placing(story, None, None)
        assert await tx.stories.place_of(second) == Placing(story, first, 1.0)
        assert await tx.stories.place_of(999) is None


async def test_what_a_copy_says_is_not_counted_twice_but_it_keeps_the_story_open(database: Database) -> None:
    source_id, desk = await _source(database), StoryDesk()
    async with database.write() as tx:
        _, story, _ = await _store(tx, desk, source_id, made(1, 1, NOW - DAY))
        [before] = (await tx.stories.states([story])).values()
    async with database.write() as tx:
        await _store(tx, desk, source_id, copy_of(made(1, 1), 1, NOW))
        [after] = (await tx.stories.states([story])).values()
    assert after.centroid == before.centroid
    assert (before.last_at, after.first_at, after.last_at) == (NOW - DAY, NOW - DAY, NOW)


async def test_old_articles_and_what_has_grown_old_take_no_room(database: Database) -> None:
    source_id, desk = await _source(database), StoryDesk(sweep_every=2)
    async with database.write() as tx:
        old, _, _ = await _store(tx, desk, source_id, made(1, 1, NOW - 8 * DAY))
        new, story, _ = await _store(tx, desk, source_id, made(2, 1, NOW))
        prints = {one.article_id: one.fingerprint for one in await tx.stories.placed_after(0, NOW - 99 * DAY, 9)}
        assert prints[old] is None
        assert prints[new] is not None
    for days in (8, 11):  # first the prints are of no use, then the words
        async with database.write() as tx:
            assert (await tx.stories.states([story])).keys() == {story}
            for number in range(2):
                later = NOW + days * DAY
                await _store(tx, desk, source_id, made(10 * days + number, 1, later), later)
            kept = {one.article_id: one.fingerprint for one in await tx.stories.placed_after(0, NOW - 99 * DAY, 9)}
            assert kept[new] is None
    async with database.read() as tx:
        assert await tx.stories.states([story]) == {}
        assert (await tx.stories.get(story))[0].articles == 1


async def test_a_clock_that_is_a_year_fast_lets_no_print_go_and_set_back_all_is_compared_again(
    database: Database,
) -> None:
    is_sure = True
    source_id, desk = await _source(database), StoryDesk(sweep_every=2, is_sure=lambda: is_sure)
    async with database.write() as tx:
        original, story, _ = await _store(tx, desk, source_id, made(1, 1))
    is_sure, fast = False, NOW + 365 * DAY
    async with database.write() as tx:
        for number in range(10, 16):
            await _store(tx, desk, source_id, made(number, 1, fast), fast)
        kept = {one.article_id: one.fingerprint for one in await tx.stories.placed_after(0, NOW - 99 * DAY, 99)}
        assert kept[original] is not None
        assert (await tx.stories.states([story])).keys() == {story}
    async with database.write() as tx:
        _, again, place = await _store(tx, desk, source_id, copy_of(made(1, 1), 1, NOW + HOUR), NOW + HOUR)
    assert (again, place.copy_of) == (story, original)


async def test_the_archive_learns_its_words_and_every_process_knows_them(database: Database) -> None:
    source_id, desk = await _source(database), StoryDesk()
    async with database.write() as tx:
        for number in range(64):
            assert await tx.stories.learned({}) == {}
            await _store(tx, desk, source_id, made(number, 1))
        [(language, (documents, counts))] = (await tx.stories.learned({})).items()
        assert (language, documents, counts["une"]) == ("fr", 64, 64)
        assert await tx.stories.learned({"fr": 64}) == {}
        assert (await tx.stories.learned({"fr": 63})).keys() == {"fr"}


async def test_a_story_is_told_with_its_sources_and_its_first_article(database: Database) -> None:
    sources = [await _source(database, name) for name in ("Le Phare", "La Digue")]
    desk = StoryDesk()
    for source_id, one in zip(sources, (made(1, 1, NOW), made(1, 2, NOW - HOUR)), strict=True):
        async with database.write() as tx:
            await _store(tx, desk, source_id, one)
    async with database.write() as tx:
        await _store(tx, desk, sources[0], made(2, 1, NOW - 2 * HOUR))
    async with database.read() as tx:
        first, second = await tx.stories.latest(9)
        assert (first.title, first.articles, first.copies) == (made(1, 2).article.title, 2, 0)
        assert (first.sources, first.first_at, first.last_at) == (("La Digue", "Le Phare"), NOW - HOUR, NOW)
        assert await tx.stories.latest(9, least=2) == [first]
        assert await tx.stories.latest(1) == [first]
        assert await tx.stories.latest(9, since=NOW - 2 * HOUR) == [first]
        story, articles = await tx.stories.get(second.id)
        assert story == second
        assert [one.title for one in articles] == [made(2, 1).article.title]
        with pytest.raises(NotFoundError, match="no story with id 99"):
            await tx.stories.get(99)


async def test_an_article_that_is_deleted_leaves_its_story_and_its_copies(database: Database) -> None:
    source_id, desk = await _source(database), StoryDesk()
    async with database.write() as tx:
        first, story, _ = await _store(tx, desk, source_id, made(1, 1))
    async with database.write() as tx:
        second, _, _ = await _store(tx, desk, source_id, copy_of(made(1, 1), 1))
    async with database.write() as tx:
        await tx.connection.execute(tables.article.delete().where(tables.article.c.id == first))
        assert await tx.stories.place_of(first) is None
        assert await tx.stories.place_of(second) == Placing(story, None, 1.0)


def test_an_article_was_told_when_it_was_published_unless_that_is_still_to_come() -> None:
    for published, expected in ((NOW - DAY, NOW - DAY), (NOW + DAY, NOW), (None, NOW)):
        article = Article("u", "u", "", "", published_at=published)
        assert told(StoredArticle(1, 1, "", article, NOW, NOW)) == expected


async def test_words_that_are_counted_and_not_written_down_yet_are_capped_and_the_most_common_stay(
    database: Database,
) -> None:
    source_id, desk = await _source(database), StoryDesk(most_words=60)
    for number in range(20):
        text = "partout " + " ".join(f"mot{number}x{other}" for other in range(10))
        url, language = f"https://phare.example/{number}", "en" if number % 2 else "fr"
        article = Article(url, url, "Un titre partout", text, (), NOW, language)
        async with database.write() as tx:
            await _store(tx, desk, source_id, Made(article, NOW))
        counted = {language: counts for language, (_, counts) in desk._new.items()}
        assert sum(map(len, counted.values())) <= 60
    assert {language: counts["partout"] for language, counts in counted.items()} == {"fr": 10, "en": 10}
    assert {language: number for language, (number, _) in desk._new.items()} == {"fr": 10, "en": 10}
