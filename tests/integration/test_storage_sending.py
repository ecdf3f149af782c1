"""Claiming and marking: each channel has room of its own, and what waits for one costs the others nothing."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from news.alert import Alert, Attempt, Channel, Delivery, Told
from news.delivering import Outcome, Selection
from storage import Database
from storage.database import Transaction
from tests.databases import PostgreSQL
from tests.samples import HOUR, MINUTE, NOON, a_channel, claim, record

OK = Attempt(NOON, 12, True, "204 No Content")
BROKEN = Attempt(NOON, 34, False, "503 Service Unavailable")
TOLD = Told(0, "Le Phare has gone quiet", "https://phare.example/", "Le Phare", "Nothing since noon.")


async def put(tx: Transaction, name: str, *due: datetime) -> int:
    """A channel, and a delivery to it for each of the times; the channel's id."""
    channel_id = await tx.channels.put(a_channel(name), NOON)
    for decided_at in due:
        await tx.outbox.add(Alert("", "", decided_at, TOLD, kind="silent"), None, [channel_id])
    return channel_id


async def of(tx: Transaction, channel: str) -> list[Delivery]:
    """The deliveries over a channel, the first written first."""
    return (await tx.outbox.latest(99, Selection(channel=channel)))[::-1]


async def test_each_channel_is_given_what_it_has_room_for_and_what_has_been_due_longest(database: Database) -> None:
    async with database.write() as tx:
        busy = await put(tx, "busy", NOON, NOON - HOUR, NOON - 2 * HOUR, NOON + MINUTE)
        calm = await put(tx, "calm", NOON)
        await put(tx, "none", NOON)
        claimed = await tx.sending.claim(NOON, {busy: 2, calm: 5}, "me", NOON + MINUTE)
        assert [(one.channel.name, one.created_at) for one in claimed] == [
            ("busy", NOON - HOUR),
            ("busy", NOON - 2 * HOUR),
            ("calm", NOON),
        ]
        assert [one.created_at for one in await claim(tx, owner="you")] == [NOON, NOON]


async def test_the_channels_that_are_ready_are_those_that_work_and_have_something_due_that_nobody_sends(
    database: Database,
) -> None:
    async with database.write() as tx:
        for name in ("ready", "later", "leased", "paused", "stopped", "removed"):
            await put(tx, name, NOON + HOUR if name == "later" else NOON)
        numbers = {channel.name: channel.id for channel in await tx.channels.all()}
        await tx.sending.claim(NOON, {numbers["leased"]: 1}, "me", NOON + MINUTE)
        await tx.channels.pause(numbers["paused"], True, NOON)
        assert await tx.channels.stop(numbers["stopped"], "410 Gone")
        await tx.channels.remove(numbers["removed"])
        assert [one.name for one in await tx.sending.ready(NOON)] == ["ready"]
        assert {
            one.channel.name for one in await tx.sending.claim(NOON, dict.fromkeys(numbers.values(), 9), "x", NOON)
        } == {"ready"}


async def test_outcomes_are_marked_together_and_only_where_the_lease_is_held(database: Database) -> None:
    async with database.write() as tx:
        await put(tx, "desk", NOON, NOON, NOON)
        sent, failed, lost = await claim(tx)
        await tx.outbox.replay([lost.id], NOON)
        again = NOON + HOUR
        outcomes = [
            Outcome(sent, OK, "sent"),
            Outcome(failed, BROKEN, "pending", again),
            Outcome(lost, BROKEN, "dead"),
        ]
        await tx.sending.record("me", outcomes)
        one, other, third = await of(tx, "desk")
        assert (one.state, one.attempts, one.sent_at, one.next_try_at, one.last_error) == ("sent", 1, NOON, None, "")
        assert (other.state, other.attempts, other.first_try_at, other.next_try_at) == ("pending", 1, NOON, again)
        assert other.last_error == BROKEN.answer
        assert (third.state, third.attempts) == ("pending", 0)
        assert [await tx.outbox.attempts(number.id) for number in (sent, failed, lost)] == [[OK], [BROKEN], [BROKEN]]
        assert [(await tx.outbox.get(number.id)).key for number in (sent, failed, lost)] == [
            sent.key, failed.key, lost.key
        ]  # fmt: skip


async def _failing_since(tx: Transaction) -> datetime | None:
    return (await tx.channels.get("desk")).failing_since


async def test_a_channel_fails_from_its_first_failure_until_something_goes_well(database: Database) -> None:
    later = replace(BROKEN, at=NOON + HOUR)
    async with database.write() as tx:
        await put(tx, "desk", *[NOON] * 6)
        one, two, three, four, five, six = await claim(tx)
        await record(tx, one, BROKEN, "dead")
        await record(tx, two, later, "dead")
        assert await _failing_since(tx) == NOON
        await record(tx, three, OK, "sent")
        assert await _failing_since(tx) is None
        outcomes = [Outcome(four, BROKEN, "dead"), Outcome(five, OK, "sent"), Outcome(six, later, "dead")]
        await tx.sending.record("me", outcomes)
        assert await _failing_since(tx) == NOON + HOUR


async def test_channels_that_fail_for_a_span_are_named_until_they_stand_still(database: Database) -> None:
    span = timedelta(hours=120)
    async with database.write() as tx:
        channel_id = await put(tx, "desk", NOON)
        [delivery] = await claim(tx)
        await record(tx, delivery, BROKEN, "dead")

        async def failing(now: datetime, channel_ids: tuple[int, ...] = (channel_id,)) -> list[Channel]:
            return await tx.sending.failing_for(span, channel_ids, now)

        assert await failing(NOON + span - MINUTE) == []
        assert [one.name for one in await failing(NOON + span)] == ["desk"]
        assert await failing(NOON + span, ()) == []
        assert await tx.channels.stop(channel_id, "all has failed")
        assert not await tx.channels.stop(channel_id, "once more")
        assert (await tx.channels.get("desk")).paused_because == "all has failed"
        assert await failing(NOON + span) == []
        await tx.channels.pause(channel_id, False, NOON)
        assert await _failing_since(tx) is None


async def test_what_waits_for_a_removed_channel_ends_unless_it_is_being_sent_and_a_replay_leaves_it(
    database: Database,
) -> None:
    async with database.write() as tx:
        gone = await put(tx, "gone", NOON, NOON)
        await put(tx, "there", NOON)
        [sending] = await tx.sending.claim(NOON, {gone: 1}, "me", NOON + MINUTE)
        await tx.channels.remove(gone)
        assert await tx.settled.end_of_removed(NOON) == 1
        assert await tx.outbox.counts() == {"pending": 2, "dead": 1}
        [dead] = await tx.outbox.latest(9, Selection(states=("dead",)))
        assert (dead.last_error, dead.next_try_at) == ("its channel was removed", None)
        assert await tx.settled.end_of_removed(NOON + MINUTE) == 1, "whoever sent it is gone"
        assert await tx.outbox.replay([dead.id, sending.id], NOON) == []
        await tx.channels.put(a_channel("gone"), NOON)
        assert await tx.outbox.replay([dead.id, sending.id], NOON) == [sending.id, dead.id]


async def test_deliveries_that_ended_long_ago_are_forgotten_a_few_at_a_time_and_their_alerts_are_not(
    database: Database,
) -> None:
    async with database.write() as tx:
        await put(tx, "desk", *[NOON] * 4)
        claimed = await claim(tx)
        for delivery, hour in zip(claimed[:3], (3, 1, 2), strict=True):
            await record(tx, delivery, replace(OK, at=NOON + hour * HOUR), "sent")
        assert await tx.settled.forget(NOON + 3 * HOUR, 1) == 1
        assert [one.id for one in await of(tx, "desk")] == [claimed[0].id, claimed[2].id, claimed[3].id]
        assert await tx.settled.forget(NOON + 3 * HOUR, 9) == 1
        assert await tx.settled.forget(NOON + 3 * HOUR, 9) == 0
        assert await tx.connection.scalar(text("SELECT count(*) FROM attempt")) == 1
        assert await tx.connection.scalar(text("SELECT count(*) FROM alert")) == 4


async def test_a_commit_that_left_something_to_send_is_told_and_no_other(database: Database) -> None:
    told: list[int] = []
    database.listen(lambda: told.append(1))
    async with database.write() as tx:
        await put(tx, "desk")
    assert told == []
    async with database.write() as tx:
        await put(tx, "bureau", NOON)
        assert told == [], "it can be read only after the commit"
    assert told == [1]
    with pytest.raises(ZeroDivisionError):
        async with database.write() as tx:
            await put(tx, "third", NOON)
            raise ZeroDivisionError
    assert told == [1]
    async with database.write() as tx:
        await tx.outbox.replay([1], NOON)
    assert told == [1, 1]


async def test_the_index_by_which_a_channel_is_asked_begins_with_the_channel_on_sqlite(tmp_path: object) -> None:
    database = await Database.open(f"sqlite:///{tmp_path}/vigie.db")
    async with database.read() as tx:
        plans = [
            "SELECT id FROM delivery WHERE channel_id = 1 AND state = 'pending' AND next_try_at <= '2026'"
            " AND (leased_until IS NULL OR leased_until <= '2026') ORDER BY next_try_at LIMIT 8",
            "SELECT id FROM channel WHERE (SELECT id FROM delivery WHERE channel_id = channel.id AND state = 'pending'"
            " AND next_try_at <= '2026' ORDER BY next_try_at LIMIT 1) IS NOT NULL",
        ]
        for plan in plans:
            told = str((await tx.connection.execute(text(f"EXPLAIN QUERY PLAN {plan}"))).all())
            assert "ix_delivery_channel_id_state_next_try_at (channel_id=? AND state=? AND next_try_at<?)" in told
            assert "B-TREE" not in told
    await database.close()


_MANY = (
    "INSERT INTO alert (kind, told, query, decided_at)"
    " SELECT 'silent', '{}', 'many', now() FROM generate_series(1, 20000)",
    "INSERT INTO delivery (key, alert_id, channel_id, state, attempts, created_at, next_try_at, last_error)"
    " SELECT 'many_' || id, id, :dead, 'pending', 0, :due, :due, '' FROM alert WHERE query = 'many'",
)
_PLAN = (
    "EXPLAIN (ANALYZE, FORMAT JSON) SELECT id FROM delivery WHERE channel_id = :live AND state = 'pending'"
    " AND next_try_at <= now() AND (leased_until IS NULL OR leased_until <= now())"
    " ORDER BY next_try_at LIMIT 8 FOR UPDATE SKIP LOCKED"
)


@pytest.mark.postgresql
async def test_what_waits_for_a_dead_channel_is_not_walked_for_a_live_one_on_postgresql(postgresql: PostgreSQL) -> None:
    url = postgresql.borrow()
    database = await Database.open(url)
    async with database.write() as tx:
        dead = await put(tx, "dead")
        live = await put(tx, "live", NOON)
        await tx.connection.execute(text(_MANY[0]))
        await tx.connection.execute(text(_MANY[1]), {"dead": dead, "due": NOON - HOUR})
        for preparation in ("SET LOCAL work_mem = '4MB'", "ANALYZE delivery"):
            await tx.connection.execute(text(preparation))
            plan = await tx.connection.scalar(text(_PLAN), {"live": live})
            assert not re.search(r'Rows Removed by [^"]+": [1-9]', json.dumps(plan)), plan
    async with database.read() as tx:
        assert [one.name for one in await tx.sending.ready(NOON)] == ["dead", "live"]
    await database.close()
    postgresql.give_back(url)
