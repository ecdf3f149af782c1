"""The TLS context of a connection: certificates are always verified, against the CAs of the system or a named file."""

import functools
import ssl
from pathlib import Path

from news.errors import DeliveryError, RetryAdvice


def tls_context(ca_file: str = "") -> ssl.SSLContext:
    """A context that trusts the CAs of `ca_file`, or those of the system where none is named.

    Raises DeliveryError, which pauses the channel, if the file cannot be used.
    """
    if not ca_file:
        return _context("", 0)
    try:
        return _context(ca_file, Path(ca_file).stat().st_mtime_ns)
    except (OSError, ValueError) as error:  # ssl's own errors are OSErrors
        raise DeliveryError(
            f"the CA file {ca_file} cannot be used: {error}",
            RetryAdvice(pause_channel=True),
            hint="name a readable file of PEM certificates as ca_file, then resume the channel",
        ) from error


@functools.lru_cache(maxsize=32)
def _context(ca_file: str, changed: int) -> ssl.SSLContext:
    """Kept, because reading the system's CAs takes tens of milliseconds; `changed` makes a new file a new context."""
    return ssl.create_default_context(cafile=ca_file or None)
