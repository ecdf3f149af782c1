"""`vigie crawl`: visit sources once, now."""

from typing import Annotated

import structlog
import typer

from cli import logs
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import out, print_json, print_table
from cli.wiring import Archive, Engine, Place, open_archive
from crawler import reactor
from news.source import Source

log = structlog.get_logger()


def crawl(
    names: Annotated[list[str] | None, typer.Argument(help="Sources to visit [all that are not paused].")] = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Visit sources once, now, whether they are due or not, and send the alerts that follow.

    Examples:

        vigie crawl

        vigie crawl 'Le Phare' 'The Beacon'
    """
    place = Place.of(data, config)
    logs.configure(place.settings().log.model_copy(update={"level": "warning"}))
    visited = reactor.run(_crawl(place, names or []))
    if json:
        print_json(visited)
    else:
        rows = [(str(entry["source"]), str(entry["new_articles"]), str(entry["error"] or "ok")) for entry in visited]
        print_table(
            "Visits", ["source", "new articles", "outcome"], rows, "There is no source: vigie source add --help"
        )
    if any(entry["error"] for entry in visited):
        raise typer.Exit(1)


async def _crawl(place: Place, names: list[str]) -> list[dict[str, object]]:
    async with open_archive(place) as archive:
        sources = await _chosen(archive, names)
        before = await _counts(archive)
        engine = Engine(archive)
        await engine.pool.warm()
        await engine.crawler.start()
        try:
            leased = await engine.visits.lease([source.id for source in sources])
            with out.status(f"visiting {len(leased)} sources"):
                engine.local.submit(leased)
                await engine.local.finish()
                await engine.deliverer.begin_due()
                await engine.deliverer.finish()
        finally:
            await engine.crawler.stop()
            engine.pool.kill()
        after = await _counts(archive)
        return await _told(archive, sources, {source.id for source in leased}, before, after)


async def _chosen(archive: Archive, names: list[str]) -> list[Source]:
    async with archive.database.read() as tx:
        if names:
            return [await tx.sources.get(name) for name in names]
        return [source for source in await tx.sources.all() if not source.paused]


async def _counts(archive: Archive) -> dict[int, int]:
    async with archive.database.read() as tx:
        return await tx.articles.counts_by_source()


async def _told(
    archive: Archive, sources: list[Source], leased: set[int], before: dict[int, int], after: dict[int, int]
) -> list[dict[str, object]]:
    told: list[dict[str, object]] = []
    async with archive.database.read() as tx:
        for source in sources:
            now = await tx.sources.by_id(source.id)
            error = now.last_error if source.id in leased else "is being visited by another process"
            new = after.get(source.id, 0) - before.get(source.id, 0)
            told.append({"source": source.name, "new_articles": new, "error": error})
    return told
