"""The Matrix channel: an alert as a message in a room; the delivery's key is the transaction, so a repeat is none."""

import html
import re
from typing import Any
from urllib.parse import quote

from pydantic import Field, model_validator

from alerting.channels.answer import Answer, Fault, refusal, seconds
from alerting.channels.call import Request, as_json, receipt
from alerting.channels.chat_sender import ChatSender, ChatSettings
from alerting.channels.secrets import read_secret
from alerting.channels.settings import BaseUrl, is_in_clear
from alerting.chat import PLAIN, Entry, Markup, Post, fitted, in_lines, post
from alerting.own import Words
from news.alert import Alert, Delivery, Receipt
from news.url import endpoint

_LONGEST = 40_000  # bytes of the content; an event may have 65,536, with what the server adds
_LONGEST_OWN = 20_000  # bytes of a text of the channel's own; the built-in one goes with it
_ROOM = re.compile(r"![^\s/?#\x00-\x20]{1,254}")
_TOO_LARGE = 413


def escaped(text: str) -> str:
    """The text as HTML, its line ends kept."""
    return html.escape(text, quote=False).replace("\n", "<br>")


MARKUP = Markup(
    plain=escaped,
    hit=lambda text: f"<strong>{text}</strong>",
    strong=lambda text: f"<strong>{text}</strong>",
    link=lambda text, url: f'<a href="{html.escape(url)}">{text}</a>',
    quote=lambda text: f"<blockquote>{text}</blockquote>",
)


class MatrixSettings(ChatSettings):
    """The homeserver, the room, and where the access token of the account that writes there is kept."""

    homeserver: BaseUrl = Field(description="the server of the account that writes, as in https://matrix.example.org")
    room: str = Field(description="the room's internal id, which begins with an exclamation mark")
    token_env: str = Field(default="", description="the environment variable that holds the access token")
    token_file: str = Field(default="", description="the file that holds the access token")

    @model_validator(mode="after")
    def _is_whole(self) -> "MatrixSettings":
        if self._named("token") != 1:
            raise ValueError("the access token is a secret: name token_env or token_file")
        if not _ROOM.fullmatch(self.room):
            raise ValueError("room is the internal id, such as !abcdef:example.org; a room's settings show it")
        if is_in_clear(self.homeserver):
            raise ValueError("a token is not sent in clear over a network: homeserver begins with https://")
        return self

    def endpoint(self) -> tuple[str, int]:
        """The host and port that are dialled."""
        return endpoint(self.homeserver)

    def goes_to(self) -> str:
        """The room."""
        return self.room


class MatrixSender(ChatSender[MatrixSettings]):
    """Posts each delivery over a connection of its own."""

    async def _post(self, delivery: Delivery, own: str) -> Receipt:
        settings = self._settings
        token = read_secret(settings.token_env, settings.token_file).strip()
        place = f"rooms/{quote(settings.room, safe='')}/send/m.room.message/{quote(delivery.key, safe='')}"
        request = Request(
            f"{settings.homeserver}/_matrix/client/v3/{place}",
            as_json(in_own_words(delivery.alert, own) if own else message(delivery.alert)),
            {"content-type": "application/json", "authorization": f"Bearer {token}"},
            (token,),
            method="PUT",
        )
        answer = await self._caller.call(request)
        if answer.is_success:
            return receipt(answer, request, "event", answer.values.get("event_id"))
        fault = fault_of(answer)
        wait = seconds(answer.values.get("retry_after_ms"), of_one=1_000)
        raise refusal(answer, request.place, self._clock.now(), fault, _hint(answer, fault), wait)


def fault_of(answer: Answer) -> Fault:
    """401, 403 and 404 mean the token, the room or the server; 400 and 413 this message, if not the room's id."""
    is_of_room = answer.status == 400 and answer.values.get("errcode") == "M_INVALID_PARAM"
    if answer.status in (401, 403, 404, 405) or is_of_room:
        return "settings"
    if answer.status in (400, _TOO_LARGE):
        return "message"
    return "gone" if answer.status == 410 else "passing"


def message(alert: Alert) -> dict[str, Any]:
    """The content of the event. `m.text`, because clients do not notify of an `m.notice`; it mentions nobody."""
    return fitted(post(alert), _message, lambda written: len(as_json(written)) <= _LONGEST)


def in_own_words(alert: Alert, text: str) -> dict[str, Any]:
    """A text of the channel's own, as HTML; where HTML is not shown, the built-in text is."""
    return {**message(alert), "formatted_body": text}


def _value(text: str) -> str:
    """A value as templates print it, in text or in an attribute."""
    return html.escape(text).replace("\n", "<br>")


WORDS = Words(_value, lambda text: len(text.encode("utf-8", "replace")) <= _LONGEST_OWN)


def _message(said: Post) -> dict[str, Any]:
    return {
        "msgtype": "m.text",
        "body": in_lines(said, PLAIN),
        "format": "org.matrix.custom.html",
        "formatted_body": _html(said),
        "m.mentions": {},
    }


def _html(said: Post) -> str:
    lead = f"<br>{escaped(said.lead)}" if said.lead else ""
    note = f"<p>{escaped(said.note)}</p>" if said.note else ""
    rest = f"<p>{escaped(said.rest)}</p>" if said.rest else ""
    return f"{note}<p>{MARKUP.strong(escaped(said.head))}{lead}</p>{''.join(map(_entry, said.entries))}{rest}"


def _entry(entry: Entry) -> str:
    title = MARKUP.marked(entry.title)
    above = [MARKUP.strong(escaped(entry.section)), escaped(entry.news)] if entry.section else [escaped(entry.news)]
    lines = [*above, MARKUP.link(title, entry.link) if entry.link else title, escaped(entry.facts)]
    excerpt = MARKUP.quote(MARKUP.marked(entry.excerpt)) if entry.excerpt else ""
    below = "<br>".join(filter(None, [*map(MARKUP.other, entry.others), escaped(entry.rest)]))
    return f"<p>{'<br>'.join(filter(None, lines))}</p>{excerpt}" + (f"<p>{below}</p>" if below else "")


def _hint(answer: Answer, fault: Fault) -> str:
    if answer.status == 401:
        return "the homeserver does not know the access token: put a valid one in its place, then resume the channel"
    if answer.status == 403:
        return "invite the account to the room, accept, let it write there, then resume the channel"
    if fault == "settings":
        return "check homeserver and room, then resume the channel"
    return ""
