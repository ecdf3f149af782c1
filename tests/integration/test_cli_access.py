"""Subscriptions and spiders of sources, by commands and in the file."""

from pathlib import Path
from typing import Any

import pytest

from news.errors import ConfigError
from service.change import add_source, edit_source
from storage import Transaction
from tests.commands import Commands
from tests.samples import NOON, a_source

FILE = """
[[source]]
name = "Le Phare"
url = "https://phare.example/"
accept_any_certificate = true
spider = "phare:Phare"

[source.access]
user = "vigie"
password_env = "PHARE_PASSWORD"
headers_env = { X-Api-Key = "PHARE_KEY" }
"""


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


def _access(vigie: Commands) -> object:
    return vigie.stored(lambda tx: tx.sources.get("phare.example")).access


def test_a_login_is_given_changed_in_part_and_taken_away(vigie: Commands) -> None:
    added = vigie("source", "add", "phare.example", "--user", "vigie", "--password-env", "PW", "--json")
    assert added.json["access"] == ["login"]
    assert _access(vigie) == {"user": "vigie", "password_env": "PW"}
    assert vigie("source", "edit", "phare.example", "--password-env", "OTHER").code == 0
    assert _access(vigie) == {"user": "vigie", "password_env": "OTHER"}
    assert vigie("source", "edit", "phare.example", "--interval", "5m").code == 0
    assert _access(vigie) == {"user": "vigie", "password_env": "OTHER"}
    assert vigie("source", "edit", "phare.example", "--user", "", "--password-env", "").code == 0
    assert _access(vigie) == {}
    assert "access" not in vigie("source", "show", "phare.example").out


def test_a_password_without_a_login_is_refused(vigie: Commands) -> None:
    refused = vigie("source", "add", "phare.example", "--password-env", "PW")
    assert refused.code == 2
    assert "there is a password, and no user" in refused.err


def test_a_spider_is_given_shown_and_taken_away(vigie: Commands) -> None:
    assert vigie("source", "add", "phare.example", "--spider", "phare:Phare", "--json").json["spider"] == "phare:Phare"
    assert "phare:Phare" in vigie("source", "show", "phare.example").out
    assert vigie("source", "edit", "phare.example", "--spider", "", "--json").json["spider"] is None
    assert vigie("source", "edit", "phare.example", "--spider", "phare.py").code == 2


async def _broken(tx: Transaction) -> None:
    number = await tx.sources.put(a_source("broken", "https://broken.example/"), NOON)
    await tx.sources.change(number, access={"headers": {"Cookie": "s3cret"}})


def test_an_access_that_cannot_be_read_is_told_and_hurts_no_command(vigie: Commands) -> None:
    vigie("source", "add", "phare.example", "--user", "vigie", "--password-env", "PW")
    vigie.stored(_broken)
    listed = {one["name"]: one["access"] for one in vigie("source", "list", "--json").json}
    assert listed == {"phare.example": ["login"], "broken": ["unreadable: the header Cookie is a secret"]}
    said = [vigie("source", verb, *more) for verb, *more in (["list"], ["show", "broken"], ["export"])]
    assert [one.code for one in said] == [0, 0, 0]
    assert "unreadable: the header Cookie is a secret" in said[1].out
    assert "s3cret" not in "".join(one.out + one.err for one in said)


def test_a_source_whose_access_cannot_be_read_can_be_changed_and_made_anew(vigie: Commands) -> None:
    vigie.stored(_broken)
    assert vigie("source", "edit", "broken", "--interval", "5m").code == 0
    refused = vigie("source", "edit", "broken", "--user", "vigie")
    assert (refused.code, "the header Cookie is a secret" in refused.err) == (2, True)
    vigie("source", "remove", "broken")
    again = vigie("source", "add", "https://broken.example/", "--name", "broken", "--user", "vigie", "--json")
    assert again.json["access"] == ["login"]


@pytest.mark.parametrize("kept", ["user", ["user"], {"headers": "X"}, {"headers_env": {"X-A": 5}}, {"proxy": 7}])
def test_whatever_stands_in_the_database_for_an_access_is_told(vigie: Commands, kept: Any) -> None:
    async def broken(tx: Transaction) -> None:
        await tx.sources.change(await tx.sources.put(a_source(), NOON), access=kept)

    vigie.stored(broken)
    [listed] = vigie("source", "list", "--json").json
    assert listed["access"][0].startswith("unreadable: ")
    assert vigie("source", "edit", listed["name"], "--user", "").code in (0, 2)


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ({"browser": True}, {"access": {"proxy": "http://proxy.example:3128"}}, "`browser` and a proxy"),
        ({"access": {"proxy": "http://proxy.example:3128"}}, {"browser": True}, "`browser` and a proxy"),
        ({"browser": True}, {"accept_any_certificate": True}, "`accept_any_certificate` cannot go together"),
        ({"accept_any_certificate": True}, {"browser": True}, "`accept_any_certificate` cannot go together"),
    ],
)
def test_the_browser_and_what_it_would_go_past_refuse_each_other(
    vigie: Commands, first: dict[str, Any], then: dict[str, Any], said: str
) -> None:
    async def both(tx: Transaction) -> None:
        await tx.sources.change(await tx.sources.put(a_source(), NOON), **first)
        with pytest.raises(ConfigError, match=said):
            await edit_source(tx, a_source().name, then, None, NOON)
        kept = await tx.sources.get(a_source().name)
        assert not (kept.browser and (kept.access or kept.accept_any_certificate))
        with pytest.raises(ConfigError, match=said):
            await add_source(tx, {"url": "https://new.example/", **first, **then}, 0, NOON)

    vigie.stored(both)


def test_the_browser_goes_with_a_login(vigie: Commands) -> None:
    vigie("source", "add", "phare.example", "--user", "vigie", "--password-env", "PW")
    assert vigie("source", "edit", "phare.example", "--browser").code == 0


def test_the_file_gives_a_source_its_access_and_takes_it_away(vigie: Commands) -> None:
    vigie.settings(FILE)
    [listed] = vigie("source", "list", "--json").json
    assert (listed["access"], listed["spider"]) == (["login", "headers", "any certificate"], "phare:Phare")
    vigie.settings(FILE.partition("accept")[0])
    [listed] = vigie("source", "list", "--json").json
    assert (listed["access"], listed["spider"]) == ([], None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('password = "s3cret"', "unknown key source.access.password"),
        ('headers = { Cookie = "s3cret" }', "the header Cookie is a secret"),
        ('proxy = "http://me:s3cret@proxy.example:3128"', "the address holds a user"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(vigie: Commands, line: str, said: str) -> None:
    vigie.settings(FILE + line + "\n")
    refused = vigie("source", "list")
    assert refused.code == 2
    assert said in refused.err
    assert "s3cret" not in refused.out + refused.err
