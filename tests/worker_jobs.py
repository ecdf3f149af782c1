"""What the pool's tests have its workers do; here, because workers import what they call."""

import os
import signal
import time
from pathlib import Path

from news.errors import FeedError, QueryError


def nothing() -> None:
    """The rehearsal of those who need none."""


def double(number: int, *, plus: int = 0) -> int:
    return 2 * number + plus


def double_in_no_hurry(number: int) -> int:
    time.sleep(0.5)
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


def die() -> None:
    time.sleep(0.2)  # a death that is noticed as this call's own
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_once() -> None:
    os._exit(1)


def hoard() -> int:
    return len(bytearray(3 * 1024**3))
