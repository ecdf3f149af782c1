"""The seeds as other sites would set them: templates of several makes, and any furniture that sites put round text."""

import json
import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from seeds.pages import SeedArticle

FOLDER = Path(__file__).parent / "pages" / "variants"
SITE = "https://www.orvane.example"
TEMPLATES = ("semantic", "opaque", "tables", "divs", "amp", "lazy", "blocks", "oldschool")

AROUND = (
    "skip", "consent", "top", "ticker", "menu", "crumbs", "kicker", "byline", "date", "updated", "reading", "share",
    "listen", "contents", "figure", "tags_above", "closing", "tags_below", "share_below", "bio", "related", "popular",
    "latest", "sponsored", "neighbours", "comments", "comment_form", "newsletter_below", "footer", "title_again",
)  # fmt: skip
BETWEEN = ("read_also", "read_also_box", "newsletter", "ad", "figure", "follow", "share")
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands in the flow of an article: a heading or paragraph of its own, or furniture of a kind."""

    kind: str
    text: str = ""


@cache
def _words(lang: str) -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / f"{lang}.toml").read_text(encoding="utf-8"))


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(FOLDER)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


# Of these the page shows all, of other lists of words one.
_WHOLE = frozenset({"menu", "top", "share_items", "footer", "accept", "voices", "cards", "previous"})


def _chosen(words: Mapping[str, Any], dice: random.Random) -> dict[str, Any]:
    def one(name: str, value: Any) -> Any:
        return dice.choice(value) if isinstance(value, list) and name not in _WHOLE else value

    return {name: one(name, value) for name, value in words.items()}


def _flow(article: SeedArticle, between: Mapping[int, Sequence[str]]) -> list[Piece]:
    """The article's lines; furniture follows the paragraphs whose numbers it has, never the last."""
    flow: list[Piece] = []
    number = 0
    last = sum(len(section.paragraphs) for section in article.sections) - 1
    for section in article.sections:
        flow += [Piece("heading", section.heading)] if section.heading else []
        for paragraph in section.paragraphs:
            flow.append(Piece("paragraph", paragraph))
            flow += [Piece(kind) for kind in between.get(number, ()) if number < last]
            number += 1
    return flow


def _long_date(article: SeedArticle, lang: str) -> str:
    day = article.published_at
    month = MONTHS[lang].split()[day.month - 1]
    return f"{day.day} {month} {day.year}" if lang == "fr" else f"{month} {day.day}, {day.year}"


def _linked_data(article: SeedArticle, site: str) -> str:
    return json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article.title,
            "datePublished": article.published_at.isoformat(),
            "author": [{"@type": "Person", "name": article.author}],
            "publisher": {"@type": "Organization", "name": site},
            "keywords": list(article.tags),
        },
        ensure_ascii=False,
    )


def rendered(
    template: str,
    article: SeedArticle,
    lang: str,
    dice: random.Random,
    *,
    around: Sequence[str] = AROUND,
    between: Mapping[int, Sequence[str]],
) -> str:
    """The article in a template, in furniture of a language. `between` says what follows which paragraph."""
    words = _chosen(_words(lang), dice)
    page = _environment().get_template(f"{template}.html")
    return page.render(
        article=article,
        words=words,
        has=frozenset(around),
        flow=_flow(article, between),
        headings=[section.heading for section in article.sections if section.heading],
        day=_long_date(article, lang),
        data=_linked_data(article, words["site"]),
        url=SITE + article.path,
        any_of=dice.choice,
        all_words=_words(lang),
        cards=dice.sample(words["cards"], 3),
    )


def whole(template: str, article: SeedArticle, lang: str) -> str:
    """The template with all its furniture, every kind of it between the paragraphs."""
    dice = random.Random(f"{template} {article.slug} {lang}")
    count = sum(len(section.paragraphs) for section in article.sections)
    places = dice.sample(range(count - 1), min(len(BETWEEN), count - 1))
    between = {place: (kind,) for place, kind in zip(places, BETWEEN, strict=False)}
    return rendered(template, article, lang, dice, between=between)


def at_random(number: int, article: SeedArticle, lang: str) -> str:
    """A page of any template with any pieces of furniture; the same for the same number."""
    dice = random.Random(f"{number} {article.slug} {lang}")
    around = [piece for piece in AROUND if dice.random() < 0.55]
    count = sum(len(section.paragraphs) for section in article.sections)
    between = {
        at: tuple(dice.sample(BETWEEN, dice.choice((1, 1, 1, 2)))) for at in range(count - 1) if dice.random() < 0.35
    }
    return rendered(dice.choice(TEMPLATES), article, lang, dice, around=around, between=between)
