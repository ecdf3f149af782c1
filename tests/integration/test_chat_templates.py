"""A chat that is told by the channel's own template."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.channel_kinds import KINDS_BY_HTTP, Channel, Kind, advice
from tests.receivers import ALERT, TOLD, Reply, WebhookReceiver

CHATS = {name: kind for name, kind in KINDS_BY_HTTP.items() if name != "webhook"}
of_every_chat = pytest.mark.parametrize("kind", CHATS.values(), ids=list(CHATS))


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver() as running:
        yield running


@pytest.fixture
def channel(kind: Kind, receiver: WebhookReceiver, tmp_path: Path) -> Channel:
    return Channel(kind, receiver, tmp_path)


_HOSTILE = replace(TOLD, title="<!channel> @everyone *x*", url="https://phare.example/@desk/a_b?c=1")
_IN_ITS_WAY = {
    "slack": ("text", "&lt;!channel&gt; @everyone *x*"),
    "discord": ("content", r"\<!channel\> \@everyone \*x\*"),
    "telegram": ("text", "&lt;!channel&gt; @\u2060everyone *x*"),
    "matrix": ("formatted_body", "&lt;!channel&gt; @everyone *x*"),
    "ntfy": ("message", "<!channel> @everyone *x*"),
}


@of_every_chat
async def test_a_chat_is_told_in_the_channel_s_own_words_and_addresses_stay_whole(channel: Channel) -> None:
    alert = replace(ALERT, told=_HOSTILE)
    receipt = await channel.send(alert=alert, template={"text": "{{ title }}\n{{ url }}"})
    [call] = channel.calls
    field, title = _IN_ITS_WAY[channel.kind.name]
    assert (json.loads(call.body)[field], receipt.trouble) == (f"{title}\n{_HOSTILE.url}", "")


@of_every_chat
async def test_no_alert_is_lost_to_a_template_that_a_chat_refuses_or_that_says_too_much(channel: Channel) -> None:
    no = Reply(400, body=json.dumps({"description": "Bad Request: can't parse entities"}))
    refused = await channel.send(no, template={"text": "own <words"})
    field, _ = _IN_ITS_WAY[channel.kind.name]
    own, built_in = (json.loads(call.body) for call in channel.calls)
    assert own[field] == "own <words"
    assert "own <words" not in json.dumps(built_in)
    assert "the receiver refuses what the text template of this channel makes" in refused.trouble
    long = await channel.send(template={"text": "x" * 19_000 + "{{ title }}" * 30})
    assert json.loads(channel.calls[-1].body) == built_in
    assert "more of this alert than the chat takes" in long.trouble


@of_every_chat
async def test_what_a_template_did_not_cause_is_no_reason_to_ask_twice(channel: Channel) -> None:
    error = await channel.failure(Reply(500), template={"text": "own words"})
    assert (advice(error), len(channel.calls)) == (("retry", False, None), 1)
