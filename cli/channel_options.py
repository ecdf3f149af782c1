"""The settings of channels as options, and a channel as commands show it: secrets hidden."""

from typing import Any, Literal

import typer

from news.alert import Channel

Security = Literal["starttls", "tls", "none"]

HOST = typer.Option("--host", help="The SMTP server's name.", metavar="HOST")
PORT = typer.Option("--port", help="Its port; the usual one if not given: 587, 465 (tls) or 25 (none).")
SECURITY = typer.Option("--security", help="`starttls`, `tls` from the first byte, or `none` (on loopback).")
USERNAME = typer.Option("--username", help="The login, if the server asks for one.", metavar="NAME")
PASSWORD_ENV = typer.Option("--password-env", help="The environment variable with the password.", metavar="VARIABLE")
PASSWORD_FILE = typer.Option("--password-file", help="The file with the password.", metavar="FILE")
FROM = typer.Option("--from", help="The address that alerts come from.", metavar="ADDRESS")
TO = typer.Option("--to", help="An address that is told; repeat it for more.", metavar="ADDRESS")
URL = typer.Option("--url", help="Where alerts are posted.", metavar="URL")
SECRET_ENV = typer.Option("--secret-env", help="The environment variable with the signing secret.", metavar="VARIABLE")
SECRET_FILE = typer.Option("--secret-file", help="The file with the signing secret.", metavar="FILE")
CA_FILE = typer.Option("--ca-file", help="PEM file of the CAs to trust instead of the system's.", metavar="FILE")
TIMEOUT = typer.Option("--timeout", help="Seconds for one attempt, all in all.", metavar="SECONDS")

# Each parameter of the commands that is a setting, and the setting's name.
_SETTINGS = {
    name: name
    for name in (
        "host", "port", "security", "username", "password_env", "password_file", "to",
        "url", "secret_env", "secret_file", "ca_file", "timeout",
    )
} | {"sender": "from"}  # fmt: skip


def chosen(context: typer.Context) -> dict[str, Any]:
    """The settings among the options that were given, by the names they have in the file."""
    return {
        _SETTINGS[name]: list(value) if isinstance(value, tuple | list) else value
        for name, value in context.params.items()
        if name in _SETTINGS and value not in (None, (), [])
    }


def shown(channel: Channel) -> dict[str, Any]:
    """A channel in JSON, its secrets hidden."""
    from alerting import channels

    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "settings": channels.shown(channel),
        "state": state(channel),
        "paused_because": channel.paused_because,
        "origin": channel.origin,
    }


def state(channel: Channel) -> str:
    """Whether it sends, in one word; `stopped` where Vigie itself paused it."""
    if channel.paused_because:
        return "stopped"
    return "paused" if channel.paused else "ok"
