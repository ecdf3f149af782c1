"""`vigie doctor` on what the archive holds: sources that wait, watches that tell nobody, names that lead nowhere."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from cli.folder import DataFolder
from news.alert import Attempt, Channel
from news.watch import Watch, Watchlist
from storage import Transaction
from tests.commands import Commands
from tests.samples import NOON, a_source, a_watch, claim, put_delivery, record


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    commands = Commands(tmp_path)
    commands.settings("[web]\nport = 0\n")
    return commands


def _found(vigie: Commands) -> dict[str, Any]:
    return {finding["check"]: finding for finding in vigie("doctor", "--json").json}


def test_sources_that_are_overdue_are_told_of_only_while_the_service_runs(vigie: Commands) -> None:
    async def overdue(tx: Transaction) -> None:
        number = await tx.sources.put(a_source(), NOON)
        await tx.sources.change(number, due_at=NOON.replace(year=2020))

    vigie.stored(overdue)
    assert "schedule" not in _found(vigie)
    folder = DataFolder.at(vigie.folder)
    folder.hold()
    try:
        found = _found(vigie)["schedule"]
    finally:
        folder.let_go()
    assert (found["verdict"], found["found"]) == ("fail", "1 sources are overdue by 10 minutes or more")
    assert found["advice"] == "look at the service's log"


def test_a_source_that_fails_and_is_paused_is_only_counted(vigie: Commands) -> None:
    async def paused(tx: Transaction) -> None:
        number = await tx.sources.put(a_source(), NOON)
        await tx.sources.change(number, failures=3, paused=True)

    vigie.stored(paused)
    found = _found(vigie)
    assert "source Le Phare" not in found
    assert found["sources"]["found"] == "1, of which 0 fail and 1 are paused"


def test_watches_without_any_channel_are_told_of(vigie: Commands) -> None:
    async def alone(tx: Transaction) -> None:
        await tx.watches.put(a_watch(), NOON)

    vigie.stored(alone)
    found = _found(vigie)["channels"]
    assert (found["verdict"], found["advice"]) == ("warn", "vigie channel add")
    assert "nobody is told" in found["found"]


def test_a_watchlist_that_names_a_missing_channel_fails_and_so_does_the_table_of_all(vigie: Commands) -> None:
    async def named(tx: Transaction) -> None:
        await tx.watches.put(a_watch(), NOON)
        await tx.watchlists.put(Watchlist(0, "Asie", channels=("nowhere",)), NOON)

    vigie.stored(named)
    vigie.settings('[web]\nport = 0\n[alerts]\nchannels = ["nobody"]\n')
    found = _found(vigie)
    assert "it names the channel 'nowhere'" in found["watchlist Asie"]["found"]
    assert "it names the channel 'nobody'" in found["[alerts]"]["found"]
    assert {found["watchlist Asie"]["verdict"], found["[alerts]"]["verdict"]} == {"fail"}


def test_a_broken_watch_of_the_file_is_to_be_mended_there(vigie: Commands) -> None:
    async def broken(tx: Transaction) -> None:
        await tx.watches.put(replace(a_watch("of the file", "missile AND"), origin="file"), NOON)
        await tx.watches.put(Watch(0, "of a command", 'watch:"nowhere"'), NOON)

    vigie.stored(broken)
    vigie.settings('[web]\nport = 0\n[[watch]]\nname = "of the file"\nquery = \'watch:"nowhere"\'\n')
    found = _found(vigie)
    assert "vigie watch edit 'of a command'" in found["watch of a command"]["advice"]
    assert "its query cannot be asked" in found["watch of a command"]["found"]
    assert found["watch of the file"]["advice"].endswith("mend it in the file")


def test_a_secret_that_is_no_url_where_it_has_to_be_one_fails(vigie: Commands) -> None:
    async def odd(tx: Transaction) -> None:
        await tx.channels.put(Channel(0, "odd", "slack", {"url_env": "ODD_URL"}), NOON)

    vigie.stored(odd)
    examined = vigie("doctor", "--json", ODD_URL="s3cret-canary")
    [found] = [finding for finding in examined.json if finding["check"] == "channel odd"]
    assert (found["verdict"], "URL" in found["found"]) == ("fail", True), found
    assert "s3cret-canary" not in examined.out


def test_a_browser_that_is_there_is_named_and_a_paused_source_needs_none(vigie: Commands, tmp_path: Path) -> None:
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    vigie.settings(f'[web]\nport = 0\n[crawler]\nchromium = "{browser}"\n')
    vigie("source", "add", "phare.example")
    vigie("source", "edit", "phare.example", "--browser")
    found = _found(vigie)["browser"]
    assert (found["verdict"], str(browser) in found["found"]) == ("ok", True)
    vigie("source", "pause", "phare.example")
    assert "browser" not in _found(vigie)


@pytest.mark.parametrize("state", ["failed", "dead"])
def test_deliveries_that_did_not_get_through_are_told_with_how_to_see_and_send_them(
    vigie: Commands, state: Literal["failed", "dead"]
) -> None:
    async def lost(tx: Transaction) -> None:
        delivery = await put_delivery(tx)
        await claim(tx)
        await record(tx, delivery, Attempt(NOON, 1, False, "500"), state)

    vigie.stored(lost)
    found = _found(vigie)["deliveries"]
    assert (found["verdict"], found["found"]) == ("warn", f"1 {state}")
    assert found["advice"] == f"vigie deliveries list --state {state}; then vigie deliveries replay"
