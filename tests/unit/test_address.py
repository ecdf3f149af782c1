"""The verdict on an address, and what the user may allow in spite of it."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.address import AllowList, is_global_unicast, unwrapped, vetted
from news.errors import AddressRefusedError, ConfigError

_REFUSED = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.1.2.3 169.254.169.254 172.16.0.1 172.31.255.255
192.0.0.1 192.0.0.9 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.1.1 192.175.48.1 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.1 224.0.0.1 224.0.1.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1
64:ff9b::7f00:1 64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1
2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 2620:4f:8000::1 3fff::1 3fff:fff::1 5f00::1 fc00::1
fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 2606:4700:4700::1111%eth0 ::ffff:8.8.8.8%eth0
"""
_ALLOWED = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.88.98.255
223.255.255.255 ::ffff:8.8.8.8 2001:4860:4860::8888 2606:4700:4700::1111 2a00:1450:4007::1 2003::1 3fff:1000::1
"""


@pytest.mark.parametrize("text", _REFUSED.split())
def test_what_is_not_on_the_open_internet_is_refused(text: str) -> None:
    assert not is_global_unicast(ip_address(text))


@pytest.mark.parametrize("text", _ALLOWED.split())
def test_what_is_on_the_open_internet_may_be_dialled(text: str) -> None:
    assert is_global_unicast(ip_address(text))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_fares_the_same_when_it_is_wrapped(address: IPv4Address) -> None:
    wrapped = IPv6Address(f"::ffff:{address}")
    assert is_global_unicast(wrapped) == is_global_unicast(address)
    assert unwrapped(wrapped) == address


@given(st.ip_addresses())
def test_nothing_passes_that_the_standard_library_calls_special(address: IPv4Address | IPv6Address) -> None:
    if is_global_unicast(address):
        plain = unwrapped(address)
        assert plain.is_global
        assert not (plain.is_private or plain.is_loopback or plain.is_link_local or plain.is_multicast)


@given(st.ip_addresses(v=4))
def test_no_tunnel_reaches_any_ipv4_address(address: IPv4Address) -> None:
    number = int(address)
    nat64, sixtofour = IPv6Address((0x64FF9B << 96) + number), IPv6Address((0x2002 << 112) + (number << 80))
    teredo = IPv6Address((0x20010000 << 96) + (number ^ 0xFFFFFFFF))
    assert not any(map(is_global_unicast, (nat64, sixtofour, teredo, IPv6Address(number))))


def test_one_private_address_among_public_ones_refuses_the_host() -> None:
    with pytest.raises(AddressRefusedError, match=r"leads to 10\.0\.0\.1"):
        vetted("two-faced.example", 443, ["8.8.8.8", "10.0.0.1"], AllowList())


def test_a_host_whose_addresses_are_all_public_keeps_them() -> None:
    assert vetted("good.example", 443, ["8.8.8.8", "2606:4700::1"], AllowList()) == ("8.8.8.8", "2606:4700::1")


@pytest.mark.parametrize("resolved", [[], ["no address"], ["8.8.8.8", ""]])
def test_no_address_or_nonsense_refuses_the_host(resolved: list[str]) -> None:
    with pytest.raises(AddressRefusedError):
        vetted("odd.example", 443, resolved, AllowList())


@pytest.mark.parametrize(
    ("entry", "host", "address", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", "127.0.0.1", 8080),
        ("127.0.0.1:8080", "localhost", "127.0.0.1", 8080),
        ("127.0.0.1:8080", "localhost", "::ffff:127.0.0.1", 8080),
        ("[::1]:8080", "localhost", "::1", 8080),
        ("[0:0:0:0:0:0:0:1]:8080", "[::1]", "::1", 8080),
        ("Intranet:80", "intranet", "10.1.2.3", 80),
        ("intranet.example:80", "intranet.example.", "10.1.2.3", 80),
        ("10.0.0.0/8", "wiki", "10.1.2.3", 1),
        ("fd00::/8", "wiki", "fd00::1", 443),
    ],
)
def test_what_the_user_allows_may_be_dialled(entry: str, host: str, address: str, port: int) -> None:
    assert vetted(host, port, [address], AllowList.parse([entry])) == (address,)


@pytest.mark.parametrize(
    ("entry", "host", "address", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", "127.0.0.1", 8081),
        ("127.0.0.1:8080", "localhost", "127.0.0.2", 8080),
        ("intranet:80", "intranet.example", "10.1.2.3", 80),
        ("10.0.0.0/8", "wiki", "192.168.0.1", 80),
        ("0.0.0.0/0", "wiki", "::1", 80),
    ],
)
def test_what_the_user_allows_goes_no_further(entry: str, host: str, address: str, port: int) -> None:
    with pytest.raises(AddressRefusedError):
        vetted(host, port, [address], AllowList.parse([entry]))


@pytest.mark.parametrize(
    "entry",
    ["", "host", ":80", "host:", "host:0", "host:65536", "host:²", "host:eighty", "::1", "fe80::1:80", "a b:80"],
)
def test_an_entry_that_could_be_misread_is_a_config_error(entry: str) -> None:
    with pytest.raises(ConfigError):
        AllowList.parse([entry])


@pytest.mark.parametrize("entry", ["1.2.3.4:80:90", "10.0.0.1/8", "http://intranet:80", "300.0.0.0/8"])
def test_a_network_must_be_one(entry: str) -> None:
    with pytest.raises(ConfigError):
        AllowList.parse([entry])
