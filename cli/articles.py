"""`vigie article`: what is stored."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from cli.archive import reading
from cli.group import group
from cli.options import DEFAULT_DATA, LARGEST_NUMBER, Config, Data, Json, Limit
from cli.output import ago, print_json, print_line, print_prose, print_table, when
from news.article import Article, StoredArticle
from news.clock import SystemClock

if TYPE_CHECKING:
    from storage import Transaction

app = group("The articles that are stored.")


def described(article: Article) -> dict[str, Any]:
    """What is known of an article beside its title, text and addresses, in JSON."""
    return {
        "authors": article.authors,
        "published_at": article.published_at,
        "modified_at": article.modified_at,
        "language": article.language,
        "section": article.section,
        "tags": article.tags,
        "image": article.image,
        "is_paywalled": article.is_paywalled,
        "word_count": article.word_count,
        "confidence": article.confidence,
        "provenance": dict(article.provenance),
    }


def shown(stored: StoredArticle) -> dict[str, Any]:
    """An article in JSON, without its text."""
    article = stored.article
    return {
        "id": stored.id,
        "title": article.title,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "source": stored.source,
        **described(article),
        "fetched_at": stored.fetched_at,
        "first_seen_at": stored.first_seen_at,
    }


@app.command("list")
def list_(
    source: Annotated[str, typer.Option("--source", help="Only those of one source.", metavar="NAME")] = "",
    limit: Limit = 20,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """List the articles, those found last first.

    Examples:

        vigie article list

        vigie article list --source 'Le Phare' --limit 100 --json
    """
    found = reading(data, config, lambda tx: _listed(tx, limit, source))
    if json:
        print_json([shown(stored) for stored in found])
        return
    now = SystemClock().now()
    rows = [
        [
            str(stored.id),
            ago(stored.first_seen_at, now),
            stored.source,
            stored.article.language or "",
            stored.article.title,
        ]
        for stored in found
    ]
    print_table("", ["id", "found", "source", "language", "title"], rows, "There is no article yet.")


async def _listed(tx: "Transaction", limit: int, source: str) -> list[StoredArticle]:
    if source:
        await tx.sources.get(source)
    return await tx.articles.latest(limit, source)


@app.command("show")
def show(
    number: Annotated[
        int, typer.Argument(max=LARGEST_NUMBER, help="Its number in `vigie article list`.", metavar="ID")
    ],
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Show one article with its whole text.

    Examples:

        vigie article show 12

        vigie article show 12 --json | jq -r .text
    """
    stored = reading(data, config, lambda tx: tx.articles.get(number))
    if json:
        print_json({**shown(stored), "text": stored.article.text})
    else:
        print_article(stored.article, stored.source)


def print_article(article: Article, source: str = "") -> None:
    """An article to be read: title, byline, address, text."""
    byline = [source, ", ".join(article.authors), when(article.published_at), article.language or ""]
    print_line((article.title or "(no title)", "bold"))
    for line in (" · ".join(part for part in byline if part), _filing(article), article.canonical_url):
        if line:
            print_line((line, "dim"))
    print_line("")
    print_prose(Text(article.text))


def _filing(article: Article) -> str:
    """Where it is filed, how long it is, when it was changed, and whether it is for subscribers."""
    words = f"{article.word_count:,} words" if article.word_count else ""
    changed = f"changed {when(article.modified_at)}" if article.modified_at else ""
    paid = "for subscribers" if article.is_paywalled else ""
    parts = (article.section, ", ".join(article.tags), words, changed, paid)
    return " · ".join(part for part in parts if part)
