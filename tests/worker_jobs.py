"""What the pool's tests have its workers do; here, because workers import what they call."""

import os
import signal
from pathlib import Path

from news.errors import FeedError, QueryError


def nothing() -> None:
    """The rehearsal of those who need none."""


def double(number: int, *, plus: int = 0) -> int:
    return 2 * number + plus


def double_when_let(number: int, gate: str) -> int:
    """Wait at a named pipe until somebody who had it open to write closes it."""
    Path(gate).read_bytes()
    return 2 * number


def fail() -> None:
    raise FeedError("this is no feed", "look again")


def fail_unportably() -> None:
    raise QueryError("what is this?", 3)


def give_what_cannot_travel() -> object:
    return lambda: None


def end_the_interpreter() -> None:
    raise SystemExit(3)


def spin(note: str = "") -> None:
    """Keep a processor busy for ever, after leaving the process id in a file."""
    if note:
        Path(note).write_text(str(os.getpid()), encoding="ascii")
    while True:
        pass


def die_when_let(gate: str) -> None:
    """Wait as above, then die: once the pool has heard of the call, the death is noticed as its own."""
    Path(gate).read_bytes()
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_once() -> None:
    os._exit(1)


def hoard() -> int:
    return len(bytearray(3 * 1024**3))
