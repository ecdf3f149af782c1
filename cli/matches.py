"""`vigie matches`: the articles that watches wanted, and why."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import highlight
from cli.archive import reading
from cli.group import group
from cli.named import state_cell
from cli.options import DEFAULT_DATA, LARGEST_NUMBER, Config, Data, Json, Limit, Since
from cli.output import Cell, ago, print_facts, print_json, print_line, print_prose, print_table, when
from news.alert import Delivery
from news.clock import SystemClock

if TYPE_CHECKING:
    from datetime import datetime

    from storage import Transaction
    from storage.matches import FoundMatch

_NUMBER = "Its number in `vigie matches list`."

app = group("The articles that watches wanted, and why.")


def shown(found: "FoundMatch") -> dict[str, Any]:
    """A match in JSON; spans count characters of the article's `title` or `text`."""
    article = found.stored.article
    return {
        "id": found.match.id,
        "watch": found.watch,
        "query": found.query,
        "matched_at": found.match.matched_at,
        "alerted": not found.match.seen,
        "article_id": found.stored.id,
        "title": article.title,
        "url": article.canonical_url,
        "source": found.stored.source,
        "published_at": article.published_at,
        "language": article.language,
        "spans": found.match.spans,
    }


@app.command("list")
def list_(
    watch: Annotated[str, typer.Option("--watch", help="Only those of one watch.", metavar="NAME")] = "",
    since: Since = None,
    limit: Limit = 20,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """List the matches, the newest first.

    Those of articles that a source had when it was added are marked as history: nobody was alerted.

    Examples:

        vigie matches list --watch Corée --since 1d

        vigie matches list --since 2026-11-20 --limit 1000 --json
    """
    found = reading(data, config, lambda tx: _listed(tx, limit, watch, since))
    if json:
        print_json([shown(entry) for entry in found])
        return
    now = SystemClock().now()
    rows: list[list[Cell]] = [
        [
            str(entry.match.id),
            ago(entry.match.matched_at, now) + (", history" if entry.match.seen else ""),
            entry.watch,
            entry.stored.source,
            highlight.title(entry.stored.article.title, entry.match.spans),
        ]
        for entry in found
    ]
    print_table("", ["id", "matched", "watch", "source", "title"], rows, "There is no such match.")


async def _listed(tx: "Transaction", limit: int, watch: str, since: "datetime | None") -> "list[FoundMatch]":
    if watch:
        await tx.watches.get(watch)
    return await tx.matches.latest(limit, watch, since)


@app.command("show")
def show(
    number: Annotated[int, typer.Argument(max=LARGEST_NUMBER, help=_NUMBER, metavar="ID")],
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Show one match: the passages that explain it, and what became of its alert.

    Examples:

        vigie matches show 12
    """
    found, deliveries = reading(data, config, lambda tx: _shown(tx, number))
    article, spans = found.stored.article, found.match.spans
    if json:
        from alerting.excerpt import snippets

        told = {"text": article.text, "snippets": snippets(article.text, spans)}
        print_json({**shown(found), **told, "deliveries": [_sent(one) for one in deliveries]})
        return
    print_line(highlight.title(article.title, spans))
    print_line("")
    for passage in highlight.passages(article.text, spans):
        print_prose(passage, indent=2)
        print_line("")
    print_facts(
        [
            ("watch", found.watch),
            ("query", found.query),
            ("matched", when(found.match.matched_at)),
            ("article", str(found.stored.id)),
            ("source", found.stored.source),
            ("published", when(article.published_at)),
            ("URL", article.canonical_url),
            ("history", "nobody was alerted: its source had it when it was added" if found.match.seen else ""),
        ]
    )
    _print_deliveries(deliveries)


async def _shown(tx: "Transaction", number: int) -> "tuple[FoundMatch, list[Delivery]]":
    found = await tx.matches.get(number)
    return found, await tx.outbox.of_article(found.match.article_id, found.match.watch_id)


def _sent(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "channel": delivery.channel.name,
        "state": delivery.state,
        "sent_at": delivery.sent_at,
        "last_error": delivery.last_error,
    }


def _print_deliveries(deliveries: list[Delivery]) -> None:
    if deliveries:
        rows = [
            [str(one.id), one.channel.name, state_cell(one.state), when(one.sent_at), one.last_error]
            for one in deliveries
        ]
        print_line("")
        print_table("Deliveries", ["id", "channel", "state", "sent", "last error"], rows, "")
