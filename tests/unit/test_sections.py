"""Which links of a page are articles, and which are sections."""

import pickle
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.patterns import Patterns
from crawler.sections import MOST_LINKS, MOST_SECTIONS, article_links, section_links

URL = "https://www.journal.example/politique/"
FRONT = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Journal</title></head><body>
<header><a href="/">Journal</a><nav>
<a href="/economie/">Économie</a><a href="/politique/">Politique</a><a href="/cuisine/">Cuisine</a>
<a href="/monde/">Monde</a><a href="/abonnement/">S’abonner</a><a href="/monde/afrique">Afrique</a>
<a href="/2026/11/20/une-tres-longue-nouvelle-du-menu-1234567">Une très longue nouvelle du menu</a>
<a href="https://other.example/sport/">Sport</a><a href="/mentions-legales/">Mentions légales</a></nav></header>
<main>
<article>
<a href="/politique/article/2026/11/20/le-senat-adopte-le-budget-de-l-etat_6671234_823448.html"><img src="a.jpg">
</a>
<h2><a href="/politique/article/2026/11/20/le-senat-adopte-le-budget-de-l-etat_6671234_823448.html?utm_source=une">
Le Sénat adopte le budget de l’État</a></h2></article>
<h3><a href="/incendie-lyon">Un incendie ravage un immeuble de Lyon</a></h3>
<a href="/tag/senat">Sénat</a><a href="/auteur/jeanne-dupont-et-sa-longue-page-de-profil/">Jeanne Dupont signe ici</a>
<a href="/politique/page/2/">Page suivante des articles de politique</a>
<a href="/media/rapport-2026-11-20-sur-le-budget.pdf">Le rapport complet sur le budget</a>
<a href="https://twitter.example/status/12345678-le-senat-adopte-le-budget">Partager cet article sur le réseau</a>
<a href="https://sport.journal.example/football/2026/11/19/paris-bat-marseille-trois-a-un-99887766">Paris
bat Marseille</a>
<a href="javascript:void(0)">Ouvrir le menu de la page</a><a href="#top">Revenir en haut de la page</a>
<a href="mailto:desk@journal.example">Écrire à la rédaction</a>
</main>
<footer><a href="/2020/01/01/une-vieille-page-du-pied-de-page-7654321">Une vieille page du pied</a>
<a href="/confidentialite">Confidentialité</a></footer></body></html>""".encode()


def page(*links: str, around: str = "{}") -> bytes:
    """A page of these links, each within `around`."""
    return ("<html><body>" + "".join(around.format(link) for link in links) + "</body></html>").encode()


def a(path: str, text: str = "Quelques mots sur cette page") -> str:
    """A link."""
    return f'<a href="{path}">{text}</a>'


def test_a_french_front_page_gives_its_articles_in_order() -> None:
    links = article_links(FRONT, URL)
    assert [link.url.rpartition("/")[2] for link in links] == [
        "le-senat-adopte-le-budget-de-l-etat_6671234_823448.html",
        "incendie-lyon",
        "paris-bat-marseille-trois-a-un-99887766",
    ]
    assert links[0].title == "Le Sénat adopte le budget de l’État"
    assert pickle.loads(pickle.dumps(links)) == links


def test_a_french_front_page_gives_its_sections_the_well_known_first() -> None:
    paths = [url.removeprefix("https://www.journal.example") for url in section_links(FRONT, URL)]
    assert paths == ["/economie/", "/monde/", "/monde/afrique", "/cuisine/"]


@pytest.mark.parametrize(
    "path",
    [
        "/2026/11/20/storm",
        "/2026/11/20/storm-hits-coast",
        "/news/2026/nov/20/storm-hits-the-north-coast",
        "/world/storm-hits-north-coast-as-thousands-flee-12345678",
        "/news/articles/c0jq9wz1k2vo",
        "/article/379018",
        "/stories/3376705/",
        "/actualites/le-maire-de-nantes-annonce-sa-demission.html",
        "/spip.php?article8532",
        "/?p=12345",
        "/politik/ausland/die-schweiz-ist-ein-tummelplatz-19655247.html",
        "/Entwurf-des-Gesetzes/!5928990/",
        "/frettir/innlent/2025/02/11/islenskar_konur_stydja_vitnin_i_noregi/",
        "/weather/2026/04/26/storms-tornadoes-iowa-kansas-nebraska/",
    ],
)
def test_what_looks_like_an_article_is_one(path: str) -> None:
    assert [link.url for link in article_links(page(a(path)), URL)] == [f"https://www.journal.example{path}"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/politique/",
        "/world/europe",
        "/tag/presidential-election-of-the-year-2027",
        "/mots-cles/2026/11/20/budget-de-l-etat-francais",
        "/category/news/politics-and-society-in-france",
        "/author/jane-doe-political-correspondent-1234567",
        "/login?next=/2026/11/20/storm-hits-the-north-coast",
        "/privacy-policy",
        "/politique-de-confidentialite",
        "/conditions-generales-de-vente.html",
        "/qui-sommes-nous",
        "/search?q=storm+hits+the+coast",
        "/archives/page/12",
        "/2026/11/20/page/2",
        "/rapport/2026",
        "/politique/toutes-les-actualites-de-la-semaine/page/12",
        "/news/page-3",
        "/2026/11/20/picture-of-the-storm-on-the-coast.jpg",
        "/2026/11/20/storm-hits-the-north-coast.mp4",
        "/feed/",
        "/weather/paris",
        "/wp-json/wp/v2/posts/1234567",
    ],
)
def test_what_is_a_list_a_file_or_small_print_is_no_article(path: str) -> None:
    assert article_links(page(a(path, "Some words about what is there")), URL) == ()


@pytest.mark.parametrize(
    ("around", "found"),
    [
        ("{}", False),
        ("<h2>{}</h2>", True),
        ("<article><div>{}</div></article>", True),
        ("<nav><h2>{}</h2></nav>", False),
        ("<footer><h2>{}</h2></footer>", False),
        ('<div role="navigation"><h2>{}</h2></div>', False),
        ("<aside><h4>{}</h4></aside>", False),
    ],
)
def test_a_short_address_counts_only_as_a_headline(around: str, found: bool) -> None:
    links = article_links(page(a("/fire-lyon", "Fire guts building in Lyon"), around=around), URL)
    assert bool(links) is found


def test_a_link_in_the_menu_and_in_the_page_is_in_the_page() -> None:
    link = a("/2026/11/20/storm-hits-the-north-coast")
    assert len(article_links(page(f"<nav>{link}</nav><main>{link}</main>"), URL)) == 1


@pytest.mark.parametrize(
    ("home", "address", "found"),
    [
        ("https://www.journal.example/", "https://journal.example/", True),
        ("https://journal.example/", "https://www.journal.example/", True),
        ("https://www.journal.example/", "https://sport.journal.example/", True),
        ("https://www.journal.example/", "https://notjournal.example/", False),
        ("https://www.journal.example/", "https://journal.example.evil.example/", False),
    ],
)
def test_only_links_of_the_same_site_count(home: str, address: str, found: bool) -> None:
    assert bool(article_links(page(a(f"{address}2026/11/20/storm-hits-the-north-coast")), home)) is found


def test_the_base_element_is_followed() -> None:
    body = b'<base href="https://www.journal.example/deep/"><a href="2026/11/20/storm-hits-the-coast">Storm</a>'
    assert article_links(body, URL)[0].url == "https://www.journal.example/deep/2026/11/20/storm-hits-the-coast"


def test_the_page_itself_is_not_among_its_links() -> None:
    url = "https://www.journal.example/2026/11/20/storm-hits-the-north-coast"
    assert article_links(page(a(f"{url}?utm_source=self")), url) == ()


@pytest.mark.parametrize("content_type", ["", "text/html; charset=iso-8859-1"])
def test_the_words_of_a_latin_page_are_read(content_type: str) -> None:
    body = '<a href="/2026/11/20/l-ete-a-evry-est-chaud">L’été à Évry</a>'.encode("cp1252")
    assert article_links(body, URL, content_type)[0].title == "L’été à Évry"


HUGE = {
    "nested": b"<div>" * 200_000,
    "repeated": b'<p><a href="/2026/11/20/storm-hits-the-north-coast">x</a></p>' * 100_000,
    "many": b"".join(b'<a href="/2026/11/20/storm-hits-the-coast-%d">x</a>' % n for n in range(50_000)),
    "long attribute": b'<a href="/' + b"a" * 1_000_000 + b'">x</a>',
    "long text": b'<a href="/2026/11/20/storm-hits-the-coast">' + b"word " * 1_000_000 + b"</a>",
    "empty": b"",
    "nul": b"\x00" * 1_000,
    "pdf": b"%PDF-1.7\n" + bytes(range(256)) * 100,
    "not closed": b"<a href='" * 10_000,
}


@pytest.mark.parametrize("body", HUGE.values(), ids=HUGE.keys())
def test_no_page_is_too_much(body: bytes) -> None:
    started = time.process_time()
    links = article_links(body, URL)
    section_links(body, URL)
    assert time.process_time() - started < 8.0
    assert len(links) <= MOST_LINKS
    assert all(len(link.title) <= 1_000 for link in links)


def test_sections_are_capped() -> None:
    body = page(*(a(f"/rubrique{chr(97 + n)}/", "Nom") for n in range(20)), around="<nav>{}</nav>")
    assert len(section_links(body, URL)) == MOST_SECTIONS


@pytest.mark.parametrize(
    "link",
    [
        a("/", "Accueil"),
        a("/login", "Connexion"),
        a("/2026/", "Archives"),
        a("/world/europe/france/", "France"),
        a("/world?page=2", "Monde"),
        a("/le-senat-adopte-le-budget", "Le Sénat adopte"),
        a("/world", "Tout ce qui se passe dans le monde"),
        a("/world", ""),
        a("https://other.example/world", "World"),
    ],
)
def test_what_is_no_section(link: str) -> None:
    assert section_links(page(link, around="<nav>{}</nav>"), URL) == ()


LONG = "Une phrase assez longue pour un titre"


def card(path: str, text: str = LONG, name: str = "card") -> str:
    """A link in a box of its own."""
    return f'<div class="{name}"><p>{a(path, text)}</p></div>'


def surely(count: int, name: str = "card") -> str:
    """So many boxes with what is an article by its address."""
    return "".join(card(f"/2026/11/20/la-tempete-atteint-la-cote-{n}", name=name) for n in range(count))


def found(body: str, patterns: Patterns | None = None) -> set[str]:
    """The paths taken for articles, without those that surely are."""
    links = article_links(body.encode(), URL, "", patterns)
    paths = {link.url.removeprefix("https://www.journal.example") for link in links}
    return {path for path in paths if not path.startswith("/2026")}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (surely(4) + card("/evry"), {"/evry"}),
        (surely(2) + card("/evry"), set()),
        (surely(4) + card("/evry") * 1 + card("/lyon") + card("/nice"), set()),
        (surely(4) + card("/evry", "Évry"), set()),
        (surely(4) + card("/evry", name="menu-card"), set()),
        (surely(4) + f"<aside>{card('/evry')}</aside>", set()),
        (surely(4) + f'<div class="footer">{card("/evry")}</div>', set()),
        (surely(4) + card("/tag/evry"), set()),
        (surely(4) + card("/evry.pdf"), set()),
        (surely(4) + card("https://other.example/evry"), set()),
    ],
)
def test_a_link_among_articles_of_the_same_kind_is_one(body: str, expected: set[str]) -> None:
    assert found(body) == expected


@pytest.mark.parametrize(("sure", "is_believed"), [(3, False), (4, True)])
def test_in_the_uppermost_folder_most_must_be_articles(sure: int, is_believed: bool) -> None:
    long = "".join(card(f"/2026-la-tempete-atteint-la-cote-nord-et-la-ville-{n}") for n in range(sure))
    assert found(long + card("/evry") + card("/lyon")) == ({"/evry", "/lyon"} if is_believed else set())


def test_posts_whose_class_holds_their_number_are_of_one_kind() -> None:
    boxes = "".join(
        card(f"/2026/11/20/la-tempete-atteint-la-cote-{n}", name=f"post-{n}{n} type-post") for n in range(4)
    )
    assert found(boxes + card("/evry", name="post-77 type-post sticky")) == {"/evry"}


@pytest.mark.parametrize("name", ["most-read", "les-plus-lus", "trending-now", "sidebar", "right-menu"])
def test_what_is_most_read_is_kept_apart(name: str) -> None:
    around = f'<div class="{name}">{surely(4)}{card("/evry")}</div>'
    assert found(around) == set()


@pytest.mark.parametrize(
    ("name", "is_menu"), [("footer", True), ("main-nav", True), ("card-footer", False), ("has-menu", False)]
)
def test_a_menu_is_known_by_the_whole_name_of_its_class(name: str, is_menu: bool) -> None:
    links = article_links(f'<div class="x {name}">{surely(1)}</div>'.encode(), URL)
    assert bool(links) is not is_menu


def test_a_headline_without_spaces_has_words_too() -> None:
    body = page(a("/articles/AST1F432VT1F", "日韓外相「連携を国内外に発信」トランプ次期政権への対応も協議"))
    assert len(article_links(body, URL)) == 1
    assert article_links(page(a("/articles/AST1F432VT1F", "日本")), URL) == ()


def learned(path: str, is_article: bool) -> Patterns:
    """Patterns after six pages of this shape."""
    patterns = Patterns()
    for n in range(6):
        patterns.learn(f"https://www.journal.example{path}{n}", is_article)
    return patterns


def test_a_shape_known_for_articles_is_taken_however_unlikely_it_looks() -> None:
    body = a("/n/17", "Deux mots") + a("/n/18", "Mot") + f"<aside>{a('/n/19', 'Deux mots')}</aside>"
    assert found(body) == set()
    assert found(body, learned("/n/", True)) == {"/n/17"}
    assert found(f"<footer>{a('/n/17', 'Deux mots')}</footer>", learned("/n/", True)) == set()


def test_a_shape_known_for_none_is_refused_however_likely_it_looks() -> None:
    body = card("/guides/le-guide-d-achat-des-jouets", LONG)
    assert found(body) != set()
    assert found(body, learned("/guides/un-guide-d-achat-de-plus-", False)) == set()


@given(st.binary(max_size=300))
def test_any_bytes_are_a_page(body: bytes) -> None:
    assert isinstance(article_links(b"<a href='/x'>" + body, URL), tuple)
    assert isinstance(section_links(body, URL), tuple)
