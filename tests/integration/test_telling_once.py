"""Days of news drawn by lot, under rules drawn by lot: each match is told once to each channel, when it is awake."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerting.hours import quiet_until
from news.alert import Delivery
from news.rules import Rules, rules_from, settled
from storage import Database
from tests.desk import Desk, a_desk
from tests.samples import MINUTE, NOON, a_channel

STEPS = 60
_RULES: dict[str, tuple[Any, ...]] = {
    "digest": ("at once", "at once", "hourly", "daily", "weekly"),
    "at": ("08:00", "02:30"),
    "quiet": ("none", "22:00-07:00", "12:30-13:30"),
    "timezone": ("UTC", "Europe/Paris", "America/St_Johns", "Asia/Kathmandu"),
    "budget": (0, 2, 50),
    "updates": ("1h", "30m", "1d"),
    "resurfaced": ("mark", "digest"),
}


def _drawn(dice: random.Random) -> dict[str, Any]:
    return {name: dice.choice(values) for name, values in _RULES.items() if dice.random() < 0.6}


async def _lived_through(database: Database, dice: random.Random) -> tuple[Desk, dict[str, Rules]]:
    """Two watches and two channels through some days; then all hours have struck."""
    desk = await a_desk(database, "Corée", "Énergie", **_drawn(dice))
    said = _drawn(dice)
    async with database.write() as tx:
        await tx.channels.put(replace(a_channel("autre"), rules=rules_from(said)), NOON)
        watch = {name: one.rules for name, one in desk.watches.items()}
    for number in range(STEPS):
        old = NOON - timedelta(days=40) if dice.random() < 0.1 else None
        wanting = dice.choice((("Corée",), ("Énergie",), ("Corée", "Énergie")))
        text = f"Ils sont {dice.randint(1, 9)} 000 soldats." if dice.random() < 0.5 else "Un texte."
        await desk.finds(
            f"histoire {dice.randint(1, 8)}", f"Titre {number}", text, watches=wanting,
            source=f"Source {dice.randint(1, 5)}", published_at=old,
        )  # fmt: skip
        await desk.waits(dice.choice((MINUTE, 20 * MINUTE, timedelta(hours=3), timedelta(hours=9))))
    for _ in range(40):
        await desk.waits(timedelta(hours=12))
    return desk, {"bureau": watch["Corée"], "autre": settled_over(watch["Corée"], said)}


def settled_over(watch: Rules, channel: dict[str, Any]) -> Rules:
    """What the watch says, and where it says nothing, the channel."""
    return replace(rules_from(channel), **{name: value for name, value in _said(watch).items() if value is not None})


def _said(rules: Rules) -> dict[str, Any]:
    return {name: getattr(rules, name) for name in rules.__dataclass_fields__}


def _told(delivery: Delivery) -> list[tuple[str, str, str]]:
    """Each article that it tells, by channel and watch."""
    alert = delivery.alert
    if alert.kind == "spike":
        return []
    if not alert.items:
        return [(delivery.channel.name, alert.watch, alert.told.url)]
    return [
        (delivery.channel.name, item.watch, url)
        for item in alert.items
        for url in (item.told.url, *(other.url for other in item.others))
    ]


@pytest.mark.parametrize("seed", range(6))
async def test_every_match_is_told_once_to_every_channel_and_never_in_quiet_hours(
    database: Database, seed: int
) -> None:
    desk, rules = await _lived_through(database, random.Random(seed))
    deliveries = await desk.deliveries()
    async with database.read() as tx:
        found = await tx.matches.latest(1_000)
        ledger = [one for match in found for one in await tx.tellings.of(match.match.watch_id, match.match.article_id)]
    assert len(ledger) == 2 * len(found)
    assert Counter(one.state for one in ledger) == {"told": len(ledger)}
    told = Counter(place for delivery in deliveries for place in _told(delivery))
    due = {(name, one.watch, one.stored.article.url) for one in found for name in ("bureau", "autre")}
    assert set(told) == due
    assert set(told.values()) == {1}
    for delivery in deliveries:
        assert delivery.next_try_at is not None
        assert quiet_until(delivery.next_try_at, settled(rules[delivery.channel.name])) is None
