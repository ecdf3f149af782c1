"""Pages that stand in an article's place and are none, and articles that only sound like them."""

import pytest

from extraction.article import extract_article
from news.article import Article, NoArticle, Page

URL = "https://site.example/2026/11/pont/"
PARAGRAPH = (
    "<p>Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures, et le maire a promis "
    "que les travaux du pont commenceraient au printemps, dès la fonte des neiges, si la région tient parole.</p>"
)


def _page(title: str, body: str = PARAGRAPH * 2, url: str = URL, head: str = "") -> Page:
    top = f"<html><head><title>{title} | Le Site</title>{head}</head>"
    html = f"{top}<body><h1>{title}</h1><main>{body}</main></body></html>"
    return Page(url, html.encode(), "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "title",
    [
        "Page not found", "404", "Error 404", "Erreur 404", "404 - Page introuvable", "Oops! This page does not exist",
        "Cette page n’existe pas", "Cette page n'existe plus", "Désolé, la page est introuvable",
        "Seite nicht gefunden",
        "Página no encontrada", "Pagina non trovata", "Página não encontrada", "Not Found", "Страница не найдена",
        "The page you are looking for is no longer available", "Article introuvable", "페이지를 찾을 수 없습니다",
    ],
)  # fmt: skip
def test_a_page_that_says_that_it_is_not_there_is_believed(title: str) -> None:
    found = extract_article(_page(title))
    assert isinstance(found, NoArticle), found
    assert found.reason == "soft 404"


@pytest.mark.parametrize(
    "title",
    [
        "Before you continue to Le Site", "Avant de continuer", "Nous respectons votre vie privée",
        "We value your privacy", "Gestion des cookies", "Wir respektieren Ihre Privatsphäre", "Cookie preferences",
    ],
)  # fmt: skip
def test_a_wall_that_asks_for_consent_is_no_article(title: str) -> None:
    found = extract_article(_page(title))
    assert isinstance(found, NoArticle), found
    assert found.reason == "consent wall"


def test_a_redirect_to_a_host_of_consent_is_no_article_whatever_it_says() -> None:
    found = extract_article(_page("Le pont", url="https://consent.site.example/collect?to=pont"))
    assert isinstance(found, NoArticle)
    assert found.reason == "consent wall"


@pytest.mark.parametrize(
    "title",
    [
        "Missing hiker still not found after a week", "Page blanche pour un écrivain introuvable",
        "Séisme : 404 morts", "Le vol MH370 reste introuvable", "The 404 area code turns thirty",
        "Privacy: we value your data, says the minister", "Cookies : la CNIL met en demeure vingt éditeurs",
    ],
)  # fmt: skip
def test_an_article_that_only_sounds_like_one_is_kept(title: str) -> None:
    assert isinstance(extract_article(_page(title)), Article)


def test_a_dated_article_of_such_a_title_is_kept() -> None:
    dated = '<meta property="article:published_time" content="2026-11-20T08:00:00Z">'
    assert isinstance(extract_article(_page("Page not found", head=dated)), Article)


def test_a_long_article_of_such_a_title_is_kept() -> None:
    paragraphs = "".join(PARAGRAPH.replace("quatre", f"{hours} fois quatre") for hours in range(12))
    assert isinstance(extract_article(_page("Page not found", paragraphs)), Article)
