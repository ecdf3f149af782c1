"""A world around one Vigie in which every secret is a canary, and others may repeat what they were told."""

import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.commands import Commands
from tests.proxies import Proxy
from tests.receivers import Reply, SmtpReceiver, WebhookReceiver
from tests.running import Running, running
from tests.sites import Answer, LocalSite

IN_ENVIRONMENT = {
    "SMTP_PASSWORD": "canary-smtp-é-0f3a",
    "HOOK_SECRET": "whsec_" + b64encode(b"canary of the environment 24").decode(),
    "PHARE_PASSWORD": "canary-source-login-77",
    "PHARE_COOKIES": "session=canary-cookie-4411",
    "PHARE_KEY": "canary-header-9931",
    "PROXY_PASSWORD": "canary-proxy-2288",
    "TELEGRAM_TOKEN": "123456:canary-telegram-0123456789",
    "MATRIX_TOKEN": "canary-matrix-6120",
    "NTFY_TOKEN": "canary-ntfy-7755",
    "NTFY_PASSWORD": "canary-ntfy-login-8128",
}
CHATS = {"slack": "canary-slack-8842", "discord": "canary-discord-3307"}  # what the addresses in files end with
IN_FILE = "whsec_" + b64encode(b"canary of the secret's file.").decode()
IN_URL = "canary-in-url"  # what the receiver's URL ends with
IN_HEARTBEAT = "canary-heartbeat-6060"  # likewise that of the heartbeat
DATABASE_PASSWORD = "canary-database-5512"


@dataclass
class Town:
    """The world around one Vigie: two sites, one behind a proxy, a mail server and a receiver that repeat it all."""

    vigie: Running
    commands: Commands
    smtp: SmtpReceiver
    webhooks: tuple[WebhookReceiver, ...]
    site: LocalSite
    proxy: Proxy
    later: dict[str, Answer]
    chats: dict[str, WebhookReceiver]
    heart: WebhookReceiver
    made: str = ""
    remade: str = ""


SETTINGS = """
[crawler]
delay = 0
timeout = 5
[network]
allow = ["127.0.0.0/8"]
[web]
public_url = "https://vigie.example"
[service]
heartbeat_url = "HEART/canary-heartbeat-6060"
[[source]]
name = "Le Phare"
url = "SITE"
[source.access]
user = "vigie"
password_env = "PHARE_PASSWORD"
cookies_env = "PHARE_COOKIES"
headers_env = { X-Api-Key = "PHARE_KEY" }
[[source]]
name = "Le Détour"
url = "OTHER"
[source.access]
proxy = "http://PROXY"
proxy_user = "vigie"
proxy_password_env = "PROXY_PASSWORD"
[[watch]]
name = "Tout"
query = "gouvernement OU ministère"
[[channel]]
name = "mail"
kind = "email"
host = "127.0.0.1"
port = 25
security = "none"
username = "vigie"
password_env = "SMTP_PASSWORD"
from = "vigie@example.com"
to = ["desk@example.com"]
[channel.template]
subject = "{{ title }}"
[[channel]]
name = "of the environment"
kind = "webhook"
url = "HOOK"
secret_env = "HOOK_SECRET"
[[channel]]
name = "of a file"
kind = "webhook"
url = "FILED"
secret_file = "FOLDER/hook"
[[channel]]
name = "of nobody"
kind = "webhook"
url = "http://127.0.0.1:9/canary-in-url?key=canary-in-url"
secret_env = "HOOK_SECRET"
[[channel]]
name = "slack"
kind = "slack"
url_file = "FOLDER/slack"
template = { text = "{{ title }}" }
[[channel]]
name = "discord"
kind = "discord"
url_file = "FOLDER/discord"
[[channel]]
name = "telegram"
kind = "telegram"
chat = "-100123"
api = "TELEGRAM"
token_env = "TELEGRAM_TOKEN"
[[channel]]
name = "matrix"
kind = "matrix"
homeserver = "MATRIX"
room = "!room:example.org"
token_env = "MATRIX_TOKEN"
[[channel]]
name = "ntfy"
kind = "ntfy"
server = "NTFY"
topic = "desk"
token_env = "NTFY_TOKEN"
[[channel]]
name = "ntfy with a login"
kind = "ntfy"
server = "LOGIN"
topic = "other"
username = "vigie"
password_env = "NTFY_PASSWORD"
"""


def _placed(text: str, places: dict[str, str]) -> str:
    """The settings with the addresses put in."""
    for place, what in places.items():
        text = re.sub(rf'(?<=["/]){place}(?=["/])', what, text)
    return text


@asynccontextmanager
async def _chats(folder: Path, *, is_kind: bool) -> AsyncIterator[dict[str, WebhookReceiver]]:
    """A receiver for each chat; where they are not kind, they refuse, and repeat the secret that let us in."""
    async with AsyncExitStack() as stack:
        chats = {}
        for kind in ("slack", "discord", "telegram", "matrix", "ntfy", "login"):
            chat = chats[kind] = await stack.enter_async_context(WebhookReceiver())
            secret = CHATS.get(kind) or IN_ENVIRONMENT["NTFY_PASSWORD" if kind == "login" else f"{kind.upper()}_TOKEN"]
            if kind in CHATS:
                (folder / kind).write_text(f"http://127.0.0.1:{chat.port}/hooks/T0/{secret}\n", encoding="utf-8")
            if not is_kind:
                echo = json.dumps({"description": f"no {secret}", "error": f"/hooks/T0/{secret}"})
                chat.replies.extend(
                    [Reply(500, body=echo), Reply(reset=True), Reply(400, body=echo), Reply(403, body=echo)]
                )
        yield chats


def _unkind(hook: WebhookReceiver, filed: WebhookReceiver) -> dict[str, Answer]:
    """Have the receivers refuse and repeat, and what a site that does so answers."""
    echo = f"{IN_ENVIRONMENT['HOOK_SECRET']} {hook.url} /hook?key={IN_URL}"
    hook.replies.extend([Reply(500, body=echo), Reply(reset=True), Reply(404, body=f"no {IN_URL}"), Reply(410)])
    filed.replies.extend([Reply(500, body=IN_FILE), Reply(302, {"Location": filed.url}), Reply(400, body=IN_URL)])
    repeated = " ".join([*IN_ENVIRONMENT.values(), IN_FILE, f"http://127.0.0.1/{IN_URL}"])

    async def refused(_: web.Request) -> web.Response:
        return web.Response(status=401, text=repeated, reason="Who are you")

    return {"/": refused, "/feed.xml": refused}


@asynccontextmanager
async def town(folder: Path, pool: WorkerPool, clock: ManualClock, *, is_kind: bool) -> AsyncIterator[Town]:
    """Everything runs; where the others are not kind, they refuse, and repeat what they were sent."""
    mine = {"vigie": IN_ENVIRONMENT["SMTP_PASSWORD"]}
    password = IN_ENVIRONMENT["SMTP_PASSWORD"]
    login = "Basic " + b64encode(f"vigie:{IN_ENVIRONMENT['PROXY_PASSWORD']}".encode()).decode()
    file = folder / "hook"
    file.write_text(IN_FILE + "\n", encoding="utf-8")
    async with (
        SmtpReceiver(
            logins=mine if is_kind else {"vigie": "x"},
            refusal_of_login=f"535 5.7.8 not {password}".encode("ascii", "replace").decode(),
        ) as smtp,
        WebhookReceiver() as hook,
        WebhookReceiver() as filed,
        WebhookReceiver() as third,
        WebhookReceiver() as heart,
        LocalSite() as site,
        LocalSite() as other,
        Proxy(login if is_kind else "Basic eDp5") as proxy,
        _chats(folder, is_kind=is_kind) as chats,
    ):
        scripts = {} if is_kind else _unkind(hook, filed)
        heart.replies.extend([] if is_kind else [Reply(500, body=IN_HEARTBEAT)])
        site.publish("une", "Le gouvernement parle")
        other.publish("deux", "Le ministère aussi")
        (folder / "data").mkdir()
        text = SETTINGS.replace("port = 25", f"port = {smtp.port}")
        places = {"SITE": site.url(), "OTHER": other.url(), "PROXY": proxy.address, "FOLDER": str(folder)}
        places["HEART"] = f"http://127.0.0.1:{heart.port}"
        servers = {kind.upper(): f"http://127.0.0.1:{chat.port}" for kind, chat in chats.items()}
        text = _placed(text, {**places, **servers, "HOOK": hook.url, "FILED": filed.url})
        async with running(folder / "data", text, pool, clock) as vigie:
            yield Town(vigie, Commands(folder), smtp, (hook, filed, third), site, proxy, scripts, chats, heart)
