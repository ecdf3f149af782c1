"""Whole pages: exactly the article, and nothing else of them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from extraction.article import extract_article
from news.article import Article, Page
from seeds.pages import SeedArticle, demo_articles, render_magazine, render_slideshow, seed_articles

PAGES = Path(__file__).parents[1] / "pages"
SITE = "https://site.example"
SURE = 0.9


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAGES / f"{name}.expected.json").read_text(encoding="utf-8"))
    return found


def extracted(page: str, url: str = f"{SITE}/2026/11/01/article/") -> Article:
    article = extract_article(Page(url, page.encode(), "text/html; charset=utf-8"))
    assert isinstance(article, Article), article
    return article


@pytest.mark.parametrize("name", ["magazine", "slideshow"])
def test_a_page_like_the_seed_is_its_article_and_nothing_else(name: str) -> None:
    wanted = expected(name)
    article = extracted((PAGES / f"{name}.html").read_text(encoding="utf-8"), wanted["url"])
    assert article == Article(
        url=wanted["url"],
        canonical_url=wanted["canonical_url"],
        title=wanted["title"],
        text=wanted["text"],
        authors=tuple(wanted["authors"]),
        published_at=datetime.fromisoformat(wanted["published_at"]),
        language=wanted["language"],
        confidence=article.confidence,
        modified_at=datetime.fromisoformat(wanted["modified_at"]) if wanted["modified_at"] else None,
        section=wanted["section"],
        tags=tuple(wanted["tags"]),
        image=wanted["image"],
        word_count=wanted["word_count"],
    )
    assert article.confidence is not None
    assert article.confidence > SURE


@pytest.mark.parametrize("name", ["magazine", "slideshow"])
def test_a_page_like_the_seed_is_the_same_article_without_any_class_name_or_metadata(name: str) -> None:
    wanted = expected(name)
    tree = html.fromstring((PAGES / f"{name}.html").read_text(encoding="utf-8"))
    for element in tree.iter("*"):
        for attribute in ("class", "id", "style"):
            element.attrib.pop(attribute, None)
    for element in list(tree.head.iter("meta", "script", "link")):
        element.drop_tree()
    article = extracted(html.tostring(tree, encoding="unicode"), wanted["url"])
    assert article.text == wanted["text"]
    assert article.title == wanted["title"]


@pytest.mark.parametrize("article", [*seed_articles(), *demo_articles()], ids=lambda article: article.slug)
def test_every_article_of_the_demo_comes_back_from_its_page_as_it_was_written(article: SeedArticle) -> None:
    others = [other for other in (*seed_articles(), *demo_articles()) if other is not article][:4]
    renderers = [render_magazine]
    if all(section.heading for section in article.sections):
        renderers.append(render_slideshow)
    for renderer in renderers:
        found = extracted(renderer(article, SITE, others), SITE + article.path)
        assert found.text == article.text
        assert found.title == article.title
        assert found.authors == (article.author,)
        assert found.published_at == article.published_at
        assert found.language == article.lang
        assert found.canonical_url == SITE + article.path


MAGAZINE, SLIDESHOW = seed_articles()
CARDS = "".join(
    f"<div><h3><a href='{other.path}'>{other.title}</a></h3><p>{other.teaser}</p></div>"
    for other in demo_articles()[:4]
)
CLOSING = (
    'Chaque jour, nous vous proposons de nouveaux contenus captivants, cliquez sur "Suivre" pour ne rien manquer !'
)


def bare(seed: SeedArticle, heading: str, pointer: str) -> str:
    """The body of an article in the plainest markup; `heading` and `pointer` are formats for those lines."""
    parts: list[str] = []
    for section in seed.sections:
        parts += [heading.format(section.heading)] if section.heading else []
        parts += [f"<p>{paragraph}</p>" for paragraph in section.paragraphs]
        parts += [pointer.format(section.link)] if section.link else []
    return "".join(parts)


@pytest.mark.parametrize("heading", ["<h2>{}</h2>", "<h4>{}</h4>", "<p><strong>{}</strong></p>"])
@pytest.mark.parametrize(
    "crumbs", ["<p>Home Actualité{}</p>", "<div><a href='/'>Home</a> <a href='/a'>Actualité</a>{}</div>"]
)
@pytest.mark.parametrize("again", ["", "<h2>{}</h2>", "<p><b>{}</b></p>"])
def test_a_bare_magazine_page(heading: str, crumbs: str, again: str) -> None:
    page = (
        f"<html lang='fr'><head><title>{MAGAZINE.title} - Site</title></head><body><nav><a href='/'>Home</a></nav>"
        "<main>"
        f"{crumbs.format(MAGAZINE.title)}<h1>{MAGAZINE.title}</h1><p>by Sara</p><p>{', '.join(MAGAZINE.tags)}</p>"
        f"{again.format(MAGAZINE.title)}{bare(MAGAZINE, heading, '')}<h3>You may also like</h3>{CARDS}"
        "<h3>Leave a Comment</h3><form><textarea></textarea></form></main><footer>Site</footer></body></html>"
    )
    article = extracted(page)
    assert article.text == MAGAZINE.text
    assert article.title == MAGAZINE.title


@pytest.mark.parametrize(
    "heading", ["<h2>{}</h2>", "<div>{}</div>", "<h2>{}</h2><figure><figcaption>© Agence</figcaption></figure>"]
)
@pytest.mark.parametrize(
    "entry", ["<li>{}</li>", "<li><a href='#x'>{}</a></li>", "<div>{}</div>", "<span>{}</span><br>"]
)
@pytest.mark.parametrize(
    "pointer",
    [
        "<p>LIRE AUSSI : {}</p>",
        "<p><a href='/x'>LIRE AUSSI : {}</a></p>",
        "<div><strong>LIRE AUSSI :</strong> <a href='/x'>{}</a></div>",
    ],
)
def test_a_bare_slideshow_page(heading: str, entry: str, pointer: str) -> None:
    contents = "".join(entry.format(section.heading) for section in SLIDESHOW.sections)
    page = (
        f"<html lang='fr'><head><title>{SLIDESHOW.title}</title></head><body><div><a href='/'>Accueil</a></div><div>"
        f"<h1>{SLIDESHOW.title}</h1><div>{contents}</div>{bare(SLIDESHOW, heading, pointer)}"
        f"<p>{CLOSING}</p><p>&nbsp;</p>"
        f"</div><div><h3>Et aussi</h3>{CARDS}</div></body></html>"
    )
    article = extracted(page)
    assert article.text == SLIDESHOW.text
    assert article.title == SLIDESHOW.title


def test_white_space_is_evened_out_and_typographic_quotes_are_kept() -> None:
    sentence = "Le\u00a0ministre a\n   parlé d’une «\u202fgrave préoccupation\u202f» et de l’hiver\u00ad ."
    article = extracted(
        f"<html><body><article><h1>Un titre à lire</h1>{f'<p>{sentence}</p>' * 1}<p>{'mot ' * 40}</p></article>"
    )
    assert article.text.split("\n\n")[0] == "Le ministre a parlé d’une « grave préoccupation » et de l’hiver ."


def test_a_table_keeps_its_rows() -> None:
    above, below = (
        "".join(
            f"<p>Les résultats du {day} ont été publiés par la préfecture, commune par commune, à {hour} heures.</p>"
            for hour in (8, 9)
        )
        for day in ("premier tour", "second tour")
    )
    table = "<table><tr><th>Commune</th><th>Voix</th></tr><tr><td>Valdoré</td><td>1 204</td></tr></table>"
    article = extracted(
        f"<html><body><article><h1>Les résultats du scrutin</h1>{above}{table}{below}</article></body></html>"
    )
    assert "Valdoré | 1 204" in article.text.split("\n\n")


def test_prose_that_the_page_carries_twice_is_kept_once() -> None:
    prose = [
        f"Le pont de la rue du Port rouvre lundi matin aux voitures après {n} mois de travaux sur ses piles."
        for n in (3, 4)
    ]
    body = "".join(f"<p>{each}</p>" for each in prose)
    article = extracted(f"<html><body><article><h1>Un pont rouvre</h1>{body}<div>{body}</div></article></body></html>")
    assert article.text.split("\n\n") == prose
