"""Old articles that come as if they were new."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerting.resurfaced import long_ago
from news.article import Article, StoredArticle, title_key

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = "Le gouvernement exige que les troupes se retirent sans délai du territoire."
ARTICLE = Article("https://a.example/", "https://a.example/", "Le retrait des troupes est exigé", TEXT)
NEW = StoredArticle(9, 1, "A", ARTICLE, NOW, NOW)


def before(days: float, text: str = TEXT, number: int = 1) -> StoredArticle:
    return StoredArticle(number, 1, "A", replace(ARTICLE, text=text), NOW - days * DAY, NOW - days * DAY)


@pytest.mark.parametrize(("days", "is_old"), [(0, False), (3, False), (3.01, True), (400, True)])
def test_what_was_published_days_before_it_was_seen_is_old(days: float, is_old: bool) -> None:
    published = NOW - days * DAY
    stored = replace(NEW, article=replace(ARTICLE, published_at=published))
    assert long_ago(stored, ()) == (published if is_old else None)


def test_what_will_be_published_and_what_bears_no_date_is_new() -> None:
    assert long_ago(replace(NEW, article=replace(ARTICLE, published_at=NOW + DAY)), ()) is None
    assert long_ago(NEW, ()) is None


@pytest.mark.parametrize(("days", "is_old"), [(7, False), (7.01, True), (30, True)])
def test_the_same_title_and_text_a_week_ago_and_earlier_is_old(days: float, is_old: bool) -> None:
    assert long_ago(NEW, [before(days)]) == (NOW - days * DAY if is_old else None)


def test_of_several_the_first_counts() -> None:
    assert long_ago(NEW, [before(20), before(40, number=2), before(30, number=3)]) == NOW - 40 * DAY


def test_a_title_that_comes_back_over_another_text_is_new() -> None:
    other = "Sous ce titre, une chronique paraît chaque mois, et elle dit toujours autre chose."
    assert long_ago(NEW, [before(30, other)]) is None
    assert long_ago(NEW, [before(30, f"{TEXT} Et voici une longue suite, ajoutée plus tard.")]) == NOW - 30 * DAY
    assert long_ago(NEW, [before(30, "")]) is None


def test_an_article_is_not_older_than_itself() -> None:
    assert long_ago(NEW, [before(30, number=9)]) is None


def test_a_title_is_known_again_whatever_its_case_and_marks_and_a_short_one_not_at_all() -> None:
    key = title_key("Le retrait des troupes est exigé")
    assert key
    assert title_key("« LE RETRAIT des troupes est exigé ! »") == key
    assert title_key("Le retrait des troupes est demandé") != key
    assert title_key("Vos lettres ouvertes") == title_key("") == ""
