"""What a search promises, on both databases: what plain evaluation finds of every article, no more, no less.

The archive is small and made by lot, of few words, so that they meet often: inflected ones, hyphenated ones, words of
scripts without spaces, in several languages or in none that is known.
"""

import itertools
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from matching import DictionaryLexicon, analyzer, document, parse, search_row, spans
from news.article import Article, StoredArticle
from news.errors import CursorError, QueryError
from news.query import Query
from news.search import SearchFilter, SearchTerm
from news.watch import Match
from service.reader import Reader
from service.reindex import Reindexer
from service.search import count, most_relevant, newest, search
from storage import Database
from tests.samples import HOUR, NOON, a_source, a_watch, an_article

LEXICON = DictionaryLexicon()
READER = Reader(LEXICON)
WORDS = (
    *("Corée", "coréens", "coréennes", "nord-coréennes", "nordcoréen", "nord", "troupe", "troupes", "Troupes", "armes"),
    *("anti-terroriste", "antiterroriste", "l’OTAN", "O.T.A.N.", "3 000", "missile", "missiles", "tirés", "tirer"),
    *("north", "troops", "leaves", "leaf", "북한", "북한은", "한국", "de", "la", "the", "football", "marche", "marché"),
)
LANGUAGES = ("fr", "fr", "fr", "en", "en-GB", "ko", None)
ARTICLES = 40


def _text(dice: random.Random, most: int) -> str:
    return " ".join(dice.choice(WORDS) + dice.choice(("", "", "", ",", ".")) for _ in range(dice.randint(0, most)))


def _articles(seed: int) -> list[tuple[Article, int]]:
    """Articles, and the number of the source of each."""
    dice = random.Random(seed)
    made = []
    for number in range(ARTICLES):
        article = an_article(f"https://phare.example/{number}", _text(dice, 6), _text(dice, 30))
        made.append((replace(article, language=dice.choice(LANGUAGES)), dice.randint(0, 2)))
    return made


def _operand(dice: random.Random, depth: int) -> str:
    word = dice.choice(WORDS)
    shapes = (
        word, word, word, word,
        f'"{" ".join(dice.choices(WORDS, k=dice.randint(1, 4)))}"',
        f'"{" ".join(dice.choices(WORDS, k=dice.randint(1, 3)))}"~{dice.randint(0, 3)}',
        f"={word}", f"{word[:4]}*",
        f"title:{word}", f"text:{word}", f"titre:({word} OU {dice.choice(WORDS)})",
        f"lang:{dice.choice(('fr', 'en', 'ko', 'de'))}", "site:phare.example", f"source:phare{dice.randint(0, 3)}",
        f"{word} NEAR/{dice.randint(0, 4)} {dice.choice(WORDS)}",
        f"{word} ONEAR/{dice.randint(0, 4)} ({dice.choice(WORDS)} OR {dice.choice(WORDS)})",
        f'"{" ".join(dice.choices(WORDS, k=2))}" NEAR/{dice.randint(0, 5)} {word}',
    )  # fmt: skip
    return f"({_query(dice, depth - 1)})" if depth and dice.random() < 0.3 else dice.choice(shapes)


def _query(dice: random.Random, depth: int = 2) -> str:
    parts = [_operand(dice, depth) for _ in range(dice.randint(1, 3))]
    found = parts[0]
    for part in parts[1:]:
        found += dice.choice((" ", " ", " OR ", " NOT ")) + part
    return found


def _queries(seed: int) -> list[tuple[str, Query]]:
    """Random queries, those that are refused left out."""
    dice = random.Random(seed)
    found: dict[str, Query] = {}
    while len(found) < 70:
        text = _query(dice)
        try:
            found[text] = parse(text)
        except QueryError:
            continue
    return list(found.items())


@pytest.fixture
async def archive(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database that holds the articles of the seed; each fifth is not indexed yet."""
    await _fill(database, getattr(request, "param", 1))
    yield database


async def _fill(database: Database, seed: int, unindexed: int = 5, articles: int = ARTICLES) -> None:
    async with database.write() as tx:
        sources = [await tx.sources.put(a_source(f"phare{n}", f"https://{n}.example/"), NOON) for n in range(3)]
        for number, (article, source) in enumerate(_articles(seed)[:articles]):
            seen = NOON + number * HOUR
            added = await tx.articles.add(article, sources[source], seen, seen)
            assert added is not None
            if number % unindexed:
                row = search_row(document(article, f"phare{source}", LEXICON))
                await tx.search.add(added, row, sources[source])
            else:
                await tx.search.wait(added)


async def _stored(database: Database) -> list[StoredArticle]:
    async with database.read() as tx:
        return await tx.articles.latest(ARTICLES)


def _expected(query: Query, stored: list[StoredArticle]) -> list[int]:
    """What plain evaluation finds, newest first."""
    return [one.id for one in stored if spans(query, document(one.article, one.source, LEXICON)) is not None]


@pytest.mark.parametrize(("archive", "seed"), [(1, 11), (2, 12)], indirect=["archive"])
async def test_a_search_finds_and_counts_what_plain_evaluation_does(archive: Database, seed: int) -> None:
    stored = await _stored(archive)
    matched = 0
    async with archive.read() as tx:
        for text, query in _queries(seed):
            expected = _expected(query, stored)
            matched += bool(expected)
            assert [hit.stored.id async for hit in search(tx, query, READER)] == expected, text
            found = await count(tx, query, READER)
            assert (found.number, found.is_exact) == (len(expected), True), text
            relevant = await most_relevant(tx, query, READER, ARTICLES)
            assert sorted(hit.stored.id for hit in relevant.hits) == sorted(expected), text
    assert matched > 25


async def test_pages_by_cursor_hold_each_hit_once_in_either_order(archive: Database) -> None:
    query = parse("troupe OR missile OR nord")
    expected = _expected(query, await _stored(archive))
    for ask in (newest, most_relevant):
        async with archive.read() as tx:
            whole = [hit.stored.id for hit in (await ask(tx, query, READER, ARTICLES)).hits]
            found: list[int] = []
            cursor: str | None = ""
            while cursor is not None:
                page = await ask(tx, query, READER, 7, cursor=cursor)
                found += [hit.stored.id for hit in page.hits]
                cursor = page.cursor
        assert found == whole
        assert sorted(found, reverse=True) == expected


async def test_a_last_page_that_is_full_leads_to_no_other(archive: Database) -> None:
    await Reindexer(archive, READER).catch_up()
    query = parse("troupe OR missile")
    found = len(_expected(query, await _stored(archive)))
    async with archive.read() as tx:
        for ask in (newest, most_relevant):
            pages = [await ask(tx, query, READER, limit) for limit in (found - 1, found, found + 1)]
            assert [len(page.hits) for page in pages] == [found - 1, found, found]
            assert pages[0].cursor is not None
            assert (await ask(tx, query, READER, 5, cursor=pages[0].cursor)).cursor is None
            assert [page.cursor for page in pages[1:]] == [None, None]


async def test_what_arrives_between_two_pages_moves_nothing(archive: Database) -> None:
    query = parse("troupe OR missile OR nord")
    for ask in (newest, most_relevant):
        async with archive.read() as tx:
            first = await ask(tx, query, READER, 5)
            assert first.cursor is not None
            second = await ask(tx, query, READER, 5, cursor=first.cursor)
        async with archive.write() as tx:
            article = an_article(
                f"https://phare.example/new/{ask.__name__}", "Troupe missile nord", "Troupe nord missile"
            )
            added = await tx.articles.add(article, 1, NOON, NOON)
            assert added is not None
            await tx.search.add(added, search_row(document(article, "", LEXICON)), 1)
        async with archive.read() as tx:
            again = await ask(tx, query, READER, 5, cursor=first.cursor)
        assert [hit.stored.id for hit in again.hits] == [hit.stored.id for hit in second.hits]


_TOO_LARGE = (
    "n2147483647",
    "n99999999999999999999999",
    pytest.param("n" + 5_000 * "9", id="5,000 digits"),
    "r2147483647:1.0:1",
    "r1:1.0:9999999999999",
)
_NO_NUMBERS = ("r12:nan:5", "r12:inf:5", "r12:1e999:5", "r12:-1.0:5", "r12:1_0:5", "r 1:1.0:5", "r1:1.0:٣")


@pytest.mark.parametrize("ask", [newest, most_relevant])
@pytest.mark.parametrize(
    "cursor", ["x", "n", "n-1", "n1x", "r", "r1:2", "rx:1:1", "0", "r1:nan:2:3", "n٣", *_TOO_LARGE, *_NO_NUMBERS]
)
async def test_a_cursor_that_no_page_gave_is_refused(archive: Database, ask: object, cursor: str) -> None:
    async with archive.read() as tx:
        with pytest.raises(CursorError, match="is no cursor"):
            await ask(tx, parse("troupe"), READER, 5, cursor=cursor)  # type: ignore[operator]


async def test_filters_leave_out_what_they_say_in_hits_and_counts(archive: Database) -> None:
    query = parse("troupe OR missile OR nord OR armes")
    stored = await _stored(archive)
    ids = _expected(query, stored)
    since, until = NOON + 8 * HOUR, NOON + 31 * HOUR
    async with archive.write() as tx:
        watch = await tx.watches.put(a_watch(), NOON)
        for number in ids[1::4]:
            await tx.matches.add(Match(watch_id=watch, article_id=number, spans=(), matched_at=NOON))
        source = stored[0].source_id
    options = itertools.product((None, source), ("", "fr", "en"), (None, since), (None, until), (None, watch))
    for source_id, language, after, before, watch_id in options:
        only = SearchFilter(source_id, language, after, before, watch_id)
        expected = [
            one.id
            for one in stored
            if one.id in ids
            and (source_id is None or one.source_id == source_id)
            and (not language or (one.article.language or "").partition("-")[0] == language)
            and (after is None or one.first_seen_at >= after)
            and (before is None or one.first_seen_at < before)
            and (watch_id is None or one.id in ids[1::4])
        ]
        async with archive.read() as tx:
            page = await newest(tx, query, READER, ARTICLES, only=only)
            assert [hit.stored.id for hit in page.hits] == expected, only
            assert (await count(tx, query, READER, only=only)).number == len(expected), only
            relevant = await most_relevant(tx, query, READER, ARTICLES, only=only)
            assert sorted(hit.stored.id for hit in relevant.hits) == sorted(expected), only


FEW = 8
LONG = [f"mot{number}" for number in range(4_900)]


@pytest.mark.parametrize(
    ("pathological", "plain"),
    [
        (" OR ".join([*LONG, "troupe"]), "troupe"),
        (" ".join(["troupe OR " + word for word in LONG[:600]]), ""),
        ("troupe -(" + " OR ".join(LONG[:600]) + ")", "troupe"),
        ("troupe " + "(nord OR troupe (" * 45 + "mot1" + "))" * 45, "troupe nord"),
        (
            "troupe (" + " OR ".join(LONG[:600]) + " OR nord) (" + " OR ".join(LONG[:600]) + " OR nord)",
            "troupe nord",
        ),
        ("tro* OR mis*", "troupe OR troupes OR troops OR missile OR missiles"),
        ('"' + " ".join(["troupe nord"] * 400) + '"', ""),
    ],
)
async def test_a_query_that_no_index_can_carry_is_answered_all_the_same(
    database: Database, pathological: str, plain: str
) -> None:
    await _fill(database, 1, articles=FEW)  # the matcher takes its time for thousands of words
    query = parse(pathological)
    stored = await _stored(database)
    expected = _expected(parse(plain) if plain else query, stored)
    assert bool(plain) <= (0 < len(expected) < FEW)
    async with database.read() as tx:
        assert [hit.stored.id for hit in (await newest(tx, query, READER, ARTICLES)).hits] == expected
        assert (await count(tx, query, READER)).number == len(expected)
        assert len((await most_relevant(tx, query, READER, ARTICLES)).hits) == len(expected)


async def test_a_search_in_a_story_finds_its_articles_only(archive: Database) -> None:
    from news.story import Placing

    query = parse("troupe OR missile OR nord OR armes")
    ids = _expected(query, await _stored(archive))
    async with archive.write() as tx:
        story = await tx.stories.begin(NOON, None)
        for number in ids[:3]:
            await tx.stories.put(number, story, Placing(story), NOON, None)
    async with archive.read() as tx:
        page = await newest(tx, query, READER, 9, only=SearchFilter(story_id=story))
        found = await count(tx, query, READER, only=SearchFilter(story_id=story))
    assert ([hit.stored.id for hit in page.hits], found.number) == (ids[:3], 3)


async def test_an_index_of_an_older_analyzer_misses_nothing_before_and_after_it_is_renewed(archive: Database) -> None:
    query = parse("troupe -missile")
    expected = _expected(query, await _stored(archive))
    async with archive.write() as tx:
        await tx.search.renew("an older one")
        assert len(await tx.search.backlog(ARTICLES + 1)) == ARTICLES
    async with archive.read() as tx:
        assert not await tx.search.is_by(analyzer())
        assert [hit.stored.id async for hit in search(tx, query, READER)] == expected
        assert (await count(tx, query, READER)).number == len(expected)
    reindexer = Reindexer(archive, READER)
    assert await reindexer.catch_up() == ARTICLES
    assert await reindexer.catch_up() == 0
    async with archive.read() as tx:
        assert await tx.search.is_by(analyzer())
        assert await tx.search.backlog(1) == []
        assert (await tx.search.count(SearchTerm(("troupe",)), SearchFilter(), 99)).number
        assert [hit.stored.id async for hit in search(tx, query, READER)] == expected


async def test_an_article_that_waits_to_be_indexed_anew_is_found_and_counted_once(archive: Database) -> None:
    query = parse("troupe OR missile")
    stored = await _stored(archive)
    async with archive.write() as tx:
        for one in stored:
            await tx.search.wait(one.id)
    async with archive.read() as tx:
        assert await tx.search.is_by(analyzer())
        assert [hit.stored.id for hit in (await newest(tx, query, READER, ARTICLES)).hits] == _expected(query, stored)
        assert (await count(tx, query, READER)).number == len(_expected(query, stored))
        assert len((await most_relevant(tx, query, READER, ARTICLES)).hits) == len(_expected(query, stored))


async def test_a_number_beyond_exactness_is_about_right(archive: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    query = parse("troupe OR missile OR nord OR armes")
    expected = len(_expected(query, await _stored(archive)))
    async with archive.read() as tx:
        for exact_to in (expected, expected - 1, 9):
            monkeypatch.setattr("service.search.EXACT_TO", exact_to)
            found = await count(tx, query, READER)
            assert found.is_exact == (exact_to == expected)
            assert abs(found.number - expected) <= (0 if found.is_exact else expected // 4)


async def test_a_number_for_which_not_all_texts_were_read_is_about_right(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = parse('troupe OR missile OR "forces armees" OR nord NEAR/9 armes')
    stored = await _stored(archive)
    expected = len(_expected(query, stored))
    monkeypatch.setattr("storage.search._MOST_READ", expected // 2)
    async with archive.read() as tx:
        found = await count(tx, query, READER)
    assert found.is_exact == (archive.dialect == "sqlite")
    assert abs(found.number - expected) <= (0 if found.is_exact else expected // 3), (found, expected)


async def test_the_time_of_a_filter_is_when_an_article_was_first_seen(archive: Database) -> None:
    [newest_one, *_] = await _stored(archive)
    only = SearchFilter(since=newest_one.first_seen_at, until=newest_one.first_seen_at + timedelta(seconds=1))
    async with archive.read() as tx:
        page = await newest(tx, parse("site:phare.example"), READER, 9, only=only)
    assert [hit.stored.id for hit in page.hits] == [newest_one.id]
