"""The commands of the channels that chat: added by name of a secret, tried with a real message, shown without it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chats import seen
from tests.commands import Commands
from tests.receivers import HOST, Reply, WebhookReceiver

CANARY = "canary-0123456789-abcdefghij"
SECRETS = {
    "slack": f"http://{HOST}:{{port}}/services/T0/B0/{CANARY}",
    "discord": f"http://{HOST}:{{port}}/api/webhooks/1/{CANARY}",
    "telegram": f"123456:{CANARY}",
    "matrix": CANARY,
    "ntfy": CANARY,
}
OPTIONS: dict[str, Callable[[str, str], list[str]]] = {
    "slack": lambda base, file: ["--url-file", file],
    "discord": lambda base, file: ["--url-file", file],
    "telegram": lambda base, file: ["--api", base, "--chat=-100123", "--topic", "7", "--token-file", file],
    "matrix": lambda base, file: ["--homeserver", base, "--room", "!r:example.org", "--token-file", file],
    "ntfy": lambda base, file: ["--server", base, "--topic-file", file, "--priority", "4", "--tag", "news"],
}
GOES_TO = {"telegram": "chat -100123, topic 7", "matrix": "!r:example.org"}


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


@pytest.mark.parametrize("kind", OPTIONS)
async def test_a_chat_is_added_tried_and_shown_without_its_secret(vigie: Commands, tmp_path: Path, kind: str) -> None:
    """Row 52: the secret is in nothing that is printed or kept."""
    file = tmp_path / "secret"
    async with WebhookReceiver(Reply(200, body="ok"), Reply(404, repeat=True)) as receiver:
        vigie.settings(f'[network]\nallow = ["127.0.0.1:{receiver.port}"]\n')
        file.write_text(SECRETS[kind].replace("{port}", str(receiver.port)))
        options = OPTIONS[kind](f"http://{HOST}:{receiver.port}", str(file))
        said = [await vigie.apart("channel", "add", kind, "desk", *options)]
        said += [await vigie.apart("channel", "test", "desk"), await vigie.apart("channel", "test", "desk")]
        said += [
            await vigie.apart("channel", *words) for words in (["list"], ["show", "desk"], ["show", "desk", "--json"])
        ]
        [sent, _] = receiver.calls
    said.append(await vigie.apart("channel", "test", "desk"))
    assert [one.code for one in said] == [0, 0, 1, 0, 0, 0, 1]
    assert (
        said[6].err == f"error: not accepted: http://{HOST}:{receiver.port} could not be reached: connection refused\n"
    )
    assert said[1].out == "accepted: 200 OK: ok\n"
    assert "not accepted: " in said[2].err
    assert GOES_TO.get(kind, str(file)) in said[3].out
    assert not any(CANARY in one.out + one.err for one in said)
    assert not any(CANARY.encode() in path.read_bytes() for path in vigie.folder.iterdir())
    assert "This is a test of Vigie" in seen(kind, sent.payload).text.replace("**", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["slack", "desk"], "the webhook's URL is a secret: name url_env or url_file"),
        (["discord", "desk", "--url-env", "A", "--url-file", "B"], "the webhook's URL is a secret"),
        (["telegram", "desk", "--chat", "1"], "the bot's token is a secret"),
        (["telegram", "desk", "--chat", "my group", "--token-env", "T"], "chat is a number such as"),
        (["telegram", "desk", "--chat", "1", "--token-env", "T", "--api", "http://x.example"], "not sent in clear"),
        (["telegram", "desk", "--chat", "1", "--token-env", "T", "--topic", "news"], "'topic' "),
        (["matrix", "desk", "--homeserver", "https://x.example", "--room", "#a:x", "--token-env", "T"], "internal id"),
        (["matrix", "desk", "--homeserver", "https://x.example", "--room", "!a:x"], "the access token is a secret"),
        (
            ["matrix", "desk", "--homeserver", "http://x.example", "--room", "!a", "--token-env", "T"],
            "not sent in clear",
        ),
        (["ntfy", "desk"], "name the topic"),
        (["ntfy", "desk", "--topic", "a b"], "letters, digits"),
        (["ntfy", "desk", "--topic", "a", "--topic-env", "T"], "name the topic"),
        (["ntfy", "desk", "--topic", "a", "--username", "me"], "a login is a token, or a username with"),
        (["ntfy", "desk", "--topic", "a", "--token-env", "T", "--username", "me", "--password-env", "P"], "not both"),
        (["ntfy", "desk", "--topic", "a", "--token-env", "T", "--server", "http://n.example"], "not sent in clear"),
        (["ntfy", "desk", "--topic", "a", "--server", "https://n.example/?x"], "without anything after ?"),
        (["ntfy", "desk", "--topic", "a", "--priority", "6"], "'priority' "),
    ],
)
def test_what_cannot_be_a_channel_is_refused(vigie: Commands, arguments: list[str], said: str) -> None:
    refused = vigie("channel", "add", *arguments)
    assert refused.code == 2
    assert said in " ".join(refused.err.replace("│", " ").split())


def test_an_edit_moves_a_secret_from_one_place_to_another(vigie: Commands) -> None:
    vigie("channel", "add", "ntfy", "phone", "--topic", "desk", "--token-env", "T")
    edited = vigie(
        "channel", "edit", "phone", "--token-file", "/run/t", "--topic-env", "N", "--tag", "a", "--json"
    ).json
    assert edited["settings"] == {"token_file": "/run/t", "topic_env": "N", "tags": ["a"]}


def test_the_doctor_tells_of_a_url_that_is_none(vigie: Commands, tmp_path: Path) -> None:
    for name, content in (("empty", None), ("wrong", f"hooks.slack.com/{CANARY}")):
        file = tmp_path / name
        if content:
            file.write_text(content)
        vigie("channel", "add", "slack", name, "--url-file", str(file))
    found = {one["check"]: one for one in vigie("doctor", "--json").json}
    assert "cannot be read" in found["channel empty"]["found"]
    assert "is not a URL that can be called" in found["channel wrong"]["found"]
    assert CANARY not in str(found)


def test_a_secret_that_vigie_made_is_changed_in_two_steps(vigie: Commands) -> None:
    def kept() -> dict[str, str]:
        settings = vigie.stored(lambda tx: tx.channels.get("desk")).settings
        return {name: settings[name] for name in ("secret", "old_secret") if name in settings}

    vigie("channel", "add", "webhook", "desk", "--url", "https://127.0.0.1/hook")
    first = kept()["secret"]
    begun = vigie("channel", "rotate", "desk")
    second = kept()["secret"]
    assert kept() == {"secret": second, "old_secret": first}
    assert second != first
    assert second in begun.out
    assert first not in begun.out
    assert vigie("channel", "rotate", "desk").code == 2
    shown = vigie("channel", "show", "desk", "--json")
    assert {shown.json["settings"][name] for name in ("secret", "old_secret")} == {"…"}
    finished = vigie("channel", "rotate", "desk", "--finish")
    assert (finished.code, kept()) == (0, {"secret": second})
    assert vigie("channel", "rotate", "desk", "--finish").code == 2
    assert vigie("channel", "rotate", "desk", "--json").json["secret"] == kept()["secret"]


def test_a_secret_of_ones_own_is_changed_where_it_is_kept(vigie: Commands) -> None:
    vigie("channel", "add", "webhook", "desk", "--url", "https://127.0.0.1/hook", "--secret-env", "NEW")
    refused = vigie("channel", "rotate", "desk")
    assert refused.code == 2
    assert "old_secret_env" in refused.err
    edited = vigie("channel", "edit", "desk", "--old-secret-env", "OLD", "--json").json
    assert edited["settings"] == {"url": "https://127.0.0.1/…", "secret_env": "NEW", "old_secret_env": "OLD"}
