"""The Slack channel: an alert as a message of rich text, posted to an incoming webhook.

Slack parses the characters & < > in `text`, which notifications show, so they are escaped there. The message itself is
made of rich text elements: Slack parses nothing in those, and marks a hit in the middle of a word, which its markup
cannot.
"""

from collections.abc import Iterable
from typing import Any

from alerting.channels.answer import Answer, Fault, refusal
from alerting.channels.call import Request, as_json
from alerting.channels.chat_sender import ChatSender
from alerting.channels.secret_url import SecretUrlSettings
from alerting.channels.secrets import secrets_of_url
from alerting.chat import Entry, Other, Post, fitted, post
from alerting.marks import Piece
from alerting.own import Words
from news.alert import Alert, Delivery, Receipt

_LONGEST = 12_000  # characters; Slack takes more, a reader does not
_MOST_ENTRIES = 20
_LOOK_AT_THE_APP = (
    "Slack no longer takes messages at this address: make a new webhook on the app's page, put its URL where the old "
    "one was, then resume the channel"
)


class SlackSettings(SecretUrlSettings):
    """Where the webhook's URL is kept, as Slack shows it."""


class SlackSender(ChatSender[SlackSettings]):
    """Posts each delivery over a connection of its own."""

    async def _post(self, delivery: Delivery, own: str) -> Receipt:
        url = self._settings.url()
        content = as_json(in_own_words(own) if own else message(delivery.alert))
        request = Request(url, content, {"content-type": "application/json"}, secrets_of_url(url))
        answer = await self._caller.call(request)
        if answer.is_success:
            return Receipt(str(answer))
        fault = fault_of(answer)
        hint = _LOOK_AT_THE_APP if fault == "settings" else ""
        raise refusal(answer, request.place, self._clock.now(), fault, hint)


def fault_of(answer: Answer) -> Fault:
    """403 and 404 mean the webhook (`invalid_token`, `no_service`, `channel_not_found`), 400 the message."""
    if answer.status in (401, 403, 404):
        return "settings"
    if answer.status == 400:
        return "message"
    return "gone" if answer.status == 410 else "passing"


def message(alert: Alert) -> dict[str, Any]:
    """The alert as an incoming webhook takes it."""
    return fitted(post(alert), _message, _fits, _MOST_ENTRIES)


def in_own_words(text: str) -> dict[str, Any]:
    """A text of the channel's own, in Slack's markup."""
    return {"text": text, "mrkdwn": True, "unfurl_links": False, "unfurl_media": False}


def escaped(text: str) -> str:
    """The text with what Slack's markup parses as entities, by which `<!channel>` is no call to everyone."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


WORDS = Words(escaped, lambda text: len(text) <= _LONGEST)


def _message(said: Post) -> dict[str, Any]:
    head = [_text(f"{said.note}\n")] if said.note else []
    head += [_text(said.head, bold=True), *([_text(f"\n{said.lead}")] if said.lead else [])]
    blocks = [_section(head)]
    blocks += [block for entry in said.entries for block in _blocks(entry)]
    blocks += [_section([_text(said.rest)])] if said.rest else []
    first = "".join(piece.text for entry in said.entries[:1] for piece in entry.title)
    return {
        "text": escaped(" ".join(filter(None, [f"{said.head}:", first, said.rest]))),
        "mrkdwn": False,
        "blocks": [{"type": "rich_text", "elements": blocks}],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _blocks(entry: Entry) -> Iterable[dict[str, Any]]:
    above = [_text(f"\n{entry.section}", bold=True)] if entry.section else []
    above += [_text(f"\n{entry.news}")] if entry.news else []
    title = [_linked(piece, entry.link) if entry.link else _text(piece.text, bold=piece.hit) for piece in entry.title]
    yield _section([*above, _text("\n"), *title, *([_text(f"\n{entry.facts}")] if entry.facts else [])])
    if entry.excerpt:
        quoted = [_text(piece.text, bold=piece.hit) for piece in entry.excerpt]
        yield {"type": "rich_text_quote", "elements": quoted}
    below = [part for other in entry.others for part in _other(other)]
    below += [_text(f"{entry.rest}\n")] if entry.rest else []
    if below:
        yield _section(below)


def _other(other: Other) -> Iterable[dict[str, Any]]:
    title = Piece(other.title)
    yield _text(f"• {other.source}: ")
    yield _linked(title, other.link) if other.link else _text(title.text)
    yield _text("\n")


def _section(elements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": elements}


def _text(text: str, *, bold: bool = False) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}


def _linked(piece: Piece, link: str) -> dict[str, Any]:
    return {**_text(piece.text, bold=piece.hit), "type": "link", "url": link}


def _fits(written: dict[str, Any]) -> bool:
    return len(as_json(written).decode()) <= _LONGEST
