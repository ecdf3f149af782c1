"""The receivers of the soak: two webhooks and a mail server, which note what they took and from whom, or refuse."""

import asyncio
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any, Literal, Self, get_args

from aiohttp import web
from standardwebhooks import Webhook

from bench.soak.service import HOST
from news.clock import SystemClock
from seeds.receivers import MailReceiver

Mood = Literal["well", "500", "503", "429", "410", "reset", "slow"]
MOODS: tuple[Mood, ...] = get_args(Mood)
Telling = tuple[str, str, str]
"""The article's path, the watch, the channel."""
_PATH = re.compile(r"http://h\d+\.soak\.example:\d+(/s/\d+/a/\d+)")


class Hooks:
    """Receivers at `/to/<channel>`, which verify what they take.

    `taken` has by channel and message id how often a message was taken, `told` what it told. `notices` counts what was
    told that is of no article, by kind.
    """

    def __init__(self, secret: str) -> None:
        self.moods: dict[str, Mood] = {}
        self.taken: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.told: dict[tuple[str, str], frozenset[Telling]] = {}
        self.refused: defaultdict[str, set[str]] = defaultdict(set)
        self.notices: Counter[str] = Counter()
        self.faults: list[str] = []
        self.port = 0
        self._webhook = Webhook(secret)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/to/{channel}", self._receive)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        channel, key = request.match_info["channel"], request.headers.get("webhook-id", "")
        try:
            body = self._verified(await request.text(), request.headers)
        except (ValueError, KeyError) as error:
            self.faults.append(f"{channel} got what it cannot verify: {error}")
            return web.Response(status=400)
        mood = self.moods.get(channel, "well")
        if mood == "slow":
            await asyncio.sleep(0.3)
        elif mood != "well":
            self.refused[channel].add(key)
            if mood == "reset":
                assert request.transport is not None
                request.transport.abort()
            return web.Response(status=500 if mood == "reset" else int(mood))
        self.take(channel, key, _told_by(body, channel), str(body["type"]))
        return web.Response(text="taken")

    def _verified(self, body: str, headers: Mapping[str, str]) -> dict[str, Any]:
        """The payload, if it was signed with our secret; the library would take the hour from the machine's clock."""
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        if headers["webhook-signature"] != self._webhook.sign(headers["webhook-id"], at, body):
            raise ValueError("the signature is not ours")
        payload: dict[str, Any] = json.loads(body)
        return payload

    def take(self, channel: str, key: str, told: frozenset[Telling], kind: str) -> None:
        """Note what was taken."""
        if self.told.setdefault((channel, key), told) != told:
            self.faults.append(f"{channel} got two messages under the id {key}")
        self.taken[channel][key] += 1
        if not told:
            self.notices[kind] += 1


def _told_by(body: dict[str, Any], channel: str) -> frozenset[Telling]:
    data = body["data"]
    told = data.get("stories") or ([data] if "article" in data else [])
    return frozenset((_path(one["article"]["url"]), one["watch"], channel) for one in told)


def _path(url: str) -> str:
    found = _PATH.match(url)
    return found[1] if found else url


class Mails(MailReceiver):
    """A mail server; what it takes is noted with the webhooks. All its articles are of one watch."""

    mood: Mood = "well"

    def __init__(self, hooks: Hooks, watch: str) -> None:
        super().__init__(SystemClock())
        self._hooks = hooks
        self._watch = watch

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Keep a message, or put it off."""
        if self.mood != "well":
            return "451 4.3.0 not now"
        message = message_from_bytes(envelope.content, policy=policy.default)
        part = message.get_body(("plain",))
        text = str(part.get_content()) if part is not None else ""
        key = str(message["Message-ID"]).strip("<>").partition("@")[0]
        told = frozenset((path, self._watch, "desk") for path in _PATH.findall(text))
        self._hooks.take("desk", key, told, "mail")
        return "250 taken"
