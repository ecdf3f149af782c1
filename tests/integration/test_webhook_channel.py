"""The webhook channel against a real endpoint that behaves, and misbehaves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError

from alerting.channels import build, generate_secret
from alerting.guard import GuardedDialler
from alerting.payload import payload
from cli.network import system_resolve
from news.address import AllowList
from news.alert import Delivery, Receipt
from news.clock import Clock, ManualClock, SystemClock
from news.errors import DeliveryError
from news.guard import Guard
from tests.receivers import ALERT, Reply, WebhookReceiver, a_delivery, make_certificate

SECRET = generate_secret()
LOOPBACK = AllowList.parse(["127.0.0.0/8"])
NOW = datetime(2026, 11, 14, 9, 30, tzinfo=UTC)


@pytest.fixture
async def webhook() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver() as receiver:
        yield receiver


def delivery(webhook: WebhookReceiver, **settings: Any) -> Delivery:
    return a_delivery("webhook", {"url": webhook.url, "secret": SECRET, "timeout": 10, **settings})


async def send(sent: Delivery, clock: Clock | None = None, allow: AllowList = LOOPBACK) -> Receipt:
    return await build(sent.channel, GuardedDialler(Guard(allow, system_resolve)), clock or SystemClock()).send(sent)


async def failure(sent: Delivery, clock: Clock | None = None, allow: AllowList = LOOPBACK) -> DeliveryError:
    with pytest.raises(DeliveryError) as raised:
        await send(sent, clock, allow)
    error: DeliveryError = raised.value
    said = f"{error!r} {error} {error.hint} {error.answer} {error.__cause__!r} {error.__context__!r}"
    assert SECRET not in said
    assert "canary-in-url" not in said
    return error


async def test_an_alert_arrives_signed_and_as_documented(webhook: WebhookReceiver) -> None:
    receipt = await send(delivery(webhook))
    (call,) = webhook.calls
    assert receipt == Receipt("200 OK: ok")
    assert (call.method, call.path) == ("POST", "/hook?key=canary-in-url")
    assert call.verified(SECRET) == payload(ALERT)
    headers = {name.lower(): value for name, value in call.headers.items()}
    assert headers["webhook-id"] == "0192f3a4c5"
    assert headers["user-agent"] == "Vigie"
    assert headers["content-type"] == "application/json"


async def test_another_secret_does_not_verify(webhook: WebhookReceiver) -> None:
    await send(delivery(webhook))
    with pytest.raises(WebhookVerificationError):
        webhook.calls[0].verified(generate_secret())


async def test_the_id_and_the_body_stay_while_timestamp_and_signature_are_of_the_attempt(
    webhook: WebhookReceiver,
) -> None:
    clock = ManualClock(NOW)
    await send(delivery(webhook), clock)
    clock.set(NOW + timedelta(hours=2))
    await send(delivery(webhook), clock)
    first, second = webhook.calls
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 7200
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


async def test_a_secret_in_a_file_is_read_when_it_is_needed(webhook: WebhookReceiver, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    sent = delivery(webhook, secret=None, secret_file=str(file))
    sender = build(sent.channel, GuardedDialler(Guard(LOOPBACK, system_resolve)), SystemClock())
    file.write_text(f"{SECRET}\n")
    await sender.send(sent)
    assert webhook.calls[0].verified(SECRET)


@pytest.mark.parametrize("content", [None, "", "whsec_short"])
async def test_a_secret_that_is_not_there_or_none_pauses_the_channel_and_nothing_is_sent(
    webhook: WebhookReceiver, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_text(content)
    error = await failure(delivery(webhook, secret=None, secret_file=str(file)))
    assert (error.advice.permanent, error.advice.pause_channel) == (False, True)
    assert webhook.calls == []


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 308, 400, 401, 404, 429, 500, 502, 503, 504])
async def test_every_other_answer_is_a_failure_that_is_tried_again(webhook: WebhookReceiver, status: int) -> None:
    location = {"location": "/elsewhere"} if 300 <= status < 400 else {}
    webhook.replies.append(Reply(status, location))
    error = await failure(delivery(webhook))
    assert (error.advice.permanent, error.advice.pause_channel, error.advice.retry_after) == (False, False, None)
    assert error.answer.startswith(f"{status} ")
    assert len(webhook.calls) == 1, "redirects are not followed"


async def test_gone_gives_up_and_pauses_the_channel(webhook: WebhookReceiver) -> None:
    webhook.replies.append(Reply(410))
    error = await failure(delivery(webhook))
    assert (error.advice.permanent, error.advice.pause_channel) == (True, True)
    assert error.hint


@pytest.mark.parametrize(
    ("header", "wait"),
    [("120", timedelta(minutes=2)), (format_datetime(NOW + timedelta(hours=1), usegmt=True), timedelta(hours=1))],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_handed_on(webhook: WebhookReceiver, status: int, header: str, wait: timedelta) -> None:
    webhook.replies.append(Reply(status, {"retry-after": header}))
    error = await failure(delivery(webhook), ManualClock(NOW))
    assert error.advice.retry_after == wait


async def test_an_endpoint_that_does_not_answer_fails_at_the_deadline(webhook: WebhookReceiver) -> None:
    webhook.replies.append(Reply(stall=True))
    error = await failure(delivery(webhook, timeout=0.3))
    assert "did not answer within 0.3 s" in str(error)
    assert not error.advice.permanent


async def test_a_success_whose_body_never_ends_is_a_success_at_the_deadline(webhook: WebhookReceiver) -> None:
    webhook.replies.append(Reply(stall_in_body=True))
    receipt = await send(delivery(webhook, timeout=0.3))
    assert receipt.answer == "200 OK: some of it (cut short)"


async def test_of_a_huge_answer_64_kib_are_read(webhook: WebhookReceiver) -> None:
    webhook.replies.append(Reply(body_bytes=2**30))
    receipt = await send(delivery(webhook))
    assert len(receipt.answer) < 400
    assert webhook.bytes_sent < 2**25, "what the sockets of both sides hold, and no more"


async def test_a_compressed_bomb_is_not_unpacked(webhook: WebhookReceiver) -> None:
    webhook.replies.append(Reply(headers={"content-encoding": "gzip"}, body="not gzip at all"))
    assert (await send(delivery(webhook))).answer == "200 OK: not gzip at all"


async def test_an_endpoint_that_hangs_up_is_tried_again(webhook: WebhookReceiver) -> None:
    webhook.replies.append(Reply(reset=True))
    error = await failure(delivery(webhook))
    assert not error.advice.permanent
    assert len(webhook.calls) == 1, "a post is never repeated within an attempt"


async def test_an_endpoint_that_is_down_is_tried_again(webhook: WebhookReceiver) -> None:
    sent = delivery(webhook)
    await webhook.__aexit__()
    error = await failure(sent)
    assert f"http://127.0.0.1:{webhook.port} could not be reached" in str(error)
    assert not error.advice.permanent


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200\x00\r\n\r\n", b"", b"HTTP/1.1 100 Continue\r\n\r\n"]
)
async def test_what_is_not_http_is_tried_again(answer: bytes) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?key=canary-in-url"
        error = await failure(a_delivery("webhook", {"url": url, "secret": SECRET}))
        assert not error.advice.permanent


async def test_an_answer_that_repeats_the_secret_or_controls_the_terminal_is_made_harmless(
    webhook: WebhookReceiver,
) -> None:
    webhook.replies.append(Reply(500, body=f"{SECRET} \x1b[31m\u202e red"))
    error = await failure(delivery(webhook))
    assert error.answer == "500 Internal Server Error: … [31m red"


async def test_tls_is_verified_against_the_named_ca_and_refused_without(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    async with WebhookReceiver(certificate=certificate) as webhook:
        error = await failure(delivery(webhook))
        assert "certificate" in str(error)
        assert webhook.calls == []
        await send(delivery(webhook, ca_file=str(certificate.certificate)))
        assert webhook.calls[0].verified(SECRET)


async def test_a_ca_file_that_is_none_pauses_the_channel(webhook: WebhookReceiver, tmp_path: Path) -> None:
    error = await failure(delivery(webhook, ca_file=str(tmp_path / "gone.pem")))
    assert error.advice.pause_channel


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "0", "[::1]", "①②⑦.⓪.⓪.①"])
async def test_a_private_endpoint_that_is_not_allowed_is_never_called(webhook: WebhookReceiver, host: str) -> None:
    error = await failure(delivery(webhook, url=f"http://{host}:{webhook.port}/?canary-in-url"), allow=AllowList())
    assert not error.advice.permanent
    assert webhook.calls == []
