"""A file of subscriptions, from bytes to what it lists: OPML or a plain list, whichever its content says it is."""

from crawler.decoding import decoded
from news.errors import ConfigError
from service.opml import read_opml
from service.subscription import Listing
from service.url_list import read_list

LARGEST_FILE = 20 * 1024 * 1024
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")


def read_subscriptions(content: bytes) -> Listing:
    """What the file lists, line by line, in whatever charset it is written.

    Raises ConfigError where it is too large, empty, packed, no text, or XML but no OPML.
    """
    if len(content) > LARGEST_FILE:
        raise ConfigError(f"the file has more than {LARGEST_FILE >> 20} MB", "split it, and import the parts")
    if content.startswith(_PACKED):
        raise ConfigError("the file is packed", "unpack it first")
    text = decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ConfigError("the file is empty", "it should be OPML, or one URL a line")
    if text.lstrip().startswith("<"):
        return read_opml(text)
    if "\x00" in text:
        raise ConfigError("the file is no text", "it should be OPML, or one URL a line")
    return read_list(text)
