"""Front and section pages as eight kinds of site build them, each link marked as an article or something else.

The markup follows habits seen in the wild: a blog engine, hashed class names, tables, a national daily, a regional one
with short addresses, SPIP, a letter of essays, and addresses of mere numbers. Words are drawn at random, by seed.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape

_FRENCH = """
le maire conseil budget incendie lyon nantes justice proces greve hopital ecole reforme retraites senat loi climat
secheresse agriculteurs prix energie logement police enquete disparition tempete inondations match victoire defaite
entreprise usine emplois fermeture ouverture ligne train metro autoroute accident election candidat campagne debat
ministre annonce plan social syndicat manifestation ville quartier projet musee festival film livre concert exposition
"""
_ENGLISH = """
council budget fire london leeds court trial strike hospital school reform pensions senate law climate drought farmers
price energy housing police inquiry missing storm floods match victory defeat company factory jobs closure opening line
train metro motorway crash election candidate campaign debate minister announces plan union protest city district
project museum festival film book concert exhibition rescue harbour bridge vaccine study researchers warning senator
"""
FRENCH, ENGLISH = _FRENCH.split(), _ENGLISH.split()


@dataclass
class SectionSite:
    """A site whose pages are made on demand. `articles` and `others` are the paths linked so far, by what they are."""

    name: str
    language: list[str]
    seed: int
    build: Callable[["SectionSite"], str]
    articles: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.url = f"https://www.{self.name}.example/"

    def page(self) -> tuple[bytes, set[str], set[str]]:
        """A new page, the URLs of its articles, and those of everything else that it links to."""
        self.articles, self.others = set(), set()
        body = self.build(self).encode()
        absolute = [{self.url + path.removeprefix("/") for path in paths} for paths in (self.articles, self.others)]
        return body, absolute[0], absolute[1]

    def words(self, fewest: int, most: int) -> list[str]:
        """Some words."""
        return [self.random.choice(self.language) for _ in range(self.random.randint(fewest, most))]

    def number(self, digits: int) -> int:
        """A number of that many digits."""
        return self.random.randint(10 ** (digits - 1), 10**digits - 1)

    def article(self, path: str, text: str, attributes: str = "") -> str:
        """A link to an article."""
        self.articles.add(path)
        return f'<a href="{path}"{attributes}>{escape(text)}</a>'

    def other(self, path: str, text: str, attributes: str = "") -> str:
        """A link to anything else."""
        self.others.add(path)
        return f'<a href="{path}"{attributes}>{escape(text)}</a>'

    def headline(self, fewest: int = 5, most: int = 11) -> tuple[str, str]:
        """A headline, and the slug of its first words."""
        words = self.words(fewest, most)
        return " ".join(words).capitalize(), "-".join(words)


def _times(count: int, make: Callable[[int], str]) -> str:
    return "".join(make(number) for number in range(count))


def blog(site: SectionSite) -> str:
    """A blog engine's theme: each post an `article` whose class holds its number; comments, authors, categories."""

    def post(_: int) -> str:
        title, slug = site.headline(3, 9)
        number = site.number(4)
        path = f"/{slug}/"
        return (
            f'<article id="post-{number}" class="post-{number} post type-post category-{site.words(1, 1)[0]}">'
            f'<h2 class="entry-title">{site.article(path, title)}</h2><div class="entry-meta">'
            f"{site.other('/author/jeanne-dupont/', 'Jeanne Dupont')} {site.other('/category/politique/', 'Politique')}"
            f' <a href="{path}#comments">3 commentaires</a></div><p>… <a href="{path}">Lire la suite</a></p></article>'
        )

    menu = site.other("/politique/", "Politique") + site.other("/qui-sommes-nous/", "Qui sommes-nous ?")
    pages = site.other("/nous-soutenir-faire-un-don/", "Faire un don au journal") + site.other(
        "/charte-de-la-redaction-du-journal/", "Notre charte de déontologie"
    )
    return (
        f'<header><nav class="main-navigation">{menu}</nav></header><main>{_times(10, post)}'
        f'<div class="nav-links">{site.other("/page/2/", "Articles plus anciens")}</div></main>'
        f'<aside class="widget-area">{pages}</aside><div class="site-footer">{pages}</div>'
    )


def hashed(site: SectionSite) -> str:
    """Hashed class names, no headings, addresses that are codes."""

    def code() -> str:
        return "c" + "".join(site.random.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(9)) + "7o"

    def card(_: int) -> str:
        title, _slug = site.headline()
        link = site.article(f"/news/articles/{code()}", title, ' class="ssrcss-1mrs5ns-PromoLink"')
        tag = site.other(f"/news/{site.words(1, 1)[0]}", site.words(1, 1)[0].capitalize())
        return f'<div class="ssrcss-1f3bvyz"><div class="ssrcss-tq7xfh"><div>{link}<span>{tag}</span></div></div></div>'

    def video(_: int) -> str:
        return f'<div class="ssrcss-v1d30">{site.other(f"/news/av/topics/{code()}", " ".join(site.words(5, 8)))}</div>'

    footer = _times(
        4, lambda n: site.other(f"/usingthe/{['terms', 'cookies', 'guidance', 'parents'][n]}", "Terms of use")
    )
    return (
        f'<div class="ssrcss-menu"><div role="navigation">{site.other("/news/world", "World")}</div></div>'
        f'<div class="ssrcss-grid">{_times(14, card)}</div><div class="ssrcss-rail">{_times(4, video)}</div>'
        f'<div class="ssrcss-foot"><footer>{footer}</footer></div>'
    )


def tables(site: SectionSite) -> str:
    """Tables within tables, scripts with an `id`, a column of menus that nothing marks as such."""

    def row(_: int) -> str:
        title, _slug = site.headline(4, 9)
        link = site.article(f"/story.asp?id={site.number(5)}", title)
        return f'<tr><td valign="top"><font size="2"><b>{link}</b></font></td><td>{site.number(2)} comments</td></tr>'

    menu = _times(
        6, lambda n: f"<tr><td>{site.other(f'/list.asp?cat={n}0', site.words(1, 1)[0].capitalize())}</td></tr>"
    )
    boxes = _times(
        3,
        lambda n: (
            f"<tr><td>{site.other(f'/poll.asp?poll={n}77', 'Have your say on ' + ' '.join(site.words(2, 4)))}</td></tr>"
        ),
    )
    return (
        f'<table width="100%"><tr><td width="120"><table>{menu}</table></td><td><table>{_times(12, row)}</table></td>'
        f"<td><table>{boxes}</table></td></tr><tr><td colspan=3>"
        f"{site.other('/advertise.asp', 'Advertise with us today')}</td></tr></table>"
    )


def daily(site: SectionSite) -> str:
    """A national daily: dated addresses, teasers without headings, offers, folders and what is most read."""

    def teaser(_: int) -> str:
        title, slug = site.headline()
        path = f"/{site.words(1, 1)[0]}/article/2026/11/{site.random.randint(10, 20)}/{slug}_{site.number(7)}_3210.html"
        link = site.article(path, title)
        return f'<section class="teaser"><a class="teaser__link" href="{path}"></a><p>{link}</p></section>'

    def offer(_: int) -> str:
        text = "Découvrez " + " ".join(site.words(4, 7))
        slug = "-".join(text.lower().replace("é", "e").split())
        return f'<section class="services">{site.other(f"/guides-d-achat/{slug}", text)}</section>'

    def folder(_: int) -> str:
        words = site.words(3, 5)
        return f"<li>{site.other('/dossiers/' + '-'.join(words) + '-2026', ' '.join(words).capitalize())}</li>"

    menu = _times(5, lambda _: site.other(f"/{site.words(1, 1)[0]}/", site.words(1, 1)[0]))
    return (
        f"<header><nav>{menu}</nav></header><main>{_times(16, teaser)}<ul class=folders>{_times(4, folder)}</ul></main>"
        f"<div class=river>{_times(4, offer)}</div><footer>{site.other('/archives/2025/', 'Archives')}</footer>"
    )


def regional(site: SectionSite) -> str:
    """A regional paper: places and short slugs, some of two words only, beside weather, games and services."""

    def card(number: int) -> str:
        title, slug = site.headline(4, 9)
        short = "-".join(slug.split("-")[: 2 if number % 3 == 0 else 6])
        return (
            f'<div class="card"><div class="card-img"></div><div class="card-txt">{site.article(f"/{short}", title)}'
            f"{site.other('/' + site.words(1, 1)[0], site.words(1, 1)[0].capitalize(), ' class=place')}</div></div>"
        )

    def service(_: int) -> str:
        words = site.words(2, 3)
        return (
            f'<div class="srv">{site.other("/services/" + "-".join(words), "Trouvez votre " + " ".join(words))}</div>'
        )

    menu = _times(6, lambda _: f"<li>{site.other('/' + site.words(1, 1)[0], site.words(1, 1)[0].capitalize())}</li>")
    return (
        f'<div class="menu"><ul>{menu}</ul></div><div class="list">{_times(15, card)}</div>'
        f'<div class="services">{_times(5, service)}</div><div class="footer">'
        f"{site.other('/gerer-mes-choix-publicitaires-en-ligne', 'Gérer mes choix publicitaires en ligne')}</div>"
    )


def spip(site: SectionSite) -> str:
    """SPIP: everything is `spip.php` with a name and a number in the query."""

    def item(_: int) -> str:
        title, _slug = site.headline(3, 9)
        link = site.article(f"/spip.php?article{site.number(4)}", title)
        author = site.other("/spip.php?auteur7", "J. Dupont")
        return f'<li class="hentry clearfix"><div class="entry">{link}</div><p>par {author}</p></li>'

    words = _times(5, lambda _: f"<li>{site.other(f'/spip.php?mot{site.number(2)}', ' '.join(site.words(1, 2)))}</li>")
    menu = _times(5, lambda n: f"<li>{site.other(f'/spip.php?rubrique{n}', ' '.join(site.words(1, 3)))}</li>")
    return (
        f'<div id="nav"><ul>{menu}</ul></div><div class="liste"><ul>{_times(10, item)}</ul></div>'
        f'<div class="tags"><ul>{words}</ul></div><div class="pied">'
        f"{site.other('/spip.php?page=plan', 'Plan du site')}</div>"
    )


def letter(site: SectionSite) -> str:
    """Essays with short addresses in one folder, as letters to subscribers have them."""

    def post(_: int) -> str:
        title, slug = site.headline(2, 6)
        return (
            f'<div class="portable-archive"><div class="x1"><a href="/p/{slug}" data-testid="preview"></a>'
            f'<div class="x2">{site.article(f"/p/{slug}", title)}</div></div></div>'
        )

    return (
        f'<div class="topbar">{site.other("/archive", "Archive")}{site.other("/about", "About")}</div>'
        f'<div class="feed">{_times(12, post)}</div><div class="x9">'
        f"{site.other('/recommendations', 'Other letters we like to read')}"
        f"{site.other('/leaderboard', 'The readers who invite most friends')}</div>"
    )


def numbers(site: SectionSite) -> str:
    """Addresses that are a letter and a short number, under headings or not."""

    def item(number: int) -> str:
        title, _slug = site.headline(4, 10)
        link = site.article(f"/n/{site.number(3)}{number}", title)
        return f'<div class="item">{f"<h3>{link}</h3>" if number % 4 == 0 else f"<span>{link}</span>"}</div>'

    def topic(number: int) -> str:
        link = site.other(f"/t/{site.number(3)}{number}", "All on " + " ".join(site.words(3, 5)))
        return f'<div class="topic">{link}</div>'

    return (
        f'<div class="stream">{_times(14, item)}</div><div class="topics">{_times(5, topic)}</div>'
        f'<div class="foot">{site.other("/help/terms-and-conditions-of-sale", "Terms and conditions of sale")}</div>'
    )


_BUILDERS = (
    (blog, FRENCH),
    (hashed, ENGLISH),
    (tables, ENGLISH),
    (daily, FRENCH),
    (regional, FRENCH),
    (spip, FRENCH),
    (letter, ENGLISH),
    (numbers, ENGLISH),
)


def section_sites(seed: int = 1) -> Iterator[SectionSite]:
    """One site of each kind."""
    for number, (build, language) in enumerate(_BUILDERS):
        yield SectionSite(build.__name__, language, seed * 100 + number, build)
