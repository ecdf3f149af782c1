"""Turns: one connection to a host at a time, and a pause between two, whatever sources share the host."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from crawler.failure import HostClosed
from crawler.memory import SiteMemory
from crawler.pace import LONGEST_CLOSING, LONGEST_DELAY, after_answer, after_refusal, after_trouble, is_worth_keeping
from news.clock import Clock
from news.site import Host

log = structlog.get_logger()

LONGEST_TURN = 900.0  # seconds; thrice the longest that an answer can be given
_REMEMBERED = 100_000
_REFUSALS = (429, 503)


@dataclass(slots=True)
class _Turn:
    host: Host
    kept: Host | None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    taken_at: float = 0.0


class Turns:
    """Who may speak to which host, and when. `delay` is the least pause, in seconds.

    What is learned of a host outlives the process in `memory`: at once where it wants to be left alone, else with
    the next `keep`. A turn that is not given back within `longest_turn` seconds is taken for lost.
    """

    def __init__(self, delay: float, memory: SiteMemory, clock: Clock, longest_turn: float = LONGEST_TURN) -> None:
        self._delay = delay
        self._longest_turn = longest_turn
        self._memory = memory
        self._clock = clock
        self._turns: dict[str, _Turn] = {}
        self._unkept: set[str] = set()

    async def ask_for(self, host: str, delay: float) -> None:
        """A host's own wish for a delay (Crawl-delay); up to a minute it is followed where it exceeds ours."""
        turn = await self._known(host)
        self._learn(turn, replace(turn.host, crawl_delay=min(delay, LONGEST_DELAY)))

    async def take(self, host: str) -> None:
        """Wait until the host is free; give it back with `give_back`. Raises HostClosed."""
        turn = await self._known(host)
        self._refuse_closed(turn.host)
        await self._acquire(turn)
        try:
            self._refuse_closed(turn.host)  # it may have closed while others had their turns
            wait = turn.free_at - asyncio.get_running_loop().time()
            if wait > 0:
                await asyncio.sleep(wait)
        except BaseException:
            turn.lock.release()
            raise

    async def _acquire(self, turn: _Turn) -> None:
        """Wait in line. A turn that whoever had it has lost must not close the host for ever."""
        time = asyncio.get_running_loop().time
        while True:
            try:
                async with asyncio.timeout(self._longest_turn):
                    await turn.lock.acquire()
            except TimeoutError:
                if turn.lock.locked() and time() - turn.taken_at >= self._longest_turn:
                    log.error("a turn was never given back", host=turn.host.name, hint="please report it")
                    turn.taken_at = time()
                    turn.lock.release()
            else:
                turn.taken_at = max(time(), turn.free_at)
                return

    def _refuse_closed(self, host: Host) -> None:
        wait = self.closed_for(host.name)
        if wait:
            raise HostClosed(
                f"{host.name} has asked to be left alone until {host.closed_until:%Y-%m-%d %H:%M} UTC", wait
            )

    def closed_for(self, host: str) -> timedelta:
        """How much longer the host wants to be left alone; nothing where it is open, or was not asked yet."""
        turn = self._turns.get(host)
        if turn is None or turn.host.closed_until is None:
            return timedelta()
        wait = turn.host.closed_until - self._clock.now()
        return wait if timedelta() < wait <= LONGEST_CLOSING else timedelta()  # longer only if the clock was set back

    def give_back(self, host: str) -> None:
        """The host has answered, or failed to."""
        turn = self._turns[host]
        pause = max(self._delay, turn.host.delay, turn.host.crawl_delay)
        turn.free_at = asyncio.get_running_loop().time() + pause
        if turn.lock.locked():  # not where the turn was taken for lost
            turn.lock.release()

    async def answered(self, host: str, status: int, latency: float, asked_for: timedelta | None) -> None:
        """The host's answer, after `latency` seconds; `asked_for` is what its Retry-After says."""
        now = self._clock.now()
        turn = self._turns[host]
        if status in _REFUSALS:
            self._learn(turn, after_refusal(turn.host, asked_for, now))
            await self.keep()
        else:
            self._learn(turn, after_answer(turn.host, latency, now))

    def failed(self, host: str) -> None:
        """No answer came."""
        turn = self._turns[host]
        self._learn(turn, after_trouble(turn.host))

    def _learn(self, turn: _Turn, host: Host) -> None:
        turn.host = host
        if is_worth_keeping(host, turn.kept):
            self._unkept.add(host.name)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """One turn, from `take` to `give_back`."""
        await self.take(host)
        try:
            yield
        finally:
            self.give_back(host)

    async def keep(self) -> None:
        """Write down what was learned since the last time."""
        turns = [self._turns[name] for name in self._unkept]
        self._unkept.clear()
        if turns:
            hosts = [turn.host for turn in turns]
            await self._memory.keep_hosts(hosts)
            for turn, host in zip(turns, hosts, strict=True):
                turn.kept = host

    async def _known(self, host: str) -> _Turn:
        known = self._turns.get(host)
        if known is not None:
            return known
        kept = await self._memory.host(host)
        if len(self._turns) >= _REMEMBERED:
            self._forget_idle()
        return self._turns.setdefault(host, _Turn(kept or Host(host), kept))

    def _forget_idle(self) -> None:
        now = asyncio.get_running_loop().time()
        self._turns = {
            name: turn
            for name, turn in self._turns.items()
            if turn.lock.locked() or turn.free_at > now or name in self._unkept
        }
