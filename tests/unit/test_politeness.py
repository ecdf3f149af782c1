"""Turns: one connection to a host at a time, a pause between two, and peace for those who ask for it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from crawler.failure import HostClosed
from crawler.memory import ShortMemory
from crawler.politeness import Turns
from news.clock import ManualClock
from news.site import Host

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def memory() -> ShortMemory:
    return ShortMemory()


@pytest.fixture
def turns(memory: ShortMemory, clock: ManualClock) -> Turns:
    return Turns(0, memory, clock)


def _pause(turns: Turns, host: str) -> float:
    return turns._turns[host].free_at - asyncio.get_running_loop().time()


async def test_one_host_is_spoken_to_by_one_at_a_time_while_others_go_on(turns: Turns) -> None:
    await turns.take("a")
    second = asyncio.create_task(turns.take("a"))
    await turns.take("b")
    assert not second.done()
    turns.give_back("a")
    await second


async def test_the_next_turn_waits_for_the_delay(memory: ShortMemory, clock: ManualClock) -> None:
    turns = Turns(0.05, memory, clock)
    loop = asyncio.get_running_loop()
    async with turns.turn("a"):
        pass
    ended = loop.time()
    async with turns.turn("a"):
        assert loop.time() - ended >= 0.05


async def test_a_host_that_asks_for_more_patience_gets_it_but_no_more_than_a_minute(turns: Turns) -> None:
    await turns.ask_for("a", 3_600)
    async with turns.turn("a"):
        pass
    assert 50 < _pause(turns, "a") <= 60


async def test_whoever_gives_up_waiting_leaves_the_host_free(turns: Turns) -> None:
    await turns.ask_for("a", 60)
    async with turns.turn("a"):
        pass
    waiting = asyncio.create_task(turns.take("a"))
    for _ in range(3):
        await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert not turns._turns["a"].lock.locked()


async def test_a_host_that_refuses_is_left_alone_for_as_long_as_it_says(turns: Turns, clock: ManualClock) -> None:
    async with turns.turn("a"):
        await turns.answered("a", 429, 0.1, timedelta(minutes=5))
    with pytest.raises(HostClosed, match="a has asked to be left alone until 2026-11-21 12:05 UTC") as closed:
        await turns.take("a")
    assert closed.value.wait == timedelta(minutes=5)
    clock.set(NOON + timedelta(minutes=5))
    await turns.take("a")


async def test_whoever_waits_for_a_host_that_closes_meanwhile_is_sent_away(turns: Turns) -> None:
    await turns.take("a")
    waiting = asyncio.create_task(turns.take("a"))
    await asyncio.sleep(0)
    await turns.answered("a", 503, 0.1, None)
    turns.give_back("a")
    with pytest.raises(HostClosed):
        await waiting
    assert not turns._turns["a"].lock.locked()


async def test_a_closing_is_remembered_at_once_and_by_the_next_process(
    turns: Turns, memory: ShortMemory, clock: ManualClock
) -> None:
    async with turns.turn("a"):
        await turns.answered("a", 503, 0.1, timedelta(hours=2))
    with pytest.raises(HostClosed):
        await Turns(0, memory, clock).take("a")


async def test_what_was_learned_of_a_slow_host_survives_a_restart(
    turns: Turns, memory: ShortMemory, clock: ManualClock
) -> None:
    async with turns.turn("slow"):
        await turns.answered("slow", 200, 8.0, None)
    await turns.keep()
    kept = await memory.host("slow")
    assert kept is not None and kept.delay > 1
    again = Turns(0, memory, clock)
    async with again.turn("slow"):
        pass
    assert _pause(again, "slow") == pytest.approx(kept.delay, abs=0.1)


async def test_a_host_that_answers_quickly_is_not_written_down(turns: Turns, memory: ShortMemory) -> None:
    async with turns.turn("quick"):
        await turns.answered("quick", 200, 0.01, None)
    await turns.keep()
    assert await memory.host("quick") is None


async def test_a_failed_request_makes_the_pause_longer(turns: Turns) -> None:
    async with turns.turn("a"):
        turns.failed("a")
    assert _pause(turns, "a") > 0.5


async def test_a_crawl_delay_is_kept_with_the_host(turns: Turns, memory: ShortMemory) -> None:
    await turns.ask_for("a", 7)
    await turns.keep()
    assert await memory.host("a") == Host("a", crawl_delay=7)


async def test_a_turn_that_nobody_gives_back_does_not_close_the_host_for_ever(
    memory: ShortMemory, clock: ManualClock
) -> None:
    turns = Turns(0, memory, clock, longest_turn=0.02)
    await turns.take("a")
    await asyncio.gather(*(_one_turn(turns) for _ in range(3)))
    turns.give_back("a")
    async with turns.turn("a"):
        assert turns._turns["a"].lock.locked()


async def _one_turn(turns: Turns) -> None:
    async with turns.turn("a"):
        pass


async def test_a_host_that_was_closed_by_a_clock_a_year_fast_is_not_closed_for_a_year(
    turns: Turns, clock: ManualClock
) -> None:
    clock.set(NOON + timedelta(days=365))
    async with turns.turn("a"):
        await turns.answered("a", 503, 0.1, timedelta(hours=20))
    assert turns.closed_for("a") == timedelta(hours=20)
    clock.set(NOON)
    assert turns.closed_for("a") == timedelta()


async def test_a_host_stays_closed_when_the_clock_is_set_back_an_hour(turns: Turns, clock: ManualClock) -> None:
    async with turns.turn("a"):
        await turns.answered("a", 503, 0.1, timedelta(hours=20))
    clock.set(NOON - timedelta(hours=1))
    assert turns.closed_for("a") == timedelta(hours=21)
