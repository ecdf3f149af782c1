"""The crawler's guard, as Twisted sees it: what it does not hand out cannot be dialled."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from cli.network import system_resolve
from crawler.guard import GuardedResolver
from news.address import AllowList
from news.guard import Guard


class Receiver:
    """What Twisted passes to be told the addresses."""

    def __init__(self) -> None:
        self.addresses: list[tuple[str, int]] = []
        self.complete = asyncio.Event()

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        """Twisted's name."""

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        """Twisted's name."""
        self.addresses.append((address.host, address.port))

    def resolutionComplete(self) -> None:  # noqa: N802
        """Twisted's name."""
        self.complete.set()


def a_guard(*addresses: str, allow: Sequence[str] = ()) -> GuardedResolver:
    """A guard whose resolver always knows these addresses."""

    async def resolve(host: str, port: int, /) -> Sequence[str]:
        if not addresses:
            raise OSError("no such host")
        return addresses

    return GuardedResolver(Guard(AllowList.parse(allow), resolve))


async def asked(guard: GuardedResolver, host: str, port: int = 80) -> list[tuple[str, int]]:
    """What may be dialled for a host."""
    receiver = Receiver()
    guard.resolveHostName(receiver, host, port)
    await receiver.complete.wait()
    return receiver.addresses


async def test_a_public_host_is_handed_out_with_all_its_addresses() -> None:
    guard = a_guard("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    assert await asked(guard, "example.com") == [
        ("93.184.215.14", 80),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", 80),
    ]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1"])
async def test_one_private_record_refuses_the_whole_host_and_says_why(address: str) -> None:
    guard = a_guard("93.184.215.14", address)
    assert await asked(guard, "two-faced.example") == []
    refusal = guard.refusal("two-faced.example", 80)
    assert refusal is not None
    assert "not on the open internet" in refusal.message


async def test_what_is_allowed_is_allowed_on_its_port_only() -> None:
    guard = a_guard("127.0.0.1", allow=["127.0.0.1:8080"])
    assert await asked(guard, "127.0.0.1", 8080) == [("127.0.0.1", 8080)]
    assert await asked(guard, "127.0.0.1", 8081) == []


async def test_a_host_without_an_address_is_no_refusal() -> None:
    guard = a_guard()
    assert await asked(guard, "nowhere.example") == []
    assert guard.refusal("nowhere.example", 80) is None


@pytest.mark.parametrize("spelling", ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0"])
async def test_other_spellings_of_loopback_are_resolved_and_refused(spelling: str) -> None:
    guard = GuardedResolver(Guard(AllowList(), system_resolve))
    assert await asked(guard, spelling) == []
