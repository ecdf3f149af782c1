"""What every kind of channel keeps to, against a real receiver that behaves, and misbehaves."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from alerting.channels import KINDS, generate_secret
from news.address import AllowList
from news.alert import Receipt
from news.clock import ManualClock
from news.errors import DeliveryError
from tests.channel_kinds import CANARY, KINDS_BY_HTTP, SIGNED, Channel, Kind, Settings, advice, sent
from tests.chats import seen
from tests.receivers import ALERT, HOST, TOLD, Reply, WebhookReceiver

NOW = datetime(2026, 11, 14, 9, 30, tzinfo=UTC)
TOO_MANY = {"retry-after": "7"}
of_every_kind = pytest.mark.parametrize("kind", KINDS_BY_HTTP.values(), ids=list(KINDS_BY_HTTP))
of_every_chat = pytest.mark.parametrize("kind", [k for k in KINDS_BY_HTTP.values() if k.name != "webhook"],
                                        ids=[name for name in KINDS_BY_HTTP if name != "webhook"])  # fmt: skip


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver() as opened:
        yield opened


@pytest.fixture
def channel(kind: Kind, receiver: WebhookReceiver, tmp_path: Path) -> Channel:
    return Channel(kind, receiver, tmp_path)


def test_no_kind_is_left_out() -> None:
    assert {*KINDS_BY_HTTP, "email"} == set(KINDS)


@of_every_kind
async def test_an_alert_is_taken_at_once(channel: Channel) -> None:
    receipt = await channel.send(Reply(200, body="ok"))
    assert receipt == Receipt("200 OK: ok")
    [call] = channel.calls
    assert call.method == ("PUT" if channel.kind.name == "matrix" else "POST")
    headers = {name.lower(): value for name, value in call.headers.items()}
    assert (headers["user-agent"], headers["content-type"]) == ("Vigie", "application/json")


@of_every_kind
async def test_an_answer_that_is_slow_but_within_the_time_is_one(channel: Channel) -> None:
    """Row 47: a slow 200."""
    channel.receiver.replies.append(Reply(stall=True))
    sending = asyncio.create_task(sent(channel.delivery()))
    await channel.receiver.arrived.wait()
    channel.receiver.release()
    assert (await sending).answer == "200 OK: ok"
    assert len(channel.calls) == 1


@of_every_kind
async def test_an_answer_that_comes_too_late_is_tried_again(channel: Channel) -> None:
    """Row 47: a 200 beyond the time."""
    error = await channel.failure(Reply(stall=True), timeout=0.3)
    assert advice(error) == ("retry", False, None)
    assert "did not answer within 0.3 s" in str(error)


@of_every_kind
async def test_every_attempt_says_the_same_and_bears_the_same_key(channel: Channel) -> None:
    """Rows 46 and 47: what was perhaps taken is sent again as it was, so that whoever can tell a repeat tells it."""
    await channel.failure(Reply(stall=True), timeout=0.3)
    await channel.send()
    first, second = channel.calls
    assert first.body == second.body
    assert first.path == second.path
    key = {
        "webhook": lambda call: call.headers["webhook-id"],
        "matrix": lambda call: call.path.rpartition("/")[2],
        "ntfy": lambda call: call.payload["sequence_id"],
    }.get(channel.kind.name)
    if key is not None:
        assert key(second) == channel.delivery().key


@of_every_kind
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(channel: Channel, status: int) -> None:
    """Row 47: 301."""
    error = await channel.failure(Reply(status, {"location": f"http://{HOST}:{channel.receiver.port}/elsewhere"}))
    assert advice(error) == ("retry", False, None)
    assert "redirects are not followed" in error.hint
    assert len(channel.calls) == 1


@of_every_kind
@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 418, 500, 502, 503])
async def test_a_refusal_is_what_its_service_means_by_it(channel: Channel, status: int) -> None:
    """Row 47: 404, 410 and 500, and what the services answer otherwise."""
    error = await channel.failure(Reply(status, body="no"))
    kind = channel.kind
    expected = ("retry", False, None)
    if status in kind.rests:
        expected = ("retry", True, None)
    elif status in kind.gone:
        expected = ("give up", True, None)
    elif status in kind.lost:
        expected = ("give up", False, None)
    assert advice(error) == expected
    assert error.answer.startswith(f"{status} ")
    assert bool(error.hint) == error.advice.pause_channel, "whoever has to do something is told what"


@of_every_kind
@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_honoured(channel: Channel, status: int) -> None:
    """Row 47: 429 with Retry-After, in seconds or as a date, of at most 24 hours."""
    clock = ManualClock(NOW)
    in_an_hour = format_datetime(NOW + timedelta(hours=1), usegmt=True)
    for header, wait in (("7", 7), (in_an_hour, 3_600), ("999999999", 86_400), ("-1", None), ("soon", None)):
        error = await channel.failure(Reply(status, {"retry-after": header}), clock=clock)
        assert advice(error) == ("retry", False, None if wait is None else timedelta(seconds=wait))


@pytest.mark.parametrize(
    ("kind", "body", "wait"),
    [
        ("discord", {"message": "You are being rate limited.", "retry_after": 12.5, "global": False}, 12.5),
        ("discord", {"retry_after": 2}, 7),
        ("telegram", {"ok": False, "error_code": 429, "parameters": {"retry_after": 34}}, 34),
        ("matrix", {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 9_500}, 9.5),
        ("matrix", {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 600_000}, 600),
        ("matrix", {"retry_after_ms": 10**12}, 86_400),
        ("discord", {"retry_after": 1e300}, 86_400),
        ("discord", {"retry_after": 10**400}, 86_400),
        ("discord", {"retry_after": float("inf")}, 86_400),
        ("discord", {"retry_after": -5}, 7),
        ("discord", {"retry_after": float("nan")}, 7),
        ("discord", {"retry_after": "12"}, 7),
        ("telegram", {"parameters": [34]}, 7),
        ("matrix", {"retry_after_ms": True}, 7),
        ("matrix", [1], 7),
    ],
)
async def test_a_wait_that_the_body_asks_for_is_honoured_where_it_is_the_longer_one(
    receiver: WebhookReceiver, tmp_path: Path, kind: str, body: Any, wait: float
) -> None:
    """Row 47: 429 as Discord, Telegram and Matrix say it; what is no number of seconds is ignored."""
    channel = Channel(KINDS_BY_HTTP[kind], receiver, tmp_path)
    error = await channel.failure(Reply(429, TOO_MANY, json.dumps(body)), clock=ManualClock(NOW))
    assert advice(error) == ("retry", False, timedelta(seconds=wait))


@of_every_kind
async def test_a_connection_that_is_reset_is_tried_again(channel: Channel) -> None:
    """Row 47: reset. A post is never repeated within an attempt; a put is, by aiohttp, and is the same transaction."""
    assert advice(await channel.failure(Reply(reset=True), Reply(reset=True))) == ("retry", False, None)
    assert len(channel.calls) == (2 if channel.kind.name == "matrix" else 1)
    assert len({call.path for call in channel.calls}) == 1


@of_every_kind
async def test_a_receiver_that_is_down_is_tried_again(channel: Channel) -> None:
    delivery = channel.delivery()
    await channel.receiver.__aexit__()
    with pytest.raises(DeliveryError, match=r"http://[\d.:]+ could not be reached: connection refused$") as raised:
        await sent(delivery)
    assert advice(raised.value) == ("retry", False, None)


@of_every_kind
async def test_of_an_answer_of_a_gigabyte_64_kib_are_read(channel: Channel) -> None:
    """Row 47: a reply of 1 GB."""
    receipt = await channel.send(Reply(body_bytes=2**30))
    assert len(receipt.answer) < 400
    assert channel.receiver.bytes_sent < 2**25, "what the sockets of both sides hold, and no more"


@of_every_kind
async def test_an_answer_that_repeats_all_it_was_sent_gives_no_secret_away(channel: Channel) -> None:
    """Row 52: secrets are in no answer and no error."""
    receipt = await channel.send(Reply(200, repeat=True))
    assert not any(secret in receipt.answer for secret in channel.kind.hidden)
    error = await channel.failure(Reply(500, repeat=True))
    assert error.answer.startswith("500 ")


@of_every_chat
@pytest.mark.parametrize("field", ["id", "event_id", "result"])
async def test_what_a_service_calls_the_message_gives_no_secret_away(channel: Channel, field: str) -> None:
    """Row 52."""
    named = {"id": f"\x1b{CANARY}" + "x" * 9_999, "event_id": f"${CANARY}" + "x" * 9_999}
    receipt = await channel.send(Reply(200, body=json.dumps({**named, "result": {"message_id": CANARY}})))
    assert CANARY not in receipt.answer
    assert "\x1b" not in receipt.answer
    assert len(receipt.answer) < 400


@of_every_kind
async def test_a_secret_that_is_not_there_pauses_the_channel_and_nothing_is_sent(channel: Channel) -> None:
    delivery = channel.delivery()
    (channel.folder / "secret").unlink()
    with pytest.raises(DeliveryError) as raised:
        await sent(delivery)
    assert advice(raised.value) == ("retry", True, None)
    assert channel.calls == []


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("webhook", "whsec_short"),
        ("slack", f"hooks.slack.com/services/{CANARY}"),
        ("slack", f"http://hooks.example.com/{CANARY}"),
        ("discord", f"https://user:{CANARY}@discord.example/api"),
        ("discord", f"file:///{CANARY}"),
        ("telegram", f"{CANARY}/../../x"),
        ("telegram", "123456"),
    ],
)
async def test_a_secret_that_cannot_be_one_pauses_the_channel_and_is_not_repeated(
    receiver: WebhookReceiver, tmp_path: Path, kind: str, content: str
) -> None:
    channel = Channel(replace(KINDS_BY_HTTP[kind], secret=content), receiver, tmp_path)
    error = await channel.failure()
    assert advice(error) == ("retry", True, None)
    assert error.hint
    assert channel.calls == []


@of_every_kind
async def test_what_the_guard_does_not_allow_is_never_called(channel: Channel) -> None:
    with pytest.raises(DeliveryError, match="not on the open internet") as raised:
        await sent(channel.delivery(), allow=AllowList())
    assert advice(raised.value) == ("retry", False, None)
    assert channel.calls == []


@of_every_chat
@pytest.mark.parametrize(
    "hostile",
    ["<img src=x onerror=alert(1)>", "@everyone <!channel> <@U1>", "[read](https://evil.example) **now** _x_ # y"],
)
async def test_a_hostile_title_arrives_as_it_was_written(channel: Channel, hostile: str) -> None:
    """Row 50: HTML, mentions and markup are escaped in each service's own way."""
    told = replace(TOLD, title=hostile, title_spans=(), source=hostile)
    await channel.send(alert=replace(ALERT, told=told, watch=hostile))
    found = seen(channel.kind.name, channel.calls[0].payload)
    assert found.text.count(hostile) >= 3
    assert found.called == []
    assert set(found.links) == {TOLD.url}


@pytest.mark.parametrize(
    ("answer", "expected", "hint"),
    [
        ({"description": "Bad Request: chat not found"}, ("retry", True, None), "chat's number"),
        ({"description": "Bad Request: message thread not found"}, ("retry", True, None), "chat's number"),
        ({"description": "Bad Request: can't parse entities: …"}, ("give up", False, None), ""),
        ({"description": "Bad Request: message is too long"}, ("give up", False, None), ""),
        (
            {"description": "Bad Request: group chat was upgraded", "parameters": {"migrate_to_chat_id": -1009}},
            ("retry", True, None),
            "set the channel's chat to -1009",
        ),
        (
            {"description": "upgraded", "parameters": {"migrate_to_chat_id": 10**99}},
            ("retry", True, None),
            "chat's number",
        ),
        (
            {"description": "upgraded", "parameters": {"migrate_to_chat_id": True}},
            ("retry", True, None),
            "chat's number",
        ),
    ],
)
async def test_telegram_says_by_one_status_that_the_chat_or_the_message_is_wrong(
    receiver: WebhookReceiver, tmp_path: Path, answer: dict[str, Any], expected: Any, hint: str
) -> None:
    channel = Channel(KINDS_BY_HTTP["telegram"], receiver, tmp_path)
    error = await channel.failure(Reply(400, body=json.dumps({"ok": False, **answer})))
    assert advice(error) == expected
    assert hint in error.hint


async def test_each_service_is_called_where_it_listens_and_logged_in_to(
    receiver: WebhookReceiver, tmp_path: Path
) -> None:
    paths = {}
    for name, kind in KINDS_BY_HTTP.items():
        await Channel(kind, receiver, tmp_path).send()
        call = receiver.calls[-1]
        paths[name] = (call.path, call.headers.get("authorization") or call.headers.get("Authorization"))
    assert paths == {
        "webhook": ("/hook", None),
        "slack": (f"/services/T0/B0/{CANARY}", None),
        "discord": (f"/api/webhooks/1/{CANARY}?wait=true", None),
        "telegram": (f"/bot123456:{CANARY}/sendMessage", None),
        "matrix": ("/_matrix/client/v3/rooms/!r:example.org/send/m.room.message/0192f3a4c5", f"Bearer {CANARY}"),
        "ntfy": ("/", f"Bearer {CANARY}"),
    }


async def test_a_thread_of_discord_and_a_topic_of_telegram_are_kept(receiver: WebhookReceiver, tmp_path: Path) -> None:
    threaded = f"http://{HOST}:{receiver.port}/api/webhooks/1/{CANARY}?thread_id=7&wait=false"
    await Channel(replace(KINDS_BY_HTTP["discord"], secret=threaded), receiver, tmp_path).send()
    await Channel(KINDS_BY_HTTP["telegram"], receiver, tmp_path).send(topic="9")
    discord, telegram = receiver.calls
    assert discord.path.endswith("?thread_id=7&wait=true")
    assert (telegram.payload["chat_id"], telegram.payload["message_thread_id"]) == ("-100123", 9)


async def test_ntfy_takes_a_name_with_a_password_and_a_topic_that_is_a_secret(
    receiver: WebhookReceiver, tmp_path: Path
) -> None:
    (tmp_path / "topic").write_text("topic-0123456789\n")
    kind = replace(KINDS_BY_HTTP["ntfy"], hidden=(CANARY, "topic-0123456789", "bWU6Y2FuYXJ5"))
    own: Settings = {"topic": "", "topic_file": str(tmp_path / "topic"), "token_file": "", "username": "me"}
    channel = Channel(kind, receiver, tmp_path)
    error = await channel.failure(Reply(500, repeat=True), password_file=str(tmp_path / "secret"), **own)
    [call] = channel.calls
    assert {name.lower(): value for name, value in call.headers.items()}["authorization"].startswith(
        "Basic bWU6Y2FuYXJ5"
    )
    assert call.payload["topic"] == "topic-0123456789"
    assert advice(error) == ("retry", False, None)


async def test_a_replayed_or_altered_webhook_is_refused_by_the_reference_verifier(
    receiver: WebhookReceiver, tmp_path: Path
) -> None:
    """Row 54: every webhook is verified by the standardwebhooks library; replayed later or altered it is refused."""
    channel = Channel(KINDS_BY_HTTP["webhook"], receiver, tmp_path)
    await channel.send()
    await channel.send(clock=ManualClock(datetime.now(UTC) - timedelta(minutes=6)))
    fresh, replayed = channel.calls
    assert fresh.verified(SIGNED)["type"] == "article.matched"
    for call, body, headers in (
        (replayed, replayed.body, {}),
        (fresh, fresh.body.replace(b"Pyongyang", b"Washington"), {}),
        (fresh, fresh.body, {"webhook-id": "another"}),
        (fresh, fresh.body, {"webhook-timestamp": str(int(fresh.headers["webhook-timestamp"]) + 60)}),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(SIGNED).verify(body, {**call.headers, **headers})


@pytest.mark.parametrize("kept", ["file", "made"])
async def test_while_a_secret_is_changed_receivers_with_the_old_or_the_new_one_take_the_message(
    receiver: WebhookReceiver, tmp_path: Path, kept: str
) -> None:
    old = generate_secret()
    file = tmp_path / "old"
    file.write_text(old)
    settings: Settings = {"old_secret_file": str(file)} if kept == "file" else {"old_secret": old}
    channel = Channel(replace(KINDS_BY_HTTP["webhook"], hidden=(SIGNED, old)), receiver, tmp_path)
    await channel.send(**settings)
    [call] = channel.calls
    assert len(call.headers["webhook-signature"].split()) == 2
    assert call.verified(SIGNED) == call.verified(old)
    with pytest.raises(WebhookVerificationError):
        call.verified(generate_secret())
    assert advice(await channel.failure(Reply(500, repeat=True), **settings)) == ("retry", False, None)
