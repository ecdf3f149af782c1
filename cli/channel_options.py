"""The settings of channels as options, and a channel as commands show it: secrets hidden."""

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import typer

from cli import channel_template
from cli.rules import RULE, said
from news.alert import Channel
from news.rules import rules_to

Security = Literal["starttls", "tls", "none"]
Command = Callable[..., None]


def _variable(option: str, what: str) -> Any:
    return Annotated[str, typer.Option(option, help=f"The environment variable with {what}.", metavar="VARIABLE")]


def _file(option: str, what: str) -> Any:
    return Annotated[str, typer.Option(option, help=f"The file with {what}.", metavar="FILE")]


def _text(option: str, metavar: str, help_: str) -> Any:
    return Annotated[str, typer.Option(option, metavar=metavar, help=help_)]


def _list(option: str, metavar: str, help_: str) -> Any:
    return Annotated[list[str], typer.Option(option, metavar=metavar, help=help_)]


_SECRET, _OLD = "the signing secret", "the old signing secret, while you change it"
_HOOK = "the webhook's URL"
_AT_ONCE = "Messages under way at the same time; 0 for what is usual."
_PER_MINUTE = "Messages that may begin within a minute; 0 for what is usual."
_CA = "PEM file of the CAs to trust instead of the system's."

# Each setting as an option, in the order of the help, by the parameter that carries it.
OPTIONS: Mapping[str, Any] = {
    "host": _text("--host", "HOST", "The SMTP server's name."),
    "sender": _text("--from", "ADDRESS", "The address that alerts come from."),
    "to": _list("--to", "ADDRESS", "An address that is told; repeat it for more."),
    "port": Annotated[
        int, typer.Option("--port", help="Its port; the usual one if not given: 587, 465 (tls) or 25 (none).")
    ],
    "security": Annotated[
        Security, typer.Option("--security", help="`starttls`, `tls` from the first byte, or `none` (on loopback).")
    ],
    "unsubscribe": _text("--unsubscribe", "ADDRESS", "Where readers want no more: mailto:address or an https URL."),
    "url": _text("--url", "URL", "Where alerts are posted."),
    "secret_env": _variable("--secret-env", _SECRET),
    "secret_file": _file("--secret-file", _SECRET),
    "old_secret_env": _variable("--old-secret-env", _OLD),
    "old_secret_file": _file("--old-secret-file", _OLD),
    "url_env": _variable("--url-env", _HOOK),
    "url_file": _file("--url-file", _HOOK),
    "chat": _text("--chat", "CHAT", "The Telegram chat: its number, or @name of a public channel."),
    "homeserver": _text("--homeserver", "URL", "The Matrix server of the account that writes."),
    "room": _text("--room", "ID", "The Matrix room's internal id, !abcdef:example.org."),
    "server": _text("--server", "URL", "The ntfy server; https://ntfy.sh if not given."),
    "topic": _text("--topic", "TOPIC", "The ntfy topic, or the number of a topic in a Telegram group."),
    "topic_env": _variable("--topic-env", "the ntfy topic"),
    "topic_file": _file("--topic-file", "the ntfy topic"),
    "token_env": _variable("--token-env", "the token"),
    "token_file": _file("--token-file", "the token"),
    "username": _text("--username", "NAME", "The login, if the server asks for one."),
    "password_env": _variable("--password-env", "the password"),
    "password_file": _file("--password-file", "the password"),
    "priority": Annotated[
        int, typer.Option("--priority", help="From 1, without a sound, to 5, urgent; 3 if not given.")
    ],
    "tags": _list("--tag", "WORD", "A word or an emoji's name that is shown with it; repeat it for more."),
    "api": _text("--api", "URL", "The Telegram Bot API, if it is a server of your own."),
    "ca_file": Annotated[str, typer.Option("--ca-file", help=_CA, metavar="FILE")],
    "timeout": Annotated[
        float, typer.Option("--timeout", help="Seconds for one attempt, all in all.", metavar="SECONDS")
    ],
    "at_once": Annotated[int, typer.Option("--at-once", help=_AT_ONCE, metavar="NUMBER")],
    "per_minute": Annotated[int, typer.Option("--per-minute", help=_PER_MINUTE, metavar="NUMBER")],
    "rule": Annotated[list[str], RULE],
    "template_subject": Annotated[str, channel_template.SUBJECT],
    "template_text": Annotated[str, channel_template.TEXT],
    "template_html": Annotated[str, channel_template.HTML],
}

# The settings whose parameters are called otherwise.
_ROOM = ("at_once", "per_minute")
_SETTINGS = {name: name for name in OPTIONS if not name.startswith("template_") and name not in (*_ROOM, "rule")} | {
    "sender": "from"
}


def taking(*settings: str, required: tuple[str, ...] = ()) -> Callable[[Command], Command]:
    """Give a command these options besides its own; it finds those that were given by `chosen`."""

    def decorate(command: Command) -> Command:
        own = inspect.signature(command).parameters

        def called(**given: Any) -> None:
            command(**{name: value for name, value in given.items() if name in own})

        more = [_parameter(name, is_required=name in required) for name in settings]
        ordered = sorted([*own.values(), *more], key=_place)
        called.__doc__ = command.__doc__
        called.__annotations__ = {one.name: one.annotation for one in ordered}
        called.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]
        return called

    return decorate


def _place(parameter: inspect.Parameter) -> int:
    """What is required comes first (a signature allows no other order), and what every command has comes last."""
    if parameter.default is inspect.Parameter.empty:
        return 0
    return 2 if parameter.name in ("data", "config", "json") else 1


def _parameter(name: str, *, is_required: bool) -> inspect.Parameter:
    kind, default = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
    if is_required:
        return inspect.Parameter(name, kind, default=default, annotation=OPTIONS[name])
    type_, option = OPTIONS[name].__origin__, OPTIONS[name].__metadata__[0]
    return inspect.Parameter(name, kind, default=None, annotation=Annotated[type_ | None, option])


def chosen(context: typer.Context) -> dict[str, Any]:
    """The settings among the options that were given, by the names they have in the file."""
    template = channel_template.templates_of(context.params)
    own: dict[str, Any] = {
        _SETTINGS[name]: list(value) if isinstance(value, tuple | list) else value
        for name, value in context.params.items()
        if name in _SETTINGS and value not in (None, (), [])
    }
    return {**own, "template": template} if template else own


def manner(context: typer.Context) -> dict[str, Any]:
    """How a channel is to tell, among the options that were given: its rules, and its room, 0 for what is usual."""
    room = {name: context.params[name] or "" for name in _ROOM if context.params.get(name) is not None}
    return {**said(context.params.get("rule")), **room}


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
        "failing_since": channel.failing_since,
        "trouble": channel.trouble,
        "at_once": channel.at_once,
        "per_minute": channel.per_minute,
        "rules": rules_to(channel.rules),
        "origin": channel.origin,
    }


def state(channel: Channel) -> str:
    """Whether it sends, in one word; `stopped` where Vigie itself paused it."""
    if channel.paused_because:
        return "stopped"
    return "paused" if channel.paused else "ok"
