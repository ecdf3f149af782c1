"""Why a query does not match an article, in words."""

import pytest

from matching import Document, document, explain_miss, parse
from news.article import Article


def an_article(language: str | None = "fr") -> Document:
    """One with a title and a text of a few words."""
    url = "https://www.phare.example/monde/a"
    article = Article(url, url, "Le retrait", "Des troupes de la Corée du Nord en Russie", ("Sara",), None, language)
    return document(article, "Le Phare")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("football", "football does not occur in the title or the text"),
        ("troupes football", "football does not occur in the title or the text"),
        ("titre:troupes", "troupes does not occur in the title"),
        ("texte:retrait", "retrait does not occur in the text"),
        ("football OU tennis", "no branch of football OR tennis is met"),
        ("troupes -Russie", "Russie is met, and it is excluded"),
        ("troupes NEAR/1 Russie", "both occur, but not so near: troupes NEAR/1 Russie"),
        ("troupes NEAR/1 football", "football does not occur in the title or the text"),
        ("lang:en", "lang:en is not met: its language is fr"),
        ("site:other.example", "site:other.example is not met: its site is www.phare.example"),
        ("country:fr", "country:fr is not met: its site is www.phare.example"),
        ("url:/sport/", "url:/sport/ is not met: its URL is https://www.phare.example/monde/a"),
        ("source:Reuters", "Reuters does not occur in the source's name"),
        ("author:Dupont", "Dupont does not occur in an author's name"),
        ("=coree", "=coree does not occur in the title or the text, only in another case, accent or form"),
        ('"Nord Corée"', '"Nord Corée" does not occur in the title or the text, though each of its words does'),
        ("Zelensk*", "Zelensk* does not occur in the title or the text"),
    ],
)
def test_a_miss_is_explained_by_the_clause_that_failed(query: str, sentence: str) -> None:
    assert explain_miss(parse(query), an_article()) == sentence


def test_an_article_of_unknown_language_says_so() -> None:
    assert explain_miss(parse("lang:fr"), an_article(None)) == "lang:fr is not met: its language is unknown"


def test_a_match_has_nothing_to_explain() -> None:
    assert explain_miss(parse("troupes"), an_article()) == ""


def test_a_clause_of_a_thousand_branches_is_shortened() -> None:
    query = parse(" OR ".join(f"w{number}" for number in range(1_000)))
    assert len(explain_miss(query, an_article())) < 200
