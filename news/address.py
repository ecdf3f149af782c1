"""The one verdict on an address: may it be dialled? Pure; `news.guard` asks it of everything before it is dialled."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from news.errors import AddressRefusedError, ConfigError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Everything in IPv4 that is not global unicast, from the IANA special-purpose registry, read in November 2026.
_NOT_GLOBAL_4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# In IPv6 only 2000::/3 is handed out, and these parts of it are tunnels, documentation or special.
_GLOBAL_6 = IPv6Network("2000::/3")
_NOT_GLOBAL_6 = tuple(
    IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)

# An IPv6 address stands in brackets: in `fe80::1:80` nobody can tell the port.
_ENDPOINT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class AllowList:
    """What the user has allowed in spite of the rule: networks (any port) and host:port pairs."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> "AllowList":
        """From entries such as `192.168.1.0/24`, `127.0.0.1:8080`, `[::1]:8080` or `intranet:80`.

        Raises ConfigError for an entry that is neither a network nor a host with a port.
        """
        networks: list[Network] = []
        hosts: set[tuple[str, int]] = set()
        for entry in entries:
            endpoint = _ENDPOINT.fullmatch(entry)
            if "/" in entry:
                networks.append(_network(entry))
            elif endpoint and 0 < int(endpoint["port"]) < 65_536:
                hosts.add((_plain(endpoint["host"]), int(endpoint["port"])))
            else:
                raise ConfigError(
                    f"{entry!r} is neither a network nor a host with a port",
                    "write a network as 192.168.1.0/24, a single host as 127.0.0.1:8080 or [::1]:8080",
                )
        return cls(tuple(networks), frozenset(hosts))

    def allows(self, host: str, address: Address, port: int) -> bool:
        """Whether the user named this host and port, this address and port, or a network around the address."""
        named = (_plain(host), port) in self.hosts or (str(address), port) in self.hosts
        return named or any(address.version == network.version and address in network for network in self.networks)


def _plain(host: str) -> str:
    """The host as it is compared: an address in its shortest spelling, a name in lower case without its last dot."""
    bare = host.strip("[]").lower().rstrip(".")
    try:
        return str(unwrapped(ip_address(bare)))
    except ValueError:
        return bare


def _network(entry: str) -> Network:
    try:
        return ip_network(entry, strict=True)
    except ValueError as error:
        raise ConfigError(f"{entry!r} is not a network: {error}", "for example 192.168.1.0/24") from error


def unwrapped(address: Address) -> Address:
    """The address itself, or the IPv4 one that `::ffff:a.b.c.d` wraps."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_global_unicast(address: Address) -> bool:
    """Whether the address is on the open internet; `ipaddress.is_global` says so of multicast and tunnels too."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False  # a zone names an interface of this machine, whatever the address
    address = unwrapped(address)
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _NOT_GLOBAL_4)
    return address in _GLOBAL_6 and not any(address in block for block in _NOT_GLOBAL_6)


def vetted(host: str, port: int, resolved: Sequence[str], allow: AllowList) -> tuple[str, ...]:
    """The addresses of `host` that may be dialled on `port`: all that were resolved, or none.

    Raises AddressRefusedError if any one of them is refused (a name with one public and one private record is how a
    guard is talked round), or if there is none.
    """
    if not resolved:
        raise AddressRefusedError(f"{host} has no address", "check the spelling of the host name")
    for text in resolved:
        try:
            address = ip_address(text)
        except ValueError as error:
            raise AddressRefusedError(f"{host} resolves to {text!r}, which is no address") from error
        if not is_global_unicast(address) and not allow.allows(host, unwrapped(address), port):
            raise AddressRefusedError(
                f"{host} leads to {unwrapped(address)}, which is not on the open internet",
                allowing(host, port),
            )
    return tuple(resolved)


def allowing(host: str, port: int) -> str:
    """What the user writes to allow a host on a port, as a hint."""
    plain = f"[{host}]" if ":" in host else host
    return f'if that is meant, allow it: [network] allow = ["{plain}:{port}"]'
