"""What watches over the service is wired to it: readiness where the database hangs, a clock that is not believed."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from extraction.pool import WorkerPool
from news.clock import ManualClock
from storage.watches import Watches
from tests.running import running
from tests.samples import NOON


async def test_a_database_that_does_not_answer_makes_readiness_red_within_its_patience(
    pool: WorkerPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_answer = [0], asyncio.Event()

    async def hangs(_: Watches) -> int:
        asked[0] += 1
        await may_answer.wait()
        return 1

    async with running(tmp_path, "", pool, ManualClock(NOON)) as vigie:
        daemon = vigie.engine.daemon
        monkeypatch.setattr(Watches, "version", hangs)
        monkeypatch.setattr(daemon._question, "patience", 0.01)
        for _ in range(3):
            assert (await daemon.troubles())["database"] == "does not answer within 0.01 s"
        assert asked == [1]
        may_answer.set()
        monkeypatch.setattr(daemon._question, "patience", 60)
        assert "database" not in await daemon.troubles()


async def test_where_the_clock_is_doubted_no_story_is_forgotten(pool: WorkerPool, tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    async with running(tmp_path, "", pool, clock) as vigie:
        await vigie.engine.timekeeper.tick()
        is_sure = vigie.engine.collector._stories._is_sure
        assert is_sure()
        clock.set(NOON + timedelta(days=365))
        await vigie.engine.timekeeper.tick()
        assert not is_sure()
