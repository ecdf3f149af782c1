"""What stands at a teaser is said of another article; a page that is all teasers is none."""

import pytest

from extraction.article import extract_article
from news.article import Article, NoArticle, Page

URL = "https://site.example/2026/11/20/rennes-vote-son-budget"
ARTICLE = '<meta property="og:type" content="article">'
WEBSITE = '<meta property="og:type" content="website">'
PROSE = tuple(
    f"Le conseil a voté {what}, après un débat de quatre heures dans une salle comble où chacun a parlé à son tour."
    for what in ("le budget de la commune", "la rallonge des écoles", "les travaux de la digue", "la taxe de séjour")
)
HEADLINES = (
    "L’usine de Fougères fermera au printemps", "Le tramway de Brest va jusqu’à l’hôpital",
    "Un incendie détruit une école", "Les pêcheurs de Lorient en colère", "Une aide pour les trains de nuit",
    "Saint-Malo limite les locations", "Une tempête attendue mercredi", "Le lycée manque de professeurs",
    "Les agriculteurs bloquent la rocade", "Un nouveau maire élu à Dinan", "La bibliothèque de Vitré rouvre",
    "Le festival annonce ses têtes d’affiche",
)  # fmt: skip
EXCERPTS = (
    "Les salariés, réunis mardi devant les grilles, ont appris la nouvelle par un courrier de la direction.",
    "Les travaux dureront deux ans et coûteront près de cent millions d’euros à la métropole.",
    "Personne n’a été blessé, mais les deux cents élèves iront dans une commune voisine.",
    "Ils demandent au ministre de revoir sa copie avant le sommet de décembre à Bruxelles.",
    "Deux lignes pourraient rouvrir dès 2028, si l’État accepte de partager la dépense.",
    "La mesure, attaquée par des propriétaires, a été validée par le tribunal administratif.",
)


def read(body: str, head: str, url: str = URL, title: str = "Rennes vote son budget") -> Article | NoArticle:
    menu = '<nav><a href="/">Accueil</a><a href="/politique">Politique</a></nav>'
    page = f"<html lang=fr><head><title>{title}</title>{head}</head><body>{menu}<main>{body}</main></body></html>"
    return extract_article(Page(url, page.encode(), "text/html; charset=utf-8"))


@pytest.mark.parametrize("label", ["Réservé aux abonnés", "Subscribers only", "Nur für Abonnenten"])
@pytest.mark.parametrize(
    "more",
    [
        "<section><h2>À lire aussi</h2><div>{link}<span>{label}</span></div></section>",
        "<section><h2>Plus loin</h2><div>{link}<p>{label}</p></div></section>",
        "<section><h2>Plus loin</h2><div><p>{label}</p>{link}</div></section>",
        "<aside><h2>Plus loin</h2><div>{link}<p>{label}</p></div></aside>",
    ],
    ids=["related", "below", "above", "aside"],
)
@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_label_of_a_teaser_makes_no_stub_of_the_article_above(label: str, more: str, count: int) -> None:
    link = "<a href=/a1>Pourquoi la piscine de Brest va fermer ses portes</a>"
    text = "".join(f"<p>{each}</p>" for each in PROSE[:count])
    body = f"<article><h1>Rennes vote son budget</h1>{text}</article>{more.format(link=link, label=label)}"
    assert isinstance(read(body, ARTICLE), Article)


@pytest.mark.parametrize(
    "wall",
    [
        "<p>Cet article est réservé aux abonnés.</p>",
        "<p>La suite de cet article vous attend.</p><p><a href=/offres>Abonnez-vous pour lire la suite</a></p>",
        "<p><a href=/abo>Abonnez-vous dès un euro par mois</a></p><p>Cet article est réservé aux abonnés.</p>",
    ],
)
def test_what_an_article_says_of_itself_still_makes_a_stub(wall: str) -> None:
    found = read(f"<article><h1>Rennes vote son budget</h1><p>{PROSE[0]}</p><p>{PROSE[1]}</p>{wall}</article>", ARTICLE)
    assert isinstance(found, NoArticle)
    assert found.reason == "paywall stub"


CARDS = {
    "a link at each end": "<div><h3>{title}</h3><p>{text} <a href=/a/{at}>Lire la suite</a></p></div>",
    "links of few words": "<div><h3><a href=/a/{at}>{short}</a></h3><p>{text}</p></div>",
    "items without a list": "<li><a href=/a/{at}>{title}</a></li>",
}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
@pytest.mark.parametrize("path", ["politique", "category/politique/", ""])
def test_a_page_of_cards_is_an_index_page(card: str, path: str) -> None:
    cards = (
        card.format(title=title, short=" ".join(title.split()[:3]), text=EXCERPTS[at % len(EXCERPTS)], at=at)
        for at, title in enumerate(HEADLINES)
    )
    found = read(f"<h1>Politique</h1>{''.join(cards)}", WEBSITE, f"https://site.example/{path}", "Politique")
    assert isinstance(found, NoArticle), found
    assert found.reason == "index page"


def test_two_links_that_say_the_same_make_no_cards_of_an_article() -> None:
    text = "".join(f"<h3>{title}</h3><p>{each}</p>" for title, each in zip(HEADLINES, PROSE, strict=False))
    linked = text.replace("à son tour.", "à son tour. <a href=/x>Notre récit</a>", 2)
    assert isinstance(read(f"<h1>Rennes vote son budget</h1>{linked}", "", "https://site.example/rennes"), Article)
