"""Turns: one connection to a host at a time, and a pause between two."""

import asyncio

from crawler.politeness import Turns


async def test_one_host_is_spoken_to_by_one_at_a_time_while_others_go_on() -> None:
    turns = Turns(delay=0)
    await turns.take("a")
    second = asyncio.create_task(turns.take("a"))
    await turns.take("b")
    assert not second.done()
    turns.give_back("a")
    await second


async def test_the_next_turn_waits_for_the_delay() -> None:
    turns = Turns(delay=0.05)
    loop = asyncio.get_running_loop()
    async with turns.turn("a"):
        pass
    ended = loop.time()
    async with turns.turn("a"):
        assert loop.time() - ended >= 0.05


async def test_a_host_that_asks_for_more_patience_gets_it_but_no_more_than_a_minute() -> None:
    turns = Turns(delay=0)
    turns.ask_for("a", 3_600)
    async with turns.turn("a"):
        pass
    waiting = asyncio.create_task(turns.take("a"))
    wanted = turns._hosts["a"].free_at - asyncio.get_running_loop().time()
    assert 50 < wanted <= 60
    waiting.cancel()


async def test_whoever_gives_up_waiting_leaves_the_host_free() -> None:
    turns = Turns(delay=0)
    turns.ask_for("a", 60)
    async with turns.turn("a"):
        pass
    waiting = asyncio.create_task(turns.take("a"))
    for _ in range(3):
        await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert not turns._hosts["a"].lock.locked()
