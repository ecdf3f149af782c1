"""What a page says of itself in JSON-LD: the one node that describes the article, its references resolved."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml.html import HtmlElement

Node = Mapping[str, Any]

_ARTICLE_TYPE = re.compile(r"(Article|Posting|Report|Review)$", re.IGNORECASE)
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")
_DEEPEST = 8


def _parsed(script: str) -> Any:
    """The value of one script, or None: sites wrap them in comments, escape them twice, and break them."""
    bare = _WRAPPING.sub("", script)
    for attempt in (bare, html.unescape(bare)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any, depth: int = 0) -> Iterator[Node]:
    """Every object in the value, outer ones first."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _nodes(part, depth + 1)


def texts(value: Any, by_id: Mapping[str, Node] | None = None) -> tuple[str, ...]:
    """The plain strings in a property: itself, its `name`, those of a list, or of the node that it refers to."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, list):
        return tuple(text for part in value[:50] for text in texts(part, by_id))
    if isinstance(value, dict):
        if "name" not in value and by_id and isinstance(value.get("@id"), str):
            value = by_id.get(value["@id"], value)
        return texts(value.get("name")) if not isinstance(value.get("name"), dict) else ()
    return ()


def _is_article(node: Node) -> bool:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and _ARTICLE_TYPE.search(kind) for kind in kinds)


def article_data(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    """The strings that JSON-LD gives for the page's article, by property: `headline`, `author`, `articleBody`.

    Empty where there is no such node. Of several (teasers are marked up too), the one with most properties counts.
    """
    nodes: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            nodes.extend(_nodes(_parsed(script.text)))
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}
    best = max(filter(_is_article, nodes), key=len, default={})
    return {name: found for name, value in best.items() if (found := texts(value, by_id))}
