"""The commands of watchlists, and the rules that watches and watchlists may have."""

from pathlib import Path

import pytest

from news.rules import rules_to
from tests.commands import Commands

HOOK = ["channel", "add", "webhook", "desk", "--url", "https://127.0.0.1/"]


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own, with a channel and a watch."""
    commands = Commands(tmp_path)
    assert commands(*HOOK).code == 0
    assert commands("watch", "add", "Séoul", "Séoul", "--watchlist", "Asie").code == 0
    return commands


def test_a_watch_is_added_with_rules_and_they_are_shown(vigie: Commands) -> None:
    rules = ["--rule", "digest=weekly", "--rule", "budget=5", "--rule", "spikes=false", "--rule", "quiet=22:00-07:00"]
    written = {"digest": "weekly", "quiet": "22:00-07:00", "budget": 5, "spikes": False}
    assert vigie("watch", "add", "Vins", "vendange", *rules, "--json").json["rules"] == written
    assert "digest=weekly, quiet=22:00-07:00, budget=5, spikes=false" in vigie("watch", "show", "Vins").out
    assert vigie("watch", "show", "Séoul", "--json").json["rules"] == {}


def test_a_rule_is_changed_and_taken_away_and_the_others_stay(vigie: Commands) -> None:
    vigie("watch", "edit", "Séoul", "--rule", "digest=daily", "--rule", "at=07:30")
    changed = vigie("watch", "edit", "Séoul", "--rule", "at=", "--rule", "updates=30m", "--json").json
    assert changed["rules"] == {"digest": "daily", "updates": "30m"}
    assert vigie("watch", "edit", "Séoul", "--query", "Corée", "--json").json["rules"] == changed["rules"]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("digest=often", "at once, hourly, daily, weekly"),
        ("digest", "NAME=VALUE"),
        ("often=yes", "names are digest"),
        ("quiet=night", "22:00-07:00"),
        ("timezone=Paris", "Europe/Paris"),
        ("budget=many", "budget"),
        ("budget=99999", "10000"),
        ("spikes=perhaps", "spikes"),
    ],
)
def test_what_is_no_rule_is_refused_and_changes_nothing(vigie: Commands, rule: str, says: str) -> None:
    for command in (["watch", "edit", "Séoul"], ["watchlist", "edit", "Asie"]):
        refused = vigie(*command, "--rule", rule)
        assert refused.code == 2
        assert says in " ".join(refused.err.split())
    assert vigie("watch", "show", "Séoul", "--json").json["rules"] == {}


def test_a_watchlist_is_listed_with_its_watches_before_anything_is_said_of_it(vigie: Commands) -> None:
    [asia] = vigie("watchlist", "list", "--json").json
    assert asia == {"name": "Asie", "watches": ["Séoul"], "channels": [], "rules": {}, "origin": "command"}
    assert "Asie" in vigie("watchlist", "list").out


def test_a_watchlist_gets_channels_and_rules_and_loses_them(vigie: Commands) -> None:
    edited = vigie("watchlist", "edit", "Asie", "--channel", "desk", "--rule", "digest=daily", "--json").json
    assert (edited["channels"], edited["rules"], edited["watches"]) == (["desk"], {"digest": "daily"}, ["Séoul"])
    shown = vigie("watchlist", "show", "Asie").out
    assert "desk" in shown and "digest=daily" in shown
    edited = vigie("watchlist", "edit", "Asie", "--no-channels", "--rule", "at=06:00", "--json").json
    assert (edited["channels"], edited["rules"]) == ([], {"digest": "daily", "at": "06:00"})
    assert vigie("watchlist", "remove", "Asie").code == 0
    assert vigie("watchlist", "show", "Asie", "--json").json["rules"] == {}
    assert vigie("watchlist", "edit", "Asie", "--rule", "digest=hourly", "--json").json["rules"] == {"digest": "hourly"}


def test_a_watchlist_names_no_channel_that_is_not_there_and_one_that_it_names_stays(vigie: Commands) -> None:
    assert "there is no channel named 'phone'" in vigie("watchlist", "edit", "Asie", "--channel", "phone").err
    vigie("watchlist", "edit", "Asie", "--channel", "desk")
    refused = vigie("channel", "remove", "desk")
    assert refused.code == 2
    assert "named by the watchlist 'Asie'" in refused.err
    assert vigie("channel", "edit", "desk", "--rename", "bureau").code == 0
    assert vigie("watchlist", "show", "Asie", "--json").json["channels"] == ["bureau"]


def test_what_is_not_there_and_what_changes_nothing_is_refused(vigie: Commands) -> None:
    assert "there are: Asie" in vigie("watchlist", "show", "Afrique").err
    assert vigie("watchlist", "edit", "Asie").code == 2
    refused = vigie("watchlist", "remove", "Asie")
    assert refused.code == 2
    assert "none has channels or rules: vigie watchlist edit --help" in refused.err


def test_what_the_file_says_of_watchlists_holds_and_is_changed_there(vigie: Commands) -> None:
    vigie.settings(
        '[alerts]\nquiet = "22:00-07:00"\nchannels = ["desk"]\n[[watchlist]]\nname = "Afrique"\ndigest = "daily"\n'
    )
    found = {one["name"]: one for one in vigie("watchlist", "list", "--json").json}
    assert sorted(found) == ["Afrique", "Asie"]
    assert (found["Afrique"]["rules"], found["Afrique"]["origin"]) == ({"digest": "daily"}, "file")
    assert "comes from" in vigie("watchlist", "edit", "Afrique", "--rule", "digest=hourly").err
    assert "[alerts] in the settings file" in vigie("channel", "remove", "desk").err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[alerts]\nquiet = "night"\n', "alerts.quiet"),
        ('[[watch]]\nname = "a"\nquery = "b"\ndigest = "often"\n', "watch.digest"),
        ('[[watchlist]]\nname = "a"\ntimezone = "Mars"\n', "watchlist.timezone"),
        ("[alerts]\nbudget = -1\n", "alerts.budget"),
        ("[alerts]\nbudget = true\n", "alerts.budget: write a whole number, not true or false"),
        ('[alerts]\nquite = "none"\n', "did you mean 'quiet'"),
        ('[[watchlist]]\nname = "a"\n[[watchlist]]\nname = "a"\n', "two watchlist entries"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_place(vigie: Commands, text: str, says: str) -> None:
    vigie.settings(text)
    refused = vigie("watchlist", "list")
    assert refused.code == 2
    assert says in " ".join(refused.err.split())
    assert "vigie.toml" in refused.err


def test_without_a_file_the_environment_alone_says_what_holds_for_all(vigie: Commands) -> None:
    def for_all() -> list[tuple[tuple[str, ...], dict[str, object]]]:
        watchlists = vigie.stored(lambda tx: tx.watchlists.all())
        return [(one.channels, rules_to(one.rules)) for one in watchlists if not one.name]

    quiet, desk = "22:00-07:00", '["desk"]'
    told = vigie("watch", "list", VIGIE_ALERTS__QUIET=quiet, VIGIE_ALERTS__BUDGET="7", VIGIE_ALERTS__CHANNELS=desk)
    assert told.code == 0
    assert for_all() == [(("desk",), {"quiet": "22:00-07:00", "budget": 7})]
    assert vigie("watch", "list", VIGIE_ALERTS__QUIET="none").code == 0
    assert for_all() == [((), {"quiet": "none"})]
    assert vigie("watch", "list").code == 0
    assert for_all() == []


def test_a_command_that_was_not_told_of_the_file_leaves_what_it_says_of_all(vigie: Commands) -> None:
    file = vigie.folder.parent / "elsewhere.toml"
    file.write_text('[alerts]\nquiet = "22:00-07:00"\n[[watch]]\nname = "Vins"\nquery = "vin"\n', encoding="utf-8")
    assert vigie("watch", "list", "--config", str(file)).code == 0
    assert vigie("watch", "list").code == 0
    assert [rules_to(one.rules) for one in vigie.stored(lambda tx: tx.watchlists.all())] == [{"quiet": "22:00-07:00"}]


def test_a_channel_that_a_watchlist_or_alerts_name_and_that_is_not_there_is_found(vigie: Commands) -> None:
    vigie.settings('[alerts]\nchannels = ["burau"]\n[[watchlist]]\nname = "Asie"\nchannels = ["nada"]\n')
    found = {one["check"]: one for one in vigie("doctor", "--json").json}
    for check, missing in (("[alerts]", "burau"), ("watchlist Asie", "nada")):
        assert (found[check]["verdict"], found[check]["found"]) == (
            "fail", f"it names the channel {missing!r}, which is not there"
        )  # fmt: skip


def test_a_watch_tells_the_channels_that_its_watchlist_names(vigie: Commands) -> None:
    assert vigie("channel", "add", "webhook", "phone", "--url", "https://127.0.0.1/").code == 0
    vigie("watchlist", "edit", "Asie", "--channel", "desk")
    assert "tells phone" in vigie("watch", "add", "Tokyo", "Tokyo", "--watchlist", "Asie", "--channel", "phone").out
    assert "tells desk" in vigie("watch", "add", "Pékin", "Pékin", "--watchlist", "Asie").out
    assert "all channels" not in vigie("watch", "list").out
    assert "tells all channels" in vigie("watch", "edit", "Pékin", "--watchlist", "").out
    assert vigie("watch", "show", "Séoul", "--json").json["channels"] == []
