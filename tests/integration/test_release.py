"""What is told at once, what is held, and what is released of it: on both databases, with a clock that is moved."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from news.rules import rules_from
from service import release
from service.record import tell
from service.release import Releaser
from storage import Database
from tests.desk import SOON, a_desk, says
from tests.samples import HOUR, MINUTE, NOON, a_channel


async def test_six_articles_on_one_story_are_one_alert_and_one_update(database: Database) -> None:
    desk = await a_desk(database)
    for number in range(6):
        await desk.finds("retrait", f"Titre {number}")
        desk.clock.set(desk.clock.now() + 5 * MINUTE)
    [first] = await desk.deliveries()
    assert (first.alert.kind, first.alert.told.title, first.alert.items) == ("match", "Titre 0", ())
    assert await desk.waits(20 * MINUTE) == []
    [update] = await desk.waits(15 * MINUTE)
    assert (update.alert.kind, update.alert.watch, update.alert.told.title) == ("update", "Corée", "Titre 0")
    assert says(update) == ["+5 outlets"]
    assert [one.title for one in update.alert.items[0].others] == [f"Titre {number}" for number in range(2, 6)]
    assert update.alert.items[0].told.title == "Titre 1"
    assert (first.thread_key, update.thread_key) == ("", first.key)
    assert await desk.waits(timedelta(days=3)) == []


async def test_every_match_has_one_telling_for_each_channel_and_no_second_one(database: Database) -> None:
    desk = await a_desk(database)
    stored = await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")
    assert await desk.ledger(stored) == [("told", "")]
    async with database.write() as tx:
        await tell(tx, [(desk.watches["Corée"], ())], stored, desk.clock.now(), is_history=False)
    assert await desk.ledger(stored) == [("told", "")]
    assert len(await desk.deliveries()) == 1


async def test_history_has_no_telling_and_opens_no_story(database: Database) -> None:
    desk = await a_desk(database)
    old = await desk.finds("retrait", "Titre", is_history=True)
    assert await desk.ledger(old) == []
    await desk.finds("retrait", "Titre 2")
    assert [one.alert.kind for one in await desk.deliveries()] == ["match"]


async def test_updates_come_ever_more_rarely(database: Database) -> None:
    desk = await a_desk(database)
    await desk.finds("retrait", "Titre")
    came: list[float] = []
    for number in range(60):
        await desk.finds("retrait", f"Titre {number}")
        if await desk.waits(HOUR / 2):
            came.append((desk.clock.now() - NOON) / HOUR)
    assert came == [1, 3, 7, 15]


async def test_two_channels_told_at_one_instant_count_as_one_update(database: Database) -> None:
    desk = await a_desk(database)
    async with database.write() as tx:
        await tx.channels.put(a_channel("autre"), NOON)
    await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")
    assert [one.alert.kind for one in await desk.waits(HOUR)] == ["update"] * 2
    async with database.read() as tx:
        [thread] = (await tx.threads.some([1])).values()
    assert (thread.updates, thread.last_told_at) == (1, NOON + HOUR)


async def test_a_changed_figure_is_told_soon(database: Database) -> None:
    desk = await a_desk(database)
    await desk.finds("retrait", "Titre", "Ils sont 1 500 soldats.")
    await desk.finds("retrait", "Titre 2", "Ils sont 1 500 soldats.")
    await desk.finds("retrait", "Titre 3", "Ils sont 3 000 soldats.")
    [update] = await desk.waits(SOON)
    assert says(update) == ["+2 outlets", "changed figure: 1 500 → 3 000 soldats"]
    assert update.alert.items[0].told.title == "Titre 3"


async def test_a_changed_headline_is_told_to_who_was_told_of_the_article(database: Database) -> None:
    desk = await a_desk(database)
    stored = await desk.finds("retrait", "Séoul s’inquiète")
    await desk.changes(stored, "Séoul accuse Moscou")
    [update] = await desk.waits(SOON)
    assert (update.alert.kind, update.alert.told.title) == ("update", "Séoul s’inquiète")
    [change] = update.alert.items[0].changes
    assert (change.says, change.before, change.now) == ("headline changed", "Séoul s’inquiète", "Séoul accuse Moscou")
    assert await desk.ledger(stored) == [("told", ""), ("told", "update")]


async def test_a_text_that_changed_in_nothing_that_counts_is_not_told(database: Database) -> None:
    desk = await a_desk(database)
    stored = await desk.finds("retrait", "Séoul", "Ils sont 1 500 soldats.")
    await desk.changes(stored, "Séoul", "Ils sont 1 500 soldats, dit-on.")
    assert await desk.waits(HOUR) == []
    await desk.changes(stored, "Séoul", "Ils sont 3 000 soldats.")
    assert [says(one) for one in await desk.waits(SOON)] == [["changed figure: 1 500 → 3 000 soldats"]]


async def test_quiet_hours_hold_and_deliver_on_waking_instead_of_skipping(database: Database) -> None:
    desk = await a_desk(database, quiet="11:00-18:00")
    await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")
    await desk.finds("gaz", "Titre 3")
    assert await desk.waits(5 * HOUR + 59 * MINUTE) == []
    [morning] = await desk.waits(MINUTE)
    assert (morning.alert.kind, morning.alert.watch) == ("digest", "Corée")
    assert [item.told.title for item in morning.alert.items] == ["Titre", "Titre 3"]
    assert await desk.waits(timedelta(days=2)) == []


async def test_what_came_due_while_vigie_was_down_waits_if_it_is_quiet_by_then(database: Database) -> None:
    desk = await a_desk(database, quiet="22:00-07:00")
    await desk.finds("retrait", "Titre")
    held = await desk.finds("retrait", "Titre 2")
    assert await desk.waits(11 * HOUR) == []
    assert await desk.ledger(held) == [("held", "quiet")]
    assert [one.alert.kind for one in await desk.waits(8 * HOUR)] == ["update"]


async def test_one_story_of_a_night_is_told_as_a_match_that_updates_follow(database: Database) -> None:
    desk = await a_desk(database, quiet="11:00-18:00")
    await desk.finds("retrait", "Titre")
    [first] = await desk.waits(6 * HOUR)
    assert (first.alert.kind, first.alert.told.title) == ("match", "Titre")
    await desk.finds("retrait", "Titre 2")
    [update] = await desk.waits(HOUR)
    assert (update.alert.kind, update.thread_key) == ("update", first.key)


async def test_a_daily_digest_has_all_watches_of_the_channel_folded_by_story(database: Database) -> None:
    desk = await a_desk(database, "Corée", "Asie", channel={"digest": "daily", "at": "18:00"})
    await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")
    await desk.finds("gaz", "Titre 3", watches=("Asie",))
    assert await desk.waits(5 * HOUR) == []
    [digest] = await desk.waits(HOUR)
    assert (digest.alert.kind, digest.alert.watch) == ("digest", "")
    assert [(item.watch, item.told.title) for item in digest.alert.items] == [
        ("Asie", "Titre"), ("Asie", "Titre 3"), ("Corée", "Titre"),
    ]  # fmt: skip
    assert says(digest) == ["+1 outlet", "+1 outlet"]
    await desk.finds("retrait", "Titre 4")
    [next_day] = await desk.waits(timedelta(days=1))
    assert next_day.alert.kind == "digest"


async def test_a_machine_asleep_over_a_weekend_tells_one_digest_when_it_wakes(database: Database) -> None:
    desk = await a_desk(database, channel={"digest": "daily", "at": "18:00"})
    await desk.finds("retrait", "Titre")
    await desk.finds("gaz", "Titre 2")
    [digest] = await desk.waits(62 * HOUR)
    assert [item.told.title for item in digest.alert.items] == ["Titre", "Titre 2"]
    assert await desk.waits(15 * HOUR) == []


async def test_a_clock_that_is_set_back_an_hour_tells_nothing_of_a_digest_twice(database: Database) -> None:
    desk = await a_desk(database, channel={"digest": "daily", "at": "18:00"})
    await desk.finds("retrait", "Titre")
    [digest] = await desk.waits(6 * HOUR)
    assert digest.alert.kind == "digest"
    assert await desk.waits(-HOUR) == []
    assert await desk.waits(HOUR) == []


async def test_a_clock_that_is_set_back_over_the_hour_of_a_digest_brings_no_second_one_that_day(
    database: Database,
) -> None:
    desk = await a_desk(database, channel={"digest": "daily", "at": "18:00"})
    await desk.finds("retrait", "Titre")
    assert len(await desk.waits(6 * HOUR)) == 1
    await desk.waits(10 * MINUTE)
    assert await desk.waits(-HOUR) == []
    await desk.finds("gaz", "Titre 2")
    for span in (*[10 * MINUTE] * 6, *[HOUR] * 23):  # to ten past five the next day
        assert await desk.waits(span) == [], desk.clock.now()
    assert [one.alert.kind for one in await desk.waits(HOUR)] == ["digest"]


async def test_a_digest_that_is_wanted_at_once_is_told_at_once_by_a_clock_that_was_set_back(database: Database) -> None:
    desk = await a_desk(database, channel={"digest": "daily", "at": "18:00"})
    await desk.waits(6 * HOUR)
    await desk.waits(-HOUR)
    await desk.finds("gaz", "Titre 2")
    async with database.write() as tx:
        [channel] = await tx.channels.all()
        await tx.channels.change(channel.id, rules={"digest": "at once"})
    assert len(await desk.waits(MINUTE)) == 1


async def test_a_clock_that_was_a_year_fast_puts_no_digest_off(database: Database) -> None:
    desk = await a_desk(database, channel={"digest": "daily", "at": "18:00"})
    await desk.waits(timedelta(days=365))
    await desk.waits(-timedelta(days=365))
    await desk.finds("gaz", "Titre 2")
    assert len(await desk.waits(6 * HOUR)) == 1


async def test_beyond_the_budget_one_warning_and_a_digest_follow(database: Database) -> None:
    desk = await a_desk(database, budget=3, at="18:00")
    for number in range(7):
        await desk.finds(f"histoire {number}", f"Titre {number}")
    kinds = [one.alert.kind for one in await desk.deliveries()]
    assert kinds == ["match", "match", "match", "spike"]
    [digest] = await desk.waits(6 * HOUR)
    assert (digest.alert.kind, len(digest.alert.items)) == ("digest", 4)
    desk.clock.set(NOON + timedelta(days=1))
    await desk.finds("demain", "Titre")
    assert [one.alert.kind for one in await desk.deliveries()][5:] == ["match"]


async def test_an_update_takes_along_what_else_waits_on_its_story(database: Database) -> None:
    desk = await a_desk(database, budget=1, at="18:00")
    await desk.finds("gaz", "Titre")
    desk.clock.set(NOON + 7 * HOUR)
    await desk.finds("retrait", "Titre 2")  # for the digest of the next evening
    desk.clock.set(NOON + 21 * HOUR)
    await desk.finds("retrait", "Titre 3")
    [match] = await desk.waits(HOUR)
    assert (match.alert.kind, match.alert.told.title, says(match)) == ("match", "Titre 2", ["+1 outlet"])
    assert await desk.waits(timedelta(days=2)) == []


async def test_updates_count_towards_the_budget(database: Database) -> None:
    desk = await a_desk(database, budget=2)
    await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")
    await desk.waits(HOUR)
    stored = await desk.finds("gaz", "Titre 3")
    assert await desk.ledger(stored) == [("held", "budget")]


async def test_far_more_than_usual_is_told_once(database: Database) -> None:
    desk = await a_desk(database)
    for number in range(15):
        await desk.finds(f"histoire {number}", f"Titre {number}")
    spikes = [one for one in await desk.deliveries() if one.alert.kind == "spike"]
    assert [one.alert.told.title for one in spikes] == ["Far more than usual: 10 articles today"]


@pytest.mark.parametrize(("rule", "state"), [("mark", "told"), ("digest", "held"), ("never", "never")])
async def test_an_old_article_is_marked_or_put_into_a_digest_or_not_told(
    database: Database, rule: str, state: str
) -> None:
    long_ago = NOON - timedelta(days=40)
    desk = await a_desk(database, resurfaced=rule, at="18:00")
    stored = await desk.finds("vieux", "Titre", published_at=long_ago)
    assert [one[0] for one in await desk.ledger(stored)] == [state]
    await desk.waits(6 * HOUR)
    items = [one.alert.items[0].told if one.alert.items else one.alert.told for one in await desk.deliveries()]
    assert [told.resurfaced_from for told in items] == ([] if rule == "never" else [long_ago])


async def test_the_same_title_and_text_as_weeks_ago_is_known_to_be_old(database: Database) -> None:
    desk = await a_desk(database)
    title, text = "Le retrait des troupes est exigé", "Le gouvernement exige que les troupes se retirent sans délai."
    await desk.finds("retrait", title, text)
    desk.clock.set(NOON + timedelta(days=20))
    await desk.finds("encore", f"{title} !", text + " Vraiment.")
    await desk.finds("autre", title, "Toute autre chose est écrite ici, sous un titre qui revient chaque mois.")
    _, again, other = await desk.deliveries()
    assert again.alert.told.resurfaced_from == NOON
    assert other.alert.told.resurfaced_from is None


async def test_a_muted_story_and_a_removed_watch_are_told_no_more(database: Database) -> None:
    desk = await a_desk(database, "Corée", "Asie")
    await desk.finds("retrait", "Titre")
    held = await desk.finds("retrait", "Titre 2")
    async with database.write() as tx:
        threads = await tx.threads.of(desk.story_ids["retrait"], [1, 2])
        assert await tx.threads.mute(threads[desk.watches["Corée"].id].id, NOON)
        await tx.watches.remove(desk.watches["Asie"].id)
    assert await desk.waits(HOUR) == []
    assert await desk.ledger(held) == [("muted", "update"), ("never", "removed")]
    later = await desk.finds("retrait", "Titre 3", watches=("Corée",))
    assert await desk.ledger(later) == [("muted", "")]


async def test_what_waits_for_a_paused_channel_waits_until_it_is_resumed(database: Database) -> None:
    desk = await a_desk(database)
    await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")
    async with database.write() as tx:
        await tx.channels.pause(1, True, NOON)
    assert await desk.waits(5 * HOUR) == []
    async with database.write() as tx:
        await tx.channels.pause(1, False, NOON)
    assert [one.alert.kind for one in await desk.waits(MINUTE)] == ["update"]


async def test_two_processes_release_nothing_twice(database: Database) -> None:
    desk = await a_desk(database)
    for story in range(4):
        await desk.finds(f"histoire {story}", f"Titre {story}")
        await desk.finds(f"histoire {story}", f"Titre {story} encore")
    desk.clock.set(NOON + HOUR)
    others = [Releaser(database, desk.clock) for _ in range(4)]
    made = await asyncio.gather(*(one.release_due() for one in others))
    assert sum(made) == 4
    assert [one.alert.kind for one in await desk.deliveries()] == ["match"] * 4 + ["update"] * 4


async def test_a_release_that_breaks_off_has_told_nothing_and_is_made_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await a_desk(database)
    await desk.finds("retrait", "Titre")
    held = await desk.finds("retrait", "Titre 2")
    with monkeypatch.context() as broken:
        broken.setattr(release, "local_day", None)
        assert await desk.waits(HOUR) == []
    assert await desk.ledger(held) == [("held", "update")]
    assert len(await desk.deliveries()) == 1
    assert [one.alert.kind for one in await desk.waits(MINUTE)] == ["update"]
    assert await desk.ledger(held) == [("told", "update")]


async def test_a_channel_whose_release_breaks_holds_up_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await a_desk(database)
    async with database.write() as tx:
        await tx.channels.put(a_channel("autre"), NOON)
    await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")

    def first_breaks(*arguments: Any) -> Any:
        monkeypatch.undo()
        raise ValueError("broken")

    monkeypatch.setattr(release, "compose", first_breaks)
    assert [one.channel.name for one in await desk.waits(HOUR)] == ["autre"]
    assert [one.channel.name for one in await desk.waits(MINUTE)] == ["bureau"]


async def test_a_clock_that_is_set_back_tells_nothing_twice(database: Database) -> None:
    desk = await a_desk(database)
    await desk.finds("retrait", "Titre")
    await desk.finds("retrait", "Titre 2")
    assert len(await desk.waits(HOUR)) == 1
    desk.clock.set(NOON)
    await desk.finds("retrait", "Titre 3")
    assert await desk.waits(HOUR) == []
    assert [says(one) for one in await desk.waits(2 * HOUR)] == [["+1 outlet"]]


async def test_a_channel_without_the_first_alert_is_told_the_story_from_its_beginning(database: Database) -> None:
    desk = await a_desk(database)
    await desk.finds("retrait", "Titre")
    async with database.write() as tx:
        await tx.channels.put(a_channel("neuf"), NOON)
    await desk.finds("retrait", "Titre 2")
    await desk.waits(HOUR)
    told = {one.channel.name: (one.alert.kind, one.alert.told.title) for one in (await desk.deliveries())[1:]}
    assert told == {"bureau": ("update", "Titre"), "neuf": ("match", "Titre 2")}


async def test_the_digest_of_one_channel_does_not_put_off_the_updates_of_another(database: Database) -> None:
    desk = await a_desk(database)
    async with database.write() as tx:
        await tx.channels.put(replace(a_channel("heures"), rules=rules_from({"digest": "hourly"})), NOON)
    await desk.finds("retrait", "Titre")
    assert [(one.channel.name, one.alert.kind) for one in await desk.waits(HOUR)] == [("heures", "digest")]
    await desk.finds("retrait", "Titre 2")
    assert [(one.channel.name, one.alert.kind) for one in await desk.waits(SOON)] == [("bureau", "update")]
