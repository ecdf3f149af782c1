"""The ticks."""

import asyncio
from datetime import UTC, datetime, timedelta

from news.clock import ManualClock
from scheduler.ticker import Ticker


def a_clock() -> ManualClock:
    """A clock at a fixed hour."""
    return ManualClock(datetime(2026, 11, 21, 12, tzinfo=UTC))


async def test_a_tick_that_fails_is_called_again() -> None:
    calls: list[int] = []
    twice = asyncio.Event()

    async def job() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("the first one breaks")
        twice.set()

    ticker = Ticker(a_clock())
    ticker.every(0.01, "job", job)
    ticker.start()
    await twice.wait()
    await ticker.stop()
    assert ticker.last("job") is not None


async def test_stopping_waits_for_the_tick_under_way() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def job() -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    ticker = Ticker(a_clock())
    ticker.every(0.01, "job", job)
    ticker.start()
    await begun.wait()
    stopping = asyncio.create_task(ticker.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    may_end.set()
    await stopping
    assert ended.is_set()


async def test_a_job_that_never_ended_well_is_late_and_one_that_did_becomes_late() -> None:
    clock, done = a_clock(), asyncio.Event()

    async def job() -> None:
        done.set()

    ticker = Ticker(clock)
    assert ticker.is_late("job", timedelta(seconds=30))
    ticker.every(0.01, "job", job)
    ticker.start()
    await done.wait()
    await ticker.stop()
    assert not ticker.is_late("job", timedelta(seconds=30))
    clock.set(clock.now() + timedelta(minutes=1))
    assert ticker.is_late("job", timedelta(seconds=30))
