"""The one guard, as both adapters ask it."""

import re
from collections.abc import Sequence

import pytest

from cli.network import guard_under
from news.address import AllowList, allowing
from news.errors import AddressRefusedError
from news.guard import Guard
from service.settings import Settings
from tests.dials import Names


async def test_all_addresses_are_handed_out_or_none() -> None:
    guard = Guard(AllowList(), Names(good=[["8.8.8.8", "2606:4700::1"]], bad=[["8.8.8.8", "10.0.0.1"]]))
    assert await guard.addresses("good.example", 443) == ("8.8.8.8", "2606:4700::1")
    with pytest.raises(AddressRefusedError):
        await guard.addresses("bad.example", 443)
    with pytest.raises(OSError, match="unknown"):
        await guard.addresses("nowhere.example", 443)


async def test_every_connection_asks_anew() -> None:
    guard = Guard(AllowList(), Names(turning=[["8.8.8.8"], ["10.0.0.1"]]))
    assert await guard.addresses("turning.example", 443) == ("8.8.8.8",)
    with pytest.raises(AddressRefusedError):
        await guard.addresses("turning.example", 443)


async def test_an_exchanged_allow_list_holds_from_then_on() -> None:
    guard = Guard(AllowList(), Names(wiki=[["10.0.0.1"]]))
    with pytest.raises(AddressRefusedError):
        await guard.addresses("wiki.example", 80)
    guard.allow(AllowList.parse(["10.0.0.0/8"]))
    assert await guard.addresses("wiki.example", 80) == ("10.0.0.1",)
    guard.judge("10.9.9.9", 25)
    guard.allow(AllowList())
    with pytest.raises(AddressRefusedError):
        guard.judge("10.9.9.9", 25)


@pytest.mark.parametrize(("host", "address"), [("wiki", "10.0.0.1"), ("10.0.0.1", "10.0.0.1"), ("::1", "::1")])
async def test_what_a_refusal_tells_to_write_allows_just_that(host: str, address: str) -> None:
    async def resolve(host: str, port: int, /) -> Sequence[str]:
        return [address]

    with pytest.raises(AddressRefusedError) as refused:
        await Guard(AllowList(), resolve).addresses(host, 8080)
    assert refused.value.hint == allowing(host, 8080)
    entries = re.findall(r'"(.+?)"', refused.value.hint)
    settings = Settings.model_validate({"network": {"allow": entries}})
    guard = guard_under(settings, resolve)
    assert await guard.addresses(host, 8080) == (address,)
    with pytest.raises(AddressRefusedError):
        await guard.addresses(host, 8081)
