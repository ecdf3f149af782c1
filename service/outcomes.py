"""Outcomes: what became of attempts is written down in batches; what could not be written is kept and tried again."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta

import structlog

from news.alert import Channel
from news.clock import Clock
from news.delivering import Outcome, Passing
from news.errors import DatabaseTroubleError
from news.tally import Tally
from service.notices import tell_of_channel
from storage import Database, Transaction
from storage.faults import is_of_machine

log = structlog.get_logger()

MOST = 100
SECONDS = 0.05
FAILING_FOR = timedelta(hours=120)


class Outcomes:
    """Commits outcomes a hundred at a time, or all that there are a twentieth of a second after the first."""

    def __init__(self, database: Database, clock: Clock, owner: str, passing: Passing, tally: Tally) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._passing = passing
        self._tally = tally
        self._waiting: list[Outcome] = []
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()
        self._failed = False

    def add(self, outcome: Outcome) -> None:
        """Have an outcome written soon."""
        self._waiting.append(outcome)
        if len(self._waiting) >= MOST:
            self._write_now()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SECONDS, self._write_now)

    def numbers(self) -> list[int]:
        """The deliveries whose outcomes are not written yet; their leases are still ours."""
        return [outcome.delivery.id for outcome in self._waiting]

    @property
    def is_behind(self) -> bool:
        """Whether something could not be written when its time had come."""
        return self._failed

    async def flush(self) -> None:
        """Write all that waits. Raises where the machine is at fault; what was not written then waits further."""
        async with self._turn:
            self._stop_timer()
            while batch := self._waiting[:MOST]:
                try:
                    written = await self._written(batch)
                except Exception:
                    self._failed = True
                    raise
                self._failed = False
                del self._waiting[: len(batch)]
                self._tell(written)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _write_now(self) -> None:
        self._stop_timer()
        task = asyncio.create_task(self._write_in_background(), name="outcomes")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write_in_background(self) -> None:
        try:
            await self.flush()
        except DatabaseTroubleError:  # told by the database
            log.warning("deliveries not recorded", count=len(self._waiting), hint="it is tried again")
        except Exception:
            log.exception("deliveries not recorded", count=len(self._waiting), hint="it is tried again")

    async def _written(self, batch: Sequence[Outcome]) -> Sequence[Outcome]:
        """Write a batch, or if one of them cannot be written, each by itself; those that were."""
        try:
            await self._write(batch)
        except Exception as error:
            if is_of_machine(error):
                raise
            if len(batch) > 1:
                return [one for each in batch for one in await self._written([each])]
            log.exception("delivery not recorded", id=batch[0].delivery.id, hint="it is made again after its lease")
            return []
        return batch

    async def _write(self, batch: Sequence[Outcome]) -> None:
        async with self._database.write() as tx:
            await tx.sending.record(self._owner, batch)
            await self._stop_channels(tx, batch)
            self._passing("marked")
        self._passing("committed")

    async def _stop_channels(self, tx: Transaction, batch: Sequence[Outcome]) -> None:
        """Channels at fault, and those over which nothing has gone well for five days, stand still and are told of."""
        now = self._clock.now()
        faulty = [(outcome.delivery.channel, outcome.stop_because) for outcome in batch if outcome.stop_because]
        last_answers = {
            outcome.delivery.channel.id: outcome.attempt.answer for outcome in batch if not outcome.attempt.succeeded
        }
        if last_answers:
            for channel in await tx.sending.failing_for(FAILING_FOR, last_answers, now):
                hours = FAILING_FOR.total_seconds() / 3600
                faulty.append(
                    (channel, f"every attempt for {hours:.0f} hours has failed, at last: {last_answers[channel.id]}")
                )
        await self._stop(tx, faulty)

    async def _stop(self, tx: Transaction, faulty: Iterable[tuple[Channel, str]]) -> None:
        for channel, because in faulty:
            if await tx.channels.stop(channel.id, because):
                await tell_of_channel(tx, channel, because, self._clock.now())
                log.error("channel paused", channel=channel.name, because=because)

    def _tell(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            delivery, attempt, again = outcome.delivery, outcome.attempt, outcome.next_try_at
            self._tally.add("attempts", delivery.channel.name, outcome.state if again is None else "again")
            told = log.info if attempt.succeeded else log.warning
            told(
                "delivery",
                id=delivery.id,
                channel=delivery.channel.name,
                watch=delivery.alert.watch,
                url=delivery.alert.told.url,
                state=outcome.state,
                answer=attempt.answer,
                next_try=again.isoformat() if again else None,
            )
