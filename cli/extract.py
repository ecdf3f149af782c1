"""`vigie extract`: the article of one page, and nothing else; no archive is needed, and none is made."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from cli.archive import quiet_logs
from cli.articles import described, print_article
from cli.errors import FoundWantingError
from cli.explanation import print_explanation, refusal, refused
from cli.options import BODY, DEFAULT_DATA, DROP, ByBrowser, Config, Data, Json
from cli.output import err, print_json, print_note
from news.article import Article, NoArticle, Page
from news.clock import SystemClock
from news.errors import ConfigError, NotFoundError
from news.guidance import Guidance, rules_of

if TYPE_CHECKING:
    from extraction.explain import Explanation
    from extraction.extractor import PoolExtractor
    from news.source import Source
    from service.settings import Settings

_Way = Callable[[str], "Awaitable[tuple[Source, Mapping[str, Any]]]"]
_Found: TypeAlias = "Article | NoArticle | Explanation"
_Ask = Callable[["PoolExtractor", Page, "Source | None", Mapping[str, Any]], Awaitable[_Found]]

_AS = typer.Option("--as", help="Read it as a page of this source: its access, browser, memory.", metavar="NAME")
_EXPLAIN = typer.Option("--explain", help="Show each block of the page, its score, and why it stayed or went.")


def extract(
    source: Annotated[str, typer.Argument(help="A URL, a file, or `-` for standard input.", metavar="SOURCE")],
    url: Annotated[str, typer.Option("--url", help="Where a file or the input came from.", metavar="URL")] = "",
    as_source: Annotated[str, _AS] = "",
    browser: ByBrowser = None,
    explain: Annotated[bool, _EXPLAIN] = False,
    body: Annotated[str, BODY] = "",
    drop: Annotated[list[str] | None, DROP] = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Print the clean text of one page, without the site around it.

    With `--json`: `title`, `text` (paragraphs separated by blank lines), `canonical_url`, `authors`, `published_at`,
    `modified_at`, `language`, `section`, `tags`, `image`, `is_paywalled`, `word_count`, `confidence` and `provenance`,
    which says where each is from. Exit code 1 where the page is no article, with the reason on standard error, and
    with `--json` `reason`, `detail` and `confidence` on standard output.

    Examples:

        vigie extract https://www.example.com/news/1.html

        vigie extract page.html --url https://www.example.com/news/1.html --json

        vigie extract https://www.example.com/news/1.html --as 'Le Phare'

        curl -s https://www.example.com/news/1.html | vigie extract -

        vigie extract page.html --explain --body .article-body --drop .promo
    """
    quiet_logs()
    settings = _settings(data, config)
    ask = partial(_asked, rules=_tried(body, drop), explain=explain)
    if "://" in source:
        found = _of_url(settings, source, partial(_way, data, config, as_source, by_browser=browser), ask)
    else:
        _only_for_urls(as_source, browser)
        found = _of_bytes(settings, source, url, ask)
    _print(found, source, json=json)


def _print(found: _Found, source: str, *, json: bool) -> None:
    """Print what was found. Raises FoundWantingError where it is no article."""
    outcome = _outcome(found)
    _tell_of_missed_rule(outcome)
    if not isinstance(found, Article | NoArticle):
        print_explanation(found, json=json)
    elif isinstance(found, Article):
        print_json(_shown(found)) if json else print_article(found)
    elif json:
        print_json(refused(found))
    if isinstance(outcome, NoArticle):
        raise FoundWantingError(f"{source} is no article: {refusal(outcome)}")


def _outcome(found: _Found) -> Article | NoArticle:
    return found if isinstance(found, Article | NoArticle) else found.found


def _tell_of_missed_rule(outcome: Article | NoArticle) -> None:
    """That the rule for bodies has selected nothing, so that the page was read without it, on standard error."""
    if outcome.missed_rule:
        print_note(f"the rule body selects nothing on this page, which is read without it: {outcome.missed_rule}")


def _only_for_urls(as_source: str, browser: bool | None) -> None:
    if as_source or browser:
        raise ConfigError("--as and --browser are for a URL", "a file or the input is not fetched")


def _shown(article: Article) -> dict[str, object]:
    return {
        "title": article.title,
        "text": article.text,
        "canonical_url": article.canonical_url,
        **described(article),
    }


def _settings(data: Path, config: Path | None) -> "Settings":
    """The settings that there are, without making a data folder for them."""
    from cli.folder import DataFolder
    from service.configuration import read

    return read(config or DataFolder(data).own_settings_file)


def _tried(body: str, drop: list[str] | None) -> dict[str, object]:
    """The rules that are tried. Raises ConfigError where one is no selector."""
    from extraction.selectors import selector

    for css in (*((body,) if body else ()), *(drop or ())):
        selector(css)
    return {**({"body": body} if body else {}), **({"drop": drop} if drop else {})}


async def _asked(
    extractor: "PoolExtractor",
    page: Page,
    source: "Source | None",
    memory: Mapping[str, Any],
    *,
    rules: dict[str, object],
    explain: bool,
) -> _Found:
    """What the extractor says of the page by the source's rules and memory; rules that are tried replace them."""
    guidance = Guidance(rules_of({**(source.rules if source else {}), **rules}), memory)
    return _dated(await (extractor.explain(page, guidance) if explain else extractor.extract(page, guidance)))


def _dated(found: _Found) -> _Found:
    """What was found, dates in the future marked as they are before an article is stored."""
    from service.blemishes import dated_by

    outcome = _outcome(found)
    if not isinstance(outcome, Article):
        return found
    dated = dated_by(outcome, SystemClock().now())
    return dated if isinstance(found, Article | NoArticle) else replace(found, found=dated)


def _of_url(settings: "Settings", url: str, way: _Way, ask: _Ask) -> _Found:
    from crawler import reactor

    return reactor.run(_fetched_and_extracted(settings, _fit(url), way, ask))


async def _way(
    data: Path, config: Path | None, name: str, url: str, *, by_browser: bool | None
) -> "tuple[Source, Mapping[str, Any]]":
    """The source in whose way the URL is fetched, and what its articles have taught; one that is not kept where none is
    named. Raises NotFoundError.
    """
    from cli.looking import looked_at
    from cli.place import Place, open_archive
    from news.source import Source

    if not name:
        return looked_at(Source(0, url, url), by_browser=by_browser), {}
    async with open_archive(Place.of(data, config)) as archive, archive.database.read() as tx:
        source = await tx.sources.get(name)
        return looked_at(source, by_browser=by_browser), await tx.sources.memory(source.id) or {}


async def _fetched_and_extracted(settings: "Settings", url: str, way: _Way, ask: _Ask) -> _Found:
    from cli.looking import fetched, lookout

    source, memory = await way(url)
    with err.status(f"fetching {url}"):
        async with lookout(settings) as look:
            answer = await fetched(look.crawler, url, source)
            return await ask(look.extractor, answer.page, source, memory)


def _of_bytes(settings: "Settings", source: str, url: str, ask: _Ask) -> _Found:
    page = Page(_fit(url) if url else "", sys.stdin.buffer.read() if source == "-" else _read(Path(source)))
    return asyncio.run(_extracted(settings, page, ask))


async def _extracted(settings: "Settings", page: Page, ask: _Ask) -> _Found:
    from extraction.extractor import PoolExtractor
    from extraction.pool import WorkerPool

    pool = WorkerPool(1, settings.extraction.timeout)
    try:
        return await ask(PoolExtractor(pool), page, None, {})
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
