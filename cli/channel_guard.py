"""The guard as the commands of channels use it: to send a test, and to warn of what it would refuse."""

from pathlib import Path
from typing import TYPE_CHECKING

from cli.archive import with_archive
from cli.output import print_note
from news.alert import Channel
from news.errors import AddressRefusedError

if TYPE_CHECKING:
    from alerting.guard import GuardedDialler
    from cli.place import Archive


def dialler_of(archive: "Archive") -> "GuardedDialler":
    """What dials for a channel, behind the guard under the settings as they stand."""
    from alerting.guard import GuardedDialler
    from cli.network import guard_under

    return GuardedDialler(guard_under(archive.settings))


def warn_of_refusal(channel: Channel, data: Path, config: Path | None) -> None:
    """Say so where the guard would not let the channel dial its host."""
    refusal = with_archive(data, config, lambda archive: _refusal(archive, channel))
    if refusal is not None:
        print_note(f"nothing will be sent: {refusal.message}; {refusal.hint}")


async def _refusal(archive: "Archive", channel: Channel) -> AddressRefusedError | None:
    from cli.network import guard_under
    from service.reach import guard_refusal

    return await guard_refusal(channel, guard_under(archive.settings))
