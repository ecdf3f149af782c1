"""What the model leaves out and is the article's all the same: lists judged as a whole, first and last short lines."""

from collections.abc import Sequence

import pytest
from lxml import html

from extraction.article import extract_article
from extraction.blocks import walked
from extraction.explain import explained
from extraction.furniture import Known
from extraction.gaps import likely_lists, lost_edges, lost_lead
from extraction.lines import Line, lines_of
from news.article import Article, Page

PROSE = "Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures dans une salle comble."
VERSES = ("Le vent s’est levé sur la grève", "et la mer a repris son chant,", "la nuit descend", "sur les champs.")
ARTICLE, LIST = 3, 7  # numbers of elements


def prose(within: int = ARTICLE) -> Line:
    return Line(PROSE, "p.", "div.>p.", within=within)


def heading(within: int = ARTICLE, *, is_linked: bool = False) -> Line:
    return Line("Ingrédients", "h2.", "div.>h2.", is_heading=True, is_linked=is_linked, within=within)


def item(text: str = "3 œufs", within: int = ARTICLE, *, is_linked: bool = False, in_chrome: bool = False) -> Line:
    return Line(text, "li.", "ul.>li.", False, is_linked, in_chrome, listing=LIST, within=within)


def verse(number: int, place: str = "div.>p.", within: int = ARTICLE, *, is_linked: bool = False) -> Line:
    return Line(VERSES[number % len(VERSES)], "p.", place, is_linked=is_linked, within=within)


def likely(lines: Sequence[Line], *odds: float) -> list[int]:
    """Of the prose, a heading, items with these odds, and prose again, which list's items are likely."""
    given = [0.9, 0.3, *odds, *[0.9] * (len(lines) - 2 - len(odds))]
    return likely_lists(given, lines, frozenset(at for at, odd in enumerate(given) if odd >= 0.55))


def test_a_list_under_a_heading_of_the_article_is_likely_by_its_average() -> None:
    lines = [prose(), heading(), item(), item(), item(), prose()]
    assert likely(lines, 0.4, 0.2, 0.2) == [2, 3, 4]
    assert likely(lines, 0.4, 0.2, 0.1) == []
    assert likely(lines, 0.6, 0.1, 0.1) == [3, 4], "what is taken already is not told again"
    assert likely(lines, 0.6, 0.7, 0.8) == []


def test_a_list_that_ends_the_article_stands_under_a_heading_that_was_taken() -> None:
    lines, odds = [prose(), heading(), item(), item(), item(), item()], [0.9, 0.6, 0.7, 0.2, 0.2, 0.1]
    assert likely_lists(odds, lines, {0, 1, 2}) == [3, 4, 5], "the last steps of a recipe"
    assert likely_lists(odds, lines, {0, 2}) == [], "footnotes"
    assert likely_lists(odds, lines, {0, 1}) == [], "none of it was taken"


@pytest.mark.parametrize(
    "lines",
    [
        [prose(), prose(), item(), item(), prose()],
        [prose(), heading(is_linked=True), item(), item(), prose()],
        [prose(), heading(within=9), item(), item(), prose()],
        [prose(), heading(), item(is_linked=True), item(), prose()],
        [prose(), heading(), item(in_chrome=True), item(), prose()],
        [prose(), heading(within=9), item(within=9), item(within=9), prose()],
        [prose(), heading(), item(), item()],
        [prose(), heading(), item(), prose()],
    ],
    ids=[
        "no heading",
        "linked heading",
        "heading elsewhere",
        "links",
        "menu",
        "elsewhere",
        "below the article",
        "one item",
    ],
)
def test_a_list_that_is_set_otherwise_is_not(lines: list[Line]) -> None:
    assert likely(lines, *[0.5 for line in lines if line.listing == LIST]) == []


def edges(lines: Sequence[Line], *odds: float) -> list[int]:
    """Of lines with these odds, which at the edges come back."""
    return sorted(lost_edges(odds, lines, frozenset(at for at, odd in enumerate(odds) if odd >= 0.55)))


def test_the_first_and_last_verses_come_back() -> None:
    assert edges([verse(at) for at in range(4)], 0.3, 0.6, 0.6, 0.2) == [0, 3]
    assert edges([verse(at) for at in range(6)], 0.3, 0.3, 0.6, 0.6, 0.3, 0.3) == [0, 1, 4, 5]
    assert edges([], *[]) == []


@pytest.mark.parametrize(
    ("lines", "odds"),
    [
        ([verse(0), verse(1), verse(2)], [0.6, 0.6, 0.19]),
        ([verse(0), verse(1), verse(2), verse(3), verse(0)], [0.6, 0.6, 0.3, 0.3, 0.3]),
        ([verse(0), verse(1), verse(2, place="div.>p.note")], [0.6, 0.6, 0.5]),
        ([verse(0), verse(1), verse(2, within=9)], [0.6, 0.6, 0.5]),
        ([verse(0), verse(1), verse(2, is_linked=True)], [0.6, 0.6, 0.5]),
        ([verse(0), verse(1)], [0.6, 0.5]),
        ([prose(), prose(), verse(0), verse(1)], [0.9, 0.9, 0.6, 0.5]),
        ([prose(), prose(), verse(0)], [0.9, 0.9, 0.5]),
    ],
    ids=["unlikely", "many", "set otherwise", "elsewhere", "linked", "one alone", "as much prose", "under prose"],
)
def test_other_lines_at_the_edge_stay_lost(lines: list[Line], odds: list[float]) -> None:
    assert edges(lines, *odds) == []
    assert edges(lines[::-1], *odds[::-1]) == [], "above as below"


def on_a_page(article: str, lang: str) -> Page:
    """The article on a page with a menu, other links and a footer."""
    menu = "<header><a href=/>Le Site</a><nav><ul><li><a href=/a>News</a></li><li><a href=/b>Food</a></li></ul></nav>"
    links = "<aside><h3>More</h3><ul><li><a href=/1>Apple pie with cream</a></li></ul></aside>"
    foot = "<footer><p>© 2026 The Site. All rights reserved.</p><a href=/x>Contact</a></footer>"
    body = f"{menu}<div class=content><h1>À la maison</h1>{article}</div>{links}{foot}"
    page = f"<html lang={lang}><head><title>À la maison</title></head><body>{body}</body></html>"
    return Page("https://a.example/x", page.encode(), "text/html; charset=utf-8")


POEM = (
    "Le vent s’est levé sur la grève", "et la mer a repris son chant,", "la nuit descend comme un rêve",
    "sur les toits gris et sur les champs.", "Les barques dorment dans l’anse,", "le phare cligne sans bruit,",
    "un chien aboie, le silence", "revient peser sur la nuit.", "Demain les filets seront pleins,",
    "demain les enfants riront,", "et les vieux, assis en bas,", "se souviendront.",
)  # fmt: skip
INGREDIENTS = ("200 g de farine", "3 œufs", "50 g de beurre fondu", "un demi-litre de lait", "une pincée de sel")
STEPS = ("Mélangez la farine et les œufs.", "Ajoutez le lait.", "Laissez reposer une heure.")


def test_a_poem_is_whole() -> None:
    page = on_a_page("".join(f"<p>{line}</p>" for line in POEM), "fr")
    found = extract_article(page)
    assert isinstance(found, Article)
    assert found.text == "\n\n".join(POEM)
    assert [each.why for each in explained(page).blocks if each.text == POEM[-1]] == ["with lines set alike"]


def test_a_recipe_is_whole() -> None:
    told = (
        "Les crêpes se mangent en Bretagne en toute saison, et chaque famille y a sa recette, qu’elle ne changerait "
        "pour rien au monde, disent les anciens."
    )
    ingredients, steps = ("".join(f"<li>{item}</li>" for item in items) for items in (INGREDIENTS, STEPS))
    lists = f"<h2>Ingrédients</h2><ul>{ingredients}</ul><h2>Préparation</h2><ol>{steps}</ol>"
    page = on_a_page(f"<p>{told}</p>{lists}", "fr")
    found = extract_article(page)
    assert isinstance(found, Article)
    assert found.text == "\n\n".join((told, "Ingrédients", *INGREDIENTS, "Préparation", *STEPS))
    assert [each.why for each in explained(page).blocks if each.text == STEPS[-1]] == ["with its list"]


LEADS = {
    "section": "<section class=chapo>{}</section>",
    "div": "<div class=article__chapo>{}</div>",
    "header": "<header><p>{}</p></header>",
    "strong": "<strong class=chapo>{}</strong>",
}
LEAD = "Deux lignes pourraient rouvrir dès 2028, si l’État accepte de partager la dépense."
STORY = tuple(
    f"{who} a voté {what}, après un débat de quatre heures dans une salle comble où chacun a pu parler à son tour."
    for who in ("Le conseil", "L’assemblée")
    for what in ("le budget de la ville", "la rallonge des écoles", "les travaux", "la taxe", "la subvention du club")
)


def under_the_title(between: str) -> str:
    story = "".join(f"<p>{text}</p>" for text in STORY)
    article = f"<h1>La région veut des trains de nuit</h1>{between}<div class=content>{story}</div>"
    head = (
        '<title>La région veut des trains de nuit - Le Phare</title><meta property="og:type" content="article">'
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"La région veut des trains de nuit",'
        '"datePublished":"2026-11-20T18:00:00+01:00"}</script>'
    )
    menu = '<nav><a href="/">Accueil</a><a href="/politique">Politique</a></nav>'
    page = f"<html lang=fr><head>{head}</head><body>{menu}<main><article>{article}</article></main></body></html>"
    found = extract_article(Page("https://site.example/a/1-x-y-z", page.encode(), "text/html; charset=utf-8"))
    assert isinstance(found, Article), found
    return found.text


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS)
def test_a_short_lead_in_an_element_of_its_own_is_the_articles(lead: str) -> None:
    assert under_the_title(lead.format(LEAD)).startswith(LEAD)


@pytest.mark.parametrize(
    "line",
    [
        "<section><a href=/x>{}</a></section>",
        "<aside>{}</aside>",
        "<figure><img src=/a.jpg><figcaption>{}</figcaption></figure>",
    ],
)
def test_a_sentence_that_is_set_as_something_else_is_no_lead(line: str) -> None:
    assert LEAD not in under_the_title(line.format(LEAD))


def lead_among(between: Sequence[str], odds: float, authors: tuple[str, ...] = ()) -> list[int]:
    markup = "".join(f"<section>{text}</section>" for text in between)
    body = html.fromstring(f"<html><body><h1>Les trains de nuit</h1>{markup}<div><p>{PROSE}</p></div></body></html>")
    walk = walked(body.find("body"))
    lines = lines_of(walk)
    known = Known("Les trains de nuit", ("Les trains de nuit",), authors)
    return lost_lead([odds] * len(lines), walk, lines, [len(lines) - 1], known)


def test_the_first_whole_sentence_under_the_title_is_the_lead_where_it_is_likely_at_all() -> None:
    assert lead_among(["Rennes", LEAD, LEAD], 0.35) == [2]
    assert lead_among([LEAD], 0.34) == []


@pytest.mark.parametrize(
    "line", ["Publié le 20 novembre 2026 à 18 h 32.", "Abonnez-vous à notre newsletter quotidienne.", "Rennes, mardi"]
)
def test_a_date_a_plea_and_half_a_sentence_are_no_lead(line: str) -> None:
    assert lead_among([line], 0.5) == []
