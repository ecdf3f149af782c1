"""What a query matches lies between its two plans, in the very tokens that are stored."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import document, parse, search_plans, search_row, spans
from matching.narrowing import MOST_TERMS, beyond, in_parts, size
from news.article import Article
from news.errors import QueryError
from news.query import Phrase, Query
from news.search import (
    SearchAll,
    SearchAny,
    SearchBut,
    SearchEverything,
    SearchFact,
    SearchField,
    SearchNear,
    SearchNothing,
    SearchPlan,
    SearchPlans,
    SearchTerm,
)

_TABLE = (
    "CREATE VIRTUAL TABLE a USING fts5(title, text, btitle, btext, facts,"
    " tokenize = \"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\")"
)


def t(*tokens: str, field: SearchField = "any", prefix: bool = False, aside: bool = False) -> SearchTerm:
    return SearchTerm(tokens, field, prefix, aside)


def k(key: str, field: SearchField = "any") -> SearchAny:
    """A word that has this key, whatever its form."""
    return SearchAny((t(key, field=field), t(f"={key}", field=field)))


def of(*parts: SearchPlan) -> SearchAll:
    return SearchAll(parts)


FRENCH, ENGLISH = SearchFact("lang", "fr"), SearchFact("lang", "en")
NOTHING, EVERYTHING = SearchNothing(), SearchEverything()
FORMS = {"troupes": "troupe", "leaves": "leaf"}

# Where the index alone knows.
EXACT: dict[str, SearchPlan] = {
    "Corée": k("coree"),
    "l’OTAN": k("otan"),
    "troupes": SearchAny((*k("troupes").parts, of(k("troupe"), FRENCH))),
    "Zelensk*": t("zelensk", prefix=True),
    '"Corée Nord"': t("coree", "nord"),
    "Corée missile": of(k("coree"), k("missile")),
    "Corée corée": k("coree"),
    "Corée OU missile": SearchAny((*k("coree").parts, *k("missile").parts)),
    "Corée -missile": of(k("coree"), SearchBut(k("missile"))),
    "Corée lang:fr": of(k("coree"), FRENCH),
    "lang:(fr OR en-GB)": SearchAny((FRENCH, ENGLISH)),
    "titre:Corée": k("coree", "title"),
    "texte:(Corée OU Zelensk*)": SearchAny((*k("coree", "text").parts, t("zelensk", field="text", prefix=True))),
    "북한": t("북", "한"),
    "nord-cor*": SearchAny((t("nord", "cor", prefix=True), t("nordcor", prefix=True))),
}  # fmt: skip

# Where it does not: what is sure, and what is possible.
BETWEEN: dict[str, tuple[SearchPlan, SearchPlan]] = {
    "=Orange": (NOTHING, t("orange")),
    '"Corée du Nord"': (t("coree", "du", "nord"), of(t("coree", "du"), t("du", "nord"))),
    '"Corée Nord"~3': (t("coree", "nord"), of(k("coree"), k("nord"))),
    "북한군": (t("북", "한", "군"), of(t("북", "한"), t("한", "군"))),
    "nord-coréen": (
        SearchAny((t("nord", "coreen"), t("nordcoreen"))),
        SearchAny((of(k("nord"), k("coreen")), *k("nordcoreen").parts)),
    ),
    "source:Reuters": (NOTHING, EVERYTHING),
    "Corée OU site:x.example": (k("coree"), EVERYTHING),
    "Corée -=Orange": (of(k("coree"), SearchBut(t("orange"))), k("coree")),
    "Corée NEAR/3 =Orange": (NOTHING, of(k("coree"), t("orange"))),
    "Corée ONEAR/3 missile": (
        NOTHING,
        SearchAny((
            SearchNear(("coree",), ("missile",), 3),
            of(SearchAny((t("coree", aside=True), t("=coree"))), k("missile")),
            of(k("coree"), SearchAny((t("missile", aside=True), t("=missile")))),
        )),
    ),
}  # fmt: skip


def lexicon(exact: str, folded: str, language: str | None) -> tuple[str, ...]:
    """Two words, each in its language, whatever the region."""
    known = folded in FORMS and (language or "")[:2] == ("fr" if folded == "troupes" else "en")
    return (folded, FORMS[folded]) if known else (folded,)


def plans(query: str | Query) -> SearchPlans:
    return search_plans(parse(query) if isinstance(query, str) else query, lexicon, ["fr", "en"])


@pytest.mark.parametrize("text", EXACT)
def test_a_query_becomes_a_plan_of_what_is_stored(text: str) -> None:
    assert plans(text) == SearchPlans(EXACT[text], EXACT[text])


@pytest.mark.parametrize("text", BETWEEN)
def test_where_the_index_cannot_tell_two_plans_enclose_the_query(text: str) -> None:
    assert plans(text) == SearchPlans(*BETWEEN[text])


def test_words_near_each_other_are_sure_where_both_stand_in_the_text_itself() -> None:
    assert plans("Corée NEAR/3 missile").sure == SearchNear(("coree",), ("missile",), 3)
    assert plans("Corée NEAR/300 missile").sure == NOTHING
    assert plans("Corée NEAR/3 Corée").sure == NOTHING


def test_a_query_deeper_than_an_index_can_be_asked_is_asked_as_far_as_it_can() -> None:
    text = "Corée " + "(missile OR nord (" * 45 + "sud" + "))" * 45
    found = plans(text)
    assert str(found.possible).count("Search") < 200
    assert k("coree") in getattr(found.possible, "parts", ())


def test_an_and_of_too_many_words_is_asked_for_some_of_them() -> None:
    found = plans(" ".join(f"mot{number}" for number in range(5_000)))
    assert found.sure == NOTHING
    assert isinstance(found.possible, SearchAll)
    assert size(found.possible) <= MOST_TERMS


def test_an_or_of_too_many_words_is_asked_in_parts() -> None:
    found = plans(" OR ".join(f"mot{number}" for number in range(5_000)))
    parts = in_parts(found.possible)
    assert all(size(part) <= MOST_TERMS for part in parts)
    assert sum(map(size, parts)) == 10_000


def test_too_many_exclusions_exclude_nothing_before_the_matcher_looks() -> None:
    found = plans("Corée -(" + " OR ".join(f"mot{number}" for number in range(4_000)) + ")")
    assert found == SearchPlans(NOTHING, k("coree"))


def test_an_article_is_indexed_under_its_tokens_its_joined_forms_and_its_further_keys() -> None:
    article = Article("https://x.example/", "https://x.example/", "Troupes", "Loi anti-terroriste votée", language=None)
    row = search_row(document(article, "", lexicon))
    assert (row.title, row.beside_title, row.language) == ("troupes", "", "")
    row = search_row(document(replace(article, language="fr"), "", lexicon))
    assert (row.title, row.beside_title, row.language) == ("troupes", "=troupe", "fr")
    assert (row.text, row.beside_text) == (
        "loi anti terroriste votee",
        "| loi antiterroriste votee",
    )


@pytest.fixture(scope="module")
def archive() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(_TABLE)
    yield connection
    connection.close()


def fts5(plan: SearchPlan) -> str:
    """The plan in SQLite's language, written anew here so that the test depends on no other package."""
    match plan:
        case SearchTerm(tokens, field, prefix, aside):
            own = "" if aside else f"{field} " if field != "any" else "title text "
            beside = f"b{field}" if field != "any" else "btitle btext"
            return f'{{{own}{beside}}} : "{" ".join(tokens)}"{"*" if prefix else ""}'
        case SearchNear(one, other, distance, field):
            where = field if field != "any" else "title text"
            return f'{{{where}}} : NEAR("{" ".join(one)}" "{" ".join(other)}", {distance})'
        case SearchAll(parts):
            return "(" + " AND ".join(map(fts5, parts)) + ")"
        case SearchAny(parts):
            return "(" + " OR ".join(map(fts5, parts)) + ")"
        case SearchBut(part):
            return f'("*" NOT {fts5(part)})'
        case SearchFact(_, value):
            return f'"@{value}"'
        case SearchEverything():
            return '"*"'
        case SearchNothing():
            return '"*0"'


def _is_found(archive: sqlite3.Connection, plan: SearchPlan, article: Article) -> bool:
    archive.execute("DELETE FROM a")
    row = search_row(document(article, "", lexicon))
    values = row.title, row.text, row.beside_title, row.beside_text, f"* @{row.language}"
    archive.execute("INSERT INTO a VALUES (?, ?, ?, ?, ?)", values)
    return archive.execute("SELECT 1 FROM a WHERE a MATCH ?", (fts5(plan),)).fetchone() is not None


_words = [
    "nord", "coréen", "nord-coréen", "nordcoréen", "anti-nord", "antinord", "nord-coréen-anti", "l’anti", "3 000",
    "3000", "troupe", "troupes", "leaves", "leaf",
    "हिन्दी", "북한", "북한은", "O.T.A.N.", "OTAN", "йод", "é", "İ", "ﬁn", "e\u0301té", "½", "ᄒ", "ก็", "ﷺ",
]  # fmt: skip
_texts = st.one_of(st.lists(st.sampled_from(_words)).map(" ".join), st.text())
_operands = st.one_of(
    st.sampled_from(_words),
    st.lists(st.sampled_from(_words), min_size=1, max_size=4).map(lambda words: f'"{" ".join(words)}"'),
    st.lists(st.sampled_from(_words), min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"~2'),
    st.sampled_from(["nor*", "nord-cor*", "nordco*", "titre:nord", "texte:coréen", "titre:nord-cor*", "=nord", "북*"]),
    st.just("-nord"),
)  # fmt: skip
_operators = st.sampled_from([" ", " OR ", " NEAR/1 ", " ONEAR/0 "])
_queries = st.builds(
    lambda a, b, c, one, two: f"{a}{one}{b}{two}{c}", _operands, _operands, _operands, _operators, _operators
)


@settings(deadline=None)
@given(
    query_text=st.one_of(_operands, _queries),
    title=_texts,
    text=_texts,
    language=st.sampled_from([None, "fr", "en-GB"]),
)
def test_a_query_matches_what_is_sure_and_nothing_that_is_not_possible(
    archive: sqlite3.Connection, query_text: str, title: str, text: str, language: str | None
) -> None:
    try:
        query = parse(query_text)
    except QueryError:
        return
    article = Article("https://x.example/", "https://x.example/", title, text, language=language)
    between = plans(query)
    if spans(query, document(article, "", lexicon)) is not None:
        assert _is_found(archive, between.possible, article)
    else:
        assert not _is_found(archive, between.sure, article)


@settings(deadline=None)
@given(words=st.lists(st.sampled_from(_words), min_size=1, max_size=8), data=st.data())
def test_any_stretch_of_a_text_is_found_as_a_phrase(
    archive: sqlite3.Connection, words: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    query = Phrase(" ".join(words[first : last + 1]))
    text = " ".join(words)
    article = Article("https://x.example/", "https://x.example/", "", text)
    assert spans(query, document(article, "")) is not None
    assert _is_found(archive, plans(query).possible, article)


def test_beyond_what_is_sure_lies_all_else_that_is_possible_and_nothing_is_looked_for_twice() -> None:
    sure, other, third = t("sure"), t("other"), t("third")
    assert beyond(SearchPlans(SearchNothing(), other)) == other
    assert beyond(SearchPlans(sure, sure)) == SearchNothing()
    assert beyond(SearchPlans(sure, other)) == SearchAll((other, SearchBut(sure)))
    assert beyond(SearchPlans(sure, SearchAny((other, sure)))) == SearchAll((other, SearchBut(sure)))
    several = SearchAny((other, sure, third))
    assert beyond(SearchPlans(sure, several)) == SearchAll((SearchAny((other, third)), SearchBut(sure)))
    assert beyond(SearchPlans(sure, SearchAny((sure, sure)))) == SearchAll((SearchNothing(), SearchBut(sure)))
