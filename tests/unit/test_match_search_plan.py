"""The plan of a search is a superset of the query's matches, in the very tokens that are stored."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import document, parse, search_terms, spans, superset
from news.article import Article
from news.errors import QueryError
from news.query import Phrase
from news.search import SearchAll, SearchAny, SearchEverything, SearchField, SearchPlan, SearchTerm


def t(*tokens: str, field: SearchField = "any", prefix: bool = False) -> SearchTerm:
    return SearchTerm(tokens, field, prefix)


PLANS: dict[str, SearchPlan] = {
    "Corée": t("coree"),
    "l’OTAN": t("otan"),
    "=Orange": t("orange"),
    "Zelensk*": t("zelensk", prefix=True),
    "3 000": t("3000"),
    '"Corée du Nord"': SearchAll((t("coree", "du"), t("du", "nord"))),
    '"Corée Nord"~3': SearchAll((t("coree"), t("nord"))),
    '"Corée Nord"~0': t("coree", "nord"),
    "Corée troupes": SearchAll((t("coree"), t("troupes"))),
    "Corée corée": t("coree"),
    "Corée OU troupes": SearchAny((t("coree"), t("troupes"))),
    "Corée NEAR/3 troupes": SearchAll((t("coree"), t("troupes"))),
    "Corée -troupes": t("coree"),
    "Corée lang:fr": t("coree"),
    "Corée OU lang:fr": SearchEverything(),
    "lang:fr": SearchEverything(),
    "source:Reuters": SearchEverything(),
    "titre:Corée": t("coree", field="title"),
    "texte:(Corée OU Zelensk*)": SearchAny((t("coree", field="text"), t("zelensk", field="text", prefix=True))),
    "nord-coréen": SearchAny((t("nord", "coreen"), t("nordcoreen"))),
    "nord-cor*": SearchAny((t("nord", "cor", prefix=True), t("nordcor", prefix=True))),
    "북한": t("북", "한"),
    "북한군": SearchAll((t("북", "한"), t("한", "군"))),
    '"anti-terroriste votée"': SearchAll((
        SearchAny((t("terroriste", "votee"), t("antiterroriste", "votee"))),
        SearchAny((t("anti", "terroriste"), t("antiterroriste"))),
    )),
}  # fmt: skip


@pytest.mark.parametrize("text", PLANS)
def test_a_query_becomes_a_plan_of_stored_tokens(text: str) -> None:
    assert superset(parse(text)) == PLANS[text]


@pytest.fixture(scope="module")
def archive() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute('CREATE VIRTUAL TABLE a USING fts5(title, text, tokenize = "unicode61 remove_diacritics 0")')
    yield connection
    connection.close()


def fts5(plan: SearchPlan) -> str:
    """The plan in SQLite's language, written anew here so that the test depends on no other package."""
    match plan:
        case SearchTerm(tokens, field, prefix):
            where = "" if field == "any" else f"{field} : "
            return f'{where}"{" ".join(tokens)}"{"*" if prefix else ""}'
        case SearchAll(parts):
            return "(" + " AND ".join(map(fts5, parts)) + ")"
        case SearchAny(parts):
            return "(" + " OR ".join(map(fts5, parts)) + ")"
        case SearchEverything():
            raise AssertionError("everything stands alone")


def _is_found(archive: sqlite3.Connection, plan: SearchPlan, title: str, text: str) -> bool:
    if isinstance(plan, SearchEverything):
        return True
    archive.execute("DELETE FROM a")
    archive.execute("INSERT INTO a VALUES (?, ?)", (search_terms(title), search_terms(text)))
    return archive.execute("SELECT 1 FROM a WHERE a MATCH ?", (fts5(plan),)).fetchone() is not None


_words = [
    "nord", "coréen", "nord-coréen", "nordcoréen", "anti-nord", "antinord", "nord-coréen-anti", "l’anti", "3 000",
    "3000",
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
@given(query_text=st.one_of(_operands, _queries), title=_texts, text=_texts)
def test_whatever_a_query_matches_its_plan_finds_in_fts5(
    archive: sqlite3.Connection, query_text: str, title: str, text: str
) -> None:
    try:
        query = parse(query_text)
    except QueryError:
        return
    article = Article("https://x.example/", "https://x.example/", title, text)
    if spans(query, document(article, "")) is not None:
        assert _is_found(archive, superset(query), title, text)


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
    assert _is_found(archive, superset(query), "", text)
