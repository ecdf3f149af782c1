"""`vigie extract`: the article of one page, and nothing else; no archive is needed, and none is made."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.archive import quiet_logs
from cli.articles import print_article
from cli.errors import FoundWantingError
from cli.options import DEFAULT_DATA, ByBrowser, Config, Data, Json
from cli.output import err, print_json
from news.article import Article, NoArticle, Page
from news.errors import ConfigError, NotFoundError

if TYPE_CHECKING:
    from news.source import Source
    from service.settings import Settings

_Way = Callable[[str], "Awaitable[Source]"]


def extract(
    source: Annotated[str, typer.Argument(help="A URL, a file, or `-` for standard input.", metavar="SOURCE")],
    url: Annotated[str, typer.Option("--url", help="Where a file or the input came from.", metavar="URL")] = "",
    as_source: Annotated[
        str, typer.Option("--as", help="Fetch it in the way of this source: its access, its browser.", metavar="NAME")
    ] = "",
    browser: ByBrowser = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Print the clean text of one page, without the site around it.

    With `--json`: `title`, `text` (paragraphs separated by blank lines), `authors`, `published_at`, `language` and
    `canonical_url`. Exit code 1 where the page is no article, with the reason on standard error.

    Examples:

        vigie extract https://www.example.com/news/1.html

        vigie extract page.html --url https://www.example.com/news/1.html --json

        vigie extract https://www.example.com/news/1.html --as 'Le Phare'

        curl -s https://www.example.com/news/1.html | vigie extract -
    """
    quiet_logs()
    settings = _settings(data, config)
    if "://" in source:
        found = _of_url(settings, source, partial(_way, data, config, as_source, by_browser=browser))
    else:
        _only_for_urls(as_source, browser)
        found = _of_bytes(settings, source, url)
    if isinstance(found, NoArticle):
        why = f"{found.reason} ({found.detail})" if found.detail else found.reason
        raise FoundWantingError(f"{source} is no article: {why}")
    if json:
        print_json(_shown(found))
    else:
        print_article(found)


def _only_for_urls(as_source: str, browser: bool | None) -> None:
    if as_source or browser:
        raise ConfigError("--as and --browser are for a URL", "a file or the input is not fetched")


def _shown(article: Article) -> dict[str, object]:
    return {
        "title": article.title,
        "text": article.text,
        "authors": article.authors,
        "published_at": article.published_at,
        "language": article.language,
        "canonical_url": article.canonical_url,
    }


def _settings(data: Path, config: Path | None) -> "Settings":
    """The settings that there are, without making a data folder for them."""
    from service.configuration import read

    usual = data / "vigie.toml"
    return read(config or (usual if usual.exists() else None))


def _of_url(settings: "Settings", url: str, way: _Way) -> Article | NoArticle:
    from crawler import reactor

    return reactor.run(_fetched_and_extracted(settings, _fit(url), way))


async def _way(data: Path, config: Path | None, name: str, url: str, *, by_browser: bool | None) -> "Source":
    """The source in whose way the URL is fetched; one that is not kept where none is named. Raises NotFoundError."""
    from cli.looking import looked_at
    from cli.place import Place, open_archive
    from news.source import Source

    if not name:
        return looked_at(Source(0, url, url), by_browser=by_browser)
    async with open_archive(Place.of(data, config)) as archive, archive.database.read() as tx:
        return looked_at(await tx.sources.get(name), by_browser=by_browser)


async def _fetched_and_extracted(settings: "Settings", url: str, way: _Way) -> Article | NoArticle:
    from cli.looking import fetched, lookout

    source = await way(url)
    with err.status(f"fetching {url}"):
        async with lookout(settings) as look:
            answer = await fetched(look.crawler, url, source)
            return await look.extractor.extract(answer.page)


def _of_bytes(settings: "Settings", source: str, url: str) -> Article | NoArticle:
    page = Page(_fit(url) if url else "", sys.stdin.buffer.read() if source == "-" else _read(Path(source)))
    return asyncio.run(_extracted(settings, page))


async def _extracted(settings: "Settings", page: Page) -> Article | NoArticle:
    from extraction.extractor import PoolExtractor
    from extraction.pool import WorkerPool

    pool = WorkerPool(1, settings.extraction.timeout)
    try:
        return await PoolExtractor(pool).extract(page)
    finally:
        pool.kill()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file {file}", "a URL begins with https://, standard input is -") from error
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error


def _fit(url: str) -> str:
    from service.settings import fit_url

    try:
        return fit_url(url)
    except ValueError as error:
        raise ConfigError(str(error)) from error
