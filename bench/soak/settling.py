"""The beginning of the soak, long before its start: so that what comes later is news, every source has been visited.

A tenth of the sources, and a hundred at the least, are settled by real first visits, which find their feeds, and then
live on for a day and a half. To visit thousands would take longer than half of the month, and show the same again: the
others are declared as all are, and their rows written as the service left those of a source of the same kind in which
nothing had been published, as if it had gone on with them until the start. What they answer from then on is asked for
in earnest.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta

from bench.soak.run import Soak, aware
from bench.soak.sites import Site
from news.url import key

_LEAST = 100  # sources that are visited, if there are as many: all kinds are among them
_WITH_HISTORY = 5  # each such has an article before its first visit
_TOLD = 40  # articles at the most, after which it is left alone
_SOON = 86_400  # seconds: within as many they are found
_ROUNDS = 40
_SETTLED = (
    "discovered_at", "watched_since", "last_success_at", "rhythm", "patterns", "memory", "trouble", "last_error",
    "advice", "told_of", "told_at", "suspicions", "failures", "failing_since",
)  # fmt: skip
_OF_A_FEED = ("road", "etag", "last_modified", "last_error", "hints", "hub", "topic", "not_before")


async def settle_in(soak: Soak) -> None:
    """A first visit to some and what that leaves for the others; then the machine is off until the start."""
    sites = soak.world.sites
    visited = sites.all[: max(_LEAST, len(sites.all) // 10)]
    models = {site.interval: site for site in reversed(visited)}
    published = [site for site in visited if models[site.interval] is not site]
    soak.write_settings(visited)
    for site in published[::_WITH_HISTORY]:
        sites.publish(site, soak.now - timedelta(hours=3), is_history=True)
    await soak.begin()
    await _visit_all(soak)
    for site in [one for one in published if 0 < one.interval <= _SOON][:_TOLD]:
        sites.publish(site, soak.now)
    for _ in range(3):
        await soak.step(timedelta(hours=12), publishing=False, strict=False)
    await soak.stop()
    await _copy(soak, sites.all[len(visited) :], models)
    soak.now = sites.now = soak.start


async def _visit_all(soak: Soak) -> None:
    unseen = 0
    for _ in range(_ROUNDS):
        await soak.step(timedelta(minutes=2), publishing=False, strict=False)
        [(unseen,)] = soak.rows("SELECT count(*) FROM source WHERE watched_since IS NULL")
        if not unseen:
            return
    raise SystemExit(f"{unseen} sources were not visited at the beginning")


async def _copy(soak: Soak, sites: Sequence[Site], models: dict[int, Site]) -> None:
    """Declare these sources, and write their rows."""
    if not sites:
        return
    soak.write_settings()
    await soak.begin()
    await soak.stop()
    with closing(sqlite3.connect(soak.folder / "vigie.db")) as database, database:
        for site in sites:
            _settle(database, soak, site, models[site.interval])


def _settle(database: sqlite3.Connection, soak: Soak, site: Site, model: Site) -> None:
    """As the model was left, its last visit being somewhere within its interval before the start."""
    said = "SELECT id, last_visit_at, due_at FROM source WHERE name = ?"
    number, visited, due = database.execute(said, (f"S{model.number}",)).fetchone()
    [(own,)] = database.execute("SELECT id FROM source WHERE name = ?", (f"S{site.number}",))
    every = aware(due) - aware(visited)
    last = soak.start - every * soak.chance.random()
    columns = ", ".join(_SETTLED)
    database.execute(
        f"UPDATE source SET ({columns}) = (SELECT {columns} FROM source WHERE id = ?), last_visit_at = ?, due_at = ? "
        "WHERE id = ?",
        (number, _stored(last), _stored(last + every), own),
    )
    columns, url = ", ".join(_OF_A_FEED), soak.world.sites.url(site)
    database.execute(
        f"INSERT INTO feed (source_id, url, url_key, last_polled_at, last_success_at, {columns}) "
        f"SELECT ?, ?, ?, ?, ?, {columns} FROM feed WHERE source_id = ?",
        (own, url, key(url), _stored(last), _stored(last), number),
    )


def _stored(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S.%f}"
