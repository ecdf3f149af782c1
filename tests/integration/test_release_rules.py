"""What waits, where rules are changed, channels go, clocks are set back, budgets are spent: on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from news.alert import Delivery
from news.article import Span
from news.rules import rules_from
from news.telling import Facts
from news.watch import Watchlist
from service.forget import Forgetter
from service.release import Releaser
from service.timekeeper import Timekeeper
from storage import Database, tables
from tests.desk import SOON, Desk, a_desk, says
from tests.samples import HOUR, MINUTE, NOON, a_channel

DAY = timedelta(days=1)


def kinds(deliveries: list[Delivery]) -> list[str]:
    return [one.alert.kind for one in deliveries]


async def rules_become(desk: Desk, **rules: Any) -> None:
    """The watch says something else from now on."""
    async with desk.database.write() as tx:
        await tx.watches.change(desk.watches["Corée"].id, rules={"timezone": "UTC", **rules})


async def test_a_weekly_digest_that_is_wanted_at_once_is_told_at_once(database: Database) -> None:
    desk = await a_desk(database, digest="weekly")
    await desk.finds("retrait", "Titre")
    assert await desk.waits(MINUTE) == []
    await rules_become(desk)
    assert kinds(await desk.waits(MINUTE)) == ["digest"]
    assert await desk.waits(9 * DAY) == []


@pytest.mark.parametrize("who", ["channel", "watchlist", "all"])
async def test_whoever_changes_the_rule_what_waits_follows_it(database: Database, who: str) -> None:
    desk = await a_desk(database)
    async with database.write() as tx:
        await tx.watches.change(1, watchlist="Asie")
        desk.watches["Corée"] = await tx.watches.by_id(1)
        for name in ("", "Asie"):
            await tx.watchlists.put(Watchlist(0, name), NOON)
    await _says(database, who, "11:00-20:00")
    held = await desk.finds("retrait", "Titre")
    assert await desk.waits(HOUR) == []
    assert await desk.ledger(held) == [("held", "quiet")]
    await _says(database, who, "11:00-13:30")
    assert await desk.waits(MINUTE) == []
    assert kinds(await desk.waits(29 * MINUTE)) == ["match"]


async def _says(database: Database, who: str, quiet: str) -> None:
    async with database.write() as tx:
        if who == "channel":
            await tx.channels.change(1, rules={"quiet": quiet})
        else:
            watchlist = await tx.watchlists.get("Asie" if who == "watchlist" else "")
            await tx.watchlists.change(watchlist.id, rules={"quiet": quiet})


async def test_rules_that_did_not_change_move_nothing_that_waits(database: Database) -> None:
    desk = await a_desk(database, quiet="15:00-18:00", at="16:00", budget=2)
    await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")
    await desk.finds("gaz", "Titre 3")
    await desk.finds("budget", "Titre 4")
    for _ in range(20):  # each is a process that has just started, and knows nothing
        await Releaser(database, desk.clock).release_due()
        desk.clock.set(desk.clock.now() + 2 * MINUTE)
    assert kinds(await desk.deliveries()) == ["match", "match", "spike"]
    assert await desk.waits(5 * HOUR) == []
    assert kinds(await desk.waits(HOUR)) == ["digest", "update"]


async def test_updates_that_are_not_wanted_any_more_are_never_told(database: Database) -> None:
    desk = await a_desk(database)
    await desk.finds("retrait", "Titre")
    held = await desk.finds("retrait", "Titre 2")
    await rules_become(desk, updates="never")
    assert await desk.waits(2 * HOUR) == []
    assert await desk.ledger(held) == [("never", "update")]


async def test_an_update_that_waits_goes_into_the_digest_that_is_wanted_by_then(database: Database) -> None:
    desk = await a_desk(database)
    await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")
    await rules_become(desk, digest="daily", at="18:00")
    assert await desk.waits(5 * HOUR) == []
    assert kinds(await desk.waits(HOUR)) == ["digest"]


@pytest.mark.parametrize("rules", [{"digest": "weekly"}, {"quiet": "11:00-18:00"}, {"updates": "1d"}])
async def test_what_was_held_while_the_clock_was_a_year_fast_does_not_wait_a_year(
    database: Database, rules: dict[str, Any]
) -> None:
    desk = await a_desk(database, **rules)
    desk.clock.set(NOON + 365 * DAY)
    await desk.finds("retrait", "Titre")
    held = await desk.finds("retrait", "Titre 2")
    assert (await desk.ledger(held))[0][0] == "held"
    await desk.waits(MINUTE)
    desk.clock.set(NOON)
    await desk.waits(MINUTE)
    assert kinds(await desk.waits(8 * DAY + 8 * HOUR))[-1:] in (["digest"], ["match"], ["update"])
    assert await desk.ledger(held) == [("told", (await desk.ledger(held))[0][1])]


async def test_what_was_to_be_sent_while_the_clock_was_a_year_fast_is_due_once_it_is_right(database: Database) -> None:
    desk = await a_desk(database)
    desk.clock.set(NOON + 365 * DAY)
    await desk.finds("retrait", "Titre")
    await desk.waits(MINUTE)
    desk.clock.set(NOON)
    await desk.finds("gaz", "Titre 2")
    async with database.write() as tx:
        later = update(tables.delivery).where(tables.delivery.c.id == 2).values(next_try_at=NOON + DAY)
        await tx.connection.execute(later)  # as a retry puts it off
    await Timekeeper(database, desk.clock, 6 * HOUR).tick()
    await desk.waits(MINUTE)
    assert [one.next_try_at for one in await desk.deliveries()] == [NOON, NOON + DAY]


async def test_a_channel_that_gets_the_name_of_a_removed_one_is_not_told_what_waited_for_that(
    database: Database,
) -> None:
    desk = await a_desk(database, digest="weekly")
    held = await desk.finds("retrait", "Titre")
    async with database.write() as tx:
        await tx.channels.remove(1)
    await Forgetter(database, desk.clock).tick()
    assert await desk.ledger(held) == [("never", "removed")]
    desk.clock.set(NOON + 60 * DAY)
    async with database.write() as tx:
        await tx.channels.put(a_channel(), desk.clock.now())
    assert await desk.waits(MINUTE) == []


async def test_an_article_that_was_rewritten_is_told_with_the_text_that_matched(database: Database) -> None:
    desk = await a_desk(database, digest="daily", at="18:00")
    stored = await desk.finds("retrait", "Un titre", "mot " * 200 + "Pyongyang tire. " + "mot " * 200)
    number, start = desk.watches["Corée"].id, stored.article.text.index("Pyongyang")
    async with database.write() as tx:
        await tx.matches.matched_anew(number, stored.id, [Span("text", start, start + 9)])
        after = replace(stored.article, title="Un autre", text="x" * 900)
        revision = await tx.revisions.add(stored.id, stored.article, after, "text", stored.fetched_at, NOON)
        await tx.matches.pin(stored.id, revision - 1, but=[])
    [digest] = await desk.waits(6 * HOUR)
    told = digest.alert.items[0].told
    [hit] = told.excerpt_spans
    assert (told.title, told.excerpt[hit.start : hit.end]) == ("Un titre", "Pyongyang")


async def test_the_budget_is_of_the_watchs_day_whatever_the_zone_of_a_channel(database: Database) -> None:
    desk = await a_desk(database, channel={"timezone": "Asia/Tokyo"}, budget=2)
    async with database.write() as tx:
        await tx.watches.change(desk.watches["Corée"].id, rules={"budget": 2})
        desk.watches["Corée"] = await tx.watches.by_id(desk.watches["Corée"].id)
    desk.clock.set(NOON + 4 * HOUR)  # the next day in Tokyo
    for number in range(5):
        await desk.finds(f"histoire {number}", f"Titre {number}")
    assert kinds(await desk.deliveries()) == ["match", "match", "spike"]


async def test_what_several_channels_are_told_at_one_instant_is_one_alert_of_the_budget(database: Database) -> None:
    desk = await a_desk(database, budget=3)
    async with database.write() as tx:
        for number in range(3):
            await tx.channels.put(a_channel(f"autre {number}"), NOON)
    await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")
    assert kinds(await desk.waits(HOUR)) == ["update"] * 4
    await desk.finds("gaz", "Titre 3")
    assert kinds(await desk.deliveries())[8:] == ["match"] * 4


async def test_updates_that_are_due_when_the_budget_is_spent_come_as_a_digest_and_that_is_told(
    database: Database,
) -> None:
    desk = await a_desk(database, budget=3, at="18:00")
    for number in range(2):
        await desk.finds(f"histoire {number}", f"Titre {number}")
        await desk.finds(f"histoire {number}", f"Suite {number}")
    made = await desk.waits(HOUR)
    assert kinds(made) == ["update", "spike"]
    assert "3 alerts today" in made[1].alert.told.title
    [digest] = await desk.waits(5 * HOUR)
    assert (digest.alert.kind, [item.told.title for item in digest.alert.items]) == ("digest", ["Suite 1"])
    assert await desk.waits(2 * DAY) == []


async def test_an_article_that_is_stored_while_others_are_released_stops_neither(database: Database) -> None:
    desk = await a_desk(database, "Corée", "Énergie")
    one, other = (watch.id for watch in desk.watches.values())
    for story, wanting in (("retrait", "Énergie"), ("gaz", "Corée")):
        await desk.finds(story, "Titre")
        await desk.finds(story, "Titre 2", watches=(wanting,))
    desk.clock.set(NOON + HOUR)
    is_at_it, may_go_on = asyncio.Event(), asyncio.Event()

    async def storing() -> None:
        async with database.write() as tx:
            await tx.stories.lock()
            for number in (one, other):
                await tx.threads.know(number, desk.story_ids["retrait"], Facts(), NOON)
            is_at_it.set()
            await may_go_on.wait()
            for number in (one, other):
                await tx.threads.count(number, NOON.date(), 1)

    task = asyncio.create_task(storing())
    await is_at_it.wait()
    release = asyncio.create_task(desk.releaser.release_due())
    while not await _waits_for_a_lock(database):
        pass
    may_go_on.set()
    await task
    assert await release == 2


async def _waits_for_a_lock(database: Database) -> bool:
    """Whether somebody waits; SQLite has one writer, and knows no such thing."""
    async with database.read() as tx:
        if tx.connection.dialect.name != "postgresql":
            return True
        asked = await tx.connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(asked.scalar_one())


async def test_a_story_can_be_muted_before_anything_of_it_was_told(database: Database) -> None:
    desk = await a_desk(database, quiet="11:00-18:00")
    held = await desk.finds("retrait", "Titre")
    async with database.write() as tx:
        [thread] = (await tx.threads.of(desk.story_ids["retrait"], [1])).values()
        assert thread.last_told_at is None
        await tx.threads.mute(thread.id, NOON)
    later = await desk.finds("retrait", "Titre 2")
    assert await desk.waits(6 * HOUR) == []
    assert [one[0] for one in (*await desk.ledger(held), *await desk.ledger(later))] == ["muted", "muted"]


async def test_a_story_goes_on_after_its_first_delivery_was_forgotten(database: Database) -> None:
    desk = await a_desk(database)
    await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")
    [second] = await desk.waits(HOUR)
    await desk.finds("retrait", "Titre 3")
    async with database.write() as tx:
        [first, _] = await desk.deliveries()
        await tx.connection.exec_driver_sql("UPDATE delivery SET settled_at = created_at WHERE id = 1")
        assert first.id == 1
        assert await tx.settled.forget(NOON + DAY, 10) == 1
    [third] = await desk.waits(2 * HOUR)
    assert (third.alert.kind, third.thread_key, says(third)) == ("update", second.key, ["+1 outlet"])
    assert (await desk.deliveries())[0].thread_key == ""


async def test_a_watchlists_rule_goes_before_a_channels(database: Database) -> None:
    desk = await a_desk(database, channel={"digest": "daily", "at": "18:00"}, digest=None)
    async with database.write() as tx:
        await tx.watchlists.put(Watchlist(0, "Asie", rules=rules_from({"digest": "hourly"})), NOON)
        await tx.watches.change(desk.watches["Corée"].id, watchlist="Asie")
        desk.watches["Corée"] = await tx.watches.by_id(desk.watches["Corée"].id)
    await desk.finds("retrait", "Titre")
    assert kinds(await desk.waits(HOUR)) == ["digest"]
    assert await desk.waits(SOON) == []


@pytest.mark.parametrize("updates", ["1h", "never"])
@pytest.mark.parametrize("resurfaced", ["never", "digest"])
async def test_the_first_new_article_after_an_old_one_is_told_at_once(
    database: Database, resurfaced: str, updates: str
) -> None:
    desk = await a_desk(database, resurfaced=resurfaced, updates=updates)
    await desk.finds("retrait", "Un vieux titre de plus", published_at=NOON - timedelta(days=40))
    assert await desk.deliveries() == []
    new = await desk.finds("retrait", "Du neuf")
    assert await desk.ledger(new) == [("told", "")]
    [first] = await desk.deliveries()
    assert (first.alert.kind, first.alert.told.title) == ("match", "Du neuf")
    await desk.finds("retrait", "La suite")
    told = [one for one in await desk.waits(HOUR) if one.alert.kind == "update"]
    assert [one.thread_key for one in told] == ([first.key] if updates == "1h" else [])


async def test_the_first_article_after_a_story_is_unmuted_is_told_at_once(database: Database) -> None:
    desk = await a_desk(database, updates="never")
    async with database.write() as tx:
        desk.story_ids["retrait"] = await tx.stories.begin(NOON, None)
        await tx.feedback.mute(desk.watches["Corée"].id, desk.story_ids["retrait"], NOON)
    await desk.finds("retrait", "Titre")
    async with database.write() as tx:
        await tx.feedback.unmute(desk.watches["Corée"].id, desk.story_ids["retrait"])
    assert await desk.ledger(await desk.finds("retrait", "Titre 2")) == [("told", "")]
    assert await desk.ledger(await desk.finds("retrait", "Titre 3")) == [("never", "update")]


async def test_a_channel_that_was_paused_is_told_of_a_story_that_others_know(database: Database) -> None:
    desk = await a_desk(database, updates="never")
    async with database.write() as tx:
        number = await tx.channels.put(replace(a_channel("autre"), paused=True), NOON)
    await desk.finds("retrait", "Titre")
    async with database.write() as tx:
        await tx.channels.change(number, paused=False)
    assert sorted(await desk.ledger(await desk.finds("retrait", "Titre 2"))) == [("never", "update"), ("told", "")]


async def test_a_watch_that_gets_the_name_of_a_removed_one_does_not_tell_what_waited_for_that(
    database: Database,
) -> None:
    desk = await a_desk(database, digest="weekly")
    stored = await desk.finds("retrait", "Titre")
    async with database.write() as tx:
        await tx.watches.remove(desk.watches["Corée"].id)
    await Forgetter(database, desk.clock).tick()
    async with database.write() as tx:
        await tx.watches.put(replace(desk.watches["Corée"], query="autre chose"), NOON + HOUR)
    assert await desk.ledger(stored) == [("never", "removed")]
    assert await desk.waits(8 * DAY) == []
