"""What sounds like a wall and is an article: headlines on cookies and errors, free flashes beside a login line."""

import pytest

from extraction.article import extract_article
from extraction.home import leads_home
from extraction.walls import walls
from news.article import Article, NoArticle, Page

URL = "https://site.example/2026/11/20/une-histoire-de-la-toile"
TEXT = (
    "Le musée de la ville consacre une exposition aux écrans d'autrefois, et les visiteurs s'y pressent depuis jeudi.",
    "Selon la commissaire, la moitié des objets vient de collections privées, dont celle d'un ancien facteur.",
    "L'exposition dure jusqu'au printemps, puis elle partira pour trois autres villes de la région et la capitale.",
)
HEADLINES = [
    "Cookie consent is broken, study finds", "Accept all cookies? Most do, says study", "404: the story of an error",
    "Page not found: why links die", "Error 404 restaurant opens in Lyon", "Cookie settings explained to a child",
    "410 gone: the number of jobs lost at the plant", "La page que vous lisez est la dernière",
    "Cette page n'existe plus : le journal ferme", "Gestion des cookies : la Cnil met en demeure dix sites",
    "Page introuvable, roman d'un disparu", "Seite nicht gefunden: Warum das Netz vergisst",
    "This page doesn't exist: a novel of today", "Why the web forgets so many of its pages – page not found",
    "Before you continue to drink: what doctors say", "Nothing found. The search for the lost ship goes on",
]  # fmt: skip
WALLS = [
    "Page not found", "404", "Error 404 (Not Found)!!1", "404: Page not found", "Le Phare : page introuvable",
    "Page introuvable | Le Phare", "The page you are looking for doesn't exist", "Cookie consent",
    "La page que vous cherchez n'existe plus", "Your privacy choices - The Daily Beacon", "找不到页面",
    "The page you requested could not be found", "Seite nicht gefunden – Der Leuchtturm",
]  # fmt: skip


def _page(title: str, body: str, head: str = "", lang: str = "fr", url: str = URL) -> Article | NoArticle:
    html = (
        f'<html lang="{lang}"><head><title>{title}</title>{head}</head><body><nav><a href="/">Accueil</a></nav>'
        f"<main><article><h1>{title}</h1>{body}</article></main><footer>© Le Phare</footer></body></html>"
    )
    return extract_article(Page(url, html.encode(), "text/html; charset=utf-8"))


def _prose(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


@pytest.mark.parametrize("title", HEADLINES)
def test_a_headline_that_begins_like_a_wall_is_one_where_prose_stands_under_it(title: str) -> None:
    found = _page(title, _prose(*TEXT), url="https://site.example/a1")
    assert isinstance(found, Article), found


@pytest.mark.parametrize("title", WALLS)
def test_a_title_that_says_nothing_else_is_a_walls_even_over_prose_but_not_so_surely(title: str) -> None:
    found = _page(title, _prose(*TEXT), url="https://site.example/a1")
    assert isinstance(found, NoArticle), found
    assert found.reason in ("soft 404", "consent wall")
    assert 0.5 < found.confidence <= 0.6, "it is looked at once more"


@pytest.mark.parametrize(
    ("title", "shown", "host"),
    [
        ("Before you continue to YouTube", "Before you continue to YouTube", "www.youtube.example"),
        ("Avant de continuer vers Le Phare", "Avant de continuer vers Le Phare", "le-phare.example"),
        ("Before you continue to The Bay | The Bay", "Before you continue to The Bay", "site.example"),
    ],
    ids=["host", "host in words", "end of the title element"],
)
def test_a_sites_own_name_at_its_end_makes_no_headline_of_a_walls_title(title: str, shown: str, host: str) -> None:
    html = f"<html><head><title>{title}</title></head><body><h1>{shown}</h1>{_prose(*TEXT)}</body></html>"
    found = extract_article(Page(f"https://{host}/a1", html.encode()))
    assert isinstance(found, NoArticle), found
    assert (found.reason, found.confidence <= 0.6) == ("consent wall", True)


def test_under_little_prose_a_title_that_goes_on_is_taken_for_a_walls_with_a_doubt() -> None:
    found = _page("Page not found: why links die", _prose(*TEXT[:2]), url="https://site.example/a1")
    assert isinstance(found, NoArticle)
    assert (found.reason, found.confidence <= 0.6) == ("soft 404", True)
    sure = _page("Page not found", _prose(*TEXT[:2]), url="https://site.example/a1")
    assert isinstance(sure, NoArticle) and sure.confidence > 0.8


def test_a_date_over_a_few_words_makes_no_article_of_an_error_page() -> None:
    date = "<p>Vendredi 20 novembre 2026</p>"
    found = _page("Page introuvable", date + _prose(*TEXT[:2]))
    assert isinstance(found, NoArticle) and found.reason == "soft 404"


def test_without_prose_the_beginning_of_a_title_is_enough() -> None:
    found = _page("La page demandée a été déplacée ou supprimée depuis votre dernier passage", "<p>Désolé.</p>")
    assert isinstance(found, NoArticle)
    assert (found.reason, found.confidence > 0.9) == ("soft 404", True)


@pytest.mark.parametrize(
    "above",
    [
        "<p>Publié le 20 novembre 2026 à 8 h 15</p>",
        '<time datetime="2026-11-20T08:15:00Z">hier soir</time>',
    ],
)
def test_a_date_over_the_prose_of_an_articles_address_is_no_walls(above: str) -> None:
    title = "Page introuvable"
    assert isinstance(_page(title, above + _prose(*TEXT)), Article)
    nowhere = _page(title, above + _prose(*TEXT), url="https://site.example/x")
    assert isinstance(nowhere, NoArticle) and nowhere.confidence < 0.6
    undated = _page(title, _prose(*TEXT))
    assert isinstance(undated, NoArticle), "addresses of articles lead to error pages, too"


def test_a_date_of_a_teaser_is_none_of_an_error_page() -> None:
    gone = "Cette adresse ne mène plus à rien sur notre site, car la page que vous cherchez a été déplacée ou retirée. "
    teasers = "".join(
        f"<time>{n} novembre 2026</time>"
        f'<h2><a href="/2026/11/{n}-le-conseil">Le conseil de la ville vote le budget {n}</a></h2>'
        f"<p>Après un débat de quatre heures, la majorité a voté le budget de la commune en {n} minutes…</p>"
        for n in range(10, 14)
    )
    found = _page("Page introuvable", _prose(gone, gone.replace("adresse", "page")) + teasers)
    assert isinstance(found, NoArticle)
    assert found.reason == "soft 404"


def test_a_banners_heading_over_prose_is_no_title() -> None:
    found = _page("Le phare rouvre", "<h2>Cookie settings</h2>" + _prose(*TEXT), url="https://site.example/x")
    assert isinstance(found, Article), found


DATED = (
    '<meta property="og:type" content="article"><meta property="article:published_time" content="2026-11-20T08:00:00Z">'
)
SHORT = _prose(*TEXT[:2])


@pytest.mark.parametrize(
    "line", ["Already a subscriber? Log in", "Déjà abonné ? Connectez-vous", "Al abonnee? Log in", "Já é assinante?"]
)
def test_a_login_line_counts_only_where_the_text_is_cut_or_the_page_says_that_it_is_not_free(line: str) -> None:
    box = f'<div class="box"><p>{line}</p></div>'
    free = _page("L'expo", SHORT + box, DATED)
    assert isinstance(free, Article), free
    cut = _page("L'expo", SHORT.replace("facteur.", "fac…") + box, DATED)
    assert isinstance(cut, NoArticle) and cut.reason == "paywall stub"
    tier = '<meta property="article:content_tier" content="locked">'
    paid = _page("L'expo", SHORT + box, DATED + tier)
    assert isinstance(paid, NoArticle) and paid.reason == "paywall stub"


def _node(free: str, more: str = "") -> str:
    said = f',"isAccessibleForFree":{free}' if free else ""
    return (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x","datePublished":"2026-11-20",'
        f'"author":"A"{said}{more}}}</script>'
    )


TEASER = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'


@pytest.mark.parametrize("own", ["true", '"True"', ""])
def test_what_is_said_of_a_teaser_is_not_said_of_the_article(own: str) -> None:
    found = _page("L'expo", _prose(TEXT[0], "Elle dure tout l'hiver, dit-on en ville."), _node(own) + TEASER)
    assert isinstance(found, Article), found


RELATED = (
    '{"@type":"NewsArticle","headline":"Le budget de la ville","url":"https://site.example/2026/11/19/le-budget",'
    '"datePublished":"2026-11-19","author":"B","image":"/b.jpg","publisher":"Le Phare","isAccessibleForFree":false}'
)


@pytest.mark.parametrize(
    "said",
    [
        RELATED,
        '[{"@type":"NewsArticle","headline":"L\'expo","author":"A"},' + RELATED + "]",
        '{"@type":"ItemList","itemListElement":[{"item":{"@type":"NewsArticle","isAccessibleForFree":false}}]}',
    ],
    ids=["alone", "beside a poorer node of its own", "in a list"],
)
def test_what_is_said_of_a_related_article_is_not_said_of_this_one(said: str) -> None:
    found = _page("L'expo", SHORT, f'{DATED}<script type="application/ld+json">{said}</script>')
    assert isinstance(found, Article), found
    assert found.is_paywalled is None
    assert found.authors in ((), ("A",))


def test_a_page_that_is_no_article_by_its_own_word_may_still_be_closed() -> None:
    said = '<script type="application/ld+json">{"@type":"WebPage","isAccessibleForFree":"False"}</script>'
    found = _page("L'expo", SHORT, DATED + said)
    assert isinstance(found, NoArticle) and found.reason == "paywall stub"


def test_what_is_said_of_the_article_counts() -> None:
    found = _page("L'expo", SHORT, _node("false") + TEASER.replace("false", "true"))
    assert isinstance(found, NoArticle) and found.reason == "paywall stub"


def test_an_article_that_is_declared_free_is_free_whatever_stands_beneath_it() -> None:
    wall = "<p>Cet article est réservé aux abonnés.</p>"
    found = _page("L'expo", SHORT + wall, _node("true"))
    assert isinstance(found, Article), found
    unsaid = _page("L'expo", SHORT + wall, _node(""))
    assert isinstance(unsaid, NoArticle) and unsaid.reason == "paywall stub"


QUOTING = (
    "Readers of the paper have long known the line 'this article is for subscribers' under its reports of the day, "
    "and many of them never came back to see what stood below, as the editor admits in her new book on the trade."
)


def test_an_article_that_speaks_of_paywalls_has_none() -> None:
    say = walls()
    found = _page("What stood below", _prose(QUOTING, QUOTING.replace("long", "always")), DATED, "en")
    assert isinstance(found, Article), found
    assert say.asks_for_payment(QUOTING) and not say.closes_with_payment(QUOTING)
    assert not say.closes_with_payment(
        "The banner that met them every day for years said: “This article is for subscribers”"
    )
    assert say.closes_with_payment(
        "The paper tells more of it tomorrow, and all of it here. This article is for subscribers."
    )
    assert say.closes_with_payment("Pour lire la suite de notre enquête sur la vie du port, choisissez une formule.")


def test_what_stands_beneath_the_headlines_of_others_is_theirs() -> None:
    others = "".join(
        f'<p><a href="/2026/11/{n}">Le conseil de la ville vote le budget {n}</a></p><p>Réservé aux abonnés</p>'
        for n in range(2)
    )
    one = '<p><a href="/2026/11/7">Lire aussi : le conseil de la ville vote</a></p><p>Réservé aux abonnés</p>'
    free = _page("L'expo", SHORT + others.replace("<p>Réservé aux abonnés</p>", "", 1), DATED)
    assert isinstance(free, Article), free
    paid = _page("L'expo", SHORT + one, DATED)
    assert isinstance(paid, NoArticle), paid


FLASHES = {
    "ar": "أعلنت وزارة الصحة اليوم الخميس إغلاق ثلاثة مستشفيات في العاصمة بعد انقطاع الكهرباء ونقل المرضى إلى "
    "مستشفيات أخرى حتى إشعار آخر.",
    "he": "ראש הממשלה הודיע הערב כי הממשלה תתכנס מחר בבוקר לדיון "
    "מיוחד בתקציב המדינה לאחר שהשרים לא הגיעו להסכמה בלילה.",
    "en": "PARIS (AFP) - The euro fell on Friday to its lowest level in two years after the bank left its rates alone.",
    "fr": "Le pont de Saint-Aubrac est fermé dans les deux sens depuis samedi matin en raison du vent, dit le préfet.",
}


@pytest.mark.parametrize("lang", FLASHES)
def test_a_sentence_on_a_page_that_says_it_is_a_dated_article_is_a_flash_of_little_certainty(lang: str) -> None:
    found = _page("AFP", f"<p>{FLASHES[lang]}</p>", DATED, lang)
    assert isinstance(found, Article), found
    assert found.confidence is not None and 0.2 < found.confidence < 0.5


def test_a_flash_is_one_on_a_site_that_scripts_could_write_too() -> None:
    shell = '<div id="__next"></div><noscript>You need to enable JavaScript to run this app.</noscript>'
    assert isinstance(_page("AFP", f"<p>{FLASHES['en']}</p>{shell}", DATED, "en"), Article)
    empty = _page("AFP", f"<p>{FLASHES['en'][:60]}.</p>{shell}", DATED, "en")
    assert isinstance(empty, NoArticle) and "browser = true" in empty.detail


@pytest.mark.parametrize("lang", FLASHES)
def test_a_sentence_alone_is_too_short_where_a_page_gives_no_date_or_is_no_article_or_cuts_it(lang: str) -> None:
    text = FLASHES[lang]
    kind, date = DATED.split("><")
    shorter = (f"{text[:-1]}…", f"{text[:-1]}...", text[:-1], f"{text[:60]}.")
    for head, body in ((f"{kind}>", text), (f"<{date}", text), *((DATED, said) for said in shorter)):
        found = _page("AFP", f"<p>{body}</p>", head, lang)
        assert isinstance(found, NoArticle) and found.reason == "too short", found


@pytest.mark.parametrize(
    "around",
    [
        "<p>We use cookies to improve your experience, to analyse our traffic, and to show you better ads.</p>",
        "<p>Sign up for our newsletter and get the best stories of the day in your inbox every morning.</p>",
        "<p>Please enable JavaScript in your browser in order to see this page and all of its features.</p>",
        "</article><footer><p>Copyright 2026 The Daily Beacon. All rights reserved. This material may not be "
        "published or redistributed.</p></footer>",
        "</article><div class='comments'><p>Comments are moderated and must be on the topic of the article, or "
        "they will be removed by us.</p></div>",
        "<p>Subscribe to continue reading this story and all our other stories, and cancel at any time you like.</p>",
    ],
)
def test_what_sites_write_around_articles_is_no_flash(around: str) -> None:
    found = _page("Video: the port by night", f'<div class="player"></div>{around}', DATED, "en")
    assert isinstance(found, NoArticle), found


@pytest.mark.parametrize("path", ["", "/", "/fr/", "/en-gb", "/index.html", "/fr/index.php", "/home"])
def test_the_address_of_a_front_page_is_known(path: str) -> None:
    assert leads_home(f"https://site.example{path}")
    assert not leads_home(f"https://site.example{path}?id=7")


@pytest.mark.parametrize("path", ["/une", "/fr/une", "/index", "/2026/index.html", "/homes"])
def test_other_addresses_are_none_of_front_pages(path: str) -> None:
    assert not leads_home(f"https://site.example{path}")


@pytest.mark.parametrize("claim", ["/", "/fr/", "/index.html"])
def test_an_article_that_claims_a_front_page_keeps_its_own_address(claim: str) -> None:
    found = _page("L'expo", _prose(*TEXT), f'<link rel="canonical" href="{claim}">')
    assert isinstance(found, Article)
    assert found.canonical_url == URL
