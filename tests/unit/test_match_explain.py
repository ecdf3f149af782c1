"""Why a query does not match an article, in words and on its tree."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given

from matching import Document, Judged, canonical, document, explain, explain_miss, parse, spans
from news.article import Article
from news.query import Query
from tests.queries import articles, plurals, queries

TITLE = "Le retrait"
TEXT = "Des troupes de la Corée du Nord en Russie. Orange, un MARCHE, et le soldat Yoon."


def an_article(language: str | None = "fr") -> Document:
    """One with a title and a text of a few words."""
    url = "https://www.phare.example/monde/a"
    return document(Article(url, url, TITLE, TEXT, ("Sara",), None, language), "Le Phare", plurals)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("football", "football does not occur in the title or the text"),
        ("troupes football", "football does not occur in the title or the text"),
        ("football OU tennis", "no branch of football OR tennis is met"),
        ("troupes -Russie", "Russie is met, and it is excluded"),
        ("troupes NEAR/1 football", "football does not occur in the title or the text"),
        ("lang:en", "lang:en is not met: its language is fr"),
        ("site:other.example", "site:other.example is not met: its site is www.phare.example"),
        ("country:fr", "country:fr is not met: its site is www.phare.example"),
        ("url:/sport/", "url:/sport/ is not met: its URL is https://www.phare.example/monde/a"),
        ("source:Reuters", "Reuters does not occur in the source's name"),
        ("author:Dupont", "Dupont does not occur in an author's name"),
        ("Zelensk*", "Zelensk* does not occur in the title or the text"),
        ("titre:(Moscou OU =troupes)", "no branch of Moscou OR =troupes is met in the title"),
        ("titre:(retrait -le)", "le is met in the title, and it is excluded"),
        ("texte:(troupes (Kim OU Moscou))", "no branch of Kim OR Moscou is met in the text"),
        (
            "titre:(le NEAR/0 retrait) texte:(troupes NEAR/1 Yoon)",
            "both sides of troupes NEAR/1 Yoon occur in the text, but not so near: 13 words stand between them",
        ),
    ],
)
def test_a_miss_is_explained_by_the_clause_that_failed(query: str, sentence: str) -> None:
    assert explain_miss(parse(query), an_article()) == sentence


@pytest.mark.parametrize(
    ("query", "near_miss"),
    [
        ("titre:troupes", "only in the text"),
        ("texte:retrait", "only in the title"),
        ("=orange", "only in another case: “Orange”"),
        ("=Troupes", "only in another case: “troupes”"),
        ("=Coree", "only with other accents: “Corée”"),
        ("=marché", "only in another case, with other accents: “MARCHE”"),
        ("=soldats", "only in another form: “soldat”"),
        ('"le soldat Kim Yoon"', "it lacks “Kim”"),
        ('"soldats Yoon"', "only in another form: “soldat Yoon”"),
        ('"troupes Russie"', "its words stand in this order with 6 words between"),
        ('"troupes en Russie"~2', "its words stand in this order with 5 words between"),
        ('"Nord Corée"', "though each of its words does"),
        ("Russi", "the most like it is “russie”"),
        ("Coréée", "the most like it is “coree”"),
        ("troupie*", "the most like it is “troupes”"),
    ],
)
def test_a_near_miss_is_said(query: str, near_miss: str) -> None:
    assert explain_miss(parse(query), an_article()).endswith(f", {near_miss}")


@pytest.mark.parametrize(
    ("query", "gap"),
    [
        ("troupes NEAR/1 Russie", "6 words stand between them"),
        ("Russie NEAR/2 Yoon", "6 words stand between them"),
        ("Orange NEAR/0 MARCHE", "1 word stands between them"),
        ("Russie ONEAR/9 troupes", "in the other order only"),
        ("Russie ONEAR/2 troupes", "6 words stand between them"),
        ("retrait NEAR/9 troupes", "one stands in the title, the other in the text"),
    ],
)
def test_two_that_are_not_near_are_told_how_far_apart_they_stand(query: str, gap: str) -> None:
    assert explain_miss(parse(query), an_article()).endswith(f"occur, but not so near: {gap}")


_PAGE = (Path(__file__).parents[2] / "docs" / "query-language.md").read_text(encoding="utf-8")
_TOLD = re.findall(
    r"^\| `(.+)` \| `(.+)` \| (.+) \|$", _PAGE.split("## Why an article")[1].split("\n## ")[0], re.MULTILINE
)


@pytest.mark.parametrize(("query", "text", "near_miss"), _TOLD)
def test_the_near_misses_of_the_documentation_are_said(query: str, text: str, near_miss: str) -> None:
    assert len(_TOLD) == 9
    article = Article("https://a.example/", "https://a.example/", "", text, (), None, "fr")
    assert explain_miss(parse(query), document(article, "")).endswith(near_miss)


def test_an_article_of_unknown_language_says_so() -> None:
    assert explain_miss(parse("lang:fr"), an_article(None)) == "lang:fr is not met: its language is unknown"


def test_a_match_has_nothing_to_explain() -> None:
    assert explain_miss(parse("troupes"), an_article()) == ""


def test_a_clause_of_a_thousand_branches_is_shortened() -> None:
    query = parse(" OR ".join(f"w{number}" for number in range(1_000)))
    assert len(explain_miss(query, an_article())) < 200


def _drawn(judged: Judged, depth: int = 0) -> Iterator[tuple[int, str, str, str]]:
    yield depth, canonical(judged.query), judged.state, judged.why
    for part in judged.parts:
        yield from _drawn(part, depth + 1)


def judged(query: str) -> list[tuple[int, str, str, str]]:
    """Each clause with its depth, in the order in which it is drawn."""
    return list(_drawn(explain(parse(query), an_article())))


def test_what_fails_is_marked_up_to_the_root() -> None:
    assert judged("troupes titre:(Russie OU Yoon)") == [
        (0, "troupes AND title:(Russie OR Yoon)", "does not hold", ""),
        (1, "troupes", "holds", ""),
        (1, "title:(Russie OR Yoon)", "does not hold", ""),
        (2, "Russie OR Yoon", "does not hold", ""),
        (3, "Russie", "does not hold", "only in the text"),
        (3, "Yoon", "does not hold", "only in the text"),
    ]


def test_a_branch_beside_one_that_holds_is_not_needed_nor_is_anything_below_it() -> None:
    assert [(text, state) for _, text, state, _ in judged("troupes OU (Yoon ET football)")] == [
        ("troupes OR (Yoon AND football)".replace("(", "").replace(")", ""), "holds"),
        ("troupes", "holds"),
        ("Yoon AND football", "not needed"),
        ("Yoon", "holds"),
        ("football", "not needed"),
    ]


def test_what_is_excluded_need_not_be_there_and_is_told_if_it_is() -> None:
    assert [state for *_, state, _ in judged("troupes -football")] == ["holds", "holds", "holds", "not needed"]
    assert [(state, why) for *_, state, why in judged("troupes -Yoon")] == [
        ("does not hold", ""),
        ("holds", ""),
        ("does not hold", "what it excludes is there"),
        ("holds", ""),
    ]


def test_a_test_is_judged_with_each_of_its_values() -> None:
    assert [(text, state, why) for _, text, state, why in judged("lang:(en OU fr) country:de")] == [
        ("lang:(en OR fr) AND country:de", "does not hold", ""),
        ("lang:(en OR fr)", "holds", ""),
        ("en OR fr", "holds", ""),
        ("en", "not needed", ""),
        ("fr", "holds", ""),
        ("country:de", "does not hold", "its site is www.phare.example"),
        ("de", "does not hold", ""),
    ]


def test_a_nearness_is_judged_with_its_sides() -> None:
    assert judged("troupes NEAR/2 Russie")[0][2:] == ("does not hold", "6 words stand between them")
    assert [state for *_, state, _ in judged("troupes NEAR/2 Russie")[1:]] == ["holds", "holds"]
    assert judged("troupes NEAR/2 football")[0][2:] == ("does not hold", "")


def test_words_spelled_alike_are_looked_for_a_bounded_number_of_times() -> None:
    query = " OR ".join(["Russi"] * 30 + ["tennis"])
    told = [why for *_, why in judged(query) if why]
    assert len(told) == 20


@given(queries, articles)
def test_the_root_holds_where_the_query_matches_and_a_miss_has_a_reason(query: Query, read: Document) -> None:
    found = spans(query, read)
    root = explain(query, read)
    assert (root.state == "holds") == (found is not None)
    assert bool(explain_miss(query, read)) == (found is None)
