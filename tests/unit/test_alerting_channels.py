"""The settings of channels: what is taken, what is refused and how that is said."""

import typing
from pathlib import Path
from typing import Any

import pytest

from alerting.channels import KINDS, build, check, generate_secret, goes_to, shown
from alerting.channels.email import EmailSender, EmailSettings
from alerting.channels.secrets import read_secret, scrubbed, secrets_of_url
from alerting.channels.settings import ChannelSettings, is_in_clear
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
    assert set(KINDS) == set(typing.get_args(ChannelKind))


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
        ({"security": "ssl"}, "'security' must be 'starttls', 'tls' or 'none'"),
        ({"to": []}, "'to' is empty: name one or more"),
        ({"to": ["desk@example.com"] * 51}, "'to' has too many: 50 at most"),
        ({"to": 5}, "'to' must be a list such as"),
        ({"host": 5}, "'host' must be a text"),
        ({"template": {"textt": "x"}}, "'template.textt' is not a setting of this kind of channel; did you mean"),
        ({"template": "x"}, "'template' must be a table"),
        ({"to": ["Desk <desk@example.com>"]}, "'to.0' is not an e-mail address"),
        ({"to": ["desk@example.com\nBcc: x@example.com"]}, "'to.0' is not an e-mail address"),
        ({"to": ["bücher@example.com"]}, "'to.0' is not an e-mail address"),
        ({"from": "vigie"}, "'from' is not an e-mail address"),
        ({"host": "smtp.example.com/x"}, "'host' is not a host name"),
        ({"host": "smtp example"}, "'host' is not a host name"),
        ({"port": 70_000}, "'port' must be 65535 at most"),
        ({"port": "smtp"}, "'port' must be a whole number"),
        ({"port": 2.5}, "'port' must be a whole number"),
        ({"timeout": 0}, "'timeout' must be more than 0"),
        ({"timeout": "soon"}, "'timeout' must be a number"),
        ({"unsubscribe": "desk@example.com"}, "'unsubscribe' is neither mailto:address nor a URL"),
        ({"unsubscribe": "mailto:desk"}, "'unsubscribe' is neither"),
        ({"unsubscribe": "http://example.com/"}, "'unsubscribe' is neither"),
        ({"unsubscribe": "javascript:alert(1)"}, "'unsubscribe' is neither"),
        ({"unsubscribe": "mailto:desk@example.com?subject=a b"}, "'unsubscribe' is neither"),
        ({"unsubscribe": "mailto:desk@example.com?a>\r\nBcc: x@example.com"}, "'unsubscribe' is neither"),
        ({"unsubscribe": "https://example.com/" + "x" * 600}, "'unsubscribe' is neither"),
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
        ({"url": "ftp://example.com/"}, "'url' is not an http or https URL; write it in full"),
        ({"url": f"hooks.example.com/{CANARY}"}, "'url' is not an http or https URL; write it in full"),
        ({"url": f"https://hooks.example.com/ {CANARY}"}, "'url' holds a space"),
        ({"url": f"https://user:{CANARY}@example.com/"}, "holds a user name or password"),
        ({"url": f"https://user:{CANARY}@example.com/ x"}, "holds a space"),
        ({"url": r"https://example.com\@x"}, "a backslash"),
        ({"secret": generate_secret()}, "signed with one secret"),
        ({"secret_env": ""}, "signed with one secret"),
        ({"old_secret_env": "A", "old_secret_file": "B"}, "there is one old secret"),
        ({"old_secret": f"whsec_{CANARY}"}, "24 to 64 bytes in Base64"),
        ({"secret_env": "", "secret": f"whsec_{CANARY}"}, "24 to 64 bytes in Base64"),
        ({"timeout": 61}, "'timeout' "),
    ],
)
def test_a_wrong_setting_of_a_webhook_is_named(changes: dict[str, Any], said: str) -> None:
    message = refusal("webhook", {**HOOK, **changes})
    assert said in message
    assert CANARY not in message


@pytest.mark.parametrize("kind", KINDS)
def test_no_mistake_is_told_in_the_words_of_a_library(kind: ChannelKind) -> None:
    known: dict[str, dict[str, Any]] = {
        "email": MAIL, "webhook": HOOK, "slack": {"url_env": "U"}, "discord": {"url_env": "U"},
        "telegram": {"chat": "1", "token_env": "T"}, "ntfy": {"topic": "t"},
        "matrix": {"homeserver": "https://m.example", "room": "!r", "token_env": "T"},
    }  # fmt: skip
    mistakes: tuple[Any, ...] = (
        -1,
        10**9,
        "",
        "some words",
        3.7,
        [],
        {},
        ["a"] * 60,
        [1],
        float("nan"),
        "a\nb",
        {"textt": "x"},
    )
    fields = KINDS[kind].settings.model_fields
    for name in ("from" if field == "sender" else field for field in fields):
        for mistake in mistakes:
            try:
                parsed(kind, {**known[kind], name: mistake})
            except ConfigError as error:
                assert not any(word in str(error) for word in ("Input", "should", "valid", "validation", "instance"))


def test_a_list_in_which_nothing_is_right_is_not_told_for_an_empty_one() -> None:
    assert "is empty" not in refusal("email", {**MAIL, "to": ["nobody"]})


def test_a_secret_that_vigie_made_is_taken_and_never_shown() -> None:
    secret = generate_secret()
    channel = Channel(1, "desk", "webhook", {"url": HOOK["url"], "secret": secret})
    assert len(signing_key(secret)) == 32
    assert secret not in repr(check(channel)) + str(check(channel)) + check(channel).model_dump_json()
    assert shown(channel) == {"url": "https://hooks.example.com/…", "secret": "…"}


def test_a_secret_is_read_as_other_libraries_read_it_or_not_at_all() -> None:
    secret = generate_secret()
    assert signing_key(secret) == signing_key(f" {secret.rstrip('=')}\n") == signing_key(secret.removeprefix("whsec_"))
    for foreign in ("-" * 44 + "A" * 32, "_" + "A" * 43, "A" * 20 + " " + "A" * 20, "é" * 40, "A" * 33):
        with pytest.raises(ConfigError, match="is not one of Standard Webhooks"):
            signing_key(f"whsec_{foreign}")


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


def test_what_only_the_url_tells_is_a_secret_too() -> None:
    url = "https://hooks.example/services/T00/B000000001?key=a%20longer%20key&v=2"
    found = secrets_of_url(url)
    assert set(found) == {
        "/services/T00/B000000001?key=a%20longer%20key&v=2",
        "/services/T00/B000000001?key=a longer key&v=2",
        "B000000001",
        "a longer key",
    }
    assert scrubbed(f"POST {url}: no B000000001 here", found) == "POST https://hooks.example…: no … here"
    assert secrets_of_url("https://hooks.example/") == secrets_of_url("https://hooks.example") == ()


def test_of_a_url_only_the_origin_is_shown() -> None:
    for url, seen in (
        ("https://hooks.example/T00/key", "https://hooks.example/…"),
        ("https://hooks.example?key=1", "https://hooks.example/…"),
        ("https://hooks.example/", "https://hooks.example/"),
        ("no URL", "…"),
    ):
        assert shown(Channel(1, "desk", "webhook", {"url": url})) == {"url": seen}


def test_what_is_said_is_scrubbed_of_secrets_in_clear_and_in_base64() -> None:
    said = f"500 unknown AUTH PLAIN AHUAY2FuYXJ5LWh1bnRlcjI= and {CANARY}"
    assert scrubbed(said, [f"\0u\0{CANARY}", CANARY, ""]) == "500 unknown AUTH PLAIN …= and …"


def test_what_of_a_secret_url_is_as_good_as_the_whole_is_not_repeated() -> None:
    url = "https://hooks.example.com/services/T0/B1/tok/en-12345?key=0123456789abcdef"
    for said in (f"no such hook {url}", "POST /services/T0/B1/tok/en-12345?key=0123456789abcdef", "0123456789abcdef"):
        hidden = scrubbed(said, secrets_of_url(url))
        assert "tok/en" not in hidden
        assert "0123456789abcdef" not in hidden
    assert scrubbed("services of hooks.example.com", secrets_of_url(url)) == "services of hooks.example.com"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1/", False),
        ("http://localhost:8080/", False),
        ("http://[::1]/", False),
        ("https://example.com/", False),
        ("http://example.com/", True),
        ("http://192.168.1.4/", True),
        ("http://localhost.example/", True),
    ],
)
def test_only_this_machine_is_spoken_to_in_clear(url: str, expected: bool) -> None:
    assert is_in_clear(url) is expected


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("email", MAIL, "desk@example.com"),
        ("webhook", {"url": f"https://hooks.example.com/{CANARY}", "secret_env": "S"}, "https://hooks.example.com"),
        ("slack", {"url_env": "SLACK"}, "the URL in SLACK"),
        ("telegram", {"chat": -100, "token_env": "T"}, "chat -100"),
        ("ntfy", {"topic_env": "N"}, "the topic in N"),
        ("ntfy", {"topic": "desk"}, "desk"),
        ("slack", {}, ""),
    ],
)
def test_where_a_channel_goes_is_said_without_its_secret(
    kind: ChannelKind, settings: dict[str, Any], said: str
) -> None:
    assert goes_to(Channel(1, "desk", kind, settings)) == said


def test_every_kind_names_what_it_dials_and_where_its_secrets_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U", f"https://hooks.example.com:8443/{CANARY}")
    known: tuple[tuple[ChannelKind, dict[str, Any]], ...] = (
        ("email", {**MAIL, "username": "u", "password_env": "P"}),
        ("webhook", {**HOOK, "old_secret_env": "OLD"}),
        ("slack", {"url_env": "U"}),
        ("discord", {"url_env": "U"}),
        ("telegram", {"chat": "1", "token_file": "/t"}),
        ("matrix", {"homeserver": "https://m.example", "room": "!r:m.example", "token_env": "T"}),
        ("ntfy", {"topic_env": "N", "token_env": "T"}),
    )
    found = {kind: parsed(kind, settings) for kind, settings in known}
    assert set(found) == set(KINDS)
    assert {kind: settings.endpoint() for kind, settings in found.items()} == {
        "email": ("smtp.example.com", 587),
        "webhook": ("hooks.example.com", 443),
        "slack": ("hooks.example.com", 8443),
        "discord": ("hooks.example.com", 8443),
        "telegram": ("api.telegram.org", 443),
        "matrix": ("m.example", 443),
        "ntfy": ("ntfy.sh", 443),
    }
    kept = {kind: [secret.place for secret in settings.secrets()] for kind, settings in found.items()}
    assert kept["webhook"] == ["the environment variable HOOK_SECRET", "the environment variable OLD"]
    assert kept["telegram"] == ["the file /t"]
    assert all(kept.values())
