"""Turns: one connection to a host at a time, and a pause between two, whatever sources share the host."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_LONGEST_DELAY = 60.0
_REMEMBERED = 10_000


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    delay: float = 0.0


class Turns:
    """Who may speak to which host, and when. Delays are in seconds; times are the event loop's."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._hosts: dict[str, _Host] = {}

    def ask_for(self, host: str, delay: float) -> None:
        """A host's own wish for a delay (Crawl-delay); up to a minute it is followed where it exceeds ours."""
        self._host(host).delay = min(delay, _LONGEST_DELAY)

    async def take(self, host: str) -> None:
        """Wait until the host is free; give it back with `give_back`."""
        entry = self._host(host)
        await entry.lock.acquire()
        try:
            wait = entry.free_at - asyncio.get_running_loop().time()
            if wait > 0:
                await asyncio.sleep(wait)
        except BaseException:
            entry.lock.release()
            raise

    def give_back(self, host: str) -> None:
        """The host has answered, or failed to."""
        entry = self._host(host)
        entry.free_at = asyncio.get_running_loop().time() + max(self._delay, entry.delay)
        entry.lock.release()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """One turn, from `take` to `give_back`."""
        await self.take(host)
        try:
            yield
        finally:
            self.give_back(host)

    def _host(self, host: str) -> _Host:
        if host not in self._hosts and len(self._hosts) >= _REMEMBERED:
            self._forget_idle()
        return self._hosts.setdefault(host, _Host())

    def _forget_idle(self) -> None:
        now = asyncio.get_running_loop().time()
        self._hosts = {name: host for name, host in self._hosts.items() if host.lock.locked() or host.free_at > now}
