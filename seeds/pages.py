"""Pages as sites make them: a WordPress magazine, a portal's slideshow, and a front page of cards."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from seeds.texts import Section, SeedArticle, Template, demo_articles, seed_articles

__all__ = [
    "Section",
    "SeedArticle",
    "Template",
    "demo_articles",
    "render",
    "render_home",
    "render_magazine",
    "render_slideshow",
    "seed_articles",
]

MAGAZINE_SITE = "Le Courrier de Valdoré"
SLIDESHOW_SITE = "Mirandelle"

_FRENCH_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_PORTAL_WORDS = {
    "fr": {
        "read_also": "LIRE AUSSI : ",
        "see_also": "Et aussi",
        "follow": "Suivre",
        "closing": 'Chaque jour, nous vous proposons de nouveaux contenus captivants, cliquez sur "Suivre" pour ne rien'
        " manquer !",
        "by": "Article de",
        "photo": "Illustration",
        "search": "Rechercher sur le web",
        "menu": ("Accueil", "Monde", "Sport", "Argent", "Météo"),
        "consent": "Nous et nos partenaires utilisons des cookies pour mesurer l’audience et choisir les annonces.",
        "accept": "J’accepte",
        "foot": ("Confidentialité", "Conditions d’utilisation", "À propos de nos annonces", "Aide"),
    },
    "en": {
        "read_also": "READ ALSO: ",
        "see_also": "See also",
        "follow": "Follow",
        "closing": 'Every day we bring you fresh and captivating stories, click "Follow" so as not to miss anything!',
        "by": "Story by",
        "photo": "Illustration",
        "search": "Search the web",
        "menu": ("Home", "World", "Sports", "Money", "Weather"),
        "consent": "We and our partners use cookies to measure our audience and to personalise advertising.",
        "accept": "I accept",
        "foot": ("Privacy", "Terms of use", "About our ads", "Help"),
    },
}


def _long_date(instant: datetime, lang: str) -> str:
    """The day in words, in UTC: `25 octobre 2024`, `October 25, 2024`."""
    if lang == "fr":
        return f"{instant.day} {_FRENCH_MONTHS[instant.month - 1]} {instant.year}"
    return f"{instant:%B} {instant.day}, {instant.year}"


def _slug(text: str) -> str:
    """What stands in a URL for a tag, a name or a category: `Corée du Sud` becomes `coree-du-sud`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["long_date"] = _long_date
    environment.filters["slug"] = _slug
    return environment


def render_magazine(article: SeedArticle, base_url: str, related: Sequence[SeedArticle]) -> str:
    """The article as a WordPress magazine shows it; `base_url` has no slash at its end, `related` fills the cards."""
    page = _environment().get_template("magazine.html")
    return page.render(article=article, base_url=base_url, related=related, site=MAGAZINE_SITE)


def render_slideshow(article: SeedArticle, base_url: str, related: Sequence[SeedArticle]) -> str:
    """The article as a portal's slideshow, one slide a section, its class names meaning nothing."""
    page = _environment().get_template("slideshow.html")
    words = _PORTAL_WORDS[article.lang]
    return page.render(article=article, base_url=base_url, related=related, site=SLIDESHOW_SITE, words=words)


def render(article: SeedArticle, base_url: str, related: Sequence[SeedArticle]) -> str:
    """The article in the template that it names."""
    renderer = {"magazine": render_magazine, "slideshow": render_slideshow}[article.template]
    return renderer(article, base_url, related)


def render_home(articles: Sequence[SeedArticle], base_url: str, *, site: str = MAGAZINE_SITE, lang: str = "fr") -> str:
    """A front page whose cards link to the articles, in the order given; it is itself no article."""
    page = _environment().get_template("home.html")
    return page.render(articles=articles, base_url=base_url, site=site, lang=lang)
