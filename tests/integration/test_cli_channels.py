"""The commands of channels: secrets stay hidden, and a test message tells what the receiver answers."""

import re
from pathlib import Path
from typing import get_args

import pytest

from alerting.channels import KINDS
from alerting.channels.settings import ChannelSettings
from cli.channel_options import _SETTINGS, OPTIONS
from storage import Transaction
from tests.commands import Commands
from tests.receivers import Reply, SmtpReceiver, WebhookReceiver
from tests.samples import NOON

HOOK = ["channel", "add", "webhook", "desk", "--url", "https://127.0.0.1/hook"]
MAIL = ["channel", "add", "email", "mail", "--host", "127.0.0.1", "--from", "vigie@example.com"]


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


def test_a_webhook_without_a_secret_gets_one_that_is_printed_once(vigie: Commands) -> None:
    added = vigie(*HOOK)
    [secret] = [word for word in added.out.split() if word.startswith("whsec_")]
    for command in (["show", "desk"], ["show", "desk", "--json"], ["list"], ["list", "--json"], ["pause", "desk"]):
        said = vigie("channel", *command)
        assert said.code == 0
        assert secret not in said.out + said.err
    assert vigie("channel", "show", "desk", "--json").json["settings"]["secret"] == "…"
    assert vigie.stored(lambda tx: tx.channels.get("desk")).settings["secret"] == secret


def test_a_secret_that_was_made_is_told_to_programs_too(vigie: Commands) -> None:
    assert vigie(*HOOK, "--json").json["secret"].startswith("whsec_")
    named = vigie("channel", "add", "webhook", "b", "--url", "https://127.0.0.1/", "--secret-env", "S", "--json").json
    assert named["secret"] is None
    assert named["settings"] == {"url": "https://127.0.0.1/", "secret_env": "S"}


def test_an_email_channel_keeps_every_setting_that_was_given(vigie: Commands) -> None:
    added = vigie(
        *(*MAIL, "--to", "a@example.com", "--to", "b@example.com", "--port", "2525", "--security", "tls"),
        *("--username", "me", "--password-file", "/run/secret", "--ca-file", "/ca.pem", "--timeout", "5", "--json"),
    )
    assert added.code == 0
    assert added.json["settings"] == {
        "host": "127.0.0.1",
        "from": "vigie@example.com",
        "to": ["a@example.com", "b@example.com"],
        "port": 2525,
        "security": "tls",
        "username": "me",
        "password_file": "/run/secret",
        "ca_file": "/ca.pem",
        "timeout": 5.0,
    }


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_setting_of_every_kind_has_an_option(kind: str) -> None:
    model: type[ChannelSettings] = KINDS[kind].settings
    made_by_vigie = {"secret", "old_secret"}
    template = model.model_fields.get("template")
    parts = get_args(template.annotation)[0].model_fields if template else ()
    assert {f"template_{part}" for part in parts} <= set(OPTIONS)
    assert set(model.model_fields) - made_by_vigie - {"template"} <= set(_SETTINGS)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([*MAIL, "--to", "nobody"], "is not an e-mail address"),
        ([*MAIL, "--to", "a@example.com", "--username", "me"], "a login is a username with one of"),
        ([*MAIL, "--to", "a@example.com", "--security", "maybe"], "'maybe' is not one of"),
        ([*HOOK, "--secret-env", "A", "--secret-file", "B"], "signed with one secret"),
        (["channel", "add", "webhook", "desk", "--url", "gopher://x.example/"], "not an http or https URL"),
    ],
)
def test_what_cannot_be_a_channel_is_refused(vigie: Commands, arguments: list[str], said: str) -> None:
    refused = vigie(*arguments)
    assert refused.code == 2
    assert said in " ".join(refused.err.replace("│", " ").split())


def test_a_host_that_the_guard_refuses_is_warned_of_and_kept(vigie: Commands) -> None:
    added = vigie(*HOOK)
    assert added.code == 0
    assert "note: nothing will be sent: 127.0.0.1 leads to 127.0.0.1" in added.err
    assert '[network] allow = ["127.0.0.1:443"]' in added.err
    vigie.settings('[network]\nallow = ["127.0.0.1:587"]\n')
    assert vigie(*MAIL, "--to", "a@example.com").err == ""


def test_an_edit_changes_what_was_named_and_an_empty_value_takes_it_away(vigie: Commands) -> None:
    vigie(*MAIL, "--to", "a@example.com", "--port", "25", "--username", "me", "--password-env", "P")
    edited = vigie("channel", "edit", "mail", "--to", "b@example.com", "--password-file", "/p", "--json").json
    assert edited["settings"]["to"] == ["b@example.com"]
    assert edited["settings"]["password_file"] == "/p"
    assert "password_env" not in edited["settings"]
    assert edited["settings"]["port"] == 25
    edited = vigie("channel", "edit", "mail", "--username", "", "--password-file", "", "--json").json
    assert not edited["settings"].keys() & {"username", "password_env", "password_file"}


def test_a_named_secret_takes_the_place_of_the_one_that_was_made(vigie: Commands) -> None:
    vigie(*HOOK)
    edited = vigie("channel", "edit", "desk", "--secret-env", "HOOK", "--json").json
    assert edited["settings"] == {"url": "https://127.0.0.1/…", "secret_env": "HOOK"}


def test_a_channel_has_the_room_that_is_said_or_what_is_usual(vigie: Commands) -> None:
    added = vigie(*HOOK, "--at-once", "3", "--json").json
    assert (added["at_once"], added["per_minute"], "at_once" in added["settings"]) == (3, None, False)
    edited = vigie("channel", "edit", "desk", "--at-once", "0", "--per-minute", "20", "--json").json
    assert (edited["at_once"], edited["per_minute"]) == (None, 20)
    shown = vigie("channel", "show", "desk").out
    assert re.search(r"at once +8\n", shown)
    assert re.search(r"per minute +20\n", shown)
    refused = vigie("channel", "edit", "desk", "--at-once", "101")
    assert (refused.code, "at_once" in refused.err) == (2, True)


def test_a_channel_has_rules_that_are_shown_and_taken_away(vigie: Commands) -> None:
    added = vigie(*HOOK, "--rule", "digest=daily", "--rule", "quiet=22:00-07:00", "--json").json
    assert added["rules"] == {"digest": "daily", "quiet": "22:00-07:00"}
    assert "digest=daily" in vigie("channel", "show", "desk").out
    assert vigie("channel", "edit", "desk", "--rule", "quiet=", "--json").json["rules"] == {"digest": "daily"}
    refused = vigie("channel", "edit", "desk", "--rule", "digest=never")
    assert (refused.code, "digest" in refused.err) == (2, True)


def test_a_channel_shows_since_when_nothing_has_gone_well(vigie: Commands) -> None:
    vigie(*HOOK)
    assert "failing since" not in vigie("channel", "show", "desk").out

    async def fail(tx: Transaction) -> None:
        await tx.channels.change((await tx.channels.get("desk")).id, failing_since=NOON)

    vigie.stored(fail)
    assert "failing since" in vigie("channel", "show", "desk").out
    assert vigie("channel", "show", "desk", "--json").json["failing_since"]


def test_a_setting_of_another_kind_is_refused(vigie: Commands) -> None:
    vigie(*HOOK)
    refused = vigie("channel", "edit", "desk", "--host", "smtp.example.com")
    assert refused.code == 2
    assert "'host' is not a setting of this kind of channel" in refused.err
    assert "nothing to change" in vigie("channel", "edit", "desk").err


def test_watches_follow_a_channel_that_is_renamed(vigie: Commands) -> None:
    vigie(*HOOK)
    vigie("watch", "add", "Corée", "missile", "--channel", "desk")
    assert vigie("channel", "edit", "desk", "--rename", "bureau").code == 0
    assert vigie("watch", "show", "Corée", "--json").json["channels"] == ["bureau"]


def test_a_channel_that_a_watch_of_the_file_names_keeps_its_name(vigie: Commands) -> None:
    vigie(*HOOK)
    vigie.settings('[[watch]]\nname = "Corée"\nquery = "missile"\nchannels = ["desk"]\n')
    refused = vigie("channel", "edit", "desk", "--rename", "bureau")
    assert refused.code == 2
    assert "the watch 'Corée' names the channel 'desk'" in refused.err
    assert vigie("channel", "list", "--json").json[0]["name"] == "desk"


def test_a_channel_that_a_watch_names_is_not_removed(vigie: Commands) -> None:
    vigie(*HOOK)
    vigie("watch", "add", "Corée", "missile", "--channel", "desk")
    refused = vigie("channel", "remove", "desk")
    assert refused.code == 2
    assert "is named by the watch 'Corée'" in refused.err
    vigie("watch", "edit", "Corée", "--all-channels")
    assert vigie("channel", "remove", "desk").code == 0


def test_an_edit_of_a_channel_that_vigie_stopped_says_what_is_left_to_do(vigie: Commands) -> None:
    vigie(*HOOK)

    async def stop(tx: Transaction) -> None:
        channel = await tx.channels.get("desk")
        await tx.channels.change(channel.id, paused_because="410 Gone")

    vigie.stored(stop)
    edited = vigie("channel", "edit", "desk", "--url", "https://127.0.0.1/new")
    assert "it stands still (410 Gone) until: vigie channel resume 'desk'" in edited.err
    assert "410 Gone" in vigie("channel", "list").out


async def test_a_test_message_reaches_the_webhook_and_its_answer_is_told(vigie: Commands) -> None:
    async with WebhookReceiver(Reply(202, body="thanks")) as webhook:
        vigie.settings(f'[network]\nallow = ["127.0.0.1:{webhook.port}"]\n')
        added = await vigie.apart("channel", "add", "webhook", "desk", "--url", webhook.url, "--json")
        tested = await vigie.apart("channel", "test", "desk")
    assert (tested.code, tested.out) == (0, "accepted: 202 Accepted: thanks\n")
    [call] = webhook.calls
    sent = call.verified(added.json["secret"])["data"]
    assert sent["test"] is True
    assert sent["hits"] != []


async def test_a_refused_test_message_is_told_with_the_receivers_words(vigie: Commands) -> None:
    async with WebhookReceiver(Reply(410, body="no more")) as webhook:
        vigie.settings(f'[network]\nallow = ["127.0.0.1:{webhook.port}"]\n')
        await vigie.apart("channel", "add", "webhook", "desk", "--url", webhook.url)
        tested = await vigie.apart("channel", "test", "desk", "--json")
    assert (tested.code, tested.out) == (1, "")
    assert "error: not accepted: " in tested.err
    assert "410 Gone: no more" in tested.err
    assert "canary-in-url" not in tested.err


async def test_a_test_message_is_mailed(vigie: Commands) -> None:
    async with SmtpReceiver() as smtp:
        vigie.settings(f'[network]\nallow = ["127.0.0.1:{smtp.port}"]\n')
        await vigie.apart(*MAIL, "--to", "desk@example.com", "--port", str(smtp.port), "--security", "none")
        tested = await vigie.apart("channel", "test", "mail", "--json")
    assert tested.json == {"channel": "mail", "accepted": True, "answer": "250 OK taken"}
    assert "This is a test of Vigie" in smtp.mails[0].message["subject"]


async def test_a_test_message_that_one_of_two_recipients_gets_says_what_was_answered_for_the_other(
    vigie: Commands,
) -> None:
    async with SmtpReceiver() as smtp:
        smtp.answers["rcpt"].extend(["", "451 4.7.1 greylisted, come back"])
        vigie.settings(f'[network]\nallow = ["127.0.0.1:{smtp.port}"]\n')
        to = ("--to", "desk@example.com", "--to", "night@example.com")
        await vigie.apart(*MAIL, *to, "--port", str(smtp.port), "--security", "none")
        tested = await vigie.apart("channel", "test", "mail")
    assert tested.code == 1
    assert "451 4.7.1 greylisted" in tested.err
