"""Secrets: named by reference, read when something is sent, and taken out of whatever is said about it."""

import base64
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from news.errors import DeliveryError, RetryAdvice

HIDDEN = "…"
_LARGEST_FILE = 4_096


def read_secret(variable: str, file: str, environ: Mapping[str, str] = os.environ) -> str:
    """The secret in the environment variable or, where none is named, in the file (a line end at its end is not of it).

    Raises DeliveryError, which pauses the channel, if there is none.
    """
    secret = environ.get(variable, "") if variable else _read(file)
    if not secret:
        place = f"the environment variable {variable}" if variable else f"the file {file}"
        raise _absent(f"{place} holds no secret")
    return secret


def scrubbed(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, in clear or in Base64, in case a receiver repeats what it was sent."""
    for secret in filter(None, secrets):
        for form in (secret, base64.b64encode(secret.encode()).decode().rstrip("=")):
            text = text.replace(form, HIDDEN)
    return text


def _read(file: str) -> str:
    try:
        with Path(file).open(encoding="utf-8") as opened:
            return opened.read(_LARGEST_FILE).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise _absent(f"the file {file} cannot be read: {reason}") from None


def _absent(message: str) -> DeliveryError:
    return DeliveryError(message, RetryAdvice(pause_channel=True), hint="put the secret there, then resume the channel")
