"""The Discord channel: an alert as embeds, executed on a webhook; nothing in it mentions anybody."""

import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from alerting.channels.answer import Answer, Fault, refusal, seconds
from alerting.channels.call import Request, as_json, receipt
from alerting.channels.chat_sender import ChatSender
from alerting.channels.secret_url import SecretUrlSettings
from alerting.channels.secrets import secrets_of_url
from alerting.chat import Entry, Markup, Post, fitted, post, utf16, within
from alerting.own import Words
from news.alert import Alert, Delivery, Receipt
from news.text import clip

# What Discord takes, from its documentation, in UTF-16 units: content, an embed's title, description and footer, the
# text of all embeds together, and their number.
_CONTENT, _TITLE, _DESCRIPTION, _FOOTER, _ALL, _EMBEDS = 2_000, 256, 4_096, 2_048, 6_000, 10
_AUTHOR = 256
# What a 400 says where every message would get it: the thread is archived, the channel is a forum.
_OF_THE_CHANNEL = (50_083, 220_001, 220_003, 220_004)
_LOOK_AT_THE_CHANNEL = (
    "Discord no longer knows this webhook: make a new one in the channel's settings, put its URL where the old one "
    "was, then resume the channel"
)
_IN_AN_ADDRESS = "%/:?#[]@!$&'+,;=~-._"  # all that a URL may have, without the brackets and the star of the markup
_ADDRESS = re.compile(r"https?://\S+")
_NO_PREVIEWS = 4  # the flag SUPPRESS_EMBEDS
_ANYWHERE = re.compile(r"([\\*_~`|<>\[\]()#@:])")
_BULLET = re.compile(r"^(\s*)([-+])", re.MULTILINE)
_NUMBER = re.compile(r"^(\s*\d+)\.", re.MULTILINE)


def escaped(text: str) -> str:
    """The text with a backslash before whatever Discord would read as markup, a mention, a link or an emoji."""
    return _NUMBER.sub(r"\1\\.", _BULLET.sub(r"\1\\\2", _ANYWHERE.sub(r"\\\1", text)))


def masked(text: str, url: str) -> str:
    """A link with a text of its own; what would end the address is percent-encoded."""
    return f"[{text}]({quote(url, safe=_IN_AN_ADDRESS)})"


MARKUP = Markup(plain=escaped, hit=lambda text: f"**{text}**", strong=lambda text: f"**{text}**", link=masked)
# A title is bold as a whole: a hit in it is underlined.
_IN_TITLE = Markup(plain=escaped, hit=lambda text: f"__{text}__", strong=str, link=masked)


class DiscordSettings(SecretUrlSettings):
    """Where the webhook's URL is kept, as Discord shows it."""


class DiscordSender(ChatSender[DiscordSettings]):
    """Posts each delivery over a connection of its own."""

    async def _post(self, delivery: Delivery, own: str) -> Receipt:
        url = self._settings.url()
        content = as_json(in_own_words(own) if own else message(delivery.alert))
        request = Request(_waiting(url), content, {"content-type": "application/json"}, secrets_of_url(url))
        answer = await self._caller.call(request)
        if answer.is_success:
            return receipt(answer, request, "message", answer.values.get("id"))
        fault = fault_of(answer)
        hint = _hint(answer) if fault == "settings" else ""
        raise refusal(answer, request.place, self._clock.now(), fault, hint, seconds(answer.values.get("retry_after")))


def fault_of(answer: Answer) -> Fault:
    """401, 403 and 404 mean the webhook (`Unknown Webhook`), 400 the message, unless its code means the channel."""
    if answer.status in (401, 403, 404):
        return "settings"
    if answer.status == 400:
        return "settings" if answer.values.get("code") in _OF_THE_CHANNEL else "message"
    return "gone" if answer.status == 410 else "passing"


def message(alert: Alert) -> dict[str, Any]:
    """The alert as a webhook takes it."""
    return fitted(post(alert), _message, _fits, _EMBEDS)


def in_own_words(text: str) -> dict[str, Any]:
    """A text of the channel's own, in Discord's markup."""
    return {"content": text, "allowed_mentions": {"parse": []}, "flags": _NO_PREVIEWS}


def _value(text: str) -> str:
    """A value as templates print it: in an address a backslash would be part of it."""
    return quote(text, safe=_IN_AN_ADDRESS) if _ADDRESS.fullmatch(text) else escaped(text)


WORDS = Words(_value, lambda text: utf16(text) <= _CONTENT)


def _message(said: Post) -> dict[str, Any]:
    lines = [said.note, MARKUP.strong(escaped(said.head)), escaped(said.lead), said.rest]
    return {
        "content": "\n".join(filter(None, lines)),
        "embeds": [_embed(entry) for entry in said.entries],
        "allowed_mentions": {"parse": []},
    }


def _embed(entry: Entry) -> dict[str, Any]:
    description = _description(entry)
    return {
        # Shown as it is, and so is the footer.
        **({"author": {"name": clip(entry.section, _AUTHOR // 2)}} if entry.section else {}),
        "title": within(entry.title, _IN_TITLE, _TITLE),
        **({"url": entry.link} if entry.link else {}),
        **({"description": description} if description else {}),
        **({"footer": {"text": clip(entry.facts, _FOOTER // 2)}} if entry.facts else {}),
    }


def _description(entry: Entry) -> str:
    lines = [escaped(entry.news), MARKUP.marked(entry.excerpt), *map(MARKUP.other, entry.others), entry.rest]
    return "\n".join(filter(None, lines))


def _fits(written: dict[str, Any]) -> bool:
    embeds = written["embeds"]
    descriptions = [utf16(embed.get("description", "")) for embed in embeds]
    others = [
        utf16(embed["title"] + embed.get("footer", {}).get("text", "") + embed.get("author", {}).get("name", ""))
        for embed in embeds
    ]
    is_short = utf16(written["content"]) <= _CONTENT and max(descriptions, default=0) <= _DESCRIPTION
    return is_short and sum(descriptions) + sum(others) <= _ALL


def _hint(answer: Answer) -> str:
    if answer.status == 400:
        return (
            "Discord takes no message there: end the webhook's URL with ?thread_id= and the number of a thread that is "
            "open, or make a webhook in a text channel; then resume the channel"
        )
    return _LOOK_AT_THE_CHANNEL


def _waiting(url: str) -> str:
    """The URL with `wait`, without which Discord answers before it knows whether the message is one."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "wait"]
    return parts._replace(query=urlencode([*query, ("wait", "true")])).geturl()
