"""The worker pool with real processes: limits, deaths, and what is left of them."""

import asyncio
import contextlib
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from extraction.extractor import PoolExtractor
from extraction.pool import WorkerPool
from extraction.worker import ready
from news.article import Article, NoArticle, Page
from news.errors import FeedError, WorkerDiedError
from tests import worker_jobs

PAGES = Path(__file__).parents[1] / "pages"
PATIENCE = 30  # seconds that a busy machine may take to end a process


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[WorkerPool]:
    pool = WorkerPool(2, timeout=2, rehearsal=worker_jobs.nothing)
    await pool.warm()
    yield pool
    await pool.close()


async def pids(pool: WorkerPool) -> set[int]:
    await pool.warm()
    return set(await asyncio.gather(*(pool.run(ready) for _ in range(6))))


def gone(pid: int) -> bool:
    """Wait for the end of a process without reaping it, which is the pool's business."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], PATIENCE)[0])
    finally:
        os.close(process)


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A named pipe at which a call waits."""
    os.mkfifo(tmp_path / "gate")
    return tmp_path / "gate"


async def _held(gate: Path) -> int:
    """Wait until a call has come to the gate, and hold it: it goes on when the descriptor is closed."""
    return await asyncio.to_thread(os.open, gate, os.O_WRONLY)


async def test_a_call_brings_its_result(pool: WorkerPool) -> None:
    assert await pool.run(worker_jobs.double, 20, plus=2) == 42


async def test_the_functions_own_error_is_raised_and_says_where_it_arose(pool: WorkerPool) -> None:
    with pytest.raises(FeedError, match="this is no feed") as raised:
        await pool.run(worker_jobs.fail)
    assert raised.value.hint == "look again"
    assert "worker_jobs.py" in "".join(raised.value.__notes__)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (worker_jobs.fail_unportably, "QueryError: what is this"),
        (worker_jobs.give_what_cannot_travel, "pickle"),
        (worker_jobs.end_the_interpreter, "SystemExit: 3"),
    ],
)
async def test_what_cannot_travel_fails_its_own_call_only(pool: WorkerPool, function: object, says: str) -> None:
    before = await pids(pool)
    with pytest.raises(Exception, match=says):
        await pool.run(function)  # type: ignore[arg-type]
    assert await pids(pool) == before


async def test_a_call_past_the_limit_is_killed_while_its_fellow_goes_on(pool: WorkerPool) -> None:
    before = await pids(pool)
    endless = asyncio.create_task(pool.run(worker_jobs.spin))
    answers = [await pool.run(worker_jobs.double, number) for number in range(20)]
    assert answers == [2 * number for number in range(20)]
    assert not endless.done(), "the limit has not passed yet"
    with pytest.raises(TimeoutError):
        await endless
    assert len(await pids(pool) & before) == 1, "one worker was killed, the other was not"


async def test_waiting_for_a_worker_does_not_count(pool: WorkerPool) -> None:
    calls = [pool.run(worker_jobs.spin), pool.run(worker_jobs.spin), pool.run(worker_jobs.double, 1)]
    first, second, third = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(first, TimeoutError)
    assert isinstance(second, TimeoutError)
    assert third == 2


async def test_a_worker_that_dies_fails_its_own_call_only(pool: WorkerPool, gate: Path) -> None:
    dying = asyncio.create_task(pool.run(worker_jobs.die_when_let, str(gate)))
    held = await _held(gate)
    calls = [asyncio.create_task(pool.run(worker_jobs.double, number)) for number in range(30)]
    await calls[0]
    os.close(held)
    died, *others = await asyncio.gather(dying, *calls, return_exceptions=True)
    assert isinstance(died, WorkerDiedError)
    assert others == [2 * number for number in range(30)]


async def test_a_worker_that_dies_at_once_ends_its_call_all_the_same(pool: WorkerPool) -> None:
    with pytest.raises((WorkerDiedError, TimeoutError)):
        await pool.run(worker_jobs.die_at_once)
    assert await pool.run(worker_jobs.double, 4) == 8


async def test_workers_that_were_killed_while_idle_are_replaced(pool: WorkerPool) -> None:
    before = await pids(pool)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert all(gone(pid) for pid in before)
    assert await asyncio.gather(*(pool.run(worker_jobs.double, number) for number in range(4))) == [0, 2, 4, 6]
    assert not await pids(pool) & before


async def test_ctrl_c_is_none_of_the_workers_business(pool: WorkerPool) -> None:
    before = await pids(pool)
    for pid in before:
        os.kill(pid, signal.SIGINT)
    assert await pids(pool) == before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process's address space reliably")
async def test_a_worker_may_not_take_all_memory(pool: WorkerPool) -> None:
    with pytest.raises(MemoryError):
        await pool.run(worker_jobs.hoard)


async def test_a_call_that_nobody_waits_for_any_more_gives_its_worker_back(tmp_path: Path) -> None:
    pool = WorkerPool(1, timeout=600, rehearsal=worker_jobs.nothing)
    endless = asyncio.create_task(pool.run(worker_jobs.spin, str(tmp_path / "pid")))
    while not (tmp_path / "pid").exists():
        await asyncio.wait([endless], timeout=0.05)
    endless.cancel()
    try:
        async with asyncio.timeout(PATIENCE):
            assert await pool.run(worker_jobs.double, 1) == 2
    finally:
        pool.kill()
    assert endless.cancelled()


async def test_closing_waits_for_what_is_under_way_and_leaves_no_process(gate: Path) -> None:
    pool = WorkerPool(2, rehearsal=worker_jobs.nothing)
    workers = await pids(pool)
    last = asyncio.create_task(pool.run(worker_jobs.double_when_let, 5, str(gate)))
    held = await _held(gate)
    closing = asyncio.create_task(pool.close())
    await asyncio.wait([closing], timeout=0.5)  # in which it must not end
    os.close(held)
    await closing
    assert await last == 10
    assert all(gone(pid) for pid in workers)
    with pytest.raises(RuntimeError, match="dismissed"):
        await pool.run(worker_jobs.double, 1)


async def test_killing_ends_even_what_is_busy(tmp_path: Path) -> None:
    pool = WorkerPool(2, rehearsal=worker_jobs.nothing)
    workers = await pids(pool)
    busy = asyncio.create_task(pool.run(worker_jobs.spin, str(tmp_path / "pid")))
    while not (tmp_path / "pid").exists():
        await pool.run(ready)
    pool.kill()
    with pytest.raises(RuntimeError, match="dismissed"):
        async with asyncio.timeout(PATIENCE):
            await busy
    assert all(gone(pid) for pid in workers)


PARENT = """
import asyncio, sys
from extraction.pool import WorkerPool
from tests.worker_jobs import nothing, spin

async def main():
    pool = WorkerPool(1, timeout=600, rehearsal=nothing)
    await pool.run(spin, sys.argv[1])

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_a_busy_worker_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    note, script = tmp_path / "pid", tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    root = Path(__file__).parents[2]
    parent = subprocess.Popen([sys.executable, script, note], env={**os.environ, "PYTHONPATH": str(root)}, cwd=root)
    try:
        give_up = time.monotonic() + PATIENCE
        while not (note.exists() and note.read_text(encoding="ascii")) and time.monotonic() < give_up:
            with contextlib.suppress(subprocess.TimeoutExpired):
                parent.wait(0.05)
        worker = int(note.read_text(encoding="ascii"))
        assert psutil.pid_exists(worker)
    finally:
        parent.kill()
        parent.wait()
    assert gone(worker)


def test_the_kernel_ends_a_worker_that_nobody_watches() -> None:
    script = (
        "import pickle, sys; from extraction.worker import call; from tests.worker_jobs import spin;"
        "call(pickle.dumps((spin, (), {})), 0.5)"
    )
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", script], cwd=root, timeout=PATIENCE, check=False)
    assert ended.returncode == -signal.SIGXCPU


async def test_pages_that_never_end_are_killed_while_others_are_extracted() -> None:
    pool = WorkerPool(2, timeout=6)
    extractor = PoolExtractor(pool)
    await pool.warm()
    url = "https://courrier-valdore.example/article"
    attributes = b" ".join(b"a%d" % number for number in range(1_000_000))  # the parser compares each with all before
    endless = Page(url, b"<html><body><p " + attributes + b">mot")
    good = Page(url, (PAGES / "magazine.html").read_bytes(), "text/html; charset=utf-8")
    try:
        verdict = asyncio.create_task(extractor.extract(endless))
        assert isinstance(await extractor.extract(good), Article)
        assert not verdict.done(), "the good page did not wait for the endless one"
        answer = await verdict
        assert isinstance(answer, NoArticle)
        assert answer.reason == "timed out"
        nested = await extractor.extract(Page(url, b"<div>" * 200_000 + b"Fin"))
        assert isinstance(nested, NoArticle)
        assert isinstance(await extractor.extract(good), Article)
    finally:
        await pool.close()


async def test_a_page_whose_reader_dies_is_a_verdict_too(pool: WorkerPool, gate: Path) -> None:
    class Dying:
        """Workers that run something deadly in the place of what they are given."""

        async def run(self, function: object, *args: object, **kwargs: object) -> object:
            return await pool.run(worker_jobs.die_when_let, str(gate))

    extractor = PoolExtractor(Dying())  # type: ignore[arg-type]
    extracting = asyncio.create_task(extractor.extract(Page("https://a.example/b", b"")))
    held = await _held(gate)
    await pool.run(worker_jobs.double, 1)  # its answer comes behind the word that the call has begun
    os.close(held)
    answer = await extracting
    assert isinstance(answer, NoArticle)
    assert answer.reason == "crashed"


def test_a_request_survives_pickling() -> None:
    page = Page("https://a.example/b", b"\xff\x00", "text/html")
    assert pickle.loads(pickle.dumps(page)) == page
