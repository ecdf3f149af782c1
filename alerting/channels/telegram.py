"""The Telegram channel: an alert as a message of a bot's, in the HTML that Telegram knows."""

import html
import re
from typing import Any

from pydantic import Field, model_validator

from alerting.channels.answer import Answer, Fault, refusal, seconds
from alerting.channels.call import Request, as_json, receipt
from alerting.channels.chat_sender import ChatSender, ChatSettings
from alerting.channels.secrets import read_secret
from alerting.channels.settings import BaseUrl, is_in_clear
from alerting.chat import Markup, Post, fitted, in_lines, post, utf16
from alerting.own import Words
from news.alert import Alert, Delivery, Receipt
from news.errors import DeliveryError, RetryAdvice
from news.url import endpoint

_LONGEST = 4_096  # UTF-16 units; Telegram counts them without the tags, we with them
_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{20,100}")
_CHAT = re.compile(r"-?\d{1,20}|@[A-Za-z][A-Za-z0-9_]{3,31}")
# A name after an @ is looked up and told: a joiner between them, which nobody sees, makes it text.
_ADDRESS = re.compile(r"https?://\S+")
_MENTION = re.compile(r"(?<!\w)@(?=\w)")
# What a 400 says where this message is at fault; all else of that status means the chat or the bot's rights in it.
_OF_THE_MESSAGE = ("can't parse entities", "message is too long", "message text is empty", "must be encoded in utf-8")


def escaped(text: str) -> str:
    """The text as Telegram's HTML has it; what looks like a mention of somebody is none."""
    return html.escape(_MENTION.sub("@\u2060", text), quote=False)


MARKUP = Markup(
    plain=escaped,
    hit=lambda text: f"<b>{text}</b>",
    strong=lambda text: f"<b>{text}</b>",
    link=lambda text, url: f'<a href="{html.escape(url)}">{text}</a>',
    quote=lambda text: f"<blockquote>{text}</blockquote>",
)


class TelegramSettings(ChatSettings):
    """Where the bot's token is kept, and the chat that is told."""

    chat: str = Field(description="the chat that is told: its number, or @name of a public channel")
    topic: int | None = Field(default=None, ge=1, description="the number of a topic in a group that has topics")
    token_env: str = Field(default="", description="the environment variable that holds the bot's token")
    token_file: str = Field(default="", description="the file that holds the bot's token")
    api: BaseUrl = Field(default="https://api.telegram.org", description="the Bot API, if it is a server of your own")

    @model_validator(mode="before")
    @classmethod
    def _chat_may_be_a_number(cls, values: Any) -> Any:
        if isinstance(values, dict) and isinstance(values.get("chat"), int):
            return {**values, "chat": str(values["chat"])}
        return values

    @model_validator(mode="after")
    def _is_whole(self) -> "TelegramSettings":
        if self._named("token") != 1:
            raise ValueError("the bot's token is a secret: name token_env or token_file")
        if not _CHAT.fullmatch(self.chat):
            raise ValueError("chat is a number such as -1001234567890, or @name of a public channel")
        if is_in_clear(self.api):
            raise ValueError("a token is not sent in clear over a network: api begins with https://")
        return self

    def endpoint(self) -> tuple[str, int]:
        """The host and port that are dialled."""
        return endpoint(self.api)

    def goes_to(self) -> str:
        """The chat."""
        return f"chat {self.chat}" + (f", topic {self.topic}" if self.topic else "")

    def token(self) -> str:
        """The bot's token. Raises DeliveryError, which pauses the channel, where it is none."""
        token = read_secret(self.token_env, self.token_file).strip()
        if not _TOKEN.fullmatch(token):
            raise DeliveryError(
                "what is kept as the bot's token is none",
                RetryAdvice(pause_channel=True),
                hint="copy the token from BotFather again, digits, a colon and the rest, then resume the channel",
            )
        return token


class TelegramSender(ChatSender[TelegramSettings]):
    """Posts each delivery over a connection of its own."""

    async def _post(self, delivery: Delivery, own: str) -> Receipt:
        token = self._settings.token()
        url = f"{self._settings.api}/bot{token}/sendMessage"
        content = as_json(self._message(own or text(delivery.alert)))
        secrets = (token, token.partition(":")[2])
        request = Request(url, content, {"content-type": "application/json"}, secrets)
        answer = await self._caller.call(request)
        if answer.is_success and answer.values.get("ok") is not False:
            return receipt(answer, request, "message", _number(answer))
        asked = answer.values.get("parameters")
        asked = asked if isinstance(asked, dict) else {}
        fault = fault_of(answer)
        hint = _hint(answer, fault, asked)
        raise refusal(answer, request.place, self._clock.now(), fault, hint, seconds(asked.get("retry_after")))

    def _message(self, said: str) -> dict[str, Any]:
        return {
            "chat_id": self._settings.chat,
            **({"message_thread_id": self._settings.topic} if self._settings.topic else {}),
            "text": said,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }


def fault_of(answer: Answer) -> Fault:
    """403 is the reader's no (blocked, kicked); 401 and 404 mean the token; 400 the chat, or this message."""
    if answer.status == 403:
        return "gone"
    if answer.status in (401, 404):
        return "settings"
    if answer.status != 400:
        return "gone" if answer.status == 410 else "passing"
    said = str(answer.values.get("description", "")).lower()
    return "message" if any(one in said for one in _OF_THE_MESSAGE) else "settings"


def text(alert: Alert) -> str:
    """The alert in Telegram's HTML."""

    def write(said: Post) -> str:
        return in_lines(said, MARKUP)

    return fitted(post(alert), write, lambda written: utf16(written) <= _LONGEST)


def _value(told: str) -> str:
    """A value as templates print it, in text or in an attribute; an address stays as it is."""
    return html.escape(told) if _ADDRESS.fullmatch(told) else html.escape(_MENTION.sub("@\u2060", told))


WORDS = Words(_value, lambda written: utf16(written) <= _LONGEST)


def _hint(answer: Answer, fault: Fault, asked: dict[str, Any]) -> str:
    moved = asked.get("migrate_to_chat_id")
    if isinstance(moved, int) and _CHAT.fullmatch(str(moved)):
        return f"the group has another number now: set the channel's chat to {moved}, then resume it"
    if answer.status in (401, 404):
        return "Telegram does not know the bot's token: put the right one in its place, then resume the channel"
    if fault == "gone":
        return "the bot was blocked or removed: let it in again, then resume the channel; or remove the channel"
    if fault == "settings":
        return "add the bot to the chat and let it write there, check the chat's number, then resume the channel"
    return ""


def _number(answer: Answer) -> Any:
    result = answer.values.get("result")
    return result.get("message_id") if isinstance(result, dict) else None
