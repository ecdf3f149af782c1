"""Secrets, named by reference: an environment variable or a file, read when something is sent and kept nowhere."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from news.errors import VigieError

LARGEST_FILE = 16_384  # bytes; a cookie header may be long
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class SecretMissingError(VigieError):
    """Where a secret should be there is none; the message names the place, never what it holds."""


def variable_name(text: str) -> str:
    """The name of an environment variable, or nothing. Raises ValueError, which repeats nothing: it may be a secret."""
    if text and not _VARIABLE.fullmatch(text):
        raise ValueError(
            "is not the name of an environment variable; if it is the secret itself, put that into a variable, and "
            "write the variable's name here"
        )
    return text


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is kept: in an environment variable or, where none is named, in a file."""

    variable: str = ""
    file: str = ""

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return f"the environment variable {self.variable}" if self.variable else f"the file {self.file}"

    def read(self, environ: Mapping[str, str] | None = None) -> str:
        """The secret; a line end at the end of a file is not of it. Raises SecretMissingError if there is none."""
        variables = os.environ if environ is None else environ
        secret = variables.get(self.variable, "") if self.variable else self._from_file()
        if not secret:
            raise SecretMissingError(f"{self.place} holds no secret")
        return secret

    def _from_file(self) -> str:
        try:
            with open(self.file, "rb", buffering=0, opener=_at_once) as opened:
                held = (opened.read(LARGEST_FILE + 3) or b"").rstrip(b"\r\n")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "a file's name has no NUL in it"
            raise SecretMissingError(f"the file {self.file} cannot be read: {reason}") from None
        if len(held) > LARGEST_FILE:
            raise SecretMissingError(f"the file {self.file} holds more than a secret: over {LARGEST_FILE} bytes")
        try:
            return held.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise SecretMissingError(f"the file {self.file} cannot be read: it is not UTF-8 text") from None


def _at_once(path: str, flags: int) -> int:
    """Open it without waiting, as a pipe that nobody writes to would have everything wait."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
