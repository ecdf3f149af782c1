"""The ntfy channel: an alert as a notification on telephones, published to a topic.

What is sent is plain text: not every ntfy app renders Markdown, and in plain text nothing that was crawled is markup.
"""

import base64
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from alerting.channels.answer import Answer, Fault, refusal
from alerting.channels.call import Request, as_json, receipt
from alerting.channels.chat_sender import ChatSender, ChatSettings
from alerting.channels.secrets import read_secret
from alerting.channels.settings import BaseUrl, is_in_clear
from alerting.chat import Markup, Post, fitted, in_lines, post
from alerting.marks import one_line
from alerting.own import Words
from alerting.sandbox import as_it_is
from news.alert import Alert, Delivery, Receipt
from news.errors import DeliveryError, RetryAdvice
from news.text import clip
from news.url import endpoint

_LONGEST = 4_000  # bytes; what is over 4,096 becomes an attachment
_LONGEST_TITLE = 200
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
_TOO_LARGE = 413
# What a 400 says where every message would get it: the topic is none, or is one that the server keeps for itself.
_OF_THE_TOPIC = (40_009, 40_010)

MARKUP = Markup(plain=str, hit=lambda text: f"**{text}**", strong=str, link=lambda text, url: f"{text}\n{url}")
_WITHOUT_LINK = Markup(plain=str, hit=lambda text: f"**{text}**", strong=str, link=lambda text, _: text)


def _list(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class NtfySettings(ChatSettings):
    """The server, the topic, and the login where the topic asks for one."""

    server: BaseUrl = Field(default="https://ntfy.sh", description="the ntfy server")
    topic: str = Field(default="", description="the topic, if whoever knows it may know it")
    topic_env: str = Field(default="", description="the environment variable that holds the topic")
    topic_file: str = Field(default="", description="the file that holds the topic")
    token_env: str = Field(default="", description="the environment variable that holds an access token")
    token_file: str = Field(default="", description="the file that holds an access token")
    username: str = Field(default="", description="the login, where there is no token")
    password_env: str = Field(default="", description="the environment variable that holds the password")
    password_file: str = Field(default="", description="the file that holds the password")
    priority: int = Field(default=3, ge=1, le=5, description="1 makes no sound, 5 is urgent")
    tags: Annotated[tuple[str, ...], BeforeValidator(_list)] = Field(
        default=(), max_length=5, description="words or names of emojis shown with it, as a list or with commas"
    )

    @model_validator(mode="after")
    def _is_whole(self) -> "NtfySettings":
        if self._named("topic") + bool(self.topic) != 1:
            raise ValueError("name the topic, with one of topic, topic_env and topic_file")
        if self.topic and not _TOPIC.fullmatch(self.topic):
            raise ValueError("topic has letters, digits, _ and -, 64 at most")
        if self._named("token") > 1 or self._named("password") != (1 if self.username else 0):
            raise ValueError("a login is a token, or a username with one of password_env and password_file")
        if self.username and self._named("token"):
            raise ValueError("a login is a token or a username, not both")
        if (self.username or self._named("token")) and is_in_clear(self.server):
            raise ValueError("a login is not sent in clear over a network: server begins with https://")
        return self

    def endpoint(self) -> tuple[str, int]:
        """The host and port that are dialled."""
        return endpoint(self.server)

    def goes_to(self) -> str:
        """The topic, or where it is kept."""
        return self.topic or f"the topic in {self.topic_env or self.topic_file}"

    def where(self) -> str:
        """The topic. Raises DeliveryError, which pauses the channel, where it is none."""
        topic = self.topic or read_secret(self.topic_env, self.topic_file).strip()
        if not _TOPIC.fullmatch(topic):
            hint = "a topic has letters, digits, _ and -, 64 at most; put one there, then resume the channel"
            raise DeliveryError("what is kept as the topic is none", RetryAdvice(pause_channel=True), hint=hint)
        return topic


class NtfySender(ChatSender[NtfySettings]):
    """Posts each delivery over a connection of its own."""

    async def _post(self, delivery: Delivery, own: str) -> Receipt:
        settings = self._settings
        topic = settings.where()
        authorization, secrets = self._login()
        headers = {"content-type": "application/json", **authorization}
        content = as_json({"topic": topic, "sequence_id": delivery.key, **self._message(delivery.alert, own)})
        hidden = (*secrets, *(() if settings.topic else (topic,)))
        request = Request(f"{settings.server}/", content, headers, hidden)
        answer = await self._caller.call(request)
        if answer.is_success:
            return receipt(answer, request, "message", answer.values.get("id"))
        fault = fault_of(answer)
        raise refusal(answer, request.place, self._clock.now(), fault, _hint(answer, fault))

    def _login(self) -> tuple[dict[str, str], tuple[str, ...]]:
        """The header that logs in, if any, and what of it nobody may repeat."""
        settings = self._settings
        if settings.username:
            password = read_secret(settings.password_env, settings.password_file)
            login = f"{settings.username}:{password}"
            return {"authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}, (login, password)
        if settings.token_env or settings.token_file:
            token = read_secret(settings.token_env, settings.token_file).strip()
            return {"authorization": f"Bearer {token}"}, (token,)
        return {}, ()

    def _message(self, alert: Alert, own: str) -> dict[str, Any]:
        tags = list(self._settings.tags)
        said = message(alert) | ({"message": own} if own else {})
        return {**said, "priority": self._settings.priority, **({"tags": tags} if tags else {})}


def fault_of(answer: Answer) -> Fault:
    """401, 403 and 404 mean the login, the topic or the server; 400 and 413 this message, if not the topic."""
    if answer.status in (401, 403, 404, 405) or answer.values.get("code") in _OF_THE_TOPIC:
        return "settings"
    if answer.status in (400, _TOO_LARGE):
        return "message"
    return "gone" if answer.status == 410 else "passing"


def _fits(text: str) -> bool:
    return len(text.encode("utf-8", "replace")) <= _LONGEST


def message(alert: Alert) -> dict[str, Any]:
    """The title, the text and, where it tells of one article, what a tap on it opens."""
    whole = post(alert)
    click = whole.entries[0].link if len(whole.entries) == 1 else ""
    # A link that a tap opens need not be read; those of several articles have to be.
    markup = _WITHOUT_LINK if click and not whole.entries[0].others else MARKUP

    def write(said: Post) -> str:
        return in_lines(said, markup, with_head=False)

    return {
        "title": clip(one_line(whole.head), _LONGEST_TITLE),
        "message": fitted(whole, write, _fits),
        **({"click": click} if click else {}),
    }


WORDS = Words(as_it_is, _fits)


def _hint(answer: Answer, fault: Fault) -> str:
    if answer.status in (401, 403):
        return "the server refuses the login or the topic: check token, username and rights, then resume the channel"
    if answer.status == 400 and fault == "settings":
        return "the server does not take this topic: choose another name, then resume the channel"
    if fault == "settings":
        return "check the server's address, then resume the channel"
    return ""
