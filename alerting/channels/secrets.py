"""Secrets: named by reference, read when something is sent, and taken out of whatever is said about it."""

import base64
import os
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from news.errors import DeliveryError, RetryAdvice
from news.secret import Secret, SecretMissingError

HIDDEN = "…"
_LONG = 10  # characters of a part of a URL that nobody takes for a word


def read_secret(variable: str, file: str, environ: Mapping[str, str] = os.environ) -> str:
    """The secret in the environment variable or, where none is named, in the file (a line end at its end is not of it).

    Raises DeliveryError, which pauses the channel, if there is none.
    """
    try:
        return Secret(variable, file).read(environ)
    except SecretMissingError as missing:
        advice = RetryAdvice(pause_channel=True)
        raise DeliveryError(missing.message, advice, hint="put the secret there, then resume the channel") from None


def secrets_of_url(url: str) -> tuple[str, ...]:
    """What of a URL lets whoever knows it in, the longest first: what follows the host, and its long parts."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    named = [*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
    long = {part for part in (*named, *map(unquote, named)) if len(part) >= _LONG}
    return tuple(sorted({target, unquote(target), *long} - {"", "/"}, key=len, reverse=True))


def scrubbed(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, in clear or in Base64, in case a receiver repeats what it was sent."""
    for secret in filter(None, secrets):
        for form in (secret, base64.b64encode(secret.encode()).decode().rstrip("=")):
            text = text.replace(form, HIDDEN)
    return text
