"""`vigie doctor`: what is amiss is found, and what to do is said."""

import socket
from pathlib import Path
from typing import Any

import pytest

from cli.folder import DataFolder
from news.alert import Attempt, Channel
from news.watch import Watch
from service.doctor_sources import is_shared
from storage import Transaction
from tests.commands import Commands, Said
from tests.samples import NOON, a_source, an_article, claim, put_delivery, record

FREE_PORT = "[web]\nport = 0\n"


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


def _by_check(said: Said) -> dict[str, Any]:
    return {finding["check"]: finding for finding in said.json}


def test_a_fresh_folder_has_nothing_that_fails_and_stays_as_it_is(vigie: Commands) -> None:
    examined = vigie("doctor", "--json", VIGIE_WEB__PORT="0")
    assert examined.code == 0
    found = _by_check(examined)
    assert {check: found[check]["verdict"] for check in ("Python", "SQLite", "settings", "service")} == {
        "Python": "ok",
        "SQLite": "ok",
        "settings": "ok",
        "service": "ok",
    }
    assert found["data folder"]["verdict"] == "warn"
    assert not vigie.folder.exists()


def test_an_empty_archive_is_told_what_it_lacks(vigie: Commands) -> None:
    vigie.settings(FREE_PORT)
    examined = vigie("doctor", "--json")
    assert examined.code == 0
    found = _by_check(examined)
    assert found["sources"]["advice"].startswith("vigie source add")
    assert found["watches"]["advice"].startswith("vigie watch add")
    assert (found["database"]["verdict"], found["clock"]["verdict"]) == ("warn", "ok")
    assert "there is no database at" in found["database"]["found"]
    assert "made by vigie run" in found["database"]["advice"]
    assert {path.name for path in vigie.folder.iterdir()} == {"vigie.toml"}, "it only looks"


def test_a_settings_file_that_does_not_parse_fails_with_its_place(vigie: Commands) -> None:
    vigie.settings("[crawler\n")
    examined = vigie("doctor", "--json")
    assert examined.code == 1
    assert "vigie.toml:1:9" in _by_check(examined)["settings"]["found"]


def test_a_port_that_is_taken_fails_unless_it_is_by_the_service(vigie: Commands) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        vigie.settings(f"[web]\nport = {taken.getsockname()[1]}\n")
        examined = vigie("doctor", "--json")
        assert examined.code == 1
        assert "nothing can listen on" in _by_check(examined)["service"]["found"]
        assert "choose another port" in _by_check(examined)["service"]["advice"]
        folder = DataFolder.at(vigie.folder)
        folder.hold()
        try:
            assert _by_check(vigie("doctor", "--json"))["service"]["verdict"] == "ok"
        finally:
            folder.let_go()


def test_an_address_that_is_not_of_this_machine_fails_and_is_to_be_changed(vigie: Commands) -> None:
    vigie.settings('[web]\nhost = "192.0.2.1"\nport = 0\n')
    found = _by_check(vigie("doctor", "--json"))["service"]
    assert (found["verdict"], "nothing can listen on 192.0.2.1" in found["found"]) == ("fail", True)
    assert "address of this machine as `host` in [web]" in found["advice"]


def test_a_database_that_is_damaged_is_to_be_restored(vigie: Commands) -> None:
    vigie.settings(FREE_PORT)
    vigie("source", "list")
    database = vigie.folder / "vigie.db"
    database.write_bytes(database.read_bytes()[:30_000])
    found = _by_check(vigie("doctor", "--json"))["database"]
    assert (found["verdict"], "malformed" in found["found"]) == ("fail", True)
    assert "vigie restore FILE --replace" in found["advice"]


def test_a_settings_file_that_is_a_link_to_nowhere_is_told_and_not_passed_by(vigie: Commands) -> None:
    vigie.folder.mkdir()
    (vigie.folder / "vigie.toml").symlink_to("nowhere")
    examined = vigie("doctor", "--json")
    assert "vigie.toml cannot be read" in _by_check(examined)["settings"]["found"]
    refused = vigie("source", "list")
    assert (refused.code, "vigie.toml cannot be read" in refused.err) == (2, True)
    assert not (vigie.folder / "vigie.db").exists()


def test_a_file_without_a_database_in_it_stays_empty(vigie: Commands) -> None:
    vigie.settings(FREE_PORT)
    (vigie.folder / "vigie.db").touch()
    assert _by_check(vigie("doctor", "--json"))["database"]["verdict"] == "warn"
    assert (vigie.folder / "vigie.db").stat().st_size == 0


def test_a_database_that_is_none_fails(vigie: Commands) -> None:
    vigie.settings(FREE_PORT)
    (vigie.folder / "vigie.db").write_bytes(b"no database at all" * 100)
    examined = vigie("doctor", "--json")
    assert examined.code == 1
    assert "cannot be opened" in _by_check(examined)["database"]["found"]


async def _troubled(tx: Transaction) -> None:
    source_id = await tx.sources.put(a_source(), NOON)
    await tx.sources.change(source_id, failures=3, last_error="it burns")
    await tx.watches.put(Watch(0, "broken", "missile AND"), NOON)
    await tx.watches.put(Watch(0, "deaf", "missile", channels=("nowhere",)), NOON)
    settings = {"url": "https://127.0.0.1/", "secret_env": "NO_SUCH_SECRET"}
    await tx.channels.put(Channel(0, "mute", "webhook", settings), NOON)
    await tx.channels.put(Channel(0, "wrong", "webhook", {"url": "https://127.0.0.1/"}), NOON)
    stopped = await tx.channels.put(Channel(0, "stopped", "webhook", settings), NOON)
    await tx.channels.change(stopped, paused_because="410 Gone")
    delivery = await put_delivery(tx)
    await claim(tx)
    await record(tx, delivery, Attempt(NOON, 1, False, "500"), "dead")


TROUBLES = {
    "source Le Phare": ("warn", "failed 3 times: it burns", "vigie source test 'Le Phare'"),
    "watch broken": ("fail", "does not parse", "vigie watch edit 'broken'"),
    "watch deaf": ("fail", "names the channel 'nowhere'", "add that channel"),
    "channel mute": ("fail", "NO_SUCH_SECRET holds no secret", "put the secret there"),
    "channel wrong": ("fail", "signed with one secret", "docs/settings.md"),
    "channel stopped": ("fail", "stands still: 410 Gone", "vigie channel resume 'stopped'"),
    "deliveries": ("warn", "1 dead", "vigie deliveries list --state dead"),
}


def test_each_trouble_is_found_with_what_to_do(vigie: Commands) -> None:
    vigie.settings(FREE_PORT)
    vigie.stored(_troubled)
    examined = vigie("doctor", "--json")
    assert examined.code == 1
    found, told = _by_check(examined), vigie("doctor").out
    for check, (verdict, words, advice) in TROUBLES.items():
        finding = found[check]
        assert (check, finding["verdict"]) == (check, verdict)
        assert words in finding["found"]
        assert advice in finding["advice"]
        assert finding["found"] in told


def test_a_secret_that_only_the_running_service_may_have_is_a_warning(vigie: Commands) -> None:
    vigie.settings(FREE_PORT)
    vigie.stored(_troubled)
    folder = DataFolder.at(vigie.folder)
    folder.hold()
    try:
        assert _by_check(vigie("doctor", "--json"))["channel mute"]["verdict"] == "warn"
    finally:
        folder.let_go()


@pytest.mark.parametrize("paused", [False, True])
def test_a_channel_over_which_nothing_gets_through_is_a_warning(vigie: Commands, paused: bool) -> None:
    async def failing(tx: Transaction) -> None:
        settings = {"url": "http://127.0.0.1:9/", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
        number = await tx.channels.put(Channel(0, "down", "webhook", settings), NOON)
        await tx.channels.change(number, failing_since=NOON, paused=paused)

    vigie.settings(FREE_PORT + '[network]\nallow = ["127.0.0.1:9"]\n')
    vigie.stored(failing)
    finding = _by_check(vigie("doctor", "--json"))["channel down"]
    assert finding["verdict"] == ("ok" if paused else "warn")
    assert paused or "nothing has got through since 2026-11-14 12:00 UTC" in finding["found"]


ACCESS = """
[[source]]
name = "Le Phare"
url = "https://phare.example/"
[source.access]
user = "vigie"
password_env = "PHARE_PASSWORD"
headers_file = { X-Key = "KEY" }
proxy = "http://proxy.example:3128"
"""


def test_the_secrets_of_a_source_are_read_and_not_shown(vigie: Commands, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret-canary\n", encoding="utf-8")
    vigie.settings(FREE_PORT + ACCESS.replace("KEY", str(tmp_path / "key")))
    examined = vigie("doctor", "--json", PHARE_PASSWORD="s3cret-canary")
    found = _by_check(examined)["access of Le Phare"]
    assert (examined.code, found["verdict"]) == (0, "ok")
    assert "login, headers, proxy: what it names can be read" in found["found"]
    assert "sent to phare.example and the hosts below it" in found["found"]
    assert "s3cret-canary" not in examined.out + examined.err


def test_each_secret_of_a_source_that_is_not_there_is_told_by_its_place(vigie: Commands, tmp_path: Path) -> None:
    vigie.settings(FREE_PORT + ACCESS.replace("KEY", str(tmp_path / "nowhere")))
    assert vigie("source", "list").code == 0
    examined = vigie("doctor", "--json", PHARE_PASSWORD="")
    amiss = [one for one in examined.json if one["check"] == "access of Le Phare"]
    assert examined.code == 1
    assert [one["verdict"] for one in amiss] == ["fail", "fail"]
    assert f"the file {tmp_path / 'nowhere'} cannot be read" in amiss[0]["found"]
    assert "PHARE_PASSWORD holds no secret" in amiss[1]["found"]
    folder = DataFolder.at(vigie.folder)
    folder.hold()
    try:
        amiss = [one for one in vigie("doctor", "--json").json if one["check"] == "access of Le Phare"]
    finally:
        folder.let_go()
    assert [one["verdict"] for one in amiss] == ["fail", "warn"], "the service may have another environment"


def test_an_access_that_cannot_be_read_fails_and_the_rest_is_examined(vigie: Commands) -> None:
    vigie.settings(FREE_PORT)

    async def broken(tx: Transaction) -> None:
        number = await tx.sources.put(a_source(), NOON)
        await tx.sources.change(number, access={"headers": {"Cookie": "s3cret-canary"}})

    vigie.stored(broken)
    examined = vigie("doctor", "--json")
    found = _by_check(examined)["access of Le Phare"]
    assert (examined.code, found["verdict"], "Cookie is a secret" in found["found"]) == (1, "fail", True)
    assert "vigie source remove" in found["advice"]
    assert "deliveries" in _by_check(examined)
    assert "s3cret-canary" not in examined.out


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://medium.com/@phare", True),
        ("https://www.medium.com/phare", True),
        ("https://feeds.feedburner.com/phare", True),
        ("https://phare.wordpress.com/", False),
        ("https://univ.example/~phare/rss", True),
        ("https://phare.example/feed.xml", False),
        ("https://notmedium.com/", False),
    ],
)
def test_a_host_that_strangers_share_is_known(url: str, expected: bool) -> None:
    assert is_shared(url) == expected


def test_credentials_for_a_shared_host_are_warned_of(vigie: Commands) -> None:
    vigie.settings(FREE_PORT)
    vigie("source", "add", "https://medium.com/@phare", "--name", "Le Phare", "--user", "a", "--password-env", "PW")
    examined = vigie("doctor", "--json", PW="x")
    assert examined.code == 0
    found = _by_check(examined)["access of Le Phare"]
    assert (found["verdict"], "every host below it" in found["found"]) == ("warn", True)


def test_a_browser_that_a_source_needs_and_that_is_not_there_fails(vigie: Commands) -> None:
    named = '[crawler]\nchromium = "/nowhere/chromium"\n'
    vigie.settings(FREE_PORT + named)
    vigie("source", "add", "phare.example")
    assert "browser" not in _by_check(vigie("doctor", "--json"))
    vigie("source", "edit", "phare.example", "--browser")
    examined = vigie("doctor", "--json")
    found = _by_check(examined)["browser"]
    assert (examined.code, found["verdict"]) == (1, "fail")
    assert "'phare.example'" in found["found"]
    assert "pip install 'vigie[browser]'" in found["advice"]


def test_a_channel_that_the_guard_refuses_fails_and_one_that_is_allowed_does_not(vigie: Commands) -> None:
    vigie.settings(FREE_PORT)
    vigie("channel", "add", "webhook", "desk", "--url", "https://127.0.0.1/")
    assert _by_check(vigie("doctor", "--json"))["channel desk"]["verdict"] == "fail"
    vigie.settings(f'{FREE_PORT}[network]\nallow = ["127.0.0.1:443"]\n')
    examined = vigie("doctor", "--json")
    assert (examined.code, _by_check(examined)["channel desk"]["verdict"]) == (0, "ok")


def test_a_clock_behind_what_is_stored_fails(vigie: Commands) -> None:
    vigie.settings(FREE_PORT)

    async def from_the_future(tx: Transaction) -> None:
        source = await tx.sources.put(a_source(), NOON)
        later = NOON.replace(year=2200)
        await tx.articles.add(an_article(), source, later, later)

    vigie.stored(from_the_future)
    assert _by_check(vigie("doctor", "--json"))["clock"]["verdict"] == "fail"
