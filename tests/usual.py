"""The settings that many tests begin with: a source that is visited each ten minutes or so, one watch, one channel.

`tables` is more of the settings, as TOML: keys of [crawler] first, then tables of their own.
"""

from tests.receivers import SmtpReceiver, WebhookReceiver
from tests.sites import LocalSite

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""What signs the webhooks; the service finds it as VIGIE_TEST_SECRET."""


def mailing(site: LocalSite, smtp: SmtpReceiver, query: str = "Corée", tables: str = "") -> str:
    """What the watch, named as its query, finds is told by e-mail."""
    return f"""{_watching(site, smtp.port, query, tables, "10m")}{mailbox(smtp)}"""


def calling(site: LocalSite, webhook: WebhookReceiver, tables: str = "", interval: str = "10m") -> str:
    """What the watch of Corée finds is told to a webhook."""
    return f"""{_watching(site, webhook.port, "Corée", tables, interval)}{hook(webhook)}"""


def mailbox(smtp: SmtpReceiver) -> str:
    """The channel that is a mailbox."""
    return f"""
[[channel]]
name = "desk"
kind = "email"
host = "127.0.0.1"
port = {smtp.port}
security = "none"
from = "vigie@example.com"
to = ["desk@example.com"]
"""


def hook(webhook: WebhookReceiver) -> str:
    """The channel that is a webhook."""
    return f"""
[[channel]]
name = "hook"
kind = "webhook"
url = "{webhook.url.split("?")[0]}"
secret_env = "VIGIE_TEST_SECRET"
"""


def _watching(site: LocalSite, port: int, query: str, tables: str, interval: str) -> str:
    return f"""
[crawler]
delay = 0
interval = "{interval}"
{tables}
[network]
allow = ["{site.address}", "127.0.0.1:{port}"]
[[source]]
name = "Le Site"
url = "{site.url()}"
[[watch]]
name = "{query.capitalize()}"
query = "{query}"
"""
