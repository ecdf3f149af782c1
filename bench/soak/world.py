"""The world of the soak: the sites and the receivers, and the settings that watch the ones and tell the others."""

import json
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Self

from bench.soak.receivers import Hooks, Mails, Telling
from bench.soak.service import HOST
from bench.soak.sites import Site, Sites, settings_of

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ENVIRONMENT = {"VIGIE_LOG__FORMAT": "json", "VIGIE_LOG__LEVEL": "warning", "VIGIE_BENCH_SECRET": SECRET}
LEASE = 60
ZONE = "Europe/Paris"
DAILY = "Budget"
# For each watch its channels, its share of the articles, and its rules.
WATCHES: dict[str, tuple[tuple[str, ...], float, str]] = {
    "Corée": (("hook",), 0.08, ""),
    "Ministre": (("hook", "shaky"), 0.06, ""),
    DAILY: (("desk", "hook"), 0.05, f'digest = "daily"\nat = "08:00"\ntimezone = "{ZONE}"'),
    "Nuit": (("shaky",), 0.03, f'quiet = "22:00-07:00"\ntimezone = "{ZONE}"'),
}
_SETTINGS = """
[crawler]
delay = 0
timeout = 4
idle_timeout = 2
revisits = 0
visits = 40
shortest_interval = "6h"
longest_interval = "3d"
interval = "auto"
[service]
lease = {lease}
stop_within = 1
[web]
port = {port}
[extraction]
workers = {workers}
[alerts]
budget = 0
spikes = false
[network]
allow = ["127.0.0.0/8"]
[retention]
articles = "30d"
matched = "60d"
links = "30d"
"""


class World:
    """All that is not Vigie. `now` is the true time."""

    def __init__(self, sources: int, seed: int, now: datetime) -> None:
        self.hooks = Hooks(SECRET)
        self.sites = Sites(sources, seed, now, {name: share for name, (_, share, _) in WATCHES.items()})
        self.mails = Mails(self.hooks, DAILY)
        self.web_port = _free_port()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for one in (self.sites, self.hooks, self.mails):
            await self._stack.enter_async_context(one)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def settings(self, sources: Sequence[Site] | None = None, workers: int = 1) -> str:
        """The vigie.toml, with some of the sources or (None) with all."""
        watches = "\n".join(
            f'[[watch]]\nname = "{name}"\nquery = "{name}"\nchannels = {json.dumps(channels)}\n{rules}'
            for name, (channels, _, rules) in WATCHES.items()
        )
        hooks = "\n".join(
            f'[[channel]]\nname = "{name}"\nkind = "webhook"\nurl = "http://{HOST}:{self.hooks.port}/to/{name}"\n'
            'secret_env = "VIGIE_BENCH_SECRET"'
            for name in ("hook", "shaky")
        )
        desk = (
            f'[[channel]]\nname = "desk"\nkind = "email"\nhost = "{HOST}"\nport = {self.mails.port}\n'
            'security = "none"\nfrom = "vigie@example.com"\nto = ["desk@example.com"]'
        )
        head = _SETTINGS.format(lease=LEASE, port=self.web_port, workers=workers)
        return "\n".join(
            (head, settings_of(self.sites.all if sources is None else sources, self.sites), watches, hooks, desk)
        )

    @property
    def web(self) -> str:
        """Where the service answers."""
        return f"http://{HOST}:{self.web_port}"

    def due(self) -> set[Telling]:
        """All that is to be told, once each."""
        return {
            (path, watch, channel)
            for path, watches in self.sites.ledger.items()
            for watch in watches
            for channel in WATCHES[watch][0]
        }

    def go_on(self, now: datetime, *, publishing: bool = True) -> None:
        """Time passes, and articles appear."""
        if publishing:
            self.sites.publish_some(self.sites.now, now)
        self.sites.now = now
        self.sites.polled.clear()
        self.sites.hang_up()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])
