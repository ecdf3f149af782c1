"""Files sent in gzip, opened no further than a limit: a few kilobytes can hold gigabytes."""

import zlib

from news.errors import FeedError

_MAGIC = b"\x1f\x8b"
_MOST_MEMBERS = 100
_GZIP = 16 + zlib.MAX_WBITS


def is_gzipped(body: bytes) -> bool:
    """Whether the bytes begin as a gzip file does; names and content types lie."""
    return body.startswith(_MAGIC)


def gunzipped(body: bytes, limit: int) -> bytes:
    """The content, of one member or several; of a file cut short, what there is.

    Raises FeedError where it is longer than `limit` bytes, damaged, or itself a gzip file.
    """
    content = bytearray()
    members = 0
    while is_gzipped(body):
        members += 1
        if members > _MOST_MEMBERS:
            raise FeedError(f"the gzip file has more than {_MOST_MEMBERS} members")
        opener = zlib.decompressobj(_GZIP)
        try:
            content += opener.decompress(body, limit - len(content) + 1)
        except zlib.error as error:
            raise FeedError("the gzip file is damaged") from error
        if len(content) > limit:
            raise FeedError(f"the gzip file holds more than {limit:,} bytes", "nothing larger is opened")
        body = opener.unused_data
    if content.startswith(_MAGIC):
        raise FeedError("the gzip file holds another gzip file, which is not opened")
    return bytes(content)
