"""From crawl to commit: articles a second on a local site, CPU an article by stage, peak memory.

    python -m bench.end_to_end [--pages 500] [--corpora FOLDER] [--news-please PYTHON] [--json]

The crawl is Vigie's own, wired as in production: Scrapy fetches from four sites, one connection to each and no pause,
workers extract, the index is asked, and each article commits with its search row. Canonical links are taken out of the
pages, as they would lead to one article for several copies of a page, or elsewhere. Beside it a plain Scrapy spider
downloads the same pages and, where an interpreter is named that has it, news-please downloads and extracts them.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

import matching
from bench.lag import Lag
from bench.page_server import HOST, serving
from bench.pages import pages
from cli import logs
from cli.place import Place, open_archive
from cli.wiring import Engine
from crawler import reactor
from service import board, collect
from service.settings import LogSettings

_CANONICAL = re.compile(rb"<link[^>]*rel=[\"']?canonical[^>]*>|<meta[^>]*og:url[^>]*>", re.IGNORECASE)
_WATCHES = 100
_SITES = 4


@dataclass
class Spent:
    """CPU seconds by stage, and the wall clock."""

    matching: float = 0.0
    wall: float = 0.0
    figures: dict[str, Any] = field(default_factory=dict)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500, help="how many")
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"), help="annotated pages, if there")
    parser.add_argument("--news-please", metavar="PYTHON", help="an interpreter that has news-please")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    served, origin = pages(options.pages, options.corpora)
    logs.configure(LogSettings(level="error"))
    sites = [[_CANONICAL.sub(b"", page) for page in served[number::_SITES]] for number in range(_SITES)]
    with serving(sites) as ports, tempfile.TemporaryDirectory() as folder:
        figures = reactor.run(_measure(Path(folder), ports))
        figures |= _beside(figures, _plain_scrapy(ports, sites), len(served))
        if options.news_please:
            figures |= _news_please(options.news_please, ports, sites)
    figures = {
        "pages": len(served),
        "of": origin,
        "mean_page_kb": round(sum(map(len, served)) / len(served) / 1e3),
    } | figures
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:32} {value}")


def _settings(ports: list[int]) -> str:
    watches = "\n".join(
        f'[[watch]]\nname = "w{number}"\nquery = "{word} OU {word}{number} SAUF football"'
        for number, word in enumerate(_words())
    )
    sources = "\n".join(f'[[source]]\nname = "site {port}"\nurl = "http://{HOST}:{port}/feed.xml"' for port in ports)
    allowed = ", ".join(f'"{HOST}:{port}"' for port in ports)
    return f"[crawler]\ndelay = 0\npages_per_visit = 10000\n[network]\nallow = [{allowed}]\n{sources}\n{watches}\n"


def _words() -> list[str]:
    common = [
        "president",
        "minister",
        "Corée",
        "Ukraine",
        "energy",
        "climate",
        "marché",
        "budget",
        "school",
        "hospital",
        "police",
        "court",
    ]
    return [common[number % len(common)] for number in range(_WATCHES)]


async def _measure(folder: Path, ports: list[int]) -> dict[str, Any]:
    (folder / "vigie.toml").write_text(_settings(ports), encoding="utf-8")
    async with open_archive(Place.of(folder, None)) as archive:
        engine = Engine(archive)
        spent = Spent()
        _time_matching(spent)
        await engine.pool.warm()
        await engine.crawler.start()
        before = _cpu()
        began = time.perf_counter()
        lag = Lag()
        async with lag:
            await engine.local.submit_due()
            await engine.local.finish()
        spent.wall = time.perf_counter() - began
        spent.figures["loop_lag_p99_ms"] = lag.p99()
        after = _cpu()
        peak = _peak_memory()
        async with archive.database.read() as tx:
            stored = await tx.articles.count()
            links = await tx.links.state_counts([source.id for source in await tx.sources.all()])
        await engine.crawler.stop()
        await engine.pool.close()
    states: Counter[str] = Counter()
    for (_, state), count in links.items():
        states[state] += count
    return _told(spent, before, after, stored, dict(states), peak)


def _plain_scrapy(ports: list[int], sites: list[list[bytes]]) -> float:
    """CPU seconds of a plain Scrapy spider over the same pages, in a process of its own."""
    places = [f"{port}:{len(site)}" for port, site in zip(ports, sites, strict=True)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.plain_scrapy", *places], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"the plain Scrapy spider failed: {done.stderr}")
    return float(done.stdout)


def _news_please(python: str, ports: list[int], sites: list[list[bytes]]) -> dict[str, Any]:
    """What news-please spends on the same pages, in an interpreter of its own."""
    urls = [
        f"http://{HOST}:{port}/a/{page}" for port, site in zip(ports, sites, strict=True) for page in range(len(site))
    ]
    script = Path(__file__).parent / "news_please.py"
    done = subprocess.run([python, script], check=False, capture_output=True, text=True, input="\n".join(urls))
    if done.returncode:
        raise SystemExit(f"news-please failed: {done.stderr}")
    seconds, texts = done.stdout.splitlines()[-1].split()
    return {"cpu_ms_news_please": round(float(seconds) * 1000 / len(urls), 2), "news_please_texts": int(texts)}


def _beside(figures: dict[str, Any], download: float, count: int) -> dict[str, Any]:
    """Vigie's CPU against the sum of downloading, by plain Scrapy, and extracting, by the same workers."""
    plain = download * 1000 / count
    least = plain + figures["cpu_ms_extraction"]
    return {
        "cpu_ms_plain_scrapy": round(plain, 2),
        "ratio_to_download_and_extraction": round(figures["cpu_ms_per_page"] / least, 2),
    }


def _time_matching(spent: Spent) -> None:
    """Count the CPU of the analyzer and the index, which run on the loop between everything else."""
    wanting, read = board.WatchBoard.wanting, matching.document

    @contextmanager
    def timed() -> Any:
        began = time.thread_time()
        yield
        spent.matching += time.thread_time() - began

    def timed_wanting(self: Any, *arguments: Any) -> Any:
        with timed():
            return wanting(self, *arguments)

    def timed_document(*arguments: Any) -> Any:
        with timed():
            return read(*arguments)

    setattr(board.WatchBoard, "wanting", timed_wanting)  # noqa: B010 (no such change is meant to be typed)
    setattr(collect, "document", timed_document)  # noqa: B010


def _cpu() -> dict[str, float]:
    """CPU seconds so far: of this process's loop thread, of its other threads, and of its workers."""
    process = psutil.Process()
    threads = {thread.id: thread.user_time + thread.system_time for thread in process.threads()}
    loop = threads.pop(threading.get_native_id())
    workers = sum(sum(child.cpu_times()[:2]) for child in _workers(process))
    return {"loop": loop, "threads": sum(threads.values()), "workers": workers}


def _workers(process: psutil.Process) -> list[psutil.Process]:
    return [child for child in process.children() if "page_server" not in " ".join(child.cmdline())]


def _peak_memory() -> dict[str, float]:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    workers = [child.memory_info().rss / 2**20 for child in _workers(psutil.Process())]
    return {"peak_mb_service": round(own), "mb_workers": round(sum(workers))}


def _told(
    spent: Spent,
    before: dict[str, float],
    after: dict[str, float],
    stored: int,
    links: dict[str, int],
    peak: dict[str, float],
) -> dict[str, Any]:
    used = {name: after[name] - before[name] for name in after}
    pages_done = sum(links.values())

    def per_page(seconds: float) -> float:
        return round(seconds * 1000 / pages_done, 2)

    return {
        "articles_stored": stored,
        "links": links,
        "seconds": round(spent.wall, 1),
        "pages_per_second": round(pages_done / spent.wall, 1),
        "cpu_ms_per_page": per_page(sum(used.values())),
        "cpu_ms_extraction": per_page(used["workers"]),
        "cpu_ms_crawling_and_service": per_page(used["loop"] - spent.matching),
        "cpu_ms_matching": per_page(spent.matching),
        "cpu_ms_storage_threads": per_page(used["threads"]),
        **spent.figures,
        **peak,
        "python": sys.version.split()[0],
    }


if __name__ == "__main__":
    main()
