"""The signature of Standard Webhooks (version 1, symmetric), and the random secret that makes it."""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime

from news.errors import ConfigError

PREFIX = "whsec_"
_SHORTEST_KEY, _LONGEST_KEY = 24, 64


def generate_secret() -> str:
    """A new secret as Standard Webhooks writes it: `whsec_` and 32 random bytes in Base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signing_key(secret: str) -> bytes:
    """The key that the secret spells. Raises ConfigError, without repeating it, if it is none.

    What is not of the alphabet is not skipped: the receiver's library might read another key out of it.
    """
    bare = secret.strip().removeprefix(PREFIX).rstrip("=")
    try:
        key = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not _SHORTEST_KEY <= len(key) <= _LONGEST_KEY:
        raise ConfigError(
            "the webhook's secret is not one of Standard Webhooks",
            f"it is {PREFIX} followed by {_SHORTEST_KEY} to {_LONGEST_KEY} bytes in Base64 (letters, digits, + and /)",
        )
    return key


def signed_headers(key: bytes, identifier: str, at: datetime, body: bytes, *old: bytes) -> dict[str, str]:
    """The three headers by which a receiver knows that `body` is ours, when it was sent and whether it came before.

    While the secret is being changed there are `old` keys: a signature of each follows, and who still has an old
    secret takes the message too.
    """
    stamp = str(int(at.timestamp()))
    signed = f"{identifier}.{stamp}.".encode() + body
    digests = (hmac.digest(one, signed, hashlib.sha256) for one in (key, *old))
    return {
        "webhook-id": identifier,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests),
    }
