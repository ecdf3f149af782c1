"""Row 38: the clock is set back an hour, put on a year and back again, and both nights of summer time come.

Whatever the clock does, the next article is found within one interval, and each is told once.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.made_news import prose
from tests.receivers import SmtpReceiver
from tests.running import Running, running
from tests.sites import LocalSite
from tests.usual import mailing

MINUTE, HOUR, YEAR = timedelta(minutes=1), timedelta(hours=1), timedelta(days=365)
_INTERVAL = 10 * MINUTE


@pytest.fixture
def settings(site: LocalSite, smtp: SmtpReceiver) -> str:
    """A source that is visited each ten minutes, a watch, and a mailbox."""
    return mailing(site, smtp)


async def _tick(vigie: Running) -> None:
    """What the ticks of a second do."""
    await vigie.engine.timekeeper.tick()
    await vigie.go_round()


async def _leaps(vigie: Running, by: timedelta) -> None:
    vigie.clock.set(vigie.clock.now() + by)
    await _tick(vigie)


async def _finds(vigie: Running, site: LocalSite, name: str) -> None:
    """An article is published, and found within one interval."""
    number = len(site.articles)
    site.publish(f"a{number}", f"La Corée, {name}", prose(number), vigie.clock.now())
    before = len(await vigie.articles())
    await _leaps(vigie, timedelta())
    for _ in range(10):
        vigie.clock.set(vigie.clock.now() + _INTERVAL / 10)
        await vigie.go_round()
    assert len(await vigie.articles()) == before + 1, name


def _titles(site: LocalSite) -> list[str]:
    return [html.partition("<h1>")[2].partition("</h1>")[0] for html in site.articles.values()]


async def test_row_38_every_interval_and_every_alert_survives_what_is_done_to_the_clock(
    site: LocalSite, smtp: SmtpReceiver, settings: str, pool: WorkerPool, tmp_path: Path
) -> None:
    site.publish("vieux", "La Corée d’avant")
    clock = ManualClock(datetime(2026, 3, 28, 22, tzinfo=UTC))
    async with running(tmp_path, settings, pool, clock) as vigie:
        await _tick(vigie)
        await _finds(vigie, site, "zero")
        for name, leap in (("back", -HOUR), ("fast", YEAR), ("again", -YEAR), ("asleep", 62 * HOUR)):
            await _leaps(vigie, leap)
            await _finds(vigie, site, name)
            source = await vigie.source("Le Site")
            assert source.due_at is not None and source.due_at <= clock.now() + _INTERVAL, name
        for night in (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)):
            clock.set(night)
            await _tick(vigie)
            for name in ("first", "second", "third"):
                await _finds(vigie, site, f"{name} hour of {night:%B}")
                clock.set(clock.now() + HOUR - _INTERVAL)
        deliveries = await vigie.deliveries()
    assert {(one.alert.kind, one.state) for one in deliveries} == {("match", "sent")}
    assert len(smtp.mails) == len(deliveries)
    titles = [one.alert.told.title for one in deliveries]
    assert sorted(titles) == sorted(title for title in _titles(site) if title != "La Corée d’avant")
