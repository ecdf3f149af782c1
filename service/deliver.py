"""Deliver: outbox rows are leased, sent, then marked; what fails waits for its next try, and nothing is lost."""

import asyncio
import random
import time
from collections.abc import Callable
from datetime import timedelta

import structlog

from alerting.verdict import outcome
from news.alert import Attempt, Channel, Delivery
from news.clock import Clock
from news.delivering import Passing, unobserved
from news.errors import DatabaseTroubleError, DeliveryError
from news.ports import Sender
from news.tally import Tally
from service.outcomes import Outcomes
from service.room import Room
from storage import Database

log = structlog.get_logger()

SenderFor = Callable[[Channel], Sender]


class Deliverer:
    """Sends what is due. Rows stay leased while under way, so a crash sends them again and never loses them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        owner: str,
        lease: timedelta,
        sender_for: SenderFor,
        jitter: Callable[[], float] = lambda: random.uniform(-1, 1),  # noqa: S311 (spreads retries, guards nothing)
        passing: Passing = unobserved,
        tally: Tally | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._sender_for = sender_for
        self._jitter = jitter
        self._passing = passing
        self._room = Room()
        self._outcomes = Outcomes(database, clock, owner, passing, tally or Tally())
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._claiming = asyncio.Lock()
        self._woken = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self._is_winding_down = self._is_released = False

    def start(self) -> None:
        """Begin to listen for what this process writes; what others write is seen by `begin_due`."""
        self._database.listen(self._woken.set)
        self._listening = asyncio.create_task(self._listen(), name="deliveries")

    async def _listen(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            if self._is_winding_down:
                return
            try:
                await self.begin_due()
            except DatabaseTroubleError:  # told by the database
                log.debug("deliveries not claimed", hint="it is tried again within a second")
            except Exception:
                log.exception("deliveries not claimed", hint="it is tried again within a second")

    async def begin_due(self) -> None:
        """Lease what is due, as far as its channels have room, and begin to send it."""
        if not self._is_winding_down:
            await self._begin()

    async def send_all_due(self) -> None:
        """Send what is due to the end, as far as the channels' rates allow."""
        while await self._begin():
            await self.finish()

    async def _begin(self) -> int:
        async with self._claiming:
            if self._outcomes.is_behind:
                await self._outcomes.flush()  # while nothing can be written down, nothing more is sent
            ours = {*self._under_way, *self._outcomes.numbers()}  # where a lease of ours ran out, or one is replayed
            claimed = [delivery for delivery in await self._claim() if delivery.id not in ours]
            for delivery in claimed:
                self._room.began(delivery.channel, self._clock.now())
                task = asyncio.create_task(self._deliver(delivery), name=f"delivery {delivery.id}")
                self._under_way[delivery.id] = task
                task.add_done_callback(lambda _, one=delivery: self._ended(one))  # type: ignore[misc]
        return len(claimed)

    async def _claim(self) -> list[Delivery]:
        now = self._clock.now()
        async with self._database.read() as tx:
            room = self._room.free(await tx.sending.ready(now), now)
        if not room:
            return []
        async with self._database.write() as tx:
            if self._is_released:
                return []
            claimed = await tx.sending.claim(now, room, self._owner, now + self._lease)
        if claimed:
            self._passing("claimed")
        return claimed

    def _ended(self, delivery: Delivery) -> None:
        del self._under_way[delivery.id]
        self._room.ended(delivery.channel)
        self._woken.set()  # there is room for another

    async def renew(self) -> None:
        """We are still at it."""
        ours = [*self._under_way, *self._outcomes.numbers()]
        if ours:
            async with self._database.write() as tx:
                await tx.sending.renew(ours, self._owner, self._clock.now() + self._lease)

    def wind_down(self) -> None:
        """Begin nothing more."""
        self._is_winding_down = True
        self._woken.set()

    async def finish(self) -> None:
        """Wait for the deliveries under way, and write down what became of them."""
        if self._is_winding_down and self._listening is not None:
            await self._listening
        while self._under_way:
            await asyncio.gather(*self._under_way.values())
        await self._outcomes.flush()

    async def release_all(self) -> None:
        """Write down what is known, and give back what we hold, for good; others need not wait for it.

        Raises DatabaseTroubleError; it may be called again.
        """
        self._is_released = True
        async with self._claiming:  # a claim that is being written down is seen by nobody, and would outlast this
            try:
                await self._outcomes.flush()
            except DatabaseTroubleError:  # whoever tries again writes them down then
                raise
            except Exception:
                log.exception("deliveries not recorded", hint="they are made again")
            async with self._database.write() as tx:
                await tx.sending.release_all(self._owner)

    async def _deliver(self, delivery: Delivery) -> None:
        at, started = self._clock.now(), time.monotonic()
        self._passing("sending")
        failure: DeliveryError | None = None
        try:
            answer = (await self._sender_for(delivery.channel).send(delivery)).answer
        except DeliveryError as error:
            failure, answer = error, error.answer or error.message
        except Exception as error:  # a fault of ours must not stop the others, nor lose the row
            log.exception("delivery broke", delivery=delivery.id, channel=delivery.channel.name)
            failure, answer = DeliveryError(str(error)), f"a fault of Vigie's: {type(error).__name__}: {error}"
        self._passing("answered")
        now = self._clock.now()
        attempt = Attempt(at, round((time.monotonic() - started) * 1000), failure is None, answer)
        self._room.answered(delivery.channel, is_up=_is_up(failure))
        if failure is not None and failure.advice.retry_after:
            self._room.hold(delivery.channel, now, failure.advice.retry_after)
        self._outcomes.add(outcome(delivery, attempt, failure, now, self._jitter()))


def _is_up(failure: DeliveryError | None) -> bool:
    """Whether the receiver takes messages, be it not this one."""
    return failure is None or failure.advice.permanent or bool(failure.reached)
