"""`vigie channel add`: one command for each kind of channel."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.archive import writing
from cli.channel_guard import warn_of_refusal
from cli.channel_options import chosen, manner, shown, taking
from cli.group import group
from cli.named import Name
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import print_json, print_line
from news.alert import Channel, ChannelKind

if TYPE_CHECKING:
    from cli.place import Archive
    from storage import Transaction

app = group("Add a channel of one of these kinds.")

_OFTEN = ("ca_file", "timeout", "at_once", "per_minute", "rule")
_PASSWORD = ("username", "password_env", "password_file")
_SECRET = ("secret_env", "secret_file")
_TOKEN = ("token_env", "token_file")
_HOOK = ("url_env", "url_file")
_MAIL_TEMPLATE = ("template_subject", "template_text", "template_html")


@app.command("email")
@taking(
    "host",
    "sender",
    "to",
    "port",
    "security",
    *_PASSWORD,
    "unsubscribe",
    *_OFTEN,
    *_MAIL_TEMPLATE,
    required=("host", "sender", "to"),
)
def add_email(
    context: typer.Context, name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False
) -> None:
    r"""Send alerts by e-mail. The password is never kept: name the variable or the file that holds it.

    Examples:

        vigie channel add email desk --host smtp.example.com --username vigie \
          --password-env SMTP_PASSWORD --from vigie@example.com \
          --to desk@example.com

        vigie channel add email local --host 127.0.0.1 --port 25 --security none \
          --from vigie@example.com --to me@example.com
    """
    _add(name, "email", context, data, config, json)


@app.command("webhook")
@taking("url", *_SECRET, "old_secret_env", "old_secret_file", *_OFTEN, required=("url",))
def add_webhook(
    context: typer.Context, name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False
) -> None:
    """Post alerts to a URL as signed JSON, see docs/webhooks.md.

    Without `--secret-env` and `--secret-file` a signing secret is made, kept, and printed this once.

    Examples:

        vigie channel add webhook desk --url https://hooks.example.com/vigie

        vigie channel add webhook desk --url https://hooks.example.com/vigie --secret-env HOOK_SECRET
    """
    _add(name, "webhook", context, data, config, json)


@app.command("slack")
@taking(*_HOOK, *_OFTEN, "template_text")
def add_slack(
    context: typer.Context, name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False
) -> None:
    """Post alerts to a Slack channel by an incoming webhook, see docs/channels.md.

    Whoever knows the webhook's URL can post there, so it is a secret: name the variable or the file that holds it.

    Examples:

        vigie channel add slack newsroom --url-env SLACK_URL

        vigie channel add slack newsroom --url-file /run/secrets/slack_url
    """
    _add(name, "slack", context, data, config, json)


@app.command("discord")
@taking(*_HOOK, *_OFTEN, "template_text")
def add_discord(
    context: typer.Context, name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False
) -> None:
    """Post alerts to a Discord channel by a webhook, see docs/channels.md.

    Whoever knows the webhook's URL can post there, so it is a secret: name the variable or the file that holds it.

    Examples:

        vigie channel add discord newsroom --url-env DISCORD_URL

        vigie channel add discord newsroom --url-file /run/secrets/discord_url
    """
    _add(name, "discord", context, data, config, json)


@app.command("telegram")
@taking("chat", *_TOKEN, "topic", "api", *_OFTEN, "template_text", required=("chat",))
def add_telegram(
    context: typer.Context, name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False
) -> None:
    """Send alerts to a Telegram chat by a bot of yours, see docs/channels.md.

    Examples:

        vigie channel add telegram phone --chat 123456789 --token-env TELEGRAM_TOKEN

        vigie channel add telegram team --chat=-1001234567890 --topic 7 --token-file /run/secrets/telegram
    """
    _add(name, "telegram", context, data, config, json)


@app.command("matrix")
@taking("homeserver", "room", *_TOKEN, *_OFTEN, "template_text", required=("homeserver", "room"))
def add_matrix(
    context: typer.Context, name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False
) -> None:
    r"""Send alerts to a Matrix room by an account of yours, see docs/channels.md.

    Examples:

        vigie channel add matrix newsroom --homeserver https://matrix.example.org \
          --room '!abcdef:example.org' --token-env MATRIX_TOKEN
    """
    _add(name, "matrix", context, data, config, json)


@app.command("ntfy")
@taking("topic", "topic_env", "topic_file", "server", *_TOKEN, *_PASSWORD, "priority", "tags", *_OFTEN, "template_text")
def add_ntfy(
    context: typer.Context, name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False
) -> None:
    r"""Send alerts to telephones by ntfy, see docs/channels.md.

    On a server that asks for no login, whoever knows the topic can read it: name the variable that holds it.

    Examples:

        vigie channel add ntfy phone --topic-env NTFY_TOPIC

        vigie channel add ntfy phone --server https://ntfy.example.org --topic alerts \
          --token-env NTFY_TOKEN --priority 4
    """
    _add(name, "ntfy", context, data, config, json)


def _add(name: str, kind: ChannelKind, context: typer.Context, data: Path, config: Path | None, json: bool) -> None:
    channel = writing(data, config, lambda tx, archive: _added(tx, archive, name, kind, context))
    secret = channel.settings.get("secret")
    if json:
        print_json({**shown(channel), **({"secret": secret} if kind == "webhook" else {})})
    else:
        print_line(f"added the channel {channel.name!r}")
        if secret:
            print_line("its signing secret, for the receiver; it is not shown again:")
            print_line(f"  {secret}")
        print_line(f"to see whether alerts arrive: vigie channel test {channel.name!r}")
    warn_of_refusal(channel, data, config)


async def _added(
    tx: "Transaction", archive: "Archive", name: str, kind: ChannelKind, context: typer.Context
) -> Channel:
    from service.change import add_channel

    return await add_channel(tx, name, kind, chosen(context), archive.clock.now(), manner(context))
