"""What /metrics tells: of the database, of this process, and to whom."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.requests import Request

from crawler.visit import VisitOutcome
from news.alert import Attempt
from news.clock import ManualClock
from news.errors import DatabaseTroubleError
from news.tally import Tally
from service.metrics import FAMILIES, MOST_CHANNELS, OTHERS, Metrics, Sources
from service.settings import WebSettings
from service.visits import Visits
from storage import Database
from storage.figures import FigureBook, Figures
from tests.databases import PostgreSQL
from tests.documents import ROOT, rows, section
from tests.samples import HOUR, MINUTE, NOON, a_channel, a_source, an_article, claim, put_article, put_delivery, record
from web.metrics import may_read, metrics_router
from web.server import WebServer

_SAMPLE = re.compile(r"^(?P<name>\w+)(?:\{(?P<labels>.*)\})? (?P<number>\S+)$")


class _Vigie:
    """What the metrics are gathered of."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.clock, self.tally = database, ManualClock(NOON), Tally()
        self.seconds = 0.0
        self.troubles: dict[str, str] = {}
        sources = Sources(self.tally, lambda: {"visits": 4.5}, self.trouble, lambda: {"disk": 1}, folder, "1.2.3")
        self.metrics = Metrics(database, self.clock, sources, lambda: self.seconds)

    async def trouble(self) -> Mapping[str, str]:
        return self.troubles

    async def tells(self) -> dict[str, float]:
        """Each sample by its name and labels."""
        samples = {}
        for line in (await self.metrics.page()).splitlines():
            if not line.startswith("#"):
                found = _SAMPLE.match(line)
                assert found is not None, line
                samples[line.rpartition(" ")[0]] = float(found["number"])
        return samples


@pytest.fixture
def vigie(database: Database, tmp_path: Path) -> _Vigie:
    return _Vigie(database, tmp_path)


async def test_the_state_of_things_is_told(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        delivery = await put_delivery(tx)
        await put_delivery(tx, 2)
        [first, _] = await claim(tx)
        await record(tx, first, Attempt(NOON, 1, True, "200"), "sent")
        await tx.channels.stop((await tx.channels.get("channel 2")).id, "410 Gone")
        number = await tx.sources.put(a_source("late", "https://late.example/"), NOON - HOUR)
        await tx.sources.change(number, trouble="failing")
        paused = await tx.sources.put(a_source("paused", "https://paused.example/"), NOON)
        await tx.sources.pause(paused, True, NOON)
    vigie.clock.set(NOON + MINUTE)
    told = await vigie.tells()
    assert told["vigie_articles_total"] == 2
    assert told["vigie_matches_total"] == 0
    assert told["vigie_alerts_total"] == 2
    assert told["vigie_watches"] == 2
    assert {state: told[f'vigie_sources{{state="{state}"}}'] for state in ("ok", "failing", "paused")} == {
        "ok": 2, "failing": 1, "paused": 1,
    }  # fmt: skip
    assert told['vigie_deliveries{channel="channel 1",state="pending"}'] == 0
    assert told['vigie_deliveries{channel="channel 2",state="pending"}'] == 1
    assert told['vigie_deliveries{channel="channel 2",state="dead"}'] == 0
    assert told['vigie_channel_works{channel="channel 1"}'] == 1
    assert told['vigie_channel_works{channel="channel 2"}'] == 0
    assert told['vigie_queue_due{queue="visits"}'] == 3
    assert told['vigie_queue_oldest_seconds{queue="visits"}'] == 3_660
    assert told['vigie_queue_due{queue="deliveries"}'] == 0, "its channel stands still"
    assert told['vigie_queue_waiting{queue="deliveries"}'] == 1
    assert delivery.id


async def test_this_process_is_told_of(vigie: _Vigie) -> None:
    vigie.tally.add("visits", "ok", by=2)
    vigie.tally.add("pages", "timeout")
    vigie.tally.add("heartbeats", "failed")
    told = await vigie.tells()
    assert told['vigie_visits_total{result="ok"}'] == 2
    assert told['vigie_pages_total{result="timeout"}'] == 1
    assert told['vigie_heartbeats_total{result="failed"}'] == 1
    assert told['vigie_tick_late_seconds{tick="visits"}'] == 4.5
    assert told['vigie_problems{kind="disk"}'] == 1
    assert told["vigie_ready"] == 1
    assert told["vigie_disk_free_bytes"] > 0
    assert told["process_resident_memory_bytes"] > 10_000_000
    assert 3 < told["process_open_fds"] < told["process_max_fds"]
    assert any(name.startswith('vigie_build_info{version="1.2.3",python="3.') for name in told)
    vigie.troubles["database"] = "is gone"
    assert (await vigie.tells())["vigie_ready"] == 0


async def test_all_that_is_served_is_declared_and_all_that_is_declared_is_served(vigie: _Vigie) -> None:
    for name in ("visits", "pages", "heartbeats"):
        vigie.tally.add(name, "ok")
    vigie.tally.add("attempts", "bureau", "sent")
    vigie.database.errors.add("errors", "locked")
    async with vigie.database.write() as tx:
        await put_delivery(tx)
    assert {name.partition("{")[0] for name in await vigie.tells()} == set(FAMILIES)


_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
_LINE = re.compile(
    rf"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{{{_LABEL}(?:,{_LABEL})*\}})? (NaN|[+-]Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)"
)


async def test_the_whole_page_is_as_the_format_has_it_whatever_channels_are_called(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        for name in ('say "no"', "back\\slash", "é 日本 {x=1}"):
            await tx.channels.put(replace(a_channel(name)), NOON)
    vigie.tally.add("attempts", "two\nlines", "sent")
    page = await vigie.metrics.page()
    assert page.endswith("\n")
    kinds: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for line in page[:-1].split("\n"):
        if line.startswith("#"):
            _, what, name, said = line.split(" ", 3)
            assert (name in kinds) == (what == "TYPE"), "HELP, then TYPE, once each"
            kinds[name] = said if what == "TYPE" else ""
            continue
        sample = _LINE.fullmatch(line)
        assert sample is not None, line
        assert sample[1] == next(reversed(kinds)), "samples stand below their own family"
        assert (sample[1], sample[2]) not in seen, line
        seen.add((sample[1], sample[2]))
    assert {name.endswith("_total") for name, kind in kinds.items() if kind == "counter"} == {True}
    assert {name.endswith("_total") for name, kind in kinds.items() if kind == "gauge"} == {False}


async def test_an_article_that_was_met_again_is_counted_once(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        source_id = await tx.sources.put(a_source(), NOON)
        await put_article(tx, 1, source_id)
        assert await tx.articles.add(an_article("https://phare.example/1"), source_id, NOON, NOON) is None
        await put_article(tx, 2, source_id)
    assert (await vigie.tells())["vigie_articles_total"] == 2


async def test_what_has_gone_is_counted_still(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        await put_article(tx, 1)
        await put_article(tx, 2)
        await tx.connection.execute(text("DELETE FROM article"))
    assert (await vigie.tells())["vigie_articles_total"] == 2


async def test_the_database_is_asked_once_in_ten_seconds(vigie: _Vigie) -> None:
    assert (await vigie.tells())["vigie_articles_total"] == 0
    async with vigie.database.write() as tx:
        await put_delivery(tx)
    vigie.seconds = 9.9
    assert (await vigie.tells())["vigie_articles_total"] == 0
    vigie.seconds = 10
    assert (await vigie.tells())["vigie_articles_total"] == 1


async def test_where_the_database_cannot_be_asked_the_rest_is_told(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        await tx.connection.execute(text("ALTER TABLE telling RENAME TO elsewhere"))
    vigie.tally.add("visits", "ok")
    told = await vigie.tells()
    assert "vigie_articles_total" not in told
    assert told['vigie_visits_total{result="ok"}'] == 1
    assert told['vigie_database_errors_total{kind="other"}'] == 1
    async with vigie.database.write() as tx:
        await tx.connection.execute(text("ALTER TABLE elsewhere RENAME TO telling"))


async def test_a_database_that_does_not_answer_holds_up_no_page(vigie: _Vigie, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, may_answer = [0], asyncio.Event()

    async def hangs(_: FigureBook, now: datetime) -> Figures:
        asked[0] += 1
        await may_answer.wait()
        return Figures(articles=7)

    monkeypatch.setattr(FigureBook, "at", hangs)
    monkeypatch.setattr(vigie.metrics._question, "patience", 0.01)
    for _ in range(3):
        assert "vigie_articles_total" not in await vigie.tells()
    assert asked == [1]
    may_answer.set()
    monkeypatch.setattr(vigie.metrics._question, "patience", 60)
    assert (await vigie.tells())["vigie_articles_total"] == 7


async def test_errors_of_the_database_are_counted_once_each(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as tx:
            for _ in range(2):
                await tx.connection.execute(text("INSERT INTO secret (name, value) VALUES ('a', 'b')"))
    with pytest.raises(DBAPIError):
        async with database.read() as tx:
            await tx.connection.execute(text("SELEC 1"))
    assert database.errors.of("errors") == {("refused",): 1, ("other",): 1}


@pytest.mark.parametrize(
    ("state", "kind"),
    [("55P03", "locked"), ("53100", "full"), ("25006", "full"), ("57P01", "gone"), ("22012", "other")],
)
@pytest.mark.postgresql
async def test_an_error_is_counted_by_its_state_whatever_language_the_server_speaks(
    postgresql: PostgreSQL, state: str, kind: str
) -> None:
    url = postgresql.borrow()
    database = await Database.open(url)
    raised = text(f"DO $$ BEGIN RAISE EXCEPTION 'annulé' USING ERRCODE = '{state}'; END $$")
    with pytest.raises((DBAPIError, DatabaseTroubleError)):
        async with database.write() as tx:
            await tx.connection.execute(raised)
    assert database.errors.of("errors") == {(kind,): 1}
    await database.close()
    postgresql.give_back(url)


async def test_of_many_channels_the_last_are_told_together(vigie: _Vigie) -> None:
    async with vigie.database.write() as tx:
        for number in range(MOST_CHANNELS + 5):
            await tx.channels.put(replace(a_channel(f"c{number:03}")), NOON)
    for number in range(MOST_CHANNELS + 5):
        vigie.tally.add("attempts", f"c{number:03}", "sent")
    told = await vigie.tells()
    assert told[f'vigie_attempts_total{{channel="{OTHERS}",result="sent"}}'] == 5
    for name in ("vigie_attempts_total", "vigie_channel_works"):
        assert sum(one.startswith(name) for one in told) <= MOST_CHANNELS + 1
    assert sum(one.startswith("vigie_deliveries{") for one in told) <= 3 * (MOST_CHANNELS + 1)


async def test_visits_are_counted_by_how_they_ended(database: Database) -> None:
    tally, clock = Tally(), ManualClock(NOON)
    visits = Visits(database, clock, "me", MINUTE, lambda *_: NOON, tally)
    async with database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
    for outcome in (VisitOutcome(polls=3), VisitOutcome(error="gone", polls=1), VisitOutcome(is_cut_short=True)):
        [brief] = await visits.lease([number])
        await visits.end(brief, outcome)
    assert tally.of("visits") == {("ok",): 1, ("failing",): 1, ("cut short",): 1}
    assert tally.of("polls") == {(): 4}


# Who may read.


def _asks(peer: str | None, host: str = "127.0.0.1:8765", **headers: str) -> Request:
    said = {"host": host} | {name.replace("_", "-"): value for name, value in headers.items()}
    named = [(name.encode(), value.encode()) for name, value in said.items()]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/metrics", "headers": named, "query_string": b""}
    return Request(scope | {"client": (peer, 5) if peer is not None else None})


_OFFICE = (ip_network("10.1.2.0/24"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    "request_",
    [
        _asks("127.0.0.1"), _asks("::1", "[::1]:8765"), _asks("127.0.0.1", "localhost:8765"),
        _asks("127.0.0.1", "LOCALHOST"), _asks("::ffff:127.0.0.1"), _asks("10.1.2.3", "vigie:8765"),
        _asks("::ffff:10.1.2.3", "vigie"), _asks("fd00::1", "vigie"),
    ],
)  # fmt: skip
def test_this_machine_and_the_networks_named_may_read(request_: Request) -> None:
    assert may_read(request_, _OFFICE)


@pytest.mark.parametrize(
    "request_",
    [
        _asks(None), _asks("10.1.3.3"), _asks("93.184.215.14"), _asks("nobody"), _asks("testclient"),
        _asks("127.0.0.1", "evil.example:8765"), _asks("127.0.0.1", ""), _asks("127.0.0.1", "localhost.evil.example"),
        _asks("127.0.0.1", x_forwarded_for="127.0.0.1"), _asks("127.0.0.1", forwarded="for=127.0.0.1"),
        _asks("127.0.0.1", via="1.1 proxy"), _asks("10.1.2.3", x_real_ip="10.1.2.3"),
    ],
)  # fmt: skip
def test_nobody_else_may_nor_who_comes_through_a_proxy_or_by_a_strange_name(request_: Request) -> None:
    assert not may_read(request_, _OFFICE)


@asynccontextmanager
async def _served(vigie: _Vigie) -> AsyncIterator[str]:
    app = FastAPI()
    app.include_router(metrics_router(vigie.metrics.page))
    server = WebServer(app, "127.0.0.1", 0)
    await server.start()
    try:
        yield server.url
    finally:
        await server.stop()


async def test_the_page_is_served_as_prometheus_wants_it(vigie: _Vigie) -> None:
    async with _served(vigie) as url, aiohttp.ClientSession() as session:
        async with session.get(f"{url}/metrics") as answer:
            assert answer.status == 200
            assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
            assert (await answer.text()).startswith("# HELP vigie_build_info ")
        for headers in ({"x-forwarded-for": "127.0.0.1"}, {"host": "evil.example"}):
            async with session.get(f"{url}/metrics", headers=headers) as answer:
                assert answer.status == 403


@pytest.mark.parametrize("network", ["10.1.2.3/8", "everybody", "", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(network: str) -> None:
    with pytest.raises(ValueError, match="is no network"):
        WebSettings(metrics_from=(network,))


# What the documents say.


def test_every_metric_is_documented_as_it_is() -> None:
    written = [
        [f"`{one.name}`", one.kind, ", ".join(f"`{label}`" for label in one.labels), one.tells]
        for one in FAMILIES.values()
    ]
    assert rows(section(ROOT / "docs" / "metrics.md", "What there is")) == written


def _queries(dashboard: Any) -> list[str]:
    if isinstance(dashboard, dict):
        own = [str(dashboard[key]) for key in ("expr", "definition") if key in dashboard]
        return own + [query for value in dashboard.values() for query in _queries(value)]
    return [query for value in dashboard for query in _queries(value)] if isinstance(dashboard, list) else []


def _names(query: str) -> set[str]:
    return set(re.findall(r"\b(?:vigie|process)_\w+", query))


def test_the_dashboard_asks_for_metrics_and_labels_that_there_are() -> None:
    dashboard = json.loads((ROOT / "docs" / "grafana.json").read_text(encoding="utf-8"))
    queries = _queries(dashboard)
    assert len(queries) > 20
    for query in queries:
        names = _names(query)
        assert names <= set(FAMILIES), query
        known = {label for name in names for label in FAMILIES[name].labels} | {"job", "instance"}
        matched = re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"', query)
        grouped = [one.strip() for by in re.findall(r"by \(([^)]*)\)", query) for one in by.split(",")]
        assert {*matched, *grouped} <= known, query
    shown = {name for query in queries for name in _names(query)}
    assert set(FAMILIES) - shown <= {"vigie_watches", "process_start_time_seconds"}


def test_the_alarms_of_the_document_are_on_metrics_that_there_are() -> None:
    alarms = [row[0] for row in rows(section(ROOT / "docs" / "metrics.md", "What to be woken by"))]
    assert len(alarms) > 3
    assert all(_names(alarm) <= set(FAMILIES) for alarm in alarms)
