"""`vigie channel`: where alerts go."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import channel_add, channel_rotate, channel_template
from cli.archive import reading, with_archive, writing
from cli.channel_guard import dialler_of, warn_of_refusal
from cli.channel_options import OPTIONS, chosen, manner, shown, state, taking
from cli.errors import FoundWantingError
from cli.group import group
from cli.named import Name, Noun, add_shared_verbs, made_by, state_cell
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import Cell, err, print_facts, print_json, print_line, print_note, print_table, when
from cli.rules import in_words
from news.alert import Channel, Receipt
from news.errors import DeliveryError
from news.rules import rules_to

if TYPE_CHECKING:
    from cli.place import Archive
    from storage import Transaction

_NONE = "There is no channel yet; vigie channel add --help shows what there may be"

app = group("Where alerts go.")
app.add_typer(channel_add.app, name="add")
app.command("preview")(channel_template.preview)


@app.command("list")
def list_(data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
    """List the channels. Secrets are never shown.

    Examples:

        vigie channel list
    """
    from alerting.channels import goes_to

    channels = reading(data, config, lambda tx: tx.channels.all())
    if json:
        print_json([shown(channel) for channel in channels])
        return
    rows = [
        [
            channel.name,
            channel.kind,
            state_cell(state(channel)),
            goes_to(channel),
            channel.origin,
            channel.paused_because,
        ]
        for channel in channels
    ]
    print_table("", ["name", "kind", "state", "goes to", "made by", "stopped because"], rows, _NONE)


@app.command("show")
def show(name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
    """Show one channel and its settings. Secrets are never shown.

    Examples:

        vigie channel show desk
    """
    from service.room import most_a_minute, most_at_once

    channel = reading(data, config, lambda tx: tx.channels.get(name))
    if json:
        print_json(shown(channel))
        return
    own = [(key, _written(value)) for key, value in shown(channel)["settings"].items()]
    facts: list[tuple[str, Cell]] = [
        ("name", channel.name),
        ("kind", channel.kind),
        ("state", state_cell(state(channel))),
        ("stopped because", channel.paused_because),
        ("failing since", when(channel.failing_since)),
        ("trouble", channel.trouble),
        ("at once", f"{most_at_once(channel)}"),
        ("per minute", f"{most_a_minute(channel) or ''}"),
        ("rules", in_words(rules_to(channel.rules))),
        ("made by", made_by(channel, data, config)),
    ]
    print_facts([*facts, *own])


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return f"its own {', '.join(value)}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@app.command("edit")
@taking(*OPTIONS)
def edit(
    context: typer.Context,
    name: Name,
    rename: Annotated[str, typer.Option("--rename", help="What to call it from now on.", metavar="NAME")] = "",
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Change the settings of a channel, those of its kind; an empty value takes a setting away.

    Examples:

        vigie channel edit desk --to desk@example.com --to night@example.com

        vigie channel edit hook --secret-file /run/secrets/hook --rename desk-hook

        vigie channel edit local --username '' --password-env ''

        vigie channel edit desk --rule digest=daily --rule quiet=

        vigie channel edit desk --template-subject '{{ source }}: {{ title }}' --template-text mail.txt
    """
    channel = writing(data, config, lambda tx, archive: _edited(tx, archive, name, context, rename))
    _tell_edited(channel, json)
    warn_of_refusal(channel, data, config)


def _tell_edited(channel: Channel, json: bool) -> None:
    if json:
        print_json(shown(channel))
    else:
        print_line(f"changed the channel {channel.name!r}")
    if channel.paused_because:
        print_note(f"it stands still ({channel.paused_because}) until: vigie channel resume {channel.name!r}")


async def _edited(tx: "Transaction", archive: "Archive", name: str, context: typer.Context, rename: str) -> Channel:
    from service.change import edit_channel

    file = archive.place.settings_file
    return await edit_channel(tx, name, chosen(context), file, rename=rename, manner=manner(context))


@app.command("test")
def test(name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
    """Send a real message, marked as a test, and say what the receiver answered.

    Exit code 1 if it was not accepted.

    Examples:

        vigie channel test desk
    """
    with err.status(f"sending a test over {name}"):
        receipt = with_archive(data, config, lambda archive: _tested(archive, name))
    if json:
        print_json({"channel": name, "accepted": True, "answer": receipt.answer})
    else:
        print_line(f"accepted: {receipt.answer}")
    if receipt.trouble:
        print_note(receipt.trouble)


async def _tested(archive: "Archive", name: str) -> Receipt:
    from alerting.channels import build
    from service.trial import try_out

    async with archive.database.read() as tx:
        channel = await tx.channels.get(name)
    try:
        return await try_out(channel, build(channel, dialler_of(archive), archive.clock), archive.clock)
    except DeliveryError as error:
        raise FoundWantingError(f"not accepted: {error.message}", error.hint) from error


NOUN = Noun(
    name="channel",
    example="desk",
    helps={
        "pause": "Send nothing over a channel until it is resumed; what is decided meanwhile does not go to it.",
        "resume": "Send over a channel again, also after Vigie itself stopped it; what waits is sent at once.",
        "remove": "Forget a channel; not while a watch names it. Adding its name again brings it back.",
    },
    shown=shown,
)
app.command("rotate")(channel_rotate.rotate)
add_shared_verbs(app, NOUN)
