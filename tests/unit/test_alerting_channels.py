"""The settings of channels: what is taken, what is refused and how that is said."""

from pathlib import Path
from typing import Any

import pytest

from alerting.channels import KINDS, build, check, generate_secret, shown
from alerting.channels.email import EmailSender, EmailSettings
from alerting.channels.secrets import read_secret, scrubbed
from alerting.channels.settings import ChannelSettings
from alerting.channels.signature import signing_key
from alerting.channels.webhook import WebhookSender
from alerting.guard import GuardedDialler
from cli.network import system_resolve
from news.address import AllowList
from news.alert import Channel, ChannelKind
from news.clock import SystemClock
from news.errors import ConfigError, DeliveryError
from news.guard import Guard

MAIL = {"host": "smtp.example.com", "from": "vigie@example.com", "to": ["desk@example.com"]}
HOOK = {"url": "https://hooks.example.com/x", "secret_env": "HOOK_SECRET"}
CANARY = "canary-hunter2"


def parsed(kind: ChannelKind, settings: dict[str, Any]) -> ChannelSettings:
    return check(Channel(1, "desk", kind, settings))


def refusal(kind: ChannelKind, settings: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as raised:
        parsed(kind, settings)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    return str(raised.value)


def test_every_kind_builds_its_sender() -> None:
    guard = GuardedDialler(Guard(AllowList(), system_resolve))
    assert isinstance(build(Channel(1, "a", "email", MAIL), guard, SystemClock()), EmailSender)
    assert isinstance(build(Channel(2, "b", "webhook", HOOK), guard, SystemClock()), WebhookSender)
    assert set(KINDS) == {"email", "webhook"}


def test_a_kind_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="there is no kind 'pigeon'"):
        check(Channel(1, "desk", "pigeon"))  # type: ignore[arg-type]


def test_recipients_may_be_a_list_or_have_commas() -> None:
    settings = parsed("email", {**MAIL, "to": "a@example.com, b@example.com"})
    assert isinstance(settings, EmailSettings)
    assert settings.to == ("a@example.com", "b@example.com")


@pytest.mark.parametrize("kind", KINDS.values())
def test_every_setting_is_described(kind: Any) -> None:
    assert all(field.description for field in kind.settings.model_fields.values())


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        parsed("email", MAIL).host = "other.example"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": CANARY}, "'password' is not kept in the settings"),
        ({"pasword_env": "X"}, "'pasword_env' is not a setting of this kind of channel; did you mean 'password_env'?"),
        ({"security": "ssl"}, "'security' Input should be 'starttls', 'tls' or 'none'"),
        ({"to": []}, "'to' "),
        ({"to": ["Desk <desk@example.com>"]}, "'to.0' is not an e-mail address"),
        ({"to": ["desk@example.com\nBcc: x@example.com"]}, "'to.0' is not an e-mail address"),
        ({"to": ["bücher@example.com"]}, "'to.0' is not an e-mail address"),
        ({"from": "vigie"}, "'from' is not an e-mail address"),
        ({"host": "smtp.example.com/x"}, "'host' is not a host name"),
        ({"host": "smtp example"}, "'host' is not a host name"),
        ({"port": 70_000}, "'port' "),
        ({"timeout": 0}, "'timeout' "),
        ({"username": "u"}, "a login is a username with one of"),
        ({"password_env": "X"}, "a login is a username with one of"),
        ({"username": "u", "password_env": "X", "password_file": "/x"}, "a login is a username with one of"),
        ({"username": "u", "password_env": "X", "security": "none"}, "a password is not sent in clear"),
    ],
)
def test_a_wrong_setting_of_an_email_channel_is_named(changes: dict[str, Any], said: str) -> None:
    message = refusal("email", {**MAIL, **changes})
    assert message.startswith("channel 'desk': ")
    assert said in message
    assert CANARY not in message


@pytest.mark.parametrize("missing", ["host", "to"])
def test_a_missing_setting_is_named(missing: str) -> None:
    assert f"'{missing}' is missing" in refusal("email", {name: MAIL[name] for name in MAIL if name != missing})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "ftp://example.com/"}, "is not an http or https one"),
        ({"url": f"https://user:{CANARY}@example.com/"}, "holds a user name or password"),
        ({"url": f"https://user:{CANARY}@example.com/ x"}, "holds a space"),
        ({"url": r"https://example.com\@x"}, "a backslash"),
        ({"secret": generate_secret()}, "signed with one secret"),
        ({"secret_env": ""}, "signed with one secret"),
        ({"secret_env": "", "secret": f"whsec_{CANARY}"}, "24 to 64 bytes in Base64"),
        ({"timeout": 61}, "'timeout' "),
    ],
)
def test_a_wrong_setting_of_a_webhook_is_named(changes: dict[str, Any], said: str) -> None:
    message = refusal("webhook", {**HOOK, **changes})
    assert said in message
    assert CANARY not in message


def test_a_secret_that_vigie_made_is_taken_and_never_shown() -> None:
    secret = generate_secret()
    channel = Channel(1, "desk", "webhook", {"url": HOOK["url"], "secret": secret})
    assert len(signing_key(secret)) == 32
    assert secret not in repr(check(channel)) + str(check(channel)) + check(channel).model_dump_json()
    assert shown(channel) == {"url": HOOK["url"], "secret": "…"}


def test_two_secrets_are_never_the_same() -> None:
    assert generate_secret() != generate_secret()


def test_a_secret_is_read_from_the_environment_or_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f" {CANARY} \n")
    assert read_secret("NAME", "", {"NAME": CANARY}) == CANARY
    assert read_secret("", str(file), {}) == f" {CANARY} "


@pytest.mark.parametrize(
    ("variable", "content", "said"),
    [
        ("GONE", None, "variable GONE holds no"),
        ("", None, "cannot be read"),
        ("", b"\n", "holds no"),
        ("", b"\xff", "UTF-8"),
    ],
)
def test_a_secret_that_is_not_there_pauses_the_channel(
    tmp_path: Path, variable: str, content: bytes | None, said: str
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DeliveryError, match=said) as raised:
        read_secret(variable, str(file), {})
    assert raised.value.advice.pause_channel
    assert not raised.value.advice.permanent


def test_what_is_said_is_scrubbed_of_secrets_in_clear_and_in_base64() -> None:
    said = f"500 unknown AUTH PLAIN AHUAY2FuYXJ5LWh1bnRlcjI= and {CANARY}"
    assert scrubbed(said, [f"\0u\0{CANARY}", CANARY, ""]) == "500 unknown AUTH PLAIN …= and …"
