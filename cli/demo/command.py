"""`vigie demo`: the whole of Vigie at work on one machine, from a published article to a received alert."""

import os
import signal
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from cli.archive import quiet_logs
from cli.folder import DataFolder
from cli.options import Json
from cli.output import out, print_json
from news.clock import SystemClock
from news.errors import ConflictError


def demo(
    data: Annotated[
        Path | None, typer.Option("--data", metavar="FOLDER", help="A new folder for its data [a temporary one].")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Stay up at the end, until Ctrl-C.")] = False,
    json: Json = False,
    pace: Annotated[
        float, typer.Option("--pace", hidden=True, min=0, metavar="SECONDS", help="Time between two articles.")
    ] = 2.0,
) -> None:
    """Watch Vigie at work: a news site on this machine publishes, and alerts arrive.

    The site, the mail server and the webhook's receiver listen on 127.0.0.1 for as long as the demo runs. Nothing
    leaves the machine, and no other data of Vigie's is touched. docs/demo.md tells what is shown.

    Examples:

        vigie demo

        vigie demo --keep --data /tmp/demo
    """
    signal.signal(signal.SIGINT, _left_early)
    clock = SystemClock()
    started_at = clock.now() - _age_of_process()
    folder = _new_folder(data)
    _forget_settings()
    quiet_logs()

    from cli.demo.play import Manner, Play
    from cli.demo.screen import Screen
    from crawler import reactor

    manner = Manner(started_at, pace, keep)
    screen = Screen(Console(quiet=True) if json else out, clock, started_at)
    summary = reactor.run(Play(folder, clock, screen, manner).perform())
    if json:
        print_json(summary)
    if summary.faults:
        raise typer.Exit(1)


def _left_early(*_: object) -> NoReturn:
    """Ctrl-C before there is anything to stop; once there is, `listen_for_stop` takes over."""
    os._exit(130)  # an exception would come up in the middle of some library's import, which may swallow it


def _age_of_process() -> timedelta:
    """How long this process has been there, its imports included; none where the system does not tell (not Linux)."""
    try:
        after_name = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
        began = int(after_name.split()[19]) / os.sysconf("SC_CLK_TCK")
        return timedelta(seconds=max(time.clock_gettime(time.CLOCK_BOOTTIME) - began, 0))
    except (OSError, AttributeError, ValueError, IndexError):
        return timedelta()


def _new_folder(data: Path | None) -> DataFolder:
    """A folder with nothing in it. Raises ConflictError where there is."""
    if data is None:
        return DataFolder.at(Path(tempfile.mkdtemp(prefix="vigie-demo-")))
    folder = DataFolder.at(data)
    if any(folder.path.iterdir()):
        raise ConflictError(f"the folder {folder.path} is not empty", "the demo wants a new one: name another")
    return folder


def _forget_settings() -> None:
    """Drop this process's VIGIE_… variables: they win over a file, and could lead the demo to somebody's archive."""
    for name in [name for name in os.environ if name.startswith("VIGIE_")]:
        del os.environ[name]
