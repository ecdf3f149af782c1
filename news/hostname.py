"""Host names as browsers write them before they ask for an address: IDNA by UTS 46, and IP addresses in one spelling.

The guard and the key of a URL must see the same host, however it was spelt.
"""

import re
from ipaddress import IPv4Address, IPv6Address

import idna

_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_ENDS_IN_A_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_PREFIX = "xn--"


def ascii_host(written: str) -> str:
    """The host as it is looked up: `café.example` in ASCII, `0x7f.1` as 127.0.0.1, `[0:0::1]` as `[::1]`.

    In lower case, without a last dot. Raises ValueError for what can be no host; percent-encoded names are none.
    """
    if written.startswith("["):
        return f"[{_ipv6(written)}]"
    name = (written.lower() if written.isascii() else _idna(written)).removesuffix(".")
    if not _NAME.fullmatch(name):
        raise ValueError("it must be labels of letters, digits, hyphens and underscores, with dots between")
    return str(_ipv4(name)) if _ENDS_IN_A_NUMBER.fullmatch(name) else name


def is_name(host: str) -> bool:
    """Whether a host, without brackets or port, is a name that may have others before it, and no IP address."""
    return ":" not in host and not _ENDS_IN_A_NUMBER.fullmatch(host)


def _ipv6(written: str) -> str:
    """The address without its brackets; a zone names an interface of one machine and has no place in a URL."""
    if not written.endswith("]") or "%" in written:
        raise ValueError("it is no IPv6 address in brackets")
    address = IPv6Address(written[1:-1])
    if address.ipv4_mapped is not None:  # Pythons differ in how they write these
        number = int(address.ipv4_mapped)
        return f"::ffff:{number >> 16:x}:{number & 0xFFFF:x}"
    return str(address)


def _ipv4(name: str) -> IPv4Address:
    """The address that one to four numbers stand for, each decimal, octal (`0…`) or hexadecimal (`0x…`).

    The last number fills what the others leave: `127.1` is 127.0.0.1.
    """
    *first, last = map(_number, name.split("."))
    if len(first) > 3 or any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        raise ValueError("it ends in a number, and is no IPv4 address")
    return IPv4Address(sum(number << (24 - 8 * place) for place, number in enumerate(first)) + last)


def _number(digits: str) -> int:
    if not _NUMBER.fullmatch(digits):  # Python would also take a sign and underscores
        raise ValueError("it ends in a number, and is no IPv4 address")
    if digits.startswith("0x"):
        return int(digits[2:] or "0", 16)
    return int(digits, 8 if digits.startswith("0") else 10)


def _idna(written: str) -> str:
    """The name in ASCII by UTS 46 as the URL standard uses it: emoji pass, and `ß` stays what it is."""
    return ".".join(map(_ascii_label, _mapped(written).split(".")))


def _mapped(name: str) -> str:
    return idna.uts46_remap(name, std3_rules=False, transitional=False)


def _ascii_label(label: str) -> str:
    """The label in ASCII; one that came in ASCII must stand for something that would have become it."""
    if label.isascii():
        if label.startswith(_PREFIX):
            _check(label.removeprefix(_PREFIX).encode("ascii").decode("punycode"))
        return label
    _check(label)
    return _PREFIX + label.encode("punycode").decode("ascii")


def _check(label: str) -> None:
    """Raises ValueError for what UTS 46 lets no label be: disallowed, badly joined, running both ways at once."""
    if label.isascii() or _mapped(label) != label:
        raise ValueError(f"{label!r} is not written as names are")
    idna.check_initial_combiner(label)
    idna.check_bidi(label)
    if any(character in "\u200c\u200d" and not idna.valid_contextj(label, at) for at, character in enumerate(label)):
        raise ValueError(f"{label!r} joins letters that do not join")
