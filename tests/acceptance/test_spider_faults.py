"""Whatever a spider of the user's own does wrong is its source's error, and the others are visited all the same."""

import json
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from extraction.pool import WorkerPool
from news.article import Article
from news.clock import ManualClock
from service.blemishes import dated_by
from tests.running import Running, running
from tests.sites import LocalSite

Start = Callable[..., AbstractAsyncContextManager[Running]]
_numbers = count()  # Python reads a module of one name once

CLASS = "import scrapy, sys, time\nclass Phare(scrapy.Spider):\n    start_urls = ['{home}']\n"
ITEM = "{'url': response.urljoin('/un'), 'title': 'Un', 'text': 'Un texte.'}"
STUCK = "goes on for more than 1 s without an await"
EXITS = "wants to end the whole process: SystemExit"


@pytest.fixture
def start(
    site: LocalSite, pool: WorkerPool, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Start:
    """Vigie with a source that is read by a spider of this text, and one that is read as usual."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def started(body: str, *, module: str = "") -> AbstractAsyncContextManager[Running]:
        name = f"faults_{next(_numbers)}"
        (tmp_path / "spiders").mkdir(exist_ok=True)
        text = module or CLASS.format(home=site.url()) + body
        (tmp_path / "spiders" / f"{name}.py").write_text(text, encoding="utf-8")
        settings = (
            f"[crawler]\ndelay = 0\nspider_timeout = 1\n[network]\nallow = {json.dumps([site.address])}\n"
            f'[[source]]\nname = "Le Phare"\nurl = "{site.url()}?phare"\nspider = "{name}:Phare"\n'
            f'[[source]]\nname = "other"\nurl = "{site.url()}"\n'
        )
        return running(tmp_path, settings, pool, clock)

    return started


FAULTS: dict[str, tuple[str, str]] = {
    "start raises": ("    async def start(self):\n        yield 1 / 0\n", "ZeroDivisionError"),
    "start exits": ("    async def start(self):\n        sys.exit(3)\n        yield\n", f"{EXITS} 3"),
    "start never ends": ("    async def start(self):\n        while True: pass\n        yield\n", STUCK),
    "construction raises": ("    def __init__(self):\n        1 / 0\n", "before it could start"),
    "construction exits": ("    def __init__(self):\n        sys.exit('no')\n", f"{EXITS} no"),
    "construction never ends": ("    def __init__(self):\n        while True: pass\n", STUCK),
    "a callback raises": ("    def parse(self, response):\n        return 1 / 0\n", "ZeroDivisionError"),
    "a callback exits": ("    def parse(self, response):\n        sys.exit(3)\n", f"{EXITS} 3"),
    "a generator exits": ("    def parse(self, response):\n        yield\n        sys.exit(3)\n", f"{EXITS} 3"),
    "a coroutine exits": ("    async def parse(self, response):\n        raise SystemExit\n", EXITS),
    "a callback never ends": (
        "    def parse(self, response):\n        while True: pass\n",
        f"{STUCK} (line 5 of faults_",
    ),
    "a callback sleeps": ("    def parse(self, response):\n        time.sleep(600)\n", f"{STUCK} (line 5 of faults_"),
    "a generator never ends": ("    def parse(self, response):\n        yield\n        while True: pass\n", STUCK),
    "a coroutine never ends": ("    async def parse(self, response):\n        while True: pass\n", STUCK),
    "a later callback never ends": (
        "    def parse(self, response):\n        yield response.follow('/?n=1', self.more)\n"
        "    def more(self, response):\n        while True:\n            try: 1 / 0\n"
        "            except Exception: pass\n",
        STUCK,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_of_a_spider_is_its_source_s_error(site: LocalSite, start: Start, fault: str) -> None:
    site.publish("une", "La une")
    body, said = FAULTS[fault]
    async with start(body) as vigie:
        await vigie.visit()
        await _is_told(vigie, said)


MODULES: dict[str, tuple[str, str]] = {
    "there is no class": ("x = 1", "has no scrapy.Spider called 'Phare'"),
    "an import fails": ("import nowhere_at_all", "ModuleNotFoundError"),
    "an import exits": ("import sys\nsys.exit(3)", "cannot be imported: SystemExit"),
    "an import never ends": ("while True: pass", "cannot be imported: that takes more than 1 s"),
}


@pytest.mark.parametrize("fault", MODULES)
async def test_a_fault_of_a_module_is_its_source_s_error(site: LocalSite, start: Start, fault: str) -> None:
    site.publish("une", "La une")
    module, said = MODULES[fault]
    async with start("", module=module) as vigie:
        await vigie.visit()
        await _is_told(vigie, said)


async def _is_told(vigie: Running, said: str) -> None:
    source, other = await vigie.source("Le Phare"), await vigie.source("other")
    assert said in source.last_error
    assert (source.trouble, source.failures) == ("failing", 1)
    assert "docs/spiders.md" in source.advice
    assert "fault of Vigie's" not in source.last_error
    assert (other.last_error, other.failures) == ("", 0)
    assert [entry.article.title for entry in await vigie.articles()] == ["La une"]


async def test_a_spider_that_wants_to_end_the_process_with_its_run_does_not(site: LocalSite, start: Start) -> None:
    site.publish("une", "La une")
    body = f"    def closed(self, reason):\n        sys.exit(3)\n    def parse(self, response):\n        yield {ITEM}\n"
    async with start(body) as vigie:
        await vigie.visit()
        assert {entry.article.title for entry in await vigie.articles()} == {"La une", "Un"}


async def test_what_came_before_a_fault_is_kept(start: Start) -> None:
    body = f"    def parse(self, response):\n        yield {ITEM}\n        while True: pass\n"
    async with start(body) as vigie:
        await vigie.visit()
        assert STUCK in (await vigie.source("Le Phare")).last_error
        assert [entry.article.title for entry in await vigie.articles()] == ["Un"]


async def test_an_article_that_breaks_our_code_keeps_no_other_from_being_stored(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(article: Article, *rest: Any) -> Article:
        if article.url.endswith("/un"):
            raise ValueError("no such thing")
        return dated_by(article, *rest)

    monkeypatch.setattr("service.collect.dated_by", breaking)
    body = f"    def parse(self, response):\n        yield {ITEM}\n        yield {ITEM.replace('/un', '/deux')}\n"
    async with start(body) as vigie:
        await vigie.visit()
        assert [entry.article.url.rpartition("/")[2] for entry in await vigie.articles()] == ["deux"]
        source = await vigie.source("Le Phare")
        assert (source.last_error, source.watched_since is None) == ("", False)
        async with vigie.archive.database.read() as tx:
            [link] = await tx.links.troubled(source.id, 5)
        assert (link.state, link.attempts) == ("pending", 1)
        assert link.last_error == "a fault of Vigie's: ValueError: no such thing"


async def test_a_spider_that_waits_politely_is_left_alone(start: Start) -> None:
    body = (
        "    async def parse(self, response):\n        import asyncio\n        for _ in range(50):\n"
        f"            await asyncio.sleep(0)\n        yield {ITEM}\n"
    )
    async with start(body) as vigie:
        await vigie.visit()
        assert (await vigie.source("Le Phare")).last_error == ""
        assert [entry.article.title for entry in await vigie.articles()] == ["Un"]


async def test_a_fault_of_ours_ends_the_run_and_is_told_as_ours(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        f"    def parse(self, response):\n        yield {ITEM}\n        yield {ITEM}\n"
        "        yield response.follow('/never', self.parse)\n"
    )
    asked: list[object] = []

    async def full(*what: Any) -> None:
        asked.append(what)
        raise OSError(28, "No space left on device")

    async with start(body) as vigie:
        monkeypatch.setattr(vigie.engine.collector, "listed", full)
        await vigie.visit()
        source = await vigie.source("Le Phare")
    assert "a fault of Vigie's: OSError: [Errno 28] No space left on device" in source.last_error
    assert len(asked) == 1, "nothing more is tried"
    assert source.watched_since is None, "what the run would have brought is still history"
