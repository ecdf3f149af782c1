"""The seed articles and the invented ones, read from `seeds/articles/`: what a page is made of, without any page."""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

ARTICLES = Path(__file__).parent / "articles"
ONE_EVENT = ARTICLES / "one_event"

Template = Literal["magazine", "slideshow"]


@dataclass(frozen=True, slots=True)
class Section:
    """Paragraphs under a heading (empty for a lead); `link` is the title that a 'read also' line after them names."""

    heading: str
    paragraphs: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class SeedArticle:
    """An article before it becomes a page. `published_at` is aware, in UTC; `lang` an ISO 639-1 code.

    `outlet` is who publishes it, where that is told.
    """

    slug: str
    title: str
    sections: tuple[Section, ...]
    author: str
    published_at: datetime
    tags: tuple[str, ...]
    lang: str
    category: str
    template: Template
    outlet: str = ""

    @property
    def path(self) -> str:
        """Where a site publishes it: `/2024/10/25/slug/`."""
        return f"/{self.published_at:%Y/%m/%d}/{self.slug}/"

    @property
    def text(self) -> str:
        """What extraction should find: headings and paragraphs separated by blank lines, no title."""
        blocks = [block for section in self.sections for block in (section.heading, *section.paragraphs) if block]
        return "\n\n".join(blocks)

    @property
    def teaser(self) -> str:
        """The opening of the first paragraph, for a card that links to the article."""
        words = self.sections[0].paragraphs[0].split()
        return " ".join(words[:22]) + (" …" if len(words) > 22 else "")


def _blocks(name: str) -> list[str]:
    """The blocks of a seed file: what blank lines separate, white space evened out within each line."""
    text = (ARTICLES / name).read_text(encoding="utf-8")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [block for block in re.split(r"\n{2,}", "\n".join(lines).strip()) if block]


def _is_heading(block: str) -> bool:
    return len(block.split()) <= 12 and block[-1] not in ".!?…»”"


def _sections(blocks: list[str], is_heading: Any) -> tuple[Section, ...]:
    """Sections of consecutive blocks; a `LIRE AUSSI : …` block becomes the link of the section it closes."""
    sections: list[Section] = []
    heading, link = "", ""
    paragraphs: list[str] = []
    for block in [*blocks, ""]:
        if not block or is_heading(block):
            if heading or paragraphs:
                sections.append(Section(heading, tuple(paragraphs), link))
            heading, paragraphs, link = block, [], ""
        elif block.startswith("LIRE AUSSI : "):
            link = block.removeprefix("LIRE AUSSI : ")
        else:
            paragraphs.append(block)
    return tuple(sections)


def _magazine_seed() -> SeedArticle:
    """Breadcrumb, title, byline with tags, the title again, the body, and two headers of what followed it."""
    _breadcrumb, title, byline, _title_again, *body = _blocks("000_805086da18ba2f31.txt")
    author, tags = byline.split("\n")
    return SeedArticle(
        slug="coree-du-sud-denonce-le-pacte-militaire-entre-russie-et-coree-du-nord",
        title=title,
        sections=_sections(body[: body.index("You may also like")], _is_heading),
        author=author.removeprefix("by "),
        published_at=datetime(2024, 10, 25, 9, 42, tzinfo=UTC),
        tags=tuple(tags.split(", ")),
        lang="fr",
        category="Actualité",
        template="magazine",
    )


def _slideshow_seed() -> SeedArticle:
    """Title, the list of all headings (the first section's own one closes the block), the body, the closing lines."""
    title, contents, *body = _blocks("003_e5549e3a27514e14.txt")
    *headings, first = contents.split("\n")
    body = body[: next(at for at, block in enumerate(body) if block.startswith("Chaque jour"))]
    return SeedArticle(
        slug="la-coree-du-sud-exige-le-retrait-des-troupes-nord-coreennes-de-russie",
        title=title,
        sections=_sections([first, *body], set(headings).__contains__),
        author="Camille Ferrand",
        published_at=datetime(2024, 10, 24, 16, 5, tzinfo=UTC),
        tags=("Corée du Sud", "Russie", "Diplomatie"),
        lang="fr",
        category="Monde",
        template="slideshow",
    )


@cache
def seed_articles() -> tuple[SeedArticle, SeedArticle]:
    """The two seed articles, magazine and slideshow, without the lines that stood around them."""
    return _magazine_seed(), _slideshow_seed()


def _from_toml(path: Path) -> SeedArticle:
    fields = tomllib.loads(path.read_text(encoding="utf-8"))
    sections = tuple(
        Section(section.get("heading", ""), tuple(section["paragraphs"]), section.get("link", ""))
        for section in fields.pop("sections")
    )
    return SeedArticle(slug=path.stem, sections=sections, tags=tuple(fields.pop("tags")), **fields)


@cache
def demo_articles() -> tuple[SeedArticle, ...]:
    """The invented articles, French and English, in the order in which they say they were published."""
    found = (_from_toml(path) for path in ARTICLES.glob("*.toml"))
    return tuple(sorted(found, key=lambda article: (article.published_at, article.slug)))


@cache
def one_event() -> tuple[SeedArticle, ...]:
    """Six invented articles on one event, of six outlets, French and English, in the order of their publication."""
    return tuple(_from_toml(path) for path in sorted(ONE_EVENT.glob("*.toml")))
