"""The verdict: articles are articles however they are set, and what stands in their place is told by its reason."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.other_pages import OtherPage, other_pages
from bench.verdicts import Judged, report
from extraction.article import extract_article
from extraction.signals import Signals
from extraction.verdict import FEWEST_WORDS, verdict
from extraction.walls import walls
from news.article import Article, NoArticle, Page

FRENCH = sorted((Path(__file__).parents[1] / "pages" / "french").glob("*.html"))
OTHERS = other_pages()
ARTICLE = Signals(
    "https://site.example/2026/11/20/le-port-rouvre-lundi",
    titles=("Le port rouvre lundi",),
    words=400,
    run=400,
    is_article_path=True,
    is_dated=True,
    says_article=True,
)
LIST = Signals("https://site.example/sport/", words=300, run=40, cards=0.9, cut=0.5, teasers=20, linked=0.4)
ENTRY = (
    "La compagnie des bacs annonce que le passage sera suspendu de nuit pendant trois semaines, le temps de changer "
    "les chaînes ; une navette de bus fera le tour par le pont, selon la préfecture, et les abonnés seront remboursés."
)


@pytest.mark.parametrize("other", OTHERS, ids=[other.name for other in OTHERS])
def test_what_is_no_article_is_refused_for_the_right_reason(other: OtherPage) -> None:
    found = extract_article(other.page)
    assert isinstance(found, NoArticle), found
    assert (found.reason, bool(found.detail)) == (other.reason, True)
    assert 0.5 < found.confidence <= 1


def test_there_are_many_pages_that_are_no_articles_and_no_two_are_alike() -> None:
    assert len({other.page.body for other in OTHERS if other.page.body}) >= 100
    assert len({other.name for other in OTHERS}) == len(OTHERS)


@pytest.mark.parametrize("file", FRENCH, ids=[file.stem for file in FRENCH])
def test_a_french_page_is_an_article(file: Path) -> None:
    found = extract_article(Page("https://site.example/2026/11/un-article-de-la-presse", file.read_bytes()))
    assert isinstance(found, Article), found
    assert found.confidence is not None and found.confidence > 0.5


def _page(body: str, head: str = "", url: str = ARTICLE.url) -> Page:
    html = f"<html lang=fr><head><title>La matinée</title>{head}</head><body><h1>La matinée</h1>{body}</body></html>"
    return Page(url, html.encode(), "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "entry",
    [
        "<h3>{hour} h 15</h3><p>{text}</p>",
        "<h3><time>{hour}:15</time> Le point</h3><p>{text}</p><p><a href='/x{hour}'>Lire notre récit</a></p>",
        "<p><b>{hour} h 15.</b> {text} <a href='/x{hour}'>Notre récit de la journée d'hier au port</a>.</p>",
        "<h2><a href='https://ailleurs.example/{hour}'>Le port de Saint-Aubrac vu par la presse du soir</a></h2>"
        "<p>{text}</p><p>{text} Pour le journal du soir, c'est un tournant.</p>",
    ],
    ids=["ticker", "ticker with links", "roundup of links", "roundup under headlines"],
)
def test_tickers_and_roundups_are_articles(entry: str) -> None:
    entries = (entry.format(hour=hour, text=ENTRY.replace("trois", str(hour))) for hour in range(8, 16))
    found = extract_article(_page(f"<article>{''.join(entries)}</article>"))
    assert isinstance(found, Article), found


def test_a_recipe_is_an_article() -> None:
    parts = "".join(f"<li>{grams} g de farine de sarrasin</li>" for grams in range(100, 900, 100))
    steps = "".join(f"<li>Étape {step}. {ENTRY}</li>" for step in range(4))
    found = extract_article(_page(f"<article><p>{ENTRY}</p><ul>{parts}</ul><ol>{steps}</ol></article>"))
    assert isinstance(found, Article), found


def test_a_long_text_of_a_paying_site_is_an_article_and_a_short_one_the_beginning_of_one() -> None:
    flagged = replace(ARTICLE, is_not_free=True, asks_for_payment=True)
    assert verdict(flagged).reason == ""
    assert verdict(replace(flagged, words=60, run=60)).reason == "paywall stub"


@pytest.mark.parametrize("one", [{"is_not_free": True}, {"is_text_cut": True}])
def test_one_weak_sign_is_not_enough_for_a_paywall(one: dict[str, Any]) -> None:
    assert verdict(replace(ARTICLE, words=140, run=140, **one)).reason == ""


def test_teasers_that_were_taken_with_an_error_page_do_not_make_it_an_article() -> None:
    gone = replace(LIST, titles=("Page introuvable",), words=300, cards=0.9)
    assert verdict(gone).reason == "soft 404"
    assert verdict(replace(gone, is_dated=True)).reason == "index page"


def test_a_list_is_an_index_page_and_the_same_signs_around_a_long_text_are_not() -> None:
    assert verdict(LIST).reason == "index page"
    assert verdict(replace(ARTICLE, teasers=60, linked=0.5)).reason == ""


def test_an_article_of_a_few_words_is_refused_with_less_certainty_the_longer_it_is() -> None:
    sure = [verdict(replace(ARTICLE, words=words, run=words)).confidence for words in (0, 10, FEWEST_WORDS - 1)]
    assert sure == sorted(sure, reverse=True)
    assert sure[0] > 0.6 > sure[1]


def test_a_page_that_scripts_fill_says_what_to_do() -> None:
    found = verdict(Signals("https://site.example/", is_shell=True))
    assert (found.reason, "browser = true" in found.detail) == ("no text", True)


def test_a_form_beside_a_text_does_not_hide_the_text() -> None:
    login = Signals("https://site.example/x", titles=("Connexion",), words=50, run=50, asks_who=True)
    assert verdict(login).reason == "paywall stub"
    assert verdict(replace(login, words=120, run=120)).reason == ""


@given(
    st.builds(
        Signals,
        st.just(ARTICLE.url),
        **{
            each.name: {
                "int": st.integers(0, 3_000), "float": st.floats(0, 1), "bool": st.booleans(),
            }.get(str(each.type.__name__ if isinstance(each.type, type) else each.type), st.just(("Un titre",)))
            for each in fields(Signals)[1:]
        },
    )
)  # fmt: skip
def test_a_confidence_is_never_beyond_its_bounds(page: Signals) -> None:
    assert 0 <= verdict(page).confidence <= 1


@pytest.mark.parametrize(
    "title",
    [
        "Nous n'avons pas trouvé mieux, dit le maire", "Votre vie privée est à vendre", "Un moment de grâce au stade",
        "Die Seite der Verlierer", "La página más negra del club", "Your privacy is dead, says a judge",
        "Мы не нашли виновных, говорит следователь", "このページをめくる人", "Sayfa sayfa Anadolu", "Connexion rompue",
        "Access denied: how the museum lost its keys", "404 dead after the flood", "Login details of thousands stolen",
    ],
)  # fmt: skip
def test_a_title_that_only_sounds_like_a_wall_is_none(title: str) -> None:
    say = walls()
    assert not (say.is_gone(title) or say.is_consent(title) or say.is_human(title) or say.is_login(title))


def test_the_report_tells_what_was_taken_for_what() -> None:
    rows = [Judged("a", "article", "article", 0.9), Judged("b", "article", "index page", 0.5)]
    told = report("pages", rows)
    assert "| article | 2 | 1 (50.00%) | 1 | 1 index page |" in told
    assert told.endswith("- b: index page (0.50)\n")
