"""Made-up pages that are no articles, each with the verdict that is right: what sites show beside them.

Index pages in six templates, error pages and consent walls in fourteen languages, the beginnings of articles that are
to be paid for, forms, shells that scripts fill, and files that are no pages. The same at every run.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from random import Random

from news.article import Page

# By language: titles and sentences, as sites word them.
_TEXTS = json.loads(Path(__file__).with_name("wall_texts.json").read_text(encoding="utf-8"))
_SITE = "https://www.phare.example"
_WHO = (
    "Le conseil municipal", "La préfecture", "Le syndicat des dockers", "L'association des riverains",
    "La chambre d'agriculture",
    "Le tribunal administratif", "L'usine de roulements", "La région", "Le club de handball", "Le festival des Marées",
    "La compagnie des bacs", "L'hôpital de Saint-Aubrac", "Le lycée Colette", "La coopérative laitière",
)  # fmt: skip
_DOES = (
    "annonce la fermeture du pont", "suspend les travaux de la digue", "vote une rallonge pour les écoles",
    "reporte sa décision",
    "demande une nouvelle expertise",
    "ouvre une enquête", "recrute quarante saisonniers", "renonce au projet de parking",
    "dépose un recours", "fête son centenaire", "change de présidente", "signe un accord avec les pêcheurs",
    "double ses effectifs",
)  # fmt: skip
_HOW = (
    "après une nuit de négociations qui a réuni toutes les parties autour de la table",
    "malgré l'opposition des habitants du quartier",
    "au terme d'une réunion houleuse jeudi soir", "à la surprise générale et sans donner de calendrier précis",
    "en attendant les conclusions de la commission", "avec le soutien de la région et de trois communes voisines",
    "faute de crédits pour l'année prochaine", "dans l'espoir d'un retour à la normale avant l'été",
)  # fmt: skip
_SECTIONS = ("Actualité", "Politique", "Économie", "Sports", "Culture", "Environnement", "Faits divers")


@dataclass(frozen=True, slots=True)
class OtherPage:
    """A page, what it is called in a report, and the reason that its verdict should give."""

    name: str
    page: Page
    reason: str


@dataclass(frozen=True, slots=True)
class Teaser:
    """One entry of a list."""

    headline: str
    text: str
    path: str
    day: str


def _sentence(chance: Random) -> str:
    return f"{chance.choice(_WHO)} {chance.choice(_DOES)} {chance.choice(_HOW)}"


def _teaser(chance: Random) -> Teaser:
    headline = f"{chance.choice(_WHO)} {chance.choice(_DOES)}"
    text = ", ".join([_sentence(chance), chance.choice(_HOW)])
    words = text.split()
    cut = " ".join(words[: chance.randint(16, 34)]) + chance.choice(("…", "...", " […]", "."))
    slug = "-".join(headline.lower().replace("'", "-").split())
    return Teaser(headline, cut, f"/2026/11/{slug}", f"{chance.randint(1, 28)} novembre 2026")


def _cards(teasers: list[Teaser]) -> str:
    return "".join(
        f'<article class="card"><h2><a href="{one.path}">{escape(one.headline)}</a></h2><time>{one.day}</time>'
        f"<p>{escape(one.text)}</p></article>"
        for one in teasers
    )


def _soup(teasers: list[Teaser]) -> str:
    return "".join(
        f'<div class="c-12"><div class="x9"><a href="{one.path}">{escape(one.headline)}</a></div>'
        f'<div class="x3">{one.day}</div><div class="x4">{escape(one.text)}</div></div>'
        for one in teasers
    )


def _table(teasers: list[Teaser]) -> str:
    rows = (
        f'<tr><td>{one.day}</td><td><b><a href="{one.path}">{escape(one.headline)}</a></b><br>'
        f"{escape(one.text)}</td></tr>"
        for one in teasers
    )
    return f"<table width=100%>{''.join(rows)}</table>"


def _linked(teasers: list[Teaser]) -> str:
    return "".join(
        f'<li><a class="tile" href="{one.path}"><h3>{escape(one.headline)}</h3><p>{escape(one.text)}</p></a></li>'
        for one in teasers
    )


def _excerpts(teasers: list[Teaser]) -> str:
    return "".join(
        f'<div class="post hentry"><h2 class="entry-title"><a href="{one.path}">{escape(one.headline)}</a></h2>'
        f'<div class="entry-meta">Publié le {one.day} par <a href="/author/m">M. Ker</a></div>'
        f'<div class="entry-summary"><p>{escape(one.text)} '
        f'<a class="more-link" href="{one.path}">Lire la suite</a></p></div></div>'
        for one in teasers
    )


def _headlines(teasers: list[Teaser]) -> str:
    return (
        "<ul>"
        + "".join(f'<li>{one.day} <a href="{one.path}">{escape(one.headline)}</a></li>' for one in teasers)
        + "</ul>"
    )


_LISTS: dict[str, Callable[[list[Teaser]], str]] = {
    "cards": _cards, "divs": _soup, "table": _table, "tiles": _linked, "excerpts": _excerpts, "headlines": _headlines,
}  # fmt: skip
_COLLECTION = '<script type="application/ld+json">{"@context":"https://schema.org","@type":"CollectionPage"}</script>'
_WEBSITE = '<meta property="og:type" content="website">'
# Kind of list: its address, its title, what the head says, what stands above the list, how many entries it has.
_INDEXES: dict[str, tuple[str, str, str, str, int]] = {
    "home": ("/", "Le Phare, l'information de la côte", _WEBSITE, "", 30),
    "section": ("/economie/", "Économie", _WEBSITE + _COLLECTION, "<h1>Économie</h1>", 20),
    "tag": ("/tag/port", "Port : toute l'actualité", _COLLECTION, "<h1>Port</h1>", 12),
    "search": ("/recherche?q=pont", "Résultats pour « pont »", "", "<h1>24 résultats pour « pont »</h1>", 10),
    "author": (
        "/auteur/marie-ker", "Marie Ker", '<meta property="og:type" content="profile">',
        "<h1>Marie Ker</h1><p>Journaliste au Phare depuis 2011, Marie Ker suit la vie du port et la pêche.</p>", 15,
    ),
    "archive": ("/archives/2026/11/", "Archives de novembre 2026", "", "<h1>Novembre 2026</h1>", 40),
    "galleries": ("/photos/", "Nos diaporamas", _WEBSITE, "<h1>Diaporamas</h1>", 16),
    "second page": ("/sports/page/2/", "Sports, page 2", _WEBSITE, "<h1>Sports</h1>", 18),
}  # fmt: skip


def _whole(title: str, body: str, head: str = "", lang: str = "fr") -> bytes:
    menu = "".join(f'<li><a href="/{name.lower()}/">{name}</a></li>' for name in _SECTIONS)
    top = f"<title>{escape(title)} | Le Phare</title>{head}"
    foot = "<footer><p>© Le Phare 2026</p><a href='/mentions'>Mentions légales</a></footer>"
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{top}</head><body>'
        f"<header><nav><ul>{menu}</ul></nav></header><main>{body}</main>{foot}</body></html>"
    ).encode()


def _page(path: str, body: bytes) -> Page:
    return Page(_SITE + path, body, "text/html; charset=utf-8")


def _index_pages(chance: Random) -> Iterator[OtherPage]:
    for kind, (path, title, head, above, many) in _INDEXES.items():
        for template, listed in _LISTS.items():
            teasers = [_teaser(chance) for _ in range(many)]
            page = _page(path, _whole(title, above + listed(teasers), head))
            yield OtherPage(f"{kind}, {template}", page, "index page")


def _gone_pages(chance: Random) -> Iterator[OtherPage]:
    for lang, (title, text) in _TEXTS["gone"].items():
        path = f"/2026/11/{lang}-un-article-qui-a-disparu"
        plain = _whole(title, f"<h1>{title}</h1><p>{text}</p>", lang=lang)
        yield OtherPage(f"gone, {lang}", _page(path, plain), "soft 404")
        others = _cards([_teaser(chance) for _ in range(4)])
        offering = _whole(title, f"<h1>404</h1><h2>{title}</h2><p>{text}</p>{others}", lang=lang)
        yield OtherPage(f"gone, with others, {lang}", _page(path, offering), "soft 404")


def _walls() -> Iterator[OtherPage]:
    for lang, (title, text) in _TEXTS["consent"].items():
        buttons = "<button>OK</button><a href='/cookies'>…</a>"
        page = _whole(title, f'<div role="dialog"><h1>{title}</h1><p>{text}</p>{buttons}</div>', lang=lang)
        yield OtherPage(f"consent, {lang}", _page("/2026/11/le-port-rouvre-lundi-matin", page), "consent wall")
    for lang, (title, text) in _TEXTS["human"].items():
        page = _whole(title, f"<h1>{title}</h1><p>{text}</p>", lang=lang)
        yield OtherPage(f"human, {lang}", _page("/2026/11/le-port-rouvre-lundi-matin", page), "consent wall")
    elsewhere = Page("https://consent.phare.example/collect?to=x", _whole("Le Phare", "<p>…</p>"), "text/html")
    yield OtherPage("consent, a host of its own", elsewhere, "consent wall")


def _stubs(chance: Random) -> Iterator[OtherPage]:
    flag = (
        '<meta property="og:type" content="article"><script type="application/ld+json">{"@type":"NewsArticle",'
        '"headline":"Le port","datePublished":"2026-11-20T08:00:00Z","isAccessibleForFree":false}</script>'
    )
    for lang, (title, text, wall) in _TEXTS["stubs"].items():
        path = f"/2026/11/{lang}-le-port-rouvre-lundi-matin"
        offer = f'<div class="wall"><h3>{wall}</h3><a href="/abo">1 €</a></div>'
        cut = text.rstrip(".。") + "…"
        for name, head, body in (
            ("flag and wall", flag, f"<p>{text}</p>{offer}"),
            ("cut", "", f"<p>{cut}</p>{offer}"),
            ("others below", flag, f"<p>{cut}</p>{offer}{_cards([_teaser(chance) for _ in range(5)])}"),
        ):
            page = _whole(title, f"<article><h1>{title}</h1>{body}</article>", head, lang)
            yield OtherPage(f"stub, {name}, {lang}", _page(path, page), "paywall stub")


def _forms_and_shells() -> Iterator[OtherPage]:
    for lang, title in _TEXTS["above_a_form"].items():
        form = '<form><label>E-mail <input type="email"></label><input type="password"><button>OK</button></form>'
        page = _whole(title, f"<h1>{title}</h1>{form}", lang=lang)
        yield OtherPage(f"login, {lang}", _page("/2026/11/le-port-rouvre-lundi-matin", page), "paywall stub")
    article = "/2026/11/le-port-rouvre-lundi-matin"
    for name, html in (
        ("noscript", '<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>'),
        ("French", "<div id='x'></div><noscript>Veuillez activer JavaScript pour lire cette page.</noscript>"),
        ("no word", '<div id="__next"></div><script src="/a.js"></script>'),
        (
            "a line",
            "<p>JavaScript is disabled. Please enable JavaScript in your browser.</p><script src='/a.js'></script>",
        ),
    ):
        shell = f"<html><head><title>Le port rouvre lundi</title></head><body>{html}</body></html>"
        yield OtherPage(f"shell, {name}", _page(article, shell.encode()), "no text")
    yield OtherPage("caption", _page(article, _whole("Le port", "<h1>Le port</h1><p>Le port, lundi.</p>")), "too short")


def _no_pages() -> Iterator[OtherPage]:
    article = "/2026/11/le-port-rouvre-lundi-matin.html"
    for name, body in (
        ("PDF", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>"),
        ("JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
        ("feed", b'<?xml version="1.0"?><rss version="2.0"><channel><title>Le Phare</title></channel></rss>'),
        ("JSON", b'{"error": "not found"}'),
        ("nothing", b""),
    ):
        yield OtherPage(f"no page, {name}", _page(article, body), "not html")


def other_pages(seed: int = 1) -> list[OtherPage]:
    """All of them; another seed gives other lists."""
    chance = Random(seed)
    makers = (_index_pages(chance), _gone_pages(chance), _walls(), _stubs(chance), _forms_and_shells(), _no_pages())
    return [page for maker in makers for page in maker]
