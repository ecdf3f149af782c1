"""The deliverer: what it sends when, what it writes down, and that no channel waits for another."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from news.alert import Alert, Channel, Delivery, Receipt
from news.clock import ManualClock
from news.delivering import POINTS, Outcome, Selection
from news.errors import DatabaseTroubleError, DeliveryError, RetryAdvice
from service import outcomes
from service.deliver import Deliverer
from service.forget import Forgetter
from service.timekeeper import Timekeeper
from storage import Database, sending
from tests.integration.test_storage_sending import TOLD
from tests.samples import HOUR, NOON, a_channel

LEASE = timedelta(seconds=60)
Script = Callable[[Delivery], str | DeliveryError]


class Receivers:
    """What answers in place of all receivers: 200, unless a channel has a script; one may be made to hold on."""

    def __init__(self) -> None:
        self.got: list[Delivery] = []
        self.scripts: dict[str, Script] = {}
        self.holding: set[str] = set()
        self.released = asyncio.Event()
        self._news = asyncio.Condition()

    def sender_for(self, channel: Channel) -> "Receivers":
        return self

    async def send(self, delivery: Delivery) -> Receipt:
        name = delivery.channel.name
        self.got.append(delivery)
        async with self._news:
            self._news.notify_all()
        if name in self.holding:
            await self.released.wait()
        answer = self.scripts[name](delivery) if name in self.scripts else "200 OK"
        if isinstance(answer, DeliveryError):
            raise answer
        return Receipt(answer)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30), self._news:
            await self._news.wait_for(condition)

    def count(self, channel: str) -> int:
        return sum(delivery.channel.name == channel for delivery in self.got)


@pytest.fixture
def receivers() -> Receivers:
    return Receivers()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def deliverer(database: Database, receivers: Receivers, clock: ManualClock) -> Deliverer:
    return Deliverer(database, clock, "me", LEASE, receivers.sender_for, lambda: 0.0)


async def put(database: Database, channel: str, count: int, **pace: int) -> None:
    """So many deliveries to a channel, which is made if it is not there."""
    async with database.write() as tx:
        known = {one.name: one.id for one in await tx.channels.all()}
        number = known.get(channel) or await tx.channels.put(a_channel(channel), NOON)
        if pace:
            await tx.channels.change(number, **pace)
        for _ in range(count):
            await tx.outbox.add(Alert("", "", NOON, TOLD, kind="silent"), None, [number])


async def states(database: Database, channel: str) -> Counter[str]:
    async with database.read() as tx:
        return Counter(one.state for one in await tx.outbox.latest(99, Selection(channel=channel)))


async def test_all_that_is_due_is_sent_with_no_more_at_once_than_a_channel_takes(
    database: Database, deliverer: Deliverer, receivers: Receivers
) -> None:
    await put(database, "one", 7, at_once=3)
    await put(database, "other", 12)
    receivers.holding |= {"one", "other"}
    await deliverer.begin_due()
    await receivers.until(lambda: len(receivers.got) == 11)
    await deliverer.begin_due()
    assert (receivers.count("one"), receivers.count("other")) == (3, 8)
    receivers.released.set()
    await deliverer.send_all_due()
    assert (await states(database, "one"), await states(database, "other")) == ({"sent": 7}, {"sent": 12})
    assert len({delivery.key for delivery in receivers.got}) == len(receivers.got) == 19


async def test_a_rate_is_kept_and_the_rest_goes_a_minute_later(
    database: Database, deliverer: Deliverer, receivers: Receivers, clock: ManualClock
) -> None:
    await put(database, "desk", 5, per_minute=3)
    await deliverer.send_all_due()
    assert receivers.count("desk") == 3
    clock.set(NOON + timedelta(seconds=59))
    await deliverer.send_all_due()
    assert receivers.count("desk") == 3
    clock.set(NOON + timedelta(seconds=60))
    await deliverer.send_all_due()
    assert await states(database, "desk") == {"sent": 5}


async def test_a_receiver_that_names_a_wait_is_left_alone_and_what_waits_for_it_loses_no_attempt(
    database: Database, deliverer: Deliverer, receivers: Receivers, clock: ManualClock
) -> None:
    busy = DeliveryError("429", RetryAdvice(retry_after=HOUR), answer="429 Too Many Requests")
    receivers.scripts["desk"] = lambda _: busy
    await put(database, "desk", 3, at_once=1)
    await deliverer.send_all_due()
    assert receivers.count("desk") == 1
    clock.set(NOON + HOUR)
    del receivers.scripts["desk"]
    await deliverer.send_all_due()
    assert receivers.count("desk") == 4
    assert await states(database, "desk") == {"sent": 3}


async def test_a_receiver_that_is_down_is_not_stormed_with_all_that_waits_and_gets_it_once_it_is_back(
    database: Database, deliverer: Deliverer, receivers: Receivers, clock: ManualClock
) -> None:
    receivers.scripts["desk"] = lambda _: DeliveryError("connection refused")
    await put(database, "desk", 30)
    await put(database, "live", 20)
    await deliverer.send_all_due()
    assert (receivers.count("desk"), receivers.count("live")) == (8, 20)
    for seconds in (1, 2):
        clock.set(NOON + timedelta(seconds=seconds))
        await deliverer.send_all_due()
    assert receivers.count("desk") == 10
    del receivers.scripts["desk"]
    clock.set(NOON + timedelta(seconds=6))
    await deliverer.send_all_due()
    clock.set(NOON + timedelta(seconds=20))
    await deliverer.send_all_due()
    assert await states(database, "desk") == {"sent": 30}
    assert len({one.key for one in receivers.got}) == 50


async def test_messages_that_are_refused_for_good_do_not_make_a_receiver_count_as_down(
    database: Database, deliverer: Deliverer, receivers: Receivers
) -> None:
    receivers.scripts["desk"] = lambda _: DeliveryError("no such user", RetryAdvice(permanent=True))
    await put(database, "desk", 30)
    await deliverer.send_all_due()
    assert await states(database, "desk") == {"failed": 30}


async def test_a_commit_wakes_the_deliverer_and_a_channel_that_holds_on_delays_no_other(
    database: Database, deliverer: Deliverer, receivers: Receivers
) -> None:
    receivers.holding.add("dead")
    deliverer.start()
    await put(database, "dead", 30)
    await receivers.until(lambda: receivers.count("dead") == 8)
    await put(database, "live", 20)
    await receivers.until(lambda: receivers.count("live") == 20)
    assert receivers.count("dead") == 8
    deliverer.wind_down()
    receivers.released.set()
    await deliverer.finish()
    assert receivers.count("dead") == 8, "nothing begins once it winds down"
    assert await states(database, "live") == {"sent": 20}
    assert await states(database, "dead") == {"sent": 8, "pending": 22}


async def test_room_that_becomes_free_is_taken_without_a_tick(
    database: Database, deliverer: Deliverer, receivers: Receivers
) -> None:
    deliverer.start()
    await put(database, "desk", 40, at_once=1)
    await receivers.until(lambda: receivers.count("desk") == 40)
    deliverer.wind_down()
    await deliverer.finish()
    assert await states(database, "desk") == {"sent": 40}


async def test_outcomes_are_committed_together(database: Database, receivers: Receivers, clock: ManualClock) -> None:
    passed: list[str] = []
    deliverer = Deliverer(database, clock, "me", LEASE, receivers.sender_for, passing=passed.append)
    await put(database, "desk", 40, at_once=40)
    await deliverer.begin_due()
    await deliverer.finish()
    assert Counter(passed) == {"claimed": 1, "sending": 40, "answered": 40, "marked": 1, "committed": 1}
    assert set(passed) == set(POINTS)
    assert passed[-2:] == ["marked", "committed"]


async def test_what_cannot_be_written_while_the_disk_is_full_is_written_later_and_sent_once(
    database: Database, deliverer: Deliverer, receivers: Receivers, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OperationalError("", {}, OSError("database or disk is full"))

    async def refused(*_: object) -> None:
        raise full

    await put(database, "desk", 2)
    with monkeypatch.context() as broken:
        broken.setattr(sending.Sending, "record", refused)
        await deliverer.begin_due()
        with pytest.raises(DatabaseTroubleError):
            await deliverer.finish()
        await put(database, "other", 1)
        with pytest.raises(DatabaseTroubleError):
            await deliverer.begin_due()
        assert receivers.count("other") == 0, "nothing more is sent that could not be written down"
        await deliverer.renew()
    await deliverer.send_all_due()
    assert await states(database, "desk") == {"sent": 2}
    assert (receivers.count("desk"), receivers.count("other")) == (2, 1)


async def test_an_outcome_that_cannot_be_written_costs_the_others_nothing(
    database: Database, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = sending.Sending.record

    async def choosy(self: sending.Sending, owner: str, batch: list[Outcome]) -> None:
        if any(one.delivery.id == 2 for one in batch):
            raise ValueError("of this one nothing can be written")
        await written(self, owner, batch)

    await put(database, "desk", 3)
    monkeypatch.setattr(sending.Sending, "record", choosy)
    await deliverer.begin_due()
    await deliverer.finish()
    assert await states(database, "desk") == {"sent": 2, "pending": 1}


async def test_leases_of_a_process_that_was_killed_run_out_after_a_minute_and_of_one_that_stops_at_once(
    database: Database, deliverer: Deliverer, receivers: Receivers, clock: ManualClock
) -> None:
    await put(database, "desk", 3)
    killed, stopped = (Deliverer(database, clock, name, LEASE, receivers.sender_for) for name in ("killed", "stopped"))
    receivers.holding.add("desk")
    await killed.begin_due()
    await receivers.until(lambda: receivers.count("desk") == 3)
    await deliverer.begin_due()
    assert receivers.count("desk") == 3
    clock.set(NOON + LEASE)
    await stopped.begin_due()
    await receivers.until(lambda: receivers.count("desk") == 6)
    stopped.wind_down()
    await stopped.release_all()
    receivers.holding.clear()
    await deliverer.send_all_due()
    assert receivers.count("desk") == 9
    assert len({delivery.key for delivery in receivers.got}) == 3, "each time the same ids"
    receivers.released.set()
    await killed.finish()
    await stopped.finish()


@pytest.mark.parametrize("permanent", [True, False])
async def test_a_channel_at_fault_is_paused_once_and_the_others_are_told(
    database: Database, deliverer: Deliverer, receivers: Receivers, permanent: bool
) -> None:
    receivers.scripts["desk"] = lambda _: DeliveryError(
        "desk answered 410 Gone", RetryAdvice(permanent=permanent, pause_channel=True), hint="resume it"
    )
    await put(database, "desk", 20, at_once=5)
    await put(database, "other", 0)
    await put(database, "asleep", 0, paused=1)
    await deliverer.send_all_due()
    assert receivers.count("desk") == 5
    async with database.read() as tx:
        assert (await tx.channels.get("desk")).paused_because == "desk answered 410 Gone (resume it)"
    [told] = [delivery for delivery in receivers.got if delivery.alert.kind == "channel"]
    assert told.channel.name == "other"
    assert told.alert.told.title == "The channel desk is paused"
    assert "410 Gone" in told.alert.told.excerpt and "vigie channel resume 'desk'" in told.alert.told.excerpt
    assert await states(database, "desk") == ({"failed": 5, "pending": 15} if permanent else {"pending": 20})


async def test_a_channel_over_which_all_fails_for_120_hours_is_paused_and_told_of_and_keeps_what_waits(
    database: Database, deliverer: Deliverer, receivers: Receivers, clock: ManualClock
) -> None:
    receivers.scripts["desk"] = lambda _: DeliveryError("no answer", answer="503 Busy")
    await put(database, "other", 0)
    for hours in (0, 60, 119):
        clock.set(NOON + hours * HOUR)
        await put(database, "desk", 1)
        await deliverer.send_all_due()
    assert receivers.count("other") == 0
    clock.set(NOON + outcomes.FAILING_FOR)
    await put(database, "desk", 1)
    await deliverer.send_all_due()
    [told] = [delivery for delivery in receivers.got if delivery.channel.name == "other"]
    assert "every attempt for 120 hours has failed, at last: 503 Busy" in told.alert.told.excerpt
    assert (await states(database, "desk"))["pending"] == 4
    tried = receivers.count("desk")
    clock.set(NOON + 200 * HOUR)
    await deliverer.send_all_due()
    assert receivers.count("desk") == tried


async def test_one_success_within_the_120_hours_keeps_the_channel(
    database: Database, deliverer: Deliverer, receivers: Receivers, clock: ManualClock
) -> None:
    for hours, well in ((0, False), (100, True), (130, False), (200, False)):
        clock.set(NOON + hours * HOUR)
        receivers.scripts["desk"] = (lambda _: "200 OK") if well else (lambda _: DeliveryError("down"))
        await put(database, "desk", 1)
        await deliverer.send_all_due()
    async with database.read() as tx:
        desk = await tx.channels.get("desk")
    assert (desk.paused_because, desk.failing_since) == ("", NOON + 130 * HOUR)


async def test_a_delivery_under_way_is_not_begun_twice_where_its_lease_ran_out_or_it_is_replayed(
    database: Database, deliverer: Deliverer, receivers: Receivers, clock: ManualClock
) -> None:
    receivers.holding.add("desk")
    await put(database, "desk", 1)
    await deliverer.begin_due()
    await receivers.until(lambda: receivers.count("desk") == 1)
    clock.set(NOON + HOUR)
    await deliverer.begin_due()
    async with database.write() as tx:
        await tx.outbox.replay([1], NOON)
    await deliverer.begin_due()
    receivers.released.set()
    await deliverer.finish()
    assert receivers.count("desk") == 1
    assert await states(database, "desk") == {"sent": 1}


async def test_after_a_kill_and_a_clock_set_back_leases_are_taken_and_what_it_put_off_is_made_due(
    database: Database, deliverer: Deliverer, receivers: Receivers, clock: ManualClock
) -> None:
    await put(database, "desk", 2)
    ahead = ManualClock(NOON + 365 * 24 * HOUR)
    killed = Deliverer(database, ahead, "killed", LEASE, receivers.sender_for)
    receivers.scripts["desk"] = lambda one: DeliveryError("down") if one.id == 1 else "200 OK"
    receivers.holding.add("desk")
    await killed.begin_due()
    await receivers.until(lambda: len(receivers.got) == 2)
    receivers.holding.clear()
    await Timekeeper(database, clock, 6 * HOUR).tick()
    await deliverer.send_all_due()
    assert [one.id for one in receivers.got] == [1, 2, 1, 2]
    clock.set(ahead.now())
    await deliverer.send_all_due()  # it fails again, and is put off to a year from now
    clock.set(NOON + HOUR)
    del receivers.scripts["desk"]
    await deliverer.send_all_due()
    assert await states(database, "desk") == {"pending": 1, "sent": 1}
    await Timekeeper(database, clock, 6 * HOUR).tick()
    await deliverer.send_all_due()
    assert await states(database, "desk") == {"sent": 2}
    receivers.released.set()
    await killed.finish()


async def test_what_ended_90_days_ago_is_forgotten_in_batches_and_what_waits_for_nobody_ends(
    database: Database, deliverer: Deliverer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.forget.AT_ONCE", 2)
    await put(database, "desk", 5)
    await deliverer.send_all_due()
    await put(database, "gone", 1)
    async with database.write() as tx:
        await tx.channels.remove((await tx.channels.get("gone")).id)
    forgetter = Forgetter(database, clock)
    clock.set(NOON + timedelta(days=90))
    await forgetter.tick()
    assert (await states(database, "desk"), await states(database, "gone")) == ({"sent": 5}, {"dead": 1})
    clock.set(NOON + timedelta(days=90, seconds=1))
    await forgetter.tick()
    assert (await states(database, "desk"), await states(database, "gone")) == ({}, {"dead": 1})
