"""The one guard: whatever Vigie dials was resolved here, and all its addresses passed the one verdict.

The crawler's adapter hands the answers to Twisted, alerting's to aiohttp and to SMTP. Both dial what they were handed
and look nothing up again, so a name that changes its mind between check and dial gains nothing.
"""

import asyncio

from news.address import AllowList, vetted
from news.ports import Resolve

_LOOK_UP_SECONDS = 20.0


class Guard:
    """Resolves and judges; `cli` makes one of it, and all that connects holds that one."""

    def __init__(self, allow: AllowList, resolve: Resolve) -> None:
        self._allow = allow
        self._resolve = resolve

    def allow(self, allow: AllowList) -> None:
        """Exchange the allow-list, after the configuration was read again."""
        self._allow = allow

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """All addresses of the host, every one fit to be dialled on the port.

        Raises AddressRefusedError if any is refused, OSError (TimeoutError after 20 s) if the host cannot be resolved.
        """
        async with asyncio.timeout(_LOOK_UP_SECONDS):
            resolved = await self._resolve(host, port)
        return vetted(host, port, resolved, self._allow)

    def judge(self, address: str, port: int) -> None:
        """Raises AddressRefusedError for an address that needed no resolving and may not be dialled on the port."""
        vetted(address, port, (address,), self._allow)
