"""The seeds and what the templates make of them; the pages in tests/pages are what they made when last looked at."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import html

from seeds.pages import (
    SeedArticle,
    demo_articles,
    render,
    render_home,
    render_magazine,
    render_slideshow,
    seed_articles,
)

PAGES = Path(__file__).parents[1] / "pages"
MAGAZINE_URL = "https://courrier-valdore.example"
SLIDESHOW_URL = "https://mirandelle.example"


def rendered() -> dict[str, str]:
    """The two seeds as their sites show them, by file name."""
    magazine, slideshow = seed_articles()
    others = demo_articles()[:3]
    return {
        "magazine.html": render_magazine(magazine, MAGAZINE_URL, (slideshow, *others)),
        "slideshow.html": render_slideshow(slideshow, SLIDESHOW_URL, (magazine, *others)),
    }


def write() -> None:
    """Render the static pages anew, after a template was changed on purpose; look at the difference."""
    for name, page in rendered().items():
        (PAGES / name).write_text(page, encoding="utf-8")


@pytest.mark.parametrize("name", ["magazine.html", "slideshow.html"])
def test_the_templates_still_render_the_pages_that_are_tested(name: str) -> None:
    assert rendered()[name] == (PAGES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "number"), [("magazine", 0), ("slideshow", 1)])
def test_what_is_expected_of_a_page_is_the_seed_article(name: str, number: int) -> None:
    expected = json.loads((PAGES / f"{name}.expected.json").read_text(encoding="utf-8"))
    seed = seed_articles()[number]
    assert expected["text"] == seed.text
    assert expected["title"] == seed.title
    assert expected["authors"] == [seed.author]
    assert urlsplit(expected["canonical_url"]).path == seed.path


def test_the_first_seed_is_read_without_its_boilerplate() -> None:
    magazine, _ = seed_articles()
    assert magazine.title == "Corée du Sud dénonce le pacte militaire entre Russie et Corée du Nord"
    assert magazine.author == "Sara"
    assert magazine.tags == ("Corée du Sud", "Russie", "Corée du Nord")
    assert magazine.text.startswith("La Corée du Sud a exprimé sa « grave préoccupation » face à")
    assert magazine.text.endswith("comme des « rumeurs stéréotypées sans fondement ».")
    assert [section.heading for section in magazine.sections] == [
        "",
        "Un accord militaire crucial",
        "Appel au retrait des troupes nord-coréennes",
        "Provocation et soutien à l’Ukraine",
        "Activités militaires nord-coréennes en Russie",
        "Réactions de Moscou",
        "Réponse de la Corée du Nord",
    ]


def test_the_second_seed_is_read_without_its_boilerplate() -> None:
    _, slideshow = seed_articles()
    assert len(slideshow.sections) == 12
    assert slideshow.text.startswith("Un conflit diplomatique\n\nDernier revers en date")
    assert slideshow.text.endswith("Moscou se tourne de plus en plus vers Pyongyang.")
    assert slideshow.text.count("Un conflit diplomatique") == 1
    links = [section.link for section in slideshow.sections if section.link]
    assert links == [
        "Confirmation du secrétaire américain à la Défense : des troupes nord-coréennes sont en route pour l'Ukraine"
    ]


def test_the_pages_hold_the_boilerplate_that_extraction_must_drop() -> None:
    magazine, slideshow = (html.fromstring(page).text_content() for page in rendered().values())
    for line in ("by Sara", "Corée du Sud, Russie, Corée du Nord", "You may also like", "Leave a Comment"):
        assert line in magazine
    for line in ("LIRE AUSSI : Confirmation", 'cliquez sur "Suivre" pour ne rien manquer', "Et aussi"):
        assert line in slideshow
    assert slideshow.count("Des projets stratégiques") == 2


def test_the_invented_articles_are_of_both_languages_and_templates() -> None:
    articles = demo_articles()
    assert len(articles) == 10
    assert {(article.lang, article.template) for article in articles} == {
        (lang, template) for lang in ("fr", "en") for template in ("magazine", "slideshow")
    }
    assert len({article.slug for article in articles}) == len(articles)
    assert list(articles) == sorted(articles, key=lambda article: article.published_at)
    assert all(article.published_at.utcoffset() is not None for article in articles)


@pytest.mark.parametrize("article", [*seed_articles(), *demo_articles()], ids=lambda article: article.slug)
def test_a_page_shows_its_article_even_alone_on_its_site(article: SeedArticle) -> None:
    page = html.fromstring(render(article, "http://127.0.0.1:8080", ()))
    assert page.findtext(".//h1") == article.title
    shown = page.text_content()
    assert all(paragraph in shown for section in article.sections for paragraph in section.paragraphs)
    assert page.xpath("//link[@rel='canonical']/@href") == [f"http://127.0.0.1:8080{article.path}"]


def test_a_title_cannot_break_out_of_the_page() -> None:
    wicked = SeedArticle(
        slug="x",
        title="</script><script>alert(1)</script>",
        sections=seed_articles()[0].sections,
        author="A",
        published_at=seed_articles()[0].published_at,
        tags=(),
        lang="en",
        category="B",
        template="magazine",
    )
    assert "<script>alert" not in render(wicked, "http://127.0.0.1", ())


def test_the_front_page_links_to_every_article_in_order() -> None:
    articles = demo_articles()
    page = html.fromstring(render_home(articles, "http://127.0.0.1:8080"))
    links = page.xpath("//h2[@class='card-title']/a/@href")
    assert links == [f"http://127.0.0.1:8080{article.path}" for article in articles]
