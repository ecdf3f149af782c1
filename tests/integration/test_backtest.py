"""Backtests over real archives: what the index and the matcher find together, on both databases."""

from datetime import date, timedelta

import pytest

from matching import DictionaryLexicon, analyzer, document, parse, spans
from news.article import Article
from news.search import SearchRow
from service.backtest import WITHIN, Backtest, Bounds, Comparison, backtest, compared
from service.reader import Reader
from storage import Database
from tests.samples import NOON, a_source, an_article
from tests.trails import put_text

TEXTS = (
    ("Le missile de Pyongyang", "Un essai de trop, dit Séoul. La météo est bonne."),
    ("La météo", "Pluie sur Séoul, et vent du nord ; aucun missile."),
    ("Football", "Pyongyang bat une équipe de Séoul, sans orage."),
    ("La société Orange", "Un dividende pour Orange, dit-on."),
    ("Le nord", "Une orange tombe. La Corée du Nord regarde."),
)
QUERIES = (
    "missile", "Pyongyang OR Orange", "missile AND Séoul", "missile NEAR/3 Pyongyang", "vent ONEAR/2 nord",
    "=Orange", "title:missile", "text:missile", '"Corée du Nord"', '"un essai"~2', "miss*", "Séoul -missile",
    "site:phare.example", "site:phare.example -Séoul", "source:Phare missile", "url:/4 OR Pyongyang", "lang:fr",
    "NOT lang:fr missile", "title:(nord OR météo) -vent",
)  # fmt: skip


@pytest.fixture
async def archive(database: Database) -> Database:
    """Six rounds of five articles, a round a day; the first articles of all rounds are one story."""
    async with database.write() as tx:
        source_id = await tx.sources.put(a_source(), NOON)
        for number in range(30):
            title, text = TEXTS[number % 5]
            await put_text(tx, source_id, _told(number, title, text), story_id=1 if number and number % 5 == 0 else 0)
    return database


def _told(number: int, title: str, text: str, url: str = "") -> Article:
    told_at = NOON - timedelta(days=5 - number // 5)
    url = url or f"https://phare.example/{number}"
    return Article(url, url, title, text, ("Zoé",), told_at, None)


async def tried(archive: Database, query: str, most_read: int = 1_000) -> Backtest:
    """What a query finds."""
    async with archive.read() as tx:
        return await backtest(tx, parse(query), Reader(DictionaryLexicon()), bounds=Bounds(most_read))


async def test_every_query_finds_what_the_matcher_finds_in_each_article(archive: Database) -> None:
    for query in QUERIES:
        wanted = [
            number
            for number in range(30)
            if spans(parse(query), document(_told(number, *TEXTS[number % 5]), "Le Phare")) is not None
        ]
        found = await tried(archive, query)
        assert (found.matches, found.is_about, found.articles) == (len(wanted), False, 30), query
        newest = [hit.stored.article.url for hit in found.newest]
        assert newest == [f"https://phare.example/{number}" for number in wanted[::-1][:5]], query


async def test_what_waits_to_be_indexed_is_found_too(archive: Database) -> None:
    async with archive.write() as tx:
        await tx.search.renew("another analyzer")
    for query in ("missile", "missile NEAR/3 Pyongyang", "Séoul -missile"):
        assert (await tried(archive, query)).matches == 12 - 6 * ("NEAR" in query or "-" in query), query


async def test_an_index_that_another_analyzer_made_is_not_believed(archive: Database) -> None:
    async with archive.write() as tx:
        await tx.search.renew("another analyzer")
        for number in await tx.search.backlog(99):
            await tx.search.put(number, SearchRow("other words", "", analyzer="another analyzer"), 1)
        assert await tx.search.backlog(1) == []
        assert not await tx.search.is_by(analyzer())
    for query, matches in (("missile", 12), ("Séoul -missile", 6), ("orange AND missile", 0)):
        found = await tried(archive, query)
        assert found.matches == matches, query
        assert [gap.says for gap in found.gaps] == ["are each in some article, but in none together"] * (not matches)


async def test_a_story_is_one_alert_and_a_day_without_a_match_is_no_day(archive: Database) -> None:
    found = await tried(archive, "essai OR vent")
    first = date(2026, 11, 9)
    assert [(day.day, day.matches, day.alerts) for day in found.days] == [
        (first, 2, 2),
        *((first + timedelta(days=day), 2, 1) for day in range(1, 6)),
    ]
    assert (found.until, found.recent_days) == (date(2026, 11, 14), 6)
    assert (found.matches_a_day, found.alerts_a_day) == (2.0, 7 / 6)
    assert found.busiest == found.days[0]
    assert not found.is_noisy


async def test_only_the_last_month_counts_for_the_alerts_a_day(archive: Database) -> None:
    async with archive.write() as tx:
        for number, days in enumerate((20, 400, 500)):
            url = f"https://phare.example/old/{number}"
            article = Article(url, url, "Le vent", "Un vent du nord", (), NOON - timedelta(days=days), None)
            await put_text(tx, 1, article)
    found = await tried(archive, "vent")
    assert (found.matches, found.recent_days) == (9, 21)
    assert found.alerts_a_day == 7 / 21


async def test_the_hits_of_the_samples_are_marked(archive: Database) -> None:
    hit = (await tried(archive, "missile NEAR/3 Pyongyang")).newest[0]
    title = hit.stored.article.title
    assert [title[span.start : span.end] for span in hit.spans] == ["missile", "Pyongyang"]


async def test_what_nothing_narrows_is_sampled_evenly_and_said_to_be_about(archive: Database) -> None:
    found = await tried(archive, "site:phare.example -Séoul", most_read=10)
    assert found.is_about
    assert found.matches % 3 == 0
    assert 6 <= found.matches <= 18
    assert {day.day for day in found.days} > {date(2026, 11, 9), date(2026, 11, 14)}
    exact = await tried(archive, "site:phare.example -Séoul", most_read=30)
    assert (exact.matches, exact.is_about) == (12, False)


async def test_what_is_read_when_five_seconds_are_over_stands_for_the_rest(archive: Database) -> None:
    async with archive.write() as tx:
        for number in range(30, 130):
            await put_text(tx, 1, _told(number % 30, *TEXTS[1], url=f"https://phare.example/{number}"))
    seconds = iter([100.0, 100.0 + WITHIN, 100.1 + WITHIN])
    told: list[tuple[int, int]] = []
    async with archive.read() as tx:
        bounds = Bounds(clock=lambda: next(seconds))
        reader = Reader(DictionaryLexicon())
        query = parse("site:phare.example")
        found = await backtest(
            tx, query, reader, bounds=bounds, progress=lambda done, total: told.append((done, total))
        )
    assert told == [(0, 130), (50, 130), (100, 130)], "at five seconds it still goes on, behind them no more"
    assert (found.is_about, found.matches, found.articles) == (True, 130, 130)
    assert WITHIN == 5


async def test_the_progress_is_told_to_its_end(archive: Database) -> None:
    told: list[tuple[int, int]] = []
    async with archive.read() as tx:
        reader = Reader(DictionaryLexicon())
        await backtest(tx, parse("site:phare.example"), reader, progress=lambda *so_far: told.append(so_far))
    assert (told[0], told[-1]) == ((0, 30), (30, 30))


async def changed(archive: Database, new: str, old: str, most_read: int = 1_000) -> Comparison:
    """One query against another."""
    async with archive.read() as tx:
        reader = Reader(DictionaryLexicon())
        return await compared(tx, parse(new), parse(old), reader, bounds=Bounds(most_read))


async def test_what_an_edit_gains_and_loses_is_shown(archive: Database) -> None:
    found = await changed(archive, "missile OR dividende", "missile OR football")
    assert (found.new.matches, found.old.matches) == (18, 18)
    assert (found.gained.number, found.lost.number) == (6, 6)
    assert {hit.stored.article.title for hit in found.gained.newest} == {"La société Orange"}
    assert {hit.stored.article.title for hit in found.lost.newest} == {"Football"}


@pytest.mark.parametrize(("new", "old"), [("=Orange", "orange"), ("orange", "=Orange"), ("=Orange", "dividende")])
async def test_an_edit_is_judged_on_one_sample_of_both_queries(archive: Database, new: str, old: str) -> None:
    found = await changed(archive, new, old, most_read=4)
    assert found.new.is_about
    exact = await changed(archive, new, old)
    assert abs(found.gained.number - exact.gained.number) <= 3
    assert abs(found.lost.number - exact.lost.number) <= 3
    if {new, old} != {"=Orange", "orange"}:
        assert found.gained.number == found.lost.number == 0


async def test_the_same_query_gains_and_loses_nothing(archive: Database) -> None:
    found = await changed(archive, "missile", "MISSILE")
    assert (found.gained.number, found.lost.number) == (0, 0)
    assert found.gained.newest == found.lost.newest == ()


@pytest.mark.parametrize(
    ("query", "gaps"),
    [
        ("misile", [("misile", "is in no article", ("missile",))]),
        ("Pyonyang AND missile", [("Pyonyang", "is in no article", ("pyongyang",))]),
        ("kissile", [("kissile", "is in no article", ("missile",))]),
        ("tennis OR kendo", [("tennis", "is in no article", ()), ("kendo", "is in no article", ())]),
        ("orange AND missile", [("orange AND missile", "are each in some article, but in none together", ())]),
        (
            "(orange OR kendo) AND missile",
            [("(orange OR kendo) AND missile", "are each in some article, but in none together", ())],
        ),
        ("missile NEAR/1 météo", [("missile NEAR/1 météo", "never stand so near each other", ())]),
        ("title:vent", [("title:vent", "is only in the text of articles", ())]),
        ("missile -Séoul", [("NOT Séoul", "excludes every article that the rest finds", ())]),
        ('"missile de Moscou"', [('"missile de Moscou"', "is in no article, and neither is “Moscou” by itself", ())]),
        ("=séoul", [("=séoul", "is only in another case, accent or form", ())]),
        ("missile AND (kendo OR tennis)", [("kendo", "is in no article", ()), ("tennis", "is in no article", ())]),
    ],
)
async def test_what_finds_nothing_is_told_what_is_to_blame(
    archive: Database, query: str, gaps: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    found = await tried(archive, query)
    assert (found.matches, found.newest, found.days) == (0, (), ())
    assert [(gap.clause, gap.says, gap.alike) for gap in found.gaps] == gaps


async def test_a_language_that_no_article_has_is_told_with_those_there_are(archive: Database) -> None:
    async with archive.write() as tx:
        article = Article("https://phare.example/tlh", "https://phare.example/tlh", "Qapla", "Qapla", (), NOON, "tlh")
        await put_text(tx, 1, article)
    [gap] = (await tried(archive, "lang:eo missile")).gaps
    assert gap.says == "is the language of no article: there are tlh"


async def test_a_query_of_thousands_of_clauses_is_not_asked_one_by_one_for_ever(archive: Database) -> None:
    found = await tried(archive, " OR ".join(f"w{number}" for number in range(2_000)))
    assert found.matches == 0
    assert len(found.gaps) < 50


async def test_an_empty_archive_has_nothing(database: Database) -> None:
    found = await tried(database, "missile")
    assert (found.articles, found.matches, found.alerts_a_day, found.days) == (0, 0, 0.0, ())
    assert found.gaps[0].says == "is in no article"


async def test_an_article_without_a_place_is_an_alert_of_its_own(database: Database) -> None:
    async with database.write() as tx:
        source_id = await tx.sources.put(a_source(), NOON)
        await tx.articles.add(an_article("https://phare.example/a", "Le missile"), source_id, NOON, NOON)
        await tx.search.renew("another analyzer")
    found = await tried(database, "missile")
    assert [(day.day, day.matches, day.alerts) for day in found.days] == [(date(2026, 11, 14), 1, 1)]
    assert (found.alerts_a_day, found.until) == (1.0, date(2026, 11, 14))
