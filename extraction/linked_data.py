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
_FEW = 20  # nodes of a list


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


def _address(value: Any) -> str:
    """The URL of a node, a list or a plain string; empty where there is none."""
    if isinstance(value, list):
        return next(filter(None, map(_address, value[:_FEW])), "")
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    return value if isinstance(value, str) else ""


def _truth(value: Any) -> str:
    """`true` or `false`, as a boolean or a word; empty for anything else."""
    word = str(value).strip().rpartition("/")[2].lower() if isinstance(value, str | bool) else ""
    return word if word in ("true", "false") else ""


def _is_free(node: Node) -> str:
    """Whether all of it can be read: neither it nor a part of it says that it cannot."""
    parts = node.get("hasPart")
    parts = parts[:_FEW] if isinstance(parts, list) else [parts]
    said = [_truth(each.get("isAccessibleForFree")) for each in (node, *parts) if isinstance(each, dict)]
    return "false" if "false" in said else "true" if "true" in said else ""


def _special(node: Node) -> dict[str, tuple[str, ...]]:
    """What is no plain text: the addresses of its image and of its page, and whether it is free."""
    found = {
        "image": _address(node.get("image")) or _address(node.get("thumbnailUrl")),
        "page": _address(node.get("mainEntityOfPage")) or _address(node.get("url")),
        "isAccessibleForFree": _is_free(node),
    }
    return {name: (value,) if value else () for name, value in found.items()}


def article_data(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    """The strings that JSON-LD gives for the page's article, by property: `headline`, `author`, `articleBody`.

    `image` and `page` are addresses, `isAccessibleForFree` is `true` or `false`, of the article and its parts together.
    Empty where there is no such node. Of several (teasers are marked up too), the one with most properties counts.
    """
    nodes: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            nodes.extend(_nodes(_parsed(script.text)))
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}
    best = max(filter(_is_article, nodes), key=len, default={})
    plain = {name: texts(value, by_id) for name, value in best.items()}
    return {name: found for name, found in (plain | _special(best)).items() if found}
