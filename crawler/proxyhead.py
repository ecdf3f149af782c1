"""The head of a request that a browser sends to a forward proxy, and of the answer to it (pure)."""

import re
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from news.errors import VigieError

_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}) ([\x21-\x7e]+) HTTP/1\.[01]")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*?)[ \t]*")
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: [^\r\n]*)?")
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})")
_OF_THE_HOP = frozenset({b"connection", b"keep-alive", b"te", b"trailer", b"upgrade", b"proxy-connection"})
_FOR_THE_PROXY = frozenset({b"proxy-authorization", b"proxy-authenticate"})

Fields = tuple[tuple[bytes, bytes], ...]


class BadHeadError(VigieError):
    """What came is no request, or none that a proxy has to answer."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request's head: where it wants to go, and for plain HTTP what is sent there; `path` is empty for a tunnel."""

    method: bytes
    host: str
    port: int
    path: bytes = b""
    fields: Fields = ()

    @property
    def is_tunnel(self) -> bool:
        """Whether bytes are to be carried to and fro unread."""
        return self.method == b"CONNECT"

    @property
    def authorization(self) -> bytes:
        """The credential, empty where none was given."""
        return next((value for name, value in self.fields if name.lower() == b"proxy-authorization"), b"")

    @property
    def body_length(self) -> int:
        """How many bytes of body follow. Raises BadHeadError where that cannot be told."""
        names = {name.lower() for name, _ in self.fields}
        lengths = {value for name, value in self.fields if name.lower() == b"content-length"}
        if b"transfer-encoding" in names or len(lengths) > 1:
            raise BadHeadError("a request's body must have one length")
        length = lengths.pop() if lengths else b"0"
        if not (length.isdigit() and len(length) <= 12):
            raise BadHeadError("a request's body must have a length in digits")
        return int(length)

    def onward(self) -> bytes:
        """The head as the server itself is sent it: in origin form, one request on the connection."""
        return _written(b"%b %b HTTP/1.1" % (self.method, self.path), self.fields)


def head_of(block: bytes) -> Head:
    """The head in a block that ends with an empty line. Raises BadHeadError."""
    line, *rest = block.removesuffix(b"\r\n\r\n").split(b"\r\n")
    found = _LINE.fullmatch(line)
    if found is None:
        raise BadHeadError("this is no HTTP request")
    fields = _fields(rest)
    target = found[2].decode("ascii")
    return _tunnel(target, fields) if found[1] == b"CONNECT" else _plain(found[1], target, fields)


def answer_head(block: bytes) -> tuple[int, bytes]:
    """The status of an answer, and its head for the browser: the connection ends with it. Raises BadHeadError."""
    line, *rest = block.removesuffix(b"\r\n\r\n").split(b"\r\n")
    found = _STATUS.fullmatch(line)
    if found is None:
        raise BadHeadError("this is no HTTP answer")
    return int(found[1]), _written(line, _fields(rest))


def credential(name: str, password: str) -> bytes:
    """What a browser puts into Proxy-Authorization for a name and a password."""
    return b"Basic " + b64encode(f"{name}:{password}".encode())


def _tunnel(target: str, fields: Fields) -> Head:
    found = _AUTHORITY.fullmatch(target)
    if found is None:
        raise BadHeadError("a tunnel needs a host and a port")
    return Head(b"CONNECT", found[1].strip("[]"), _port(int(found[2])), fields=fields)


def _plain(method: bytes, target: str, fields: Fields) -> Head:
    try:
        parts = urlsplit(target)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadHeadError("the address cannot be read") from error
    if parts.scheme != "http" or not host or "@" in parts.netloc or "\\" in target:
        raise BadHeadError("only http addresses without a login are carried")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Head(method, host, _port(80 if port is None else port), path.encode("ascii"), fields)


def _port(port: int) -> int:
    if not 0 < port < 65_536:
        raise BadHeadError("there is no such port")
    return port


def _fields(lines: list[bytes]) -> Fields:
    found = [_FIELD.fullmatch(line) for line in lines]
    if not all(found):
        raise BadHeadError("a header field cannot be read")
    return tuple((field[1], field[2]) for field in found if field)


def _written(line: bytes, fields: Fields) -> bytes:
    """A head without what is meant for this hop only, and with the word that the connection ends."""
    named = {
        name.strip().lower() for key, value in fields if key.lower() == b"connection" for name in value.split(b",")
    }
    dropped = _OF_THE_HOP | _FOR_THE_PROXY | (named - {b"content-length", b"transfer-encoding", b"host"})
    kept = [b"%b: %b" % field for field in fields if field[0].lower() not in dropped]
    return b"\r\n".join([line, *kept, b"Connection: close", b"", b""])
