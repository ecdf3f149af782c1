"""The outbox: alerts, deliveries, their leases and attempts, the same on both databases."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from news.alert import Alert, Attempt, Delivery, DeliveryState, Told
from news.article import Span
from news.delivering import Selection
from news.errors import NotFoundError
from storage import Database
from storage.database import Transaction
from tests.samples import HOUR, MINUTE, NOON, a_channel, a_watch, claim, put_article, put_delivery, record, told_of

OK = Attempt(NOON, 12, True, "204 No Content")
BROKEN = Attempt(NOON, 34, False, "503 Service Unavailable")


async def _put(database: Database, *numbers: int) -> list[Delivery]:
    async with database.write() as transaction:
        return [await put_delivery(transaction, number) for number in numbers]


async def _lease(database: Database, now: datetime = NOON, each: int = 9, owner: str = "me") -> list[int]:
    async with database.write() as transaction:
        return [delivery.id for delivery in await claim(transaction, now, owner, each)]


async def _record(
    database: Database,
    delivery: Delivery,
    attempt: Attempt,
    state: DeliveryState,
    next_try_at: datetime | None = None,
    owner: str = "me",
) -> Delivery:
    async with database.write() as transaction:
        return await record(transaction, delivery, attempt, state, next_try_at, owner)


async def _channel_id(transaction: Transaction, delivery: Delivery) -> int:
    return (await transaction.channels.get(delivery.channel.name)).id


async def test_an_alert_becomes_one_pending_delivery_for_each_channel(database: Database) -> None:
    async with database.write() as transaction:
        article_id = await put_article(transaction, 1)
        watch_id = await transaction.watches.put(a_watch(), NOON)
        channels = [await transaction.channels.put(a_channel(name), NOON) for name in ("a", "b")]
        told = Told(
            article_id=article_id,
            title="Un missile",
            url="https://phare.example/1",
            source="Le Phare",
            excerpt="…un missile…",
            title_spans=(Span("title", 3, 10),),
            excerpt_spans=(Span("text", 4, 11),),
            authors=("Zoé",),
            published_at=NOON - HOUR,
            found_at=NOON,
            language="fr",
        )
        alert = Alert(watch="Corée", query="missile", decided_at=NOON, told=told, watch_id=watch_id)
        assert await transaction.outbox.add(alert, watch_id, [*channels, channels[0]])
        first, second = await transaction.outbox.of_article(article_id, watch_id)
        expected = Delivery(
            id=first.id,
            key=first.key,
            alert=replace(alert, sequence=first.alert.sequence),
            channel=await transaction.channels.get("a"),
            state="pending",
            attempts=0,
            created_at=NOON,
            next_try_at=NOON,
        )
        assert first == expected
        assert second == replace(expected, id=second.id, key=second.key, channel=await transaction.channels.get("b"))
        assert first.key != second.key


async def test_what_is_to_be_told_once_is_kept_once(database: Database) -> None:
    [delivery] = await _put(database, 1)
    async with database.write() as transaction:
        watch = await transaction.watches.get("watch 1")
        channels = [delivery.channel.id]
        assert await transaction.outbox.add(delivery.alert, watch.id, channels, once="spike:1:2026-11-14")
        assert await transaction.outbox.add(delivery.alert, watch.id, channels, once="spike:1:2026-11-14") is None
        assert await transaction.outbox.add(delivery.alert, watch.id, channels, once="spike:1:2026-11-15")
        assert await transaction.outbox.add(delivery.alert, watch.id, channels)
        assert await transaction.outbox.counts() == {"pending": 4}


async def test_what_is_not_to_be_told_before_an_hour_is_not_due_before_it(database: Database) -> None:
    [delivery] = await _put(database, 1)
    async with database.write() as transaction:
        await transaction.outbox.add(
            delivery.alert, None, [delivery.channel.id], not_before={delivery.channel.id: NOON + HOUR}
        )
    assert await _lease(database) == [delivery.id]
    assert await _lease(database, NOON + HOUR - MINUTE) == [delivery.id]
    assert len(await _lease(database, NOON + HOUR)) == 2


async def test_another_watch_tells_of_the_same_article_too(database: Database) -> None:
    [delivery] = await _put(database, 1)
    async with database.write() as transaction:
        watch_id = await transaction.watches.put(a_watch("another"), NOON)
        assert await transaction.outbox.add(delivery.alert, watch_id, [delivery.channel.id])
        assert await transaction.outbox.counts() == {"pending": 2}


async def test_the_sequence_rises_with_every_alert(database: Database) -> None:
    deliveries = await _put(database, 3, 1, 2)
    sequences = [delivery.alert.sequence for delivery in deliveries]
    assert sequences == sorted(set(sequences))


async def test_a_leased_delivery_is_nobody_elses_until_its_lease_expires(database: Database) -> None:
    [delivery] = await _put(database, 1)
    assert await _lease(database, owner="me") == [delivery.id]
    assert await _lease(database, NOON + MINUTE / 2, owner="you") == []
    assert await _lease(database, NOON + MINUTE, owner="you") == [delivery.id]


async def test_many_who_lease_at_once_share_the_deliveries_without_taking_one_twice(database: Database) -> None:
    deliveries = await _put(database, *range(12))
    shares = await asyncio.gather(*(_lease(database, owner=f"worker {number}") for number in range(5)))
    assert sorted(number for share in shares for number in share) == [delivery.id for delivery in deliveries]


async def test_a_lease_can_be_renewed_and_given_back_by_its_owner(database: Database) -> None:
    [mine] = [delivery.id for delivery in await _put(database, 1)]
    assert await _lease(database, owner="me") == [mine]
    [yours] = [delivery.id for delivery in await _put(database, 2)]
    assert await _lease(database, owner="you") == [yours]
    async with database.write() as transaction:
        await transaction.sending.renew([mine, yours], "me", NOON + HOUR)
    assert await _lease(database, NOON + MINUTE, owner="third") == [yours]
    async with database.write() as transaction:
        await transaction.sending.release_all("me")
    assert await _lease(database, NOON + MINUTE, owner="third") == [mine]


async def test_deliveries_to_a_paused_channel_wait_until_it_is_resumed(database: Database) -> None:
    [delivery] = await _put(database, 1)
    async with database.write() as transaction:
        channel_id = await _channel_id(transaction, delivery)
        await transaction.channels.pause(channel_id, True, NOON)
        assert await transaction.sending.ready(NOON) == []
    assert await _lease(database) == []
    async with database.write() as transaction:
        await transaction.channels.pause(channel_id, False, NOON)
        assert [one.id for one in await transaction.sending.ready(NOON)] == [channel_id]
    assert await _lease(database) == [delivery.id]


async def test_deliveries_to_a_channel_that_vigie_paused_wait_until_it_is_resumed(database: Database) -> None:
    [delivery] = await _put(database, 1)
    async with database.write() as transaction:
        channel_id = await _channel_id(transaction, delivery)
        await transaction.channels.change(channel_id, paused_because="410 Gone")
    assert await _lease(database) == []
    async with database.write() as transaction:
        await transaction.channels.pause(channel_id, False, NOON)
    assert await _lease(database) == [delivery.id]


async def test_what_waited_for_a_channel_that_is_resumed_is_due_at_once_and_counts_its_tries_afresh(
    database: Database,
) -> None:
    [tried, other, sent] = await _put(database, 1, 2, 3)
    await _lease(database)
    await _record(database, tried, BROKEN, "pending", NOON + HOUR)
    other = await _record(database, other, BROKEN, "pending", NOON + HOUR)
    sent = await _record(database, sent, OK, "sent")
    async with database.write() as transaction:
        for delivery in (tried, sent):
            channel_id = await _channel_id(transaction, delivery)
            await transaction.channels.pause(channel_id, True, NOON)
            await transaction.channels.pause(channel_id, False, NOON + MINUTE)
        expected = replace(tried, next_try_at=NOON + MINUTE, last_error=BROKEN.answer)
        assert await transaction.outbox.get(tried.id) == expected
        assert await transaction.outbox.get(other.id) == other
        assert await transaction.outbox.get(sent.id) == sent
    assert await _lease(database, NOON + MINUTE) == [tried.id]


async def test_what_was_to_wait_for_the_end_of_quiet_hours_waits_for_it_when_its_channel_is_resumed(
    database: Database,
) -> None:
    [delivery] = await _put(database, 1)
    channel_id = delivery.channel.id
    async with database.write() as transaction:
        await transaction.outbox.add(delivery.alert, None, [channel_id], not_before={channel_id: NOON + HOUR})
        for paused in (True, False):
            await transaction.channels.pause(channel_id, paused, NOON)
    assert await _lease(database, NOON) == [delivery.id]
    assert len(await _lease(database, NOON + HOUR)) == 2


async def test_a_delivery_that_was_sent_is_settled(database: Database) -> None:
    [delivery] = await _put(database, 1)
    await _lease(database)
    sent = await _record(database, delivery, OK, "sent")
    assert sent == replace(delivery, state="sent", attempts=1, first_try_at=NOON, next_try_at=None, sent_at=NOON)
    assert await _lease(database, NOON + HOUR) == []


@pytest.mark.parametrize("state", ["sent", "failed", "dead"])
async def test_a_settled_delivery_is_not_leased_even_if_a_next_try_was_named(
    database: Database, state: DeliveryState
) -> None:
    [delivery] = await _put(database, 1)
    await _lease(database)
    await _record(database, delivery, BROKEN, state, NOON)
    assert await _lease(database) == []


async def test_a_delivery_that_failed_is_leased_again_when_its_next_try_is_due(database: Database) -> None:
    [delivery] = await _put(database, 1)
    await _lease(database)
    failed = await _record(database, delivery, BROKEN, "pending", NOON + 2 * MINUTE)
    assert failed == replace(
        delivery,
        channel=replace(delivery.channel, failing_since=NOON),
        attempts=1,
        first_try_at=NOON,
        next_try_at=NOON + 2 * MINUTE,
        last_error="503 Service Unavailable",
    )
    assert await _lease(database, NOON + MINUTE) == []
    assert await _lease(database, NOON + 2 * MINUTE) == [delivery.id]
    sent = await _record(database, delivery, replace(OK, at=NOON + 2 * MINUTE), "sent")
    assert (sent.attempts, sent.first_try_at, sent.sent_at) == (2, NOON, NOON + 2 * MINUTE)
    assert sent.last_error == ""


async def test_every_attempt_is_kept_the_first_first(database: Database) -> None:
    [delivery, other] = await _put(database, 1, 2)
    await _lease(database)
    await _record(database, delivery, BROKEN, "pending", NOON)
    assert await _lease(database) == [delivery.id]
    await _record(database, delivery, OK, "sent")
    async with database.read() as transaction:
        assert await transaction.outbox.attempts(delivery.id) == [BROKEN, OK]
        assert await transaction.outbox.attempts(other.id) == []


async def test_an_attempt_under_a_lost_lease_is_kept_but_decides_nothing(database: Database) -> None:
    [delivery] = await _put(database, 1)
    await _lease(database, owner="me")
    await _lease(database, NOON + MINUTE, owner="you")
    failing = replace(delivery.channel, failing_since=NOON)
    assert await _record(database, delivery, BROKEN, "dead", owner="me") == replace(delivery, channel=failing)
    async with database.read() as transaction:
        assert await transaction.outbox.attempts(delivery.id) == [BROKEN]
    assert await _lease(database, NOON + MINUTE, owner="third") == []
    assert (await _record(database, delivery, OK, "sent", owner="you")).state == "sent"


@pytest.mark.parametrize("state", ["sent", "failed", "dead"])
async def test_a_settled_delivery_that_is_replayed_is_due_at_once_under_its_old_key(
    database: Database, state: DeliveryState
) -> None:
    [delivery] = await _put(database, 1)
    await _lease(database)
    await _record(database, delivery, OK if state == "sent" else BROKEN, state)
    async with database.write() as transaction:
        assert await transaction.outbox.replay([delivery.id, delivery.id + 1], NOON + HOUR) == [delivery.id]
        replayed = await transaction.outbox.get(delivery.id)
        assert (replayed.key, replayed.state, replayed.attempts) == (delivery.key, "pending", 0)
        assert (replayed.first_try_at, replayed.next_try_at, replayed.sent_at) == (None, NOON + HOUR, None)
        assert len(await transaction.outbox.attempts(delivery.id)) == 1
    assert await _lease(database, NOON + HOUR) == [delivery.id]


async def test_a_replay_takes_the_lease_from_whoever_is_sending(database: Database) -> None:
    [delivery] = await _put(database, 1)
    await _lease(database, owner="me")
    async with database.write() as transaction:
        assert await transaction.outbox.replay([delivery.id], NOON) == [delivery.id]
    assert (await _record(database, delivery, OK, "sent", owner="me")).state == "pending"
    assert await _lease(database, owner="you") == [delivery.id]


async def test_deliveries_are_counted_by_state(database: Database) -> None:
    [delivery, _] = await _put(database, 1, 2)
    await _lease(database)
    await _record(database, delivery, OK, "sent")
    async with database.read() as transaction:
        assert await transaction.outbox.counts() == {"sent": 1, "pending": 1}


async def test_the_latest_deliveries_come_first_by_state_channel_and_time(database: Database) -> None:
    deliveries = await _put(database, 1, 2, 3)
    numbers = [delivery.id for delivery in deliveries]
    async with database.write() as transaction:
        later = await put_delivery(transaction, 4, NOON + HOUR)
    await _lease(database)
    await _record(database, deliveries[1], BROKEN, "dead")

    async def latest(**wanted: Any) -> list[int]:
        async with database.read() as transaction:
            found = await transaction.outbox.latest(9, Selection(**wanted))
            assert [one.id for one in found] == (await transaction.outbox.selected(Selection(**wanted)))[::-1]
            return [one.id for one in found]

    assert await latest() == [later.id, *numbers[::-1]]
    assert await latest(states=("dead",)) == [numbers[1]]
    assert await latest(states=("dead", "pending"), until=NOON + HOUR) == numbers[::-1]
    assert await latest(channel="channel 3") == [numbers[2]]
    assert await latest(since=NOON + MINUTE) == [later.id]
    async with database.read() as transaction:
        assert [delivery.id for delivery in await transaction.outbox.latest(2)] == [later.id, numbers[2]]
        assert [delivery.id for delivery in await transaction.outbox.those(numbers[:2])] == numbers[:2]


async def test_an_alert_says_what_it_said_when_its_watch_changes(database: Database) -> None:
    [delivery] = await _put(database, 1)
    async with database.write() as transaction:
        watch = await transaction.watches.get("watch 1")
        await transaction.watches.change(watch.id, query="something else")
        await transaction.watches.remove(watch.id)
        assert await transaction.outbox.get(delivery.id) == delivery


async def test_a_delivery_that_is_not_there_is_named_in_the_error(database: Database) -> None:
    async with database.read() as transaction:
        with pytest.raises(NotFoundError, match="no delivery with id 7") as caught:
            await transaction.outbox.get(7)
        assert "deliveries list" in caught.value.hint


async def test_an_alert_of_an_article_that_is_not_stored_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as transaction:
            watch_id = await transaction.watches.put(a_watch(), NOON)
            await transaction.outbox.add(Alert("Corée", "missile", NOON, told_of(7)), watch_id, [])
