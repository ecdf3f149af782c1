"""What the demo runs against, all of it on loopback: a news site, a mail server and a webhook's receiver."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from news.clock import Clock
from seeds.programme import programme
from seeds.receivers import MailReceiver, WebhookReceiver
from seeds.site import NAME, DemoSite

SOURCE = NAME
SECRET_VARIABLE = "DEMO_WEBHOOK_SECRET"  # noqa: S105 (the variable's name)
WATCHES = {
    "Corée du Nord": '(« troupes nord-coréennes » OU "soldats nord-coréens" OU titre:missile) ET langue:fr',
    "North Korea": "(“North Korean troops” OR “missile test”) AND lang:en NOT football",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The site and the two receivers, listening."""

    site: DemoSite
    mail: MailReceiver
    hook: WebhookReceiver

    def settings(self) -> str:
        """The vigie.toml that watches this site and tells these receivers."""
        watches = "\n".join(_watch(name, query) for name, query in WATCHES.items())
        return _SETTINGS.format(
            allow=json.dumps([self.site.address, self.mail.address, self.hook.address]),
            source=json.dumps(SOURCE, ensure_ascii=False),
            site=json.dumps(f"{self.site.base_url}/"),
            watches=watches,
            mail_port=self.mail.port,
            hook=json.dumps(self.hook.url),
            secret=json.dumps(SECRET_VARIABLE),
        )


@asynccontextmanager
async def surroundings(clock: Clock, secret: str) -> AsyncIterator[Surroundings]:
    """Site and receivers on free ports, until the end of the block. Raises ConfigError where aiosmtpd is missing."""
    async with (
        MailReceiver(clock) as mail,
        WebhookReceiver(clock, secret) as hook,
        DemoSite(clock, programme()) as site,
    ):
        yield Surroundings(site, mail, hook)


def _watch(name: str, query: str) -> str:
    # In single quotes TOML takes everything as it stands, and queries are full of the other quotes.
    return f"[[watch]]\nname = {json.dumps(name, ensure_ascii=False)}\nquery = '{query}'\n"


_SETTINGS = """\
# Written by `vigie demo`. Every address in it is on this machine.

[network]
# Vigie dials no private address. These are the exceptions, each one host and port.
allow = {allow}

[crawler]
delay = 0
interval = "1s"

[service]
stop_within = "5s"

[web]
port = 0

[[source]]
name = {source}
url = {site}

{watches}
[[channel]]
name = "desk"
kind = "email"
host = "127.0.0.1"
port = {mail_port}
security = "none"
from = "vigie@example.com"
to = ["desk@example.com"]

[[channel]]
name = "hook"
kind = "webhook"
url = {hook}
secret_env = {secret}
"""
