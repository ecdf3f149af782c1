"""What the kinds that go by HTTP keep to besides: whom they trust with a message, and whose fault a 400 is."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.channel_kinds import KINDS_BY_HTTP, Channel, Kind, Settings, advice
from tests.receivers import Reply, WebhookReceiver, make_certificate

of_every_kind = pytest.mark.parametrize("kind", KINDS_BY_HTTP.values(), ids=list(KINDS_BY_HTTP))


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver() as opened:
        yield opened


@pytest.fixture
def channel(kind: Kind, receiver: WebhookReceiver, tmp_path: Path) -> Channel:
    return Channel(kind, receiver, tmp_path)


@of_every_kind
@pytest.mark.parametrize(
    ("names", "said", "hint"),
    [((), "self-signed certificate", "name that in ca_file"), (("hooks.example",), "mismatch", "is made out to")],
)
async def test_a_certificate_that_nobody_vouches_for_or_of_another_host_is_refused(
    kind: Kind, tmp_path: Path, names: tuple[str, ...], said: str, hint: str
) -> None:
    """No byte of a message goes to who cannot show a certificate; the error says what to do."""
    certificate = make_certificate(tmp_path, *names)
    trusted: Settings = {"ca_file": str(certificate.certificate)} if names else {}
    async with WebhookReceiver(certificate=certificate) as receiver:
        error = await Channel(of_https(kind), receiver, tmp_path).failure(**trusted)
        assert advice(error) == ("retry", False, None)
        assert said in str(error)
        assert hint in error.hint
        assert receiver.calls == []
        if not names:
            own = Channel(of_https(kind), receiver, tmp_path)
            assert (await own.send(ca_file=str(certificate.certificate))).answer == "200 OK: ok"


def of_https(kind: Kind) -> Kind:
    """The kind as it sends over TLS."""
    return replace(
        kind,
        secret=kind.secret.replace("http://", "https://"),
        settings=lambda base, file: kind.settings(base.replace("http://", "https://"), file),
    )


@of_every_kind
async def test_a_plain_server_behind_https_is_told_for_one(channel: Channel, kind: Kind) -> None:
    error = await replace(channel, kind=of_https(kind)).failure()
    assert "does not speak TLS" in str(error)
    assert "port" in error.hint


@pytest.mark.parametrize(
    ("kind", "body", "hint"),
    [
        ("discord", {"message": "Thread is archived", "code": 50_083}, "a thread that is open"),
        (
            "discord",
            {"message": "Webhooks posted to forum channels must have a thread", "code": 220_001},
            "?thread_id=",
        ),
        (
            "matrix",
            {"errcode": "M_INVALID_PARAM", "error": "!r was not legal room ID string"},
            "check homeserver and room",
        ),
        ("ntfy", {"code": 40_009, "http": 400, "error": "invalid request: topic invalid"}, "choose another name"),
        ("ntfy", {"code": 40_010, "http": 400, "error": "topic name is disallowed"}, "choose another name"),
    ],
)
async def test_a_400_that_every_message_would_get_stops_the_channel_and_loses_none(
    receiver: WebhookReceiver, tmp_path: Path, kind: str, body: dict[str, Any], hint: str
) -> None:
    error = await Channel(KINDS_BY_HTTP[kind], receiver, tmp_path).failure(Reply(400, body=json.dumps(body)))
    assert advice(error) == ("retry", True, None)
    assert hint in error.hint


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("discord", {"message": "Invalid Form Body", "code": 50_035}),
        ("discord", {"code": [220_001]}),
        ("matrix", {"errcode": "M_BAD_JSON"}),
        ("ntfy", {"code": 40_011, "error": "message must be UTF-8 encoded"}),
    ],
)
async def test_a_400_that_is_of_the_message_stops_no_channel(
    receiver: WebhookReceiver, tmp_path: Path, kind: str, body: dict[str, Any]
) -> None:
    error = await Channel(KINDS_BY_HTTP[kind], receiver, tmp_path).failure(Reply(400, body=json.dumps(body)))
    assert advice(error) == ("give up", False, None)
