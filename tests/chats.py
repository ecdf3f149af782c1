"""What a reader of each chat sees of a message: its text, what is marked, where links lead; what is active is told.

These are readers of their own, written from the services' documentation: none of them shares code with what writes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_BREAKS = {"br", "p", "blockquote"}
_DISCORD_ACTIVE = frozenset("*_~`|<>[]()#@")
_TELEGRAM_MENTION = re.compile(r"(?<!\w)@\w")


@dataclass
class Seen:
    """The visible text, the stretches set in bold (or underlined), the links, and everyone who is called."""

    text: str = ""
    marked: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)


def seen(kind: str, payload: dict[str, Any]) -> Seen:
    """The message as its reader sees it. Raises AssertionError for markup that nobody meant."""
    readers = {"slack": _slack, "discord": _discord, "telegram": _telegram, "matrix": _matrix, "ntfy": _ntfy}
    return readers[kind](payload)


def _slack(payload: dict[str, Any]) -> Seen:
    found = Seen()
    for element in _elements(payload["blocks"]):
        assert set(element) <= {"type", "text", "url", "style"}
        assert element["type"] in ("text", "link"), "no user, usergroup, broadcast, emoji or channel"
        assert element["text"], "Slack refuses empty texts"
        found.text += element["text"]
        if element.get("style") == {"bold": True}:
            found.marked.append(element["text"])
        if element["type"] == "link":
            found.links.append(element["url"])
    assert payload["mrkdwn"] is False, "in the fallback, * and _ would act"
    assert not re.search(r"[<>]|&(?!(amp|lt|gt);)", payload["text"]), "the fallback is parsed for entities"
    return found


def _elements(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        assert block["type"] == "rich_text"
        for part in block["elements"]:
            assert part["type"] in ("rich_text_section", "rich_text_quote")
            yield from part["elements"]


def _discord(payload: dict[str, Any]) -> Seen:
    found = Seen()
    if payload["allowed_mentions"] != {"parse": []}:
        found.called.append("anybody")
    assert _units(payload["content"]) <= 2_000
    assert len(payload["embeds"]) <= 10
    _markdown(payload["content"], found)
    for embed in payload["embeds"]:
        assert set(embed) <= {"title", "url", "description", "footer", "author"}
        found.text += f"\n{embed.get('author', {}).get('name', '')}"
        assert _units(embed["title"]) <= 256
        assert _units(embed.get("description", "")) <= 4_096
        assert _units(embed.get("footer", {}).get("text", "")) <= 2_048
        assert "author" not in embed or 0 < _units(embed["author"]["name"]) <= 256
        for text in (embed["title"], embed.get("description", "")):
            found.text += "\n"
            _markdown(text, found)
        found.text += f"\n{embed.get('footer', {}).get('text', '')}"
        found.links += [embed["url"]] if "url" in embed else []
    return found


def _units(text: str) -> int:
    """The length as Discord's clients count it, in UTF-16."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _markdown(text: str, found: Seen) -> None:
    """Discord's markup: a backslash makes the next sign literal; `**` and `__` in pairs mark; nothing else may act."""
    place, begun = 0, -1
    is_line_start = True
    while place < len(text):
        sign, pair = text[place], text[place : place + 2]
        if sign == "\\" and place + 1 < len(text) and not text[place + 1].isalnum() and not text[place + 1].isspace():
            found.text += text[place + 1]
            place += 2
            is_line_start = False
            continue
        link = re.match(r"\[((?:\\.|[^\[\]\\])*)\]\(([^\s()*<>]+)\)", text[place:], re.DOTALL)
        if link:
            _markdown(link[1], found)
            found.links.append(link[2])
            place += link.end()
            is_line_start = False
            continue
        if pair in ("**", "__"):
            if begun >= 0:
                found.marked.append(found.text[begun:])
            begun = -1 if begun >= 0 else len(found.text)
            place += 2
            continue
        assert sign not in _DISCORD_ACTIVE, f"{sign!r} acts in {text!r}"
        assert not (is_line_start and re.match(r"[-+]|\d+\.", text[place:])), f"a list begins in {text!r}"
        assert not text.startswith("://", place), f"a link makes itself in {text!r}"
        is_line_start = sign == "\n" or (is_line_start and sign.isspace())
        found.text += sign
        place += 1
    assert begun < 0, f"a mark is left open in {text!r}"


class _Html(HTMLParser):
    def __init__(self, allowed: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Seen()
        self._allowed = allowed
        self._open: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self._allowed, f"<{tag}>"
        if tag in _BREAKS:
            self.found.text += "\n"
        if tag == "a":
            [(name, value)] = attrs
            assert name == "href"
            self.found.links.append(value or "")
        else:
            assert attrs == []
        if tag != "br":
            self._open.append((tag, len(self.found.text)))

    def handle_endtag(self, tag: str) -> None:
        opened, begun = self._open.pop()
        assert opened == tag, f"<{opened}> is closed by </{tag}>"
        if tag in ("b", "strong"):
            self.found.marked.append(self.found.text[begun:])

    def handle_data(self, data: str) -> None:
        self.found.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration")


def _html(text: str, allowed: set[str]) -> Seen:
    reader = _Html(allowed)
    reader.feed(text)
    reader.close()
    assert reader._open == []
    return reader.found


def _telegram(payload: dict[str, Any]) -> Seen:
    assert payload["parse_mode"] == "HTML"
    found = _html(payload["text"], {"b", "a", "blockquote"})
    assert len(found.text.encode("utf-16-le")) // 2 <= 4_096
    found.called += _TELEGRAM_MENTION.findall(found.text)
    found.text = found.text.replace("\u2060", "")
    return found


def _matrix(payload: dict[str, Any]) -> Seen:
    assert payload["format"] == "org.matrix.custom.html"
    found = _html(payload["formatted_body"], {"p", "br", "strong", "a", "blockquote"})
    found.called += ["anybody"] if payload.get("m.mentions") != {} else []
    return found


def _ntfy(payload: dict[str, Any]) -> Seen:
    assert "markdown" not in payload
    assert len(payload["message"].encode()) <= 4_096
    text = f"{payload['title']}\n{payload['message']}"
    marked = re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)
    links = re.findall(r"^https?://\S+$", payload["message"], re.MULTILINE)  # an app makes links of these
    return Seen(text, marked, [*([payload["click"]] if "click" in payload else []), *links])
