"""The ticks."""

import asyncio
from datetime import datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base
from structlog.testing import capture_logs

from news.errors import DatabaseTroubleError
from scheduler.ticker import Job, Ticker


async def test_a_tick_that_fails_is_called_again() -> None:
    calls: list[int] = []
    twice = asyncio.Event()

    async def job() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("the first one breaks")
        twice.set()

    ticker = Ticker()
    ticker.every(0.01, "job", job)
    ticker.start()
    await twice.wait()
    await ticker.stop()
    assert ticker.has_ended_well("job")


async def test_an_hourly_tick_that_failed_comes_again_within_a_minute_and_then_each_hour() -> None:
    """Else readiness would stay red for an hour after a database that has failed for a second."""
    seconds, often, again = [0.0], _Calls(), asyncio.Event()
    calls: list[float] = []

    async def job() -> None:
        calls.append(seconds[0])
        if len(calls) == 1:
            raise DatabaseTroubleError("the disk is full")
        again.set()

    ticker = Ticker(lambda: seconds[0])
    ticker.every(0.01, "often", often)
    ticker.every(3_600, "seldom", job)
    ticker.start()
    seconds[0] = 3_601
    await often.more(5)
    assert calls == [3_601]
    assert ticker.late_by("seldom") == 1
    seconds[0] += 31
    async with asyncio.timeout(10):
        await again.wait()
    assert ticker.late_by("seldom") == 0
    seconds[0] += 3_599
    await often.more(5)
    await ticker.stop()
    assert calls == [3_601, 3_632]


async def test_stopping_waits_for_the_tick_under_way() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def job() -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    ticker = Ticker()
    ticker.every(0.01, "job", job)
    ticker.start()
    await begun.wait()
    stopping = asyncio.create_task(ticker.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    may_end.set()
    await stopping
    assert ended.is_set()


async def test_a_tick_is_late_by_the_time_that_nobody_can_set() -> None:
    seconds, done = [100.0], asyncio.Event()

    async def job() -> None:
        done.set()

    ticker = Ticker(lambda: seconds[0])
    ticker.every(20, "seldom", job)
    ticker.every(0.01, "job", job)
    assert (ticker.late_by("job"), ticker.has_ended_well("job")) == (0, False)
    ticker.start()
    await done.wait()
    await ticker.stop()
    assert (ticker.late_by("job"), ticker.has_ended_well("job")) == (0, True)
    seconds[0] += 60
    assert ticker.late_by("job") == pytest.approx(59.99)
    assert (ticker.late_by("seldom"), ticker.has_ended_well("seldom")) == (40, False)
    assert ticker.names == ("seldom", "job")


async def test_a_tick_that_fails_each_second_is_told_once_an_hour_and_so_is_its_end() -> None:
    seconds, errors = [0.0], [ValueError("one"), ValueError("one"), OSError("two"), OSError("two"), None, None]
    done = asyncio.Event()

    async def job() -> None:
        if errors and (error := errors.pop(0)) is not None:
            raise error
        if not errors:
            done.set()

    async def ticked() -> list[tuple[str, str]]:
        ticker = Ticker(lambda: seconds[0])
        ticker.every(0.01, "job", job)
        with capture_logs() as logged:
            ticker.start()
            await done.wait()
            await ticker.stop()
        return [(line["event"], line["log_level"]) for line in logged if line["log_level"] != "debug"]

    assert await ticked() == [("tick failed", "error"), ("tick failed", "error"), ("tick works again", "info")]


async def test_a_tick_that_fails_for_hours_is_told_of_each_hour() -> None:
    seconds, calls, done = [0.0], [0], asyncio.Event()

    async def job() -> None:
        if calls[0] == 6:
            done.set()
            return
        calls[0] += 1
        seconds[0] += 1_800
        raise ValueError("always")

    ticker = Ticker(lambda: seconds[0])
    ticker.every(0.01, "job", job)
    with capture_logs() as logged:
        ticker.start()
        await done.wait()
        await ticker.stop()
    assert sum(line["log_level"] == "error" for line in logged) == 3


async def test_a_tick_that_may_last_is_not_late_while_it_is_at_work() -> None:
    seconds, may_end = [0.0], asyncio.Event()
    begun = {"long": asyncio.Event(), "short": asyncio.Event()}

    def job(name: str) -> Job:
        async def work() -> None:
            begun[name].set()
            await may_end.wait()

        return work

    ticker = Ticker(lambda: seconds[0])
    ticker.every(0.01, "long", job("long"), lasts=1_000)
    ticker.every(0.01, "short", job("short"))
    seconds[0] = 900
    assert ticker.late_by("long") == pytest.approx(899.99), "it is not at work"
    ticker.start()
    for one in begun.values():
        await one.wait()
    assert ticker.late_by("long") == 0
    assert ticker.late_by("short") == pytest.approx(899.99)
    seconds[0] = 1_100
    assert ticker.late_by("long") == pytest.approx(99.99)
    may_end.set()
    await ticker.stop()


async def test_a_stop_breaks_off_a_tick_that_hangs_and_says_so_without_a_traceback() -> None:
    begun = asyncio.Event()

    async def job() -> None:
        begun.set()
        await asyncio.Event().wait()

    ticker = Ticker()
    ticker.every(0.01, "job", job)
    with capture_logs() as logged:
        ticker.start()
        await begun.wait()
        [task] = ticker._running
        await ticker.stop(within=0.01)
        await asyncio.wait([task])
    assert not task.cancelled()
    assert [line["event"] for line in logged] == ["tick broken off"]


async def test_a_tick_that_hangs_is_not_begun_again_and_nothing_is_said_of_it_each_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, others, may_end = [0], _Calls(), asyncio.Event()

    async def job() -> None:
        begun[0] += 1
        await may_end.wait()

    ticker = Ticker()
    ticker.every(0.01, "hangs", job)
    ticker.every(0.01, "others", others)
    ticker.start()
    await others.more(8)
    assert begun == [1]
    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == []
    may_end.set()
    await ticker.stop()


class _WallClock:
    """What APScheduler takes for the time: the machine's, moved as far as a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self, zone: tzinfo) -> datetime:
        """The instant on that clock."""
        return datetime.now(zone) + self.ahead


class _Calls:
    """A job that counts its calls, and tells when there were so many more."""

    def __init__(self) -> None:
        self.count = 0
        self._awaited: list[tuple[int, asyncio.Event]] = []

    async def __call__(self) -> None:
        self.count += 1
        for number, event in self._awaited:
            if self.count >= number:
                event.set()

    async def more(self, calls: int) -> None:
        """Wait for so many more; a stall fails the test."""
        event = asyncio.Event()
        self._awaited.append((self.count + calls, event))
        async with asyncio.timeout(10):
            await event.wait()


@pytest.mark.parametrize(
    "moved",
    [timedelta(hours=-1), timedelta(days=365), timedelta(days=-365), timedelta(hours=62)],
    ids=["an hour back", "a year forward", "a year back", "asleep over a weekend"],
)
async def test_ticks_go_on_whatever_is_done_to_the_clock(monkeypatch: pytest.MonkeyPatch, moved: timedelta) -> None:
    wall, job = _WallClock(), _Calls()
    monkeypatch.setattr(base, "datetime", wall)
    ticker = Ticker()
    ticker.every(0.01, "job", job)
    ticker.start()
    await job.more(2)
    wall.ahead = moved
    await job.more(5)
    wall.ahead = timedelta()
    await job.more(5)
    await ticker.stop()


async def test_a_clock_that_leaps_ahead_makes_one_tick_and_not_all_that_there_could_have_been(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wall, often, seldom = _WallClock(), _Calls(), _Calls()
    monkeypatch.setattr(base, "datetime", wall)
    ticker = Ticker()
    ticker.every(0.01, "often", often)
    ticker.every(3_600, "seldom", seldom)
    ticker.start()
    await often.more(2)
    assert seldom.count == 0
    wall.ahead = timedelta(days=365)
    await often.more(5)
    await ticker.stop()
    assert seldom.count == 1
