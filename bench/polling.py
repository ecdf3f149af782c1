"""What it costs to look whether a source has news: CPU and memory by the number of sources.

    python -m bench.polling [--sources 1000 10000] [--json]

Each source is one feed on loopback, on a hundred hosts (ports). Vigie is wired as in production, with SQLite and
`synchronous=FULL`. First every feed is asked and found unchanged (304), then every feed has one more link. Pages are
not fetched: the links lead to a host that is not allowed, so the guard refuses them without a request; the second
figure is therefore the feed's transfer and parsing, and the writing of its links.
"""

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from bench.feed_server import HOST, links_of, serving_feeds
from bench.lag import Lag
from cli import logs
from cli.place import Archive, Place, open_archive
from cli.wiring import Engine
from crawler import reactor
from news.clock import ManualClock, SystemClock
from news.source import Feed, FoundLink, Source
from service.settings import LogSettings

_HOSTS = 100
_TICKS = 9
_MODIFIED = 5_000  # feeds that are asked again with one more link, at most: their known links take long to prepare


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, nargs="+", default=[1_000], help="how many, one run after the other")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    logs.configure(LogSettings(level="error"))
    with serving_feeds(_HOSTS) as (ports, server):
        figures = reactor.run(_all(options.sources, ports, server))
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for run in figures:
        for name, value in run.items():
            print(f"{name:40} {value}")
        print()


async def _all(counts: list[int], ports: list[int], server: Connection) -> list[dict[str, Any]]:
    return [await _measure(count, ports, server) for count in counts]


async def _measure(count: int, ports: list[int], server: Connection) -> dict[str, Any]:
    allowed = ", ".join(f'"{HOST}:{port}"' for port in ports)
    settings = f'[crawler]\ndelay = 0\npages_per_visit = 1\ninterval = "1d"\n[network]\nallow = [{allowed}]\n'
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "vigie.toml").write_text(settings, encoding="utf-8")
        clock = ManualClock(SystemClock().now())
        async with open_archive(Place.of(folder, None), clock) as archive:
            await _add_sources(archive, count, ports)
            engine = Engine(archive)
            await engine.pool.warm()
            await engine.crawler.start()
            figures: dict[str, Any] = {"sources": count}
            await _checked("first", archive, engine, count)  # hosts and robots.txt become known
            began = _memory()
            figures |= await _checked("unchanged", archive, engine, count)
            figures["kb_memory_per_source"] = round((_memory() - began) / 1024 / count, 2)
            figures["mb_service"] = round(_memory() / 1024**2)
            figures |= await _ticked(archive, engine)
            server.send(1)
            server.recv()
            figures |= await _checked("modified", archive, engine, min(count, _MODIFIED))
            server.send(0)
            server.recv()
            await engine.crawler.stop()
            await engine.pool.close()
    return figures


async def _add_sources(archive: Archive, count: int, ports: list[int]) -> None:
    now = archive.clock.now()
    async with archive.database.write() as tx:
        for number in range(count):
            url = f"http://{HOST}:{ports[number % len(ports)]}/f/{number}"
            source = await tx.sources.put(Source(0, f"source {number}", url, interval=86_400), now)
            await tx.feeds.replace(source, [Feed(url, "feed")])
            [feed] = await tx.feeds.of(source)
            await tx.feeds.polled(replace(feed, etag='"0"'), now)
            await tx.sources.change(source, discovered_at=now, watched_since=now)
            if number < _MODIFIED:
                known = [FoundLink(link) for link in links_of(f"/f/{number}", 0)]
                await tx.links.add_unknown(source, "feed", known, is_history=True, now=now)
        await tx.connection.exec_driver_sql("UPDATE link SET state = 'fetched', next_try_at = NULL")


async def _make_due(archive: Archive, count: int) -> None:
    """The first so many sources are due, the others are not."""
    async with archive.database.write() as tx:
        await tx.connection.exec_driver_sql("UPDATE source SET due_at = '2100-01-01 00:00:00.000000'")
        due = f"UPDATE source SET due_at = '2000-01-01 00:00:00.000000' WHERE id <= {count}"
        await tx.connection.exec_driver_sql(due)


async def _round(engine: Engine) -> None:
    """Visit every source that is due, as the tick would, without its second between."""
    while True:
        await engine.local.submit_due()
        if not len(engine.local):
            return
        await engine.local.one_ended()


async def _checked(kind: str, archive: Archive, engine: Engine, count: int) -> dict[str, Any]:
    await _make_due(archive, count)
    before, began = _cpu(), time.perf_counter()
    lag = Lag()
    async with lag:
        await _round(engine)
    took = time.perf_counter() - began
    await _all_were_read(archive, count)
    return {
        f"{kind}_cpu_ms_per_check": round((_cpu() - before) * 1000 / count, 2),
        f"{kind}_checks_per_second": round(count / took),
        f"{kind}_loop_lag_p99_ms": lag.p99(),
    }


async def _all_were_read(archive: Archive, count: int) -> None:
    """The figures are worth nothing if something went wrong."""
    async with archive.database.read() as tx:
        failed = await tx.connection.exec_driver_sql("SELECT count(*) FROM source WHERE last_error != ''")
        read = await tx.connection.exec_driver_sql("SELECT count(*) FROM feed WHERE last_polled_at >= last_success_at")
        assert failed.scalar() == 0
        assert (read.scalar() or 0) >= count


async def _ticked(archive: Archive, engine: Engine) -> dict[str, Any]:
    """The tick when nothing is due, and when everything is; each several times, the median counts."""
    nothing = [await _tick(engine) for _ in range(_TICKS)]
    everything = []
    for _ in range(_TICKS):
        await _make_due(archive, 2**31)
        everything.append(await _tick(engine))
        await engine.visits.release_all()
    medians = [round(statistics.median(ticks) * 1000, 1) for ticks in (nothing, everything)]
    return {"tick_ms_nothing_due": medians[0], "tick_ms_all_due": medians[1]}


async def _tick(engine: Engine) -> float:
    began = time.perf_counter()
    await engine.visits.lease_due(16)
    return time.perf_counter() - began


def _cpu() -> float:
    """CPU seconds of this process and its workers; the server's are not among them."""
    process = psutil.Process()
    workers = [child for child in process.children() if "feed_server" not in " ".join(child.cmdline())]
    return float(sum(sum(each.cpu_times()[:2]) for each in (process, *workers)))


def _memory() -> int:
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    main()
