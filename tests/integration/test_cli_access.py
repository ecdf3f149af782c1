"""Subscriptions and spiders of sources, by commands and in the file."""

from pathlib import Path

import pytest

from tests.commands import Commands

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
