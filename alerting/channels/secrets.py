"""Secrets: named by reference, read when something is sent, and taken out of whatever is said about it."""

import base64
import os
from collections.abc import Iterable, Mapping

from news.errors import DeliveryError, RetryAdvice
from news.secret import Secret, SecretMissingError

HIDDEN = "…"


def read_secret(variable: str, file: str, environ: Mapping[str, str] = os.environ) -> str:
    """The secret in the environment variable or, where none is named, in the file (a line end at its end is not of it).

    Raises DeliveryError, which pauses the channel, if there is none.
    """
    try:
        return Secret(variable, file).read(environ)
    except SecretMissingError as missing:
        advice = RetryAdvice(pause_channel=True)
        raise DeliveryError(missing.message, advice, hint="put the secret there, then resume the channel") from None


def scrubbed(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, in clear or in Base64, in case a receiver repeats what it was sent."""
    for secret in filter(None, secrets):
        for form in (secret, base64.b64encode(secret.encode()).decode().rstrip("=")):
            text = text.replace(form, HIDDEN)
    return text
