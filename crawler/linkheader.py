"""What an answer's `Link` headers (RFC 8288) name: its WebSub hub, and the address that the hub knows it by. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.hints import as_written, plain_relation
from news.url import joined

LONGEST_LINE = 8_192  # characters
MOST_LINES = 50
_TARGET = re.compile(r"[\s,]*+<([^<>]*+)>")
_PARAMETER = re.compile(r'\s*+;[\s;]*+([^\s;,="<>]++)\s*+(?:=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^\s;,"<>]++)))?+')
_END = re.compile(r"[\s;]*+(?:,|$)")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class HeaderLink:
    """One link of a header: its target as written, and its relations in lower case."""

    target: str
    relations: frozenset[str]


def links_of(line: str) -> Iterator[HeaderLink]:
    """The links of one header line, up to the first thing that is none: behind it nothing can be told apart.

    A link that says it starts from elsewhere (`anchor`) is left out, since it tells nothing of the answer itself. A
    line of more than 8,192 characters has no links.
    """
    at = 0
    while len(line) <= LONGEST_LINE and (found := _TARGET.match(line, at)):
        at = found.end()
        said: dict[str, str] = {}
        while parameter := _PARAMETER.match(line, at):
            name, quoted, bare = parameter.groups()
            said.setdefault(name.lower(), _ESCAPED.sub(r"\1", quoted) if quoted is not None else bare or "")
            at = parameter.end()
        end = _END.match(line, at)
        if end is None:
            return
        at = end.end()
        if "anchor" not in said:
            relations = (plain_relation(relation) for relation in said.get("rel", "").lower().split())
            yield HeaderLink(found[1].strip(), frozenset(relations))


def hub_and_topic(lines: Sequence[str], url: str) -> tuple[str, str]:
    """The hub that the headers of the answer of `url` name, and the answer's own address; empty where they do not.

    The first of each that leads somewhere counts. The hub is in normal form, the topic as written, relative ones as
    seen from `url`. More than 50 lines are not looked at.
    """
    links = [link for line in lines[:MOST_LINES] for link in links_of(line)]
    hubs = (joined(url, link.target) for link in links if link.target and "hub" in link.relations)
    topics = (as_written(url, link.target) for link in links if link.target and "self" in link.relations)
    return next(filter(None, hubs), ""), next(filter(None, topics), "")
