"""Subscribe: hubs are asked to push the feeds that name them, called back by, and asked again before they stop."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from alerting.marks import one_line
from news.clock import Clock
from news.errors import BadUrlError
from news.text import clip
from news.url import origin
from service.hub import Hub, HubAnswer
from storage import Database, Transaction
from storage.subscriptions import Subscription

log = structlog.get_logger()

LEASE = timedelta(days=10)
SHORTEST_LEASE, LONGEST_LEASE = timedelta(hours=1), timedelta(days=30)
FIRST_WAIT, LONGEST_WAIT = timedelta(hours=1), timedelta(days=1)
_MOST_AT_ONCE = 500
_HUBS_AT_ONCE = 8
_LONGEST_CHALLENGE = 4_096
_LONGEST_REASON = 300


def wait_after(failures: int) -> timedelta:
    """How long a hub that was asked is waited for, after so many times that it did not call back: 1 h, 2 h … 24 h."""
    return min(FIRST_WAIT * (1 << min(failures, 10)), LONGEST_WAIT)


def lease_of(seconds: str) -> timedelta:
    """The lease that a hub grants, between an hour and thirty days; what was asked for, where it names none."""
    if not (seconds.isascii() and seconds.isdigit()):
        return LEASE
    named = timedelta(seconds=int(seconds[:9]) if len(seconds) <= 9 else LONGEST_LEASE.total_seconds())
    return min(max(named, SHORTEST_LEASE), LONGEST_LEASE)


def renewal(lease: timedelta) -> timedelta:
    """How long after it was granted a lease is renewed."""
    return lease * 3 / 4


def mark_of(public_url: str) -> str:
    """Eight hexadecimal digits at the end of each token: which public address its callback is under."""
    return hashlib.sha256(public_url.encode()).hexdigest()[:8]


class Subscriber:
    """Keeps the subscriptions in step with the feeds, and with what the hubs say. None without a public URL."""

    def __init__(self, database: Database, clock: Clock, hub: Hub, public_url: str) -> None:
        self._database = database
        self._clock = clock
        self._hub = hub
        self._public_url = public_url
        self._mark = mark_of(public_url)
        self._round: asyncio.Task[None] | None = None
        self._is_winding_down = False

    @property
    def is_on(self) -> bool:
        """Whether hubs can reach us."""
        return bool(self._public_url)

    async def tick(self) -> None:
        """Begin to ask the hubs that are due to be asked, unless the last tick's are still at it."""
        if not self.is_on:
            await self._forget_all()
        elif self._round is None or self._round.done():
            await self._fall_into_step()
            async with self._database.read() as tx:
                due = await tx.subscriptions.due(self._clock.now(), _MOST_AT_ONCE)
            if due:
                self._round = asyncio.create_task(self._ask_all(due), name="hubs")

    async def finish(self) -> None:
        """Wait for the hubs that are being asked."""
        if self._round is not None:
            await self._round

    def wind_down(self) -> None:
        """Ask no further hub."""
        self._is_winding_down = True

    async def _forget_all(self) -> None:
        async with self._database.write() as tx:
            if count := await tx.subscriptions.forget_all():
                log.info("subscriptions forgotten", count=count, hint="[web] public_url is not set any more")

    async def _fall_into_step(self) -> None:
        """Subscriptions for the feeds that name a hub, and none for the others."""
        async with self._database.read() as tx:  # nearly always nothing has changed, and readers never wait
            subscriptions = tx.subscriptions
            is_in_step = not (
                await subscriptions.missing(1)
                or await subscriptions.unwanted()
                or await subscriptions.elsewhere(self._mark)
            )
        if not is_in_step:
            async with self._database.write() as tx:
                await self._step(tx, self._clock.now())

    async def _step(self, tx: Transaction, now: datetime) -> None:
        elsewhere = await tx.subscriptions.elsewhere(self._mark)  # no hub reaches us there any more
        await tx.subscriptions.gone([one.id for one in elsewhere])
        unwanted = await tx.subscriptions.unwanted()
        await tx.subscriptions.end([one.id for one in unwanted if one.is_live(now)], now)
        await tx.subscriptions.gone([one.id for one in unwanted if not one.is_live(now)])
        for wanted in await tx.subscriptions.missing(_MOST_AT_ONCE):
            await tx.subscriptions.add(wanted, secrets.token_urlsafe(32) + self._mark, secrets.token_hex(32), now)

    async def _ask_all(self, due: Sequence[Subscription]) -> None:
        """Each hub is asked for one feed at a time; several hubs side by side."""
        hubs: dict[str, list[Subscription]] = {}
        for one in due:
            hubs.setdefault(_place(one.hub), []).append(one)
        free = asyncio.Semaphore(_HUBS_AT_ONCE)
        await asyncio.gather(*(self._ask_in_turn(of_one_hub, free) for of_one_hub in hubs.values()))

    async def _ask_in_turn(self, of_one_hub: Sequence[Subscription], free: asyncio.Semaphore) -> None:
        async with free:
            for number, one in enumerate(of_one_hub, start=1):
                if self._is_winding_down:
                    return
                try:
                    answer = await (self._end(one) if one.state == "ending" else self._subscribe(one))
                    if answer.is_down:
                        await self._put_off(of_one_hub[number:], answer.error)
                        return
                except Exception:  # a fault of ours must not stop the others
                    log.exception("hub not asked", source=one.source, feed=one.feed_url, hub=one.hub)

    async def _put_off(self, others: Sequence[Subscription], error: str) -> None:
        """A hub that is down is not asked for its other feeds too, so that it holds nobody up: they wait alike."""
        if not others:
            return
        now = self._clock.now()
        alike: dict[timedelta, list[int]] = {}
        for one in others:
            if one.state != "ending":
                alike.setdefault(wait_after(one.failures), []).append(one.id)
        async with self._database.write() as tx:
            await tx.subscriptions.gone([one.id for one in others if one.state == "ending"])
            for wait, numbers in alike.items():
                await tx.subscriptions.put_off(numbers, now, now + wait, error)
        log.warning("hub down", hub=others[0].hub, error=error, feeds_put_off=len(others))

    async def _subscribe(self, one: Subscription) -> HubAnswer:
        if not await self._note(one):
            return HubAnswer()
        lease = str(int(LEASE.total_seconds()))
        form = self._form("subscribe", one) | {"hub.secret": one.secret, "hub.lease_seconds": lease}
        answer = await self._hub.ask(one.hub, form, (one.secret, one.token))
        if answer.error:
            async with self._database.write() as tx:
                await tx.subscriptions.failed(one.id, answer.error)
            log.warning("hub failed", source=one.source, feed=one.feed_url, hub=one.hub, error=answer.error)
        else:
            log.info("hub asked", source=one.source, feed=one.feed_url, hub=one.hub)
        return answer

    async def _end(self, one: Subscription) -> HubAnswer:
        """Tell the hub once; one that does not take it, or does not call back, is left to the end of its lease."""
        answer = HubAnswer()
        if one.failures == 0 and await self._note(one):
            answer = await self._hub.ask(one.hub, self._form("unsubscribe", one), (one.token,))
            if not answer.error:
                return answer
        async with self._database.write() as tx:
            await tx.subscriptions.gone([one.id])
        return answer

    async def _note(self, one: Subscription) -> bool:
        now = self._clock.now()
        async with self._database.write() as tx:
            return await tx.subscriptions.ask(one, now, now + wait_after(one.failures))

    def _form(self, mode: str, one: Subscription) -> dict[str, str]:
        return {"hub.mode": mode, "hub.topic": one.topic, "hub.callback": f"{self._public_url}/websub/{one.token}"}

    async def confirm(self, token: str, asked: Mapping[str, str]) -> str | None:
        """Answer a hub that calls back: the text to echo, or None where it says what we never meant."""
        async with self._database.read() as tx:
            one = await tx.subscriptions.by_token(token)
        if one is None or not hmac.compare_digest(asked.get("hub.topic", "").encode(), one.topic.encode()):
            return None
        if asked.get("hub.mode") == "denied":
            await self._denied(one, asked.get("hub.reason", ""))
            return ""
        challenge = asked.get("hub.challenge", "")
        if not 0 < len(challenge) <= _LONGEST_CHALLENGE:
            return None
        if asked.get("hub.mode") == "subscribe" and one.state in ("asked", "verified"):
            await self._verified(one, lease_of(asked.get("hub.lease_seconds", "")))
        elif asked.get("hub.mode") == "unsubscribe" and one.state == "ending":
            async with self._database.write() as tx:
                await tx.subscriptions.gone([one.id])
            log.info("unsubscribed", source=one.source, feed=one.feed_url, hub=one.hub)
        else:
            return None
        return challenge

    async def _verified(self, one: Subscription, lease: timedelta) -> None:
        now = self._clock.now()
        async with self._database.write() as tx:
            await tx.subscriptions.verified(one.id, now, now + lease, now + renewal(lease))
        until = (now + lease).isoformat()
        log.info("subscribed", source=one.source, feed=one.feed_url, hub=one.hub, until=until)

    async def _denied(self, one: Subscription, reason: str) -> None:
        said = clip(one_line(reason), _LONGEST_REASON)
        error = f"{_place(one.hub)} does not push this feed" + (f": {said}" if said else "")
        async with self._database.write() as tx:
            if one.state == "ending":
                await tx.subscriptions.gone([one.id])
            else:
                await tx.subscriptions.denied(one.id, error, self._clock.now() + LONGEST_WAIT)
        log.warning("hub refused", source=one.source, feed=one.feed_url, hub=one.hub, error=error)


def _place(hub: str) -> str:
    """Its origin; the hub as named where it has none, which is told when it is asked."""
    try:
        return origin(hub)
    except BadUrlError:
        return hub
