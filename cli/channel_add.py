"""`vigie channel add`: one command for each kind of channel."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import channel_options as options
from cli.archive import writing
from cli.channel_guard import warn_of_refusal
from cli.channel_options import Security, chosen, shown
from cli.group import group
from cli.named import Name
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import print_json, print_line
from news.alert import Channel, ChannelKind

if TYPE_CHECKING:
    from cli.place import Archive
    from storage import Transaction

app = group("Add a channel of one of these kinds.")


@app.command("email")
def add_email(
    context: typer.Context,
    name: Name,
    host: Annotated[str, options.HOST],
    sender: Annotated[str, options.FROM],
    to: Annotated[list[str], options.TO],
    port: Annotated[int | None, options.PORT] = None,
    security: Annotated[Security | None, options.SECURITY] = None,
    username: Annotated[str | None, options.USERNAME] = None,
    password_env: Annotated[str | None, options.PASSWORD_ENV] = None,
    password_file: Annotated[str | None, options.PASSWORD_FILE] = None,
    ca_file: Annotated[str | None, options.CA_FILE] = None,
    timeout: Annotated[float | None, options.TIMEOUT] = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    r"""Send alerts by e-mail. The password is never kept: name the variable or the file that holds it.

    Examples:

        vigie channel add email desk --host smtp.example.com --username vigie \
          --password-env SMTP_PASSWORD --from vigie@example.com \
          --to desk@example.com

        vigie channel add email local --host 127.0.0.1 --port 25 --security none \
          --from vigie@example.com --to me@example.com
    """
    _add(name, "email", chosen(context), data, config, json)


@app.command("webhook")
def add_webhook(
    context: typer.Context,
    name: Name,
    url: Annotated[str, options.URL],
    secret_env: Annotated[str | None, options.SECRET_ENV] = None,
    secret_file: Annotated[str | None, options.SECRET_FILE] = None,
    ca_file: Annotated[str | None, options.CA_FILE] = None,
    timeout: Annotated[float | None, options.TIMEOUT] = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Post alerts to a URL as signed JSON, see docs/webhooks.md.

    Without `--secret-env` and `--secret-file` a signing secret is made, kept, and printed this once.

    Examples:

        vigie channel add webhook desk --url https://hooks.example.com/vigie

        vigie channel add webhook desk --url https://hooks.example.com/vigie --secret-env HOOK_SECRET
    """
    _add(name, "webhook", chosen(context), data, config, json)


def _add(
    name: str, kind: ChannelKind, settings: Mapping[str, Any], data: Path, config: Path | None, json: bool
) -> None:
    channel = writing(data, config, lambda tx, archive: _added(tx, archive, name, kind, settings))
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
    tx: "Transaction", archive: "Archive", name: str, kind: ChannelKind, settings: Mapping[str, Any]
) -> Channel:
    from service.change import add_channel

    return await add_channel(tx, name, kind, settings, archive.clock.now())
