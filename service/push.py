"""Push: what a hub sends is read like a poll of the feed, if its signature is right. The sender is told nothing."""

import asyncio
import hashlib
import hmac
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from crawler.reading import Reading, read_feed
from news.clock import Clock
from news.errors import VigieError
from news.ports import Workers
from news.source import FoundLink
from storage import Database
from storage.subscriptions import Subscription

log = structlog.get_logger()

LARGEST_PUSH = 10 * 1024 * 1024
BETWEEN_PUSHES = timedelta(seconds=5)
MOST_WAITING = 64
MOST_WAITING_BYTES = 4 * LARGEST_PUSH
_METHODS = {name: getattr(hashlib, name) for name in ("sha1", "sha256", "sha384", "sha512")}


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Whether `X-Hub-Signature` (`sha256=…`; SHA-1, 384 and 512 too) signs exactly these bytes with the secret."""
    method, _, signature = header.strip().partition("=")
    make = _METHODS.get(method.lower())
    if make is None:
        return False
    right = hmac.new(secret.encode(), body, make).hexdigest()
    return hmac.compare_digest(right.encode(), signature.strip().lower().encode())


class PushBook(Protocol):
    """Where the links of a push are kept."""

    async def pushed(self, subscription: Subscription, reading: Reading) -> Sequence[FoundLink]:
        """Keep the links that are new to the source, in one transaction, and have it visited at once if there are."""
        ...


@dataclass(frozen=True, slots=True)
class _Push:
    subscription: Subscription
    body: bytes
    content_type: str


class Pushes:
    """Takes pushes in at once and works them off one by one, in a task that lives as long as there is something to do.

    A feed that is pushed again within five seconds, or while too much is waiting, is polled instead.
    """

    def __init__(self, database: Database, clock: Clock, workers: Workers, book: PushBook) -> None:
        self._database = database
        self._clock = clock
        self._workers = workers
        self._book = book
        self._waiting: deque[_Push] = deque()
        self._bytes = 0
        self._to_visit: dict[int, datetime] = {}
        self._taken: dict[int, datetime] = {}
        self._hastened: dict[int, datetime] = {}
        self._unsigned: Counter[int] = Counter()
        self._told: Counter[int] = Counter()
        self._working: asyncio.Task[None] | None = None
        self.is_open = True

    async def expected(self, token: str) -> Subscription | None:
        """The subscription whose callback has this token, None where there is none."""
        async with self._database.read() as tx:
            return await tx.subscriptions.by_token(token)

    def take(self, one: Subscription, body: bytes, signature: str, content_type: str) -> None:
        """Take in what was sent; all work is done afterwards, and what bears no right signature is only counted."""
        if not is_signed(body, signature, one.secret):
            self._unsigned[one.id] += 1
            return
        now = self._clock.now()
        last = self._taken.get(one.id)
        if last is not None and last <= now < last + BETWEEN_PUSHES:
            self._visit(one, last + BETWEEN_PUSHES)
        elif len(self._waiting) >= MOST_WAITING or self._bytes + len(body) > MOST_WAITING_BYTES:
            self._visit(one, now)
        else:
            self._taken[one.id] = now
            self._waiting.append(_Push(one, body, content_type))
            self._bytes += len(body)
        self._work()

    def _visit(self, one: Subscription, at: datetime) -> None:
        """Have the source visited, once for all the pushes that come before then."""
        known = self._hastened.get(one.id)
        if known is None or known < self._clock.now() or known > at:
            self._hastened[one.id] = at
            self._to_visit[one.source_id] = min(at, self._to_visit.get(one.source_id, at))

    def _work(self) -> None:
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work_off(), name="pushes")

    async def finish(self) -> None:
        """Wait until all that was taken in is done."""
        if self._working is not None:
            await self._working

    def wind_down(self) -> None:
        """Take nothing more in; what is being read may end, what waits is polled for at the next start."""
        self.is_open = False
        for push in self._waiting:
            self._to_visit.setdefault(push.subscription.source_id, self._clock.now())
        self._waiting.clear()

    async def tick(self) -> None:
        """Tell of what bore no right signature since the last tick, and forget what was pushed long ago."""
        since = self._clock.now() - BETWEEN_PUSHES
        self._taken = {number: at for number, at in self._taken.items() if at > since}
        self._hastened = {number: at for number, at in self._hastened.items() if at > since}
        counted = {number: count for number, count in self._unsigned.items() if count > self._told[number]}
        if not counted:
            return
        async with self._database.write() as tx:
            for number, count in counted.items():
                again = f"{count} pushes without a valid signature ignored since Vigie was started"
                await tx.subscriptions.failed(number, again)
        for number, count in counted.items():
            log.warning("pushes ignored", subscription=number, unsigned=count - self._told[number])
            self._told[number] = count

    async def _work_off(self) -> None:
        while self._waiting or self._to_visit:
            try:
                await self._hasten()
                if self._waiting:
                    push = self._waiting.popleft()
                    self._bytes -= len(push.body)
                    await self._read(push)
            except Exception:  # a fault of ours must not stop the others
                log.exception("push broke", hint="the next poll finds what it brought")

    async def _hasten(self) -> None:
        to_visit, self._to_visit = self._to_visit, {}
        if to_visit:
            async with self._database.write() as tx:
                for number, at in sorted(to_visit.items()):
                    await tx.sources.hasten([number], at)

    async def _read(self, push: _Push) -> None:
        one = push.subscription
        try:
            reading = await self._workers.run(read_feed, push.body, one.feed_url, self._clock.now(), push.content_type)
        except (VigieError, TimeoutError) as error:  # some hubs only say that there is something new
            log.info("push cannot be read", source=one.source, feed=one.feed_url, error=str(error) or "too slow")
            reading = Reading()
        new = await self._book.pushed(one, reading)
        log.info("push", source=one.source, feed=one.feed_url, links=len(reading.links), new=len(new))
