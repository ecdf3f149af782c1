"""Host names: one spelling for each, and what can be none."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.hostname import ascii_host


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("Example.COM.", "example.com"),
        ("sub_domain.example", "sub_domain.example"),
        ("café.example", "xn--caf-dma.example"),
        ("CAFÉ.example", "xn--caf-dma.example"),
        ("cafe\u0301.example", "xn--caf-dma.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("FASS.example", "fass.example"),
        ("ΒΌΛΟΣ.example", "xn--nxasmq6b.example"),
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("日本語。example", "xn--wgv71a119e.example"),
        ("💩.example", "xn--ls8h.example"),
        ("ex\u00adample.com", "example.com"),
        ("xn--caf-dma.é.example", "xn--caf-dma.xn--9ca.example"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("0x7F000001", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("0x.0", "0.0.0.0"),
        ("①②⑦.⓪.⓪.①", "127.0.0.1"),
        ("１２７。０。０。１", "127.0.0.1"),
        ("10.0.0.1.example", "10.0.0.1.example"),
        ("1e3", "1e3"),
        ("[0:0::1]", "[::1]"),
        ("[::FFFF:127.0.0.1]", "[::ffff:7f00:1]"),
    ],
)
def test_a_host_has_one_spelling(written: str, host: str) -> None:
    assert ascii_host(written) == host


@pytest.mark.parametrize(
    "written",
    [
        "", ".", "..", "a..b", "a.b..", "a b", "a%2eb", "a<b", "a:b", "256.0.0.1", "1.2.3.256", "1.2.3.4.5", "1.2.3.09",
        "4294967296", "0x100000000", "name.1", "name.0x", "-1.2.3", "1_0.0.0.1", "0x1_0.1", "1" * 5000,
        "[::1", "[::1]x", "[fe80::1%eth0]", "[1.2.3.4]", "[v1.x]", "xn--a.é", "xn--ASCII-.é", "\u0301a.example",
        "א1a.example", "a\u200db.example", "\ud800.example", "\ufffd.example", "a℀b.example",
    ],
)  # fmt: skip
def test_what_can_be_no_host_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        ascii_host(written)


@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_ipv4_address_is_one_host(address: IPv4Address) -> None:
    number, octets = int(address), str(address).split(".")
    spelt = {
        str(number), hex(number), f"0{number:o}", ".".join(f"0x{int(octet):x}" for octet in octets),
        ".".join(f"00{int(octet):o}" for octet in octets), f"{octets[0]}.{number & 0xFFFFFF}",
    }  # fmt: skip
    assert {ascii_host(one) for one in spelt} == {str(address)}


@given(st.ip_addresses(v=6))
def test_every_spelling_of_an_ipv6_address_is_one_host(address: IPv6Address) -> None:
    host = ascii_host(f"[{address.exploded.upper()}]")
    assert host == ascii_host(f"[{address}]") == ascii_host(host)
    assert IPv6Address(host[1:-1]) == address


@given(st.text(max_size=30))
def test_any_text_becomes_a_stable_host_or_is_refused(text: str) -> None:
    try:
        host = ascii_host(text)
    except ValueError:
        return
    assert host.isascii()
    assert ascii_host(host) == host
