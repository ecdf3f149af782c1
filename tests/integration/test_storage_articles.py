"""Articles and matches: one article for a URL, one match for a watch and an article, the same on both databases."""

from dataclasses import replace

import pytest

from news.article import Article, Span, StoredArticle
from news.errors import NotFoundError
from news.watch import Match
from storage import Database
from tests.samples import HOUR, MINUTE, NOON, a_source, a_watch, an_article, put_article


@pytest.fixture
async def source_id(database: Database) -> int:
    """A source without articles."""
    async with database.write() as transaction:
        return await transaction.sources.put(a_source(), NOON)


async def test_an_article_comes_back_as_it_was_stored(database: Database, source_id: int) -> None:
    article = Article(
        url="https://phare.example/a?page=1",
        canonical_url="https://phare.example/a",
        title="L’été à Séoul",
        text="Un paragraphe.\n\nUn autre.",
        authors=("Zoé", "Anne Ó Briain"),
        published_at=NOON - HOUR,
        language="fr",
        modified_at=NOON,
        section="Monde",
        tags=("Séoul", "gel"),
        image="https://phare.example/i.jpg",
        is_paywalled=False,
        word_count=4,
        provenance={"title": "h1", "published_at": "text, taken as Europe/Paris"},
        confidence=0.93,
    )
    async with database.write() as transaction:
        number = await transaction.articles.add(article, source_id, NOON, NOON + MINUTE)
        assert number is not None
    async with database.read() as transaction:
        expected = StoredArticle(number, source_id, "Le Phare", article, NOON, NOON + MINUTE)
        stored = await transaction.articles.get(number)
        assert (stored, stored.article.confidence) == (expected, 0.93)
        assert stored.article.provenance == article.provenance


async def test_an_article_without_date_language_and_authors_comes_back_without(
    database: Database, source_id: int
) -> None:
    async with database.write() as transaction:
        number = await transaction.articles.add(an_article(), source_id, NOON, NOON)
        assert number is not None
        assert (await transaction.articles.get(number)).article == an_article()


@pytest.mark.parametrize(
    "variant",
    [
        "https://phare.example/2026/gel?id=7",
        "http://phare.example/2026/gel?id=7",
        "https://phare.example/2026/gel/?id=7",
        "https://PHARE.example:443/2026/gel?id=7#suite",
        "https://phare.example/2026/gel?id=7&utm_source=rss&utm_medium=feed",
        "http://phare.example/2026/gel?fbclid=IwAR0&id=7",
        "https://phare.example/2026/./gel?id=7&xtor=RSS-1",
    ],
)
async def test_one_canonical_url_is_one_article_however_it_is_spelt(
    database: Database, source_id: int, variant: str
) -> None:
    url = "https://phare.example/2026/gel?id=7"
    async with database.write() as transaction:
        number = await transaction.articles.add(an_article(url), source_id, NOON, NOON)
        assert await transaction.articles.add(an_article(variant, title="Un autre"), source_id, NOON, NOON) is None
        assert await transaction.articles.id_of(variant) == number
        assert await transaction.articles.count() == 1
        assert (await transaction.articles.latest(9))[0].article.title == "Un titre"


@pytest.mark.parametrize(
    "other",
    [
        "https://phare.example/2026/gel?id=8",
        "https://www.phare.example/2026/gel?id=7",
        "https://phare.example/2026/Gel?id=7",
        "https://phare.example:8443/2026/gel?id=7",
    ],
)
async def test_another_url_is_another_article(database: Database, source_id: int, other: str) -> None:
    async with database.write() as transaction:
        await transaction.articles.add(an_article("https://phare.example/2026/gel?id=7"), source_id, NOON, NOON)
        assert await transaction.articles.id_of(other) is None
        assert await transaction.articles.add(an_article(other), source_id, NOON, NOON) is not None


async def test_the_latest_articles_come_first_page_by_page_and_by_source(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        numbers = [await put_article(transaction, number, source_id) for number in range(3)]
        foreign = await put_article(transaction, 3)
        latest = await transaction.articles.latest(2)
        assert [stored.id for stored in latest] == [foreign, numbers[2]]
        rest = await transaction.articles.latest(9, before_id=numbers[2])
        assert [stored.id for stored in rest] == [numbers[1], numbers[0]]
        ours = await transaction.articles.latest(9, source="Le Phare")
        assert [stored.id for stored in ours] == numbers[::-1]
        assert await transaction.articles.latest(9, source="nobody") == []
        assert [stored.id for stored in await transaction.articles.some(numbers)] == numbers[::-1]
        assert await transaction.articles.some([]) == []


async def test_articles_are_counted_in_all_and_by_source(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        assert await transaction.articles.count() == 0
        for number in range(3):
            await put_article(transaction, number, source_id)
        foreign = await transaction.articles.get(await put_article(transaction, 3))
        assert await transaction.articles.count() == 4
        assert await transaction.articles.counts_by_source() == {source_id: 3, foreign.source_id: 1}


async def test_an_article_that_is_not_there_is_named_in_the_error(database: Database) -> None:
    async with database.read() as transaction:
        with pytest.raises(NotFoundError, match="no article with id 7") as caught:
            await transaction.articles.get(7)
        assert "article list" in caught.value.hint


async def test_a_match_is_kept_once_for_a_watch_and_an_article(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        article_id = await put_article(transaction, 1, source_id)
        watch_id = await transaction.watches.put(a_watch(), NOON)
        match = Match(watch_id, article_id, (Span("title", 0, 2), Span("text", 3, 8)), NOON)
        assert await transaction.matches.add(match)
        assert not await transaction.matches.add(replace(match, spans=(), seen=True))
        [found] = await transaction.matches.latest(9)
        assert found.match == replace(match, id=found.match.id)
        assert (found.watch, found.query, found.stored.id) == ("Corée", "missile", article_id)
        assert await transaction.matches.get(found.match.id) == found


async def test_another_watch_or_another_article_is_another_match(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        articles = [await put_article(transaction, number, source_id) for number in range(2)]
        watches = [await transaction.watches.put(a_watch(name), NOON) for name in ("a", "b")]
        for watch_id in watches:
            for article_id in articles:
                assert await transaction.matches.add(Match(watch_id, article_id, (), NOON, seen=True))
        assert [found.match.seen for found in await transaction.matches.latest(9)] == [True] * 4


async def test_the_latest_matches_come_first_by_watch_and_after_an_instant(database: Database, source_id: int) -> None:
    async with database.write() as transaction:
        articles = [await put_article(transaction, number, source_id) for number in range(3)]
        one, other = [await transaction.watches.put(a_watch(name), NOON) for name in ("one", "other")]
        for minutes, article_id in enumerate(articles):
            await transaction.matches.add(Match(one, article_id, (), NOON + minutes * MINUTE))
        await transaction.matches.add(Match(other, articles[0], (), NOON + HOUR))
        everything = await transaction.matches.latest(9)
        assert [(found.watch, found.stored.id) for found in everything] == [
            ("other", articles[0]),
            ("one", articles[2]),
            ("one", articles[1]),
            ("one", articles[0]),
        ]
        assert await transaction.matches.latest(2) == everything[:2]
        assert await transaction.matches.latest(9, watch="one") == everything[1:]
        assert await transaction.matches.latest(9, after=NOON + MINUTE) == everything[:2]


async def test_a_match_that_is_not_there_is_named_in_the_error(database: Database) -> None:
    async with database.read() as transaction:
        with pytest.raises(NotFoundError, match="no match with id 7"):
            await transaction.matches.get(7)


async def test_the_languages_of_the_latest_articles_come_most_frequent_first(
    database: Database, source_id: int
) -> None:
    async with database.write() as transaction:
        for number, language in enumerate(["de", "de", "de", "fr", None, "en", "fr", None, None]):
            article = replace(an_article(f"https://phare.example/{number}"), language=language)
            await transaction.articles.add(article, source_id, NOON, NOON)
        assert await transaction.articles.languages(100) == ["de", "fr", "en"]
        assert await transaction.articles.languages(6) == ["fr", "en"]
        assert await transaction.articles.languages(0) == []
