"""`vigie channel rotate`: a new signing secret for a webhook, without losing a message."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.archive import writing
from cli.channel_options import shown
from cli.named import Name
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import print_json, print_line
from news.alert import Channel

if TYPE_CHECKING:
    from cli.place import Archive
    from storage import Transaction

_FINISH = typer.Option("--finish", help="The receiver has the new secret: sign with that one only.")


def rotate(
    name: Name,
    finish: Annotated[bool, _FINISH] = False,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Make a new signing secret for a webhook, and print it this once.

    Until `--finish`, messages carry two signatures, so that receivers with the old secret and with the new one take
    them. For a secret of your own see docs/webhooks.md.

    Examples:

        vigie channel rotate desk

        vigie channel rotate desk --finish
    """
    channel = writing(data, config, lambda tx, archive: _rotated(tx, archive, name, finish))
    if json:
        print_json({**shown(channel), **({} if finish else {"secret": channel.settings["secret"]})})
    elif finish:
        print_line(f"the channel {name!r} signs with its new secret only")
    else:
        print_line(f"the new signing secret of {name!r}, for the receiver; it is not shown again:")
        print_line(f"  {channel.settings['secret']}")
        print_line(f"messages carry both signatures until: vigie channel rotate {name!r} --finish")


async def _rotated(tx: "Transaction", archive: "Archive", name: str, finish: bool) -> Channel:
    from service import rotate

    act = rotate.finish if finish else rotate.begin
    return await act(tx, name, archive.place.settings_file)
