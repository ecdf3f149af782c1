"""Rows 30–32: text that databases refuse, text that deceives the eye, overlong URLs: from the page to the archive."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from cli import logs
from extraction.pool import WorkerPool
from news.clock import ManualClock
from service.settings import LogSettings
from tests.commands import Commands, logging_left_alone
from tests.made_news import prose
from tests.running import running
from tests.samples import a_watch
from tests.sites import LocalSite

_HOSTILE = "La Corée &#0;\x00 &#xD83D; \ufffe \uffff nie"
# An astronaut, a flag, what reads backwards, and what parts letters without being seen; a page may also hold spaces of
# no width, which no article has.
_DECEIVING = (
    "Corée 👩🏽‍🚀 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f "
    "\u202eeinér\u202c \u2066x\u2069 n\u200cé"
)
_IN_ONE = _DECEIVING.replace(" ", "")
_BACKWARDS, _UNSEEN = "[\u202a-\u202e\u2066-\u2069]", "[\u200b-\u200f\u202a-\u202e\u2060-\u206f\U000e0000-\U000e007f]"


def _one(site: LocalSite, database_url: str) -> str:
    return (
        f'[crawler]\ndelay = 0\nrevisits = 0\n[network]\nallow = ["{site.address}"]\n'
        f'[[source]]\nname = "Le Site"\nurl = "{site.url()}"\n[database]\nurl = "{database_url}"\n'
    )


def _made(folder: Path) -> Path:
    """The data folder of the commands that are run on this one."""
    (folder / "data").mkdir()
    return folder / "data"


async def test_row_30_a_page_with_what_databases_refuse_is_an_article_and_the_same_on_both(
    site: LocalSite, database_url: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    """Row 30: NUL, a lone surrogate, U+FFFE, as characters and as references, from the page to the archive."""
    url = site.publish("neuf", "TITLE", f"BODY {prose(1)}")
    site.articles["/neuf"] = site.articles["/neuf"].replace("TITLE", _HOSTILE).replace("BODY", _HOSTILE)
    async with running(tmp_path, _one(site, database_url), pool, clock) as vigie:
        await vigie.visit()
        [stored] = await vigie.articles()
        [link] = await vigie.links(url)
        async with vigie.archive.database.write() as tx:
            number = await tx.watches.put(a_watch("a\x00b", "c\ud83d\ufffed"), clock.now())
            watch = await tx.watches.by_id(number)
    assert (watch.name, watch.query) == ("ab", "c\ufffd\ufffdd")
    article = stored.article
    assert (link.state, article.url) == ("fetched", url)
    assert not set("\x00\ud83d\ufffe\uffff") & {*article.title, *article.text}
    assert re.fullmatch(r"La Corée [\s\ufffd]*nie", article.title), ascii(article.title)


@pytest.fixture
def said(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is logged meanwhile."""
    with logging_left_alone(), redirect_stderr(io.StringIO()) as said:
        logs.configure(LogSettings(format=request.param))
        yield said


@pytest.mark.parametrize("said", ["json", "console"], indirect=True)
async def test_row_31_what_deceives_the_eye_is_kept_as_it_is_and_escaped_where_it_is_shown(
    said: io.StringIO, site: LocalSite, database_url: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    """Row 31: emoji, turned writing, no width: the same in the archive, in the log and on a terminal never raw."""
    site.publish("neuf", _DECEIVING, f"{_DECEIVING} {prose(1)}")
    site.publish("autre", _IN_ONE, prose(2))
    async with running(_made(tmp_path), _one(site, database_url), pool, clock) as vigie:
        await vigie.visit()
        titles = {stored.article.title: stored.article.text for stored in await vigie.articles()}
    assert {*titles} == {_DECEIVING, _IN_ONE}
    assert _DECEIVING in titles[_DECEIVING]
    told = said.getvalue()
    assert re.findall(_UNSEEN, told) == []
    if told.startswith("{"):
        lines = [json.loads(line) for line in told.splitlines()]
        assert {line["title"] for line in lines if line["event"] == "article"} == {*titles}
    else:
        assert told.count(r"\u202eeinér\u202c") == 2


async def test_row_31_a_terminal_is_shown_no_turned_writing_and_programs_get_every_character(
    site: LocalSite, database_url: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("neuf", _DECEIVING, f"{_DECEIVING} {prose(1)}")
    async with running(_made(tmp_path), _one(site, database_url), pool, clock) as vigie:
        await vigie.visit()
        async with vigie.archive.database.write() as tx:
            await tx.watches.put(a_watch(f"{_DECEIVING}\u200b\u2060\ufeff", "Corée"), clock.now())
    commands = Commands(tmp_path)
    for ask in (["article", "show", "1"], ["watch", "list"]):
        shown, read = await commands.apart(*ask), await commands.apart(*ask, "--json")
        assert (shown.code, read.code) == (0, 0)
        assert "einér" in shown.out and re.findall(_BACKWARDS, shown.out + read.out) == []
        assert _DECEIVING in json.dumps(read.json, ensure_ascii=False)
    assert read.json[0]["name"] == f"{_DECEIVING}\u200b\u2060\ufeff"


async def test_row_32_a_long_url_is_kept_whole_and_one_that_no_browser_would_open_is_told(
    site: LocalSite, database_url: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    """Row 32: the key is hashed, the text is kept in full; what is over 2,083 or 8 KiB costs the others nothing."""
    slug = "une-tres-longue-adresse-" * 83
    urls = [site.publish(f"{slug}{end}", f"Une longue adresse {end}", prose(ord(end))) for end in "ab"]
    over = site.publish(slug * 2, "Trop longue", prose(3))
    site.publish(slug * 5, "Bien trop longue", prose(4))
    async with running(tmp_path, _one(site, database_url), pool, clock) as vigie:
        await vigie.visit()
        vigie.wait(minutes=11)
        await vigie.visit()
        stored = await vigie.articles()
        source = await vigie.source("Le Site")
        async with vigie.archive.database.read() as tx:
            caps = {one.bite.name: one.bite.url for one in (await tx.caps.of([source.id]))[source.id]}
    assert sorted(one.article.url for one in stored) == sorted(urls)
    assert (source.trouble, site.asked[f"/{slug}a"], caps) == ("", 1, {"URL length": over})
