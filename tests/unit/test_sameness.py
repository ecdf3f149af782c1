"""Whether two pages that claim one address are one article."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from news.article import Article
from service.sameness import by_its_own_address, tells_another

AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
INTRO = "Chaque matin, la rédaction dit en quelques mots ce qu'il faut savoir de la journée qui commence."
MONDAY = Article("https://s.example/1", "https://s.example/m", "La météo", f"{INTRO}\n\n{'Il pleut. ' * 20}", (), AT)
TUESDAY = replace(MONDAY, text=f"{INTRO}\n\n{'Le soleil revient. ' * 20}", published_at=AT + timedelta(days=1))


def test_a_column_of_another_day_is_another_article_under_the_same_title() -> None:
    assert tells_another(TUESDAY, MONDAY)


def test_another_title_over_another_text_is_another_article_whatever_its_date() -> None:
    assert tells_another(replace(TUESDAY, title="Le port rouvre", published_at=AT), MONDAY)


def test_where_no_date_tells_another_text_is_another_article() -> None:
    assert tells_another(replace(TUESDAY, published_at=None), MONDAY)
    assert tells_another(TUESDAY, replace(MONDAY, published_at=None))


def test_an_article_that_goes_by_its_own_address_says_whose_the_other_is() -> None:
    claimed = replace(MONDAY, provenance={"canonical_url": "link canonical"})
    own = by_its_own_address(claimed)
    assert own.canonical_url == MONDAY.url
    assert own.provenance["canonical_url"] == "url; link canonical is another article's"


@pytest.mark.parametrize(
    "same",
    [
        replace(TUESDAY, text=MONDAY.text),
        replace(TUESDAY, text=MONDAY.text, title="La météo du jour"),
        replace(TUESDAY, text=f"{MONDAY.text}\n\nEt demain, du vent."),
        replace(TUESDAY, published_at=AT + timedelta(hours=2)),
        replace(MONDAY, title="La  Météo", text=f"{MONDAY.text}\n\nEt demain, du vent."),
        replace(MONDAY, title="La météo de lundi", text=f"{MONDAY.text}\n\nEt demain, du vent."),
    ],
    ids=["text", "text under another title", "republished with more", "zone", "another hand", "another headline"],
)
def test_what_tells_the_same_is_no_other_article(same: Article) -> None:
    assert not tells_another(same, MONDAY)
    assert not tells_another(MONDAY, same)
