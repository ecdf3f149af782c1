"""Deliver: outbox rows are leased, sent, then marked; what fails waits for its next try, and nothing is lost."""

import asyncio
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from alerting.timetable import next_try
from news.alert import Attempt, Channel, Delivery, DeliveryState
from news.clock import Clock
from news.errors import DeliveryError
from news.ports import Sender
from storage import Database

log = structlog.get_logger()

SenderFor = Callable[[Channel], Sender]
_AT_ONCE = 16


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
    ) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._sender_for = sender_for
        self._jitter = jitter
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def begin_due(self) -> None:
        """Lease what is due, as far as there is room, and begin to send it."""
        room = _AT_ONCE - len(self._under_way)
        if room > 0:
            await self._begin(room)

    async def send_all_due(self) -> None:
        """Send what is due, to the end."""
        while await self._begin(_AT_ONCE):
            await self.finish()

    async def _begin(self, room: int) -> int:
        now = self._clock.now()
        async with self._database.read() as tx:
            if not await tx.outbox.any_due(now):
                return 0
        async with self._database.write() as tx:
            leased = await tx.outbox.lease_due(now, room, self._owner, now + self._lease)
        for delivery in leased:
            task = asyncio.create_task(self._deliver(delivery), name=f"delivery {delivery.id}")
            self._under_way[delivery.id] = task
            task.add_done_callback(lambda _, number=delivery.id: self._under_way.pop(number, None))  # type: ignore[misc]
        return len(leased)

    async def renew(self) -> None:
        """We are still at it."""
        if self._under_way:
            async with self._database.write() as tx:
                await tx.outbox.renew(list(self._under_way), self._owner, self._clock.now() + self._lease)

    async def finish(self) -> None:
        """Wait for the deliveries under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way.values())

    async def release_all(self) -> None:
        """Give back what we hold; others need not wait for it."""
        async with self._database.write() as tx:
            await tx.outbox.release_all(self._owner)

    async def _deliver(self, delivery: Delivery) -> None:
        at, started = self._clock.now(), time.monotonic()
        failure: DeliveryError | None = None
        try:
            answer = (await self._sender_for(delivery.channel).send(delivery)).answer
        except DeliveryError as error:
            failure, answer = error, error.answer or error.message
        except Exception as error:  # a fault of ours must not stop the others, nor lose the row
            log.exception("delivery broke", delivery=delivery.id, channel=delivery.channel.name)
            failure, answer = DeliveryError(str(error)), f"a fault of Vigie's: {type(error).__name__}: {error}"
        attempt = Attempt(at, round((time.monotonic() - started) * 1000), failure is None, answer)
        try:
            await self._record(delivery, attempt, failure)
        except Exception:
            log.exception("delivery not recorded", id=delivery.id, hint="it is made again when its lease has run out")

    async def _record(self, delivery: Delivery, attempt: Attempt, failure: DeliveryError | None) -> None:
        state, again = self._next(delivery, attempt, failure)
        async with self._database.write() as tx:
            await tx.outbox.record(delivery.id, self._owner, attempt, state, again)
            if failure is not None and failure.advice.pause_channel:
                because = f"{failure.message} ({failure.hint})" if failure.hint else failure.message
                await tx.channels.change(delivery.channel.id, paused_because=because)
        told = log.info if failure is None else log.warning
        told(
            "delivery",
            id=delivery.id,
            channel=delivery.channel.name,
            watch=delivery.alert.watch,
            url=delivery.alert.told.url,
            state=state,
            answer=attempt.answer,
            next_try=again.isoformat() if again else None,
        )

    def _next(
        self, delivery: Delivery, attempt: Attempt, failure: DeliveryError | None
    ) -> tuple[DeliveryState, datetime | None]:
        """The row's new state, and when to try again: failed is the receiver's last word, dead is ours."""
        if failure is None:
            return "sent", None
        again = next_try(
            delivery.channel.kind,
            delivery.attempts + 1,
            delivery.first_try_at or attempt.at,
            self._clock.now(),
            failure.advice,
            self._jitter(),
        )
        if again is not None:
            return "pending", again
        return ("failed" if failure.advice.permanent else "dead"), None
