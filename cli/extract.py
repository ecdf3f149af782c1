"""`vigie extract`: the article of one page, and nothing else; no archive is needed, and none is made."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.archive import quiet_logs
from cli.articles import print_article
from cli.errors import FoundWantingError
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import err, print_json
from news.article import Article, NoArticle, Page
from news.errors import ConfigError, NotFoundError

if TYPE_CHECKING:
    from service.settings import Settings


def extract(
    source: Annotated[str, typer.Argument(help="A URL, a file, or `-` for standard input.", metavar="SOURCE")],
    url: Annotated[str, typer.Option("--url", help="Where a file or the input came from.", metavar="URL")] = "",
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

        curl -s https://www.example.com/news/1.html | vigie extract -
    """
    quiet_logs()
    settings = _settings(data, config)
    found = _of_url(settings, source) if "://" in source else _of_bytes(settings, source, url)
    if isinstance(found, NoArticle):
        raise FoundWantingError(
            f"{source} is no article: {found.reason}" + (f" ({found.detail})" if found.detail else "")
        )
    if json:
        print_json(_shown(found))
    else:
        print_article(found)


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


def _of_url(settings: "Settings", url: str) -> Article | NoArticle:
    from crawler import reactor

    return reactor.run(_fetched_and_extracted(settings, _fit(url)))


async def _fetched_and_extracted(settings: "Settings", url: str) -> Article | NoArticle:
    from cli.looking import fetched, lookout

    with err.status(f"fetching {url}"):
        async with lookout(settings) as look:
            answer = await fetched(look.crawler, url)
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
