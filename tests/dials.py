"""Who is dialled: every connection that this process tries to open, and a resolver that answers as tests tell it."""

import errno
import socket
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import pytest


class Names:
    """Resolves names by a table, each to its next answer and at last to its last one; an IP address is itself.

    Any other name is unknown; `asked` are the hosts in the order in which they were asked for.
    """

    def __init__(self, **hosts: Sequence[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "-") + ".example": deque(answers) for name, answers in hosts.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int, /) -> Sequence[str]:
        self.asked.append(host)
        try:
            return (str(ip_address(host)),)
        except ValueError:
            pass
        answers = self._answers.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is unknown")
        return answers.popleft() if len(answers) > 1 else answers[0]


class Dials:
    """The addresses that were dialled. Only loopback is connected to; anything else is noted and found out of reach."""

    def __init__(self) -> None:
        self.tried: list[tuple[str, int]] = []

    def notes(self, place: Any) -> bool:
        """Note an address; whether it may be connected to."""
        if not isinstance(place, tuple):
            return True  # a socket of this machine's file system
        self.tried.append((str(place[0]), int(place[1])))
        return ip_address(place[0]).is_loopback


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dials]:
    """Notes what any library of this process dials, at the one call that all of them end in."""
    dials = Dials()
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def noted(self: socket.socket, place: Any) -> None:
        if not dials.notes(place):
            raise OSError(errno.ENETUNREACH, "out of reach")
        connect(self, place)

    def noted_ex(self: socket.socket, place: Any) -> int:
        return connect_ex(self, place) if dials.notes(place) else errno.ENETUNREACH

    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, "connect", noted)
        patch.setattr(socket.socket, "connect_ex", noted_ex)
        yield dials
