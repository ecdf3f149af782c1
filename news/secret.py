"""Secrets, named by reference: an environment variable or a file, read when something is sent and kept nowhere."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from news.errors import VigieError

LARGEST_FILE = 16_384  # characters; a cookie header may be long


class SecretMissingError(VigieError):
    """Where a secret should be there is none; the message names the place, never what it holds."""


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
            with Path(self.file).open(encoding="utf-8") as opened:
                held = opened.read(LARGEST_FILE + 1).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SecretMissingError(f"the file {self.file} cannot be read: {reason}") from None
        if len(held) > LARGEST_FILE:
            raise SecretMissingError(f"the file {self.file} holds more than a secret: over {LARGEST_FILE} characters")
        return held
