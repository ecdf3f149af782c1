"""Google's robots.txt suite (RFC 9309's authors wrote it), driven through our own reading."""

import re
import tarfile
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from protego import Protego

from crawler.robots import parse_robots
from tests.judges import judge

EXPECTATIONS = 400
PROTEGO_ALONE = 380

# Every difference, each with what RFC 9309 says instead.
_ENCODED = "section 2.2.2: octets outside ASCII, and escapes that need none, are one and the same when compared"
_ITSELF = "section 2.2.2: /robots.txt itself is always allowed"
DIFFERENCES = {
    ("non-ascii-paths", 2): _ENCODED,
    ("non-ascii-paths", 4): _ENCODED,
    ("non-ascii-paths", 5): f"{_ENCODED}; its own table has %62%61%7A match baz",
    ("user-agent-name", 1): "we take the agent for a User-Agent header, whose first product is Foo (RFC 9110, 10.1.5)",
    ("327748", 5): _ITSELF,
    ("369883", 5): _ITSELF,
    ("369883", 9): _ITSELF,
    ("860237", 9): _ITSELF,
}

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|#[^\n]*|([A-Za-z_]+)|\}')
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{2}|[0-7]{1,3}|.)", re.DOTALL)
_CHARACTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


class Expectation(NamedTuple):
    """Whether the agent may fetch the URL, as the suite's file has it in its `number`th expectation."""

    file: str
    number: int
    robots: bytes
    url: str
    agent: str
    allowed: bool


def _unescaped(found: "re.Match[bytes]") -> bytes:
    name = found[1]
    if name[:1] == b"x" and len(name) == 3:
        return bytes([int(name[1:], 16)])
    return bytes([int(name, 8)]) if name.isdigit() else _CHARACTERS.get(name, name)


def _read(text: bytes) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    """The robots.txt and the fields of each expectation in a textproto; strings side by side are one string."""
    name, robots, fields = b"", b"", dict[bytes, bytes]()
    for token in _TOKEN.finditer(text):
        if token[1] is not None:
            value = _ESCAPE.sub(_unescaped, token[1])
            if name == b"robotstxt":
                robots += value
            else:
                fields[name] = fields.get(name, b"") + value
        elif token[2] in (b"ALLOWED", b"DISALLOWED"):
            fields[name] = token[2]
        elif token[2]:
            name = token[2]
            robots = b"" if name == b"robotstxt" else robots
        elif token[0] == b"}" and b"testurl" in fields:
            yield robots, fields
            fields = {}


@cache
def expectations() -> tuple[Expectation, ...]:
    """The whole suite."""
    found = []
    with tarfile.open(judge("robots.tar.xz")) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".textproto") else None
            for number, (robots, fields) in enumerate(_read(file.read()) if file else ()):
                name = member.name.rpartition("/")[2].removesuffix(".textproto")
                url, agent = fields[b"testurl"].decode(), fields[b"useragent"].decode()
                allowed = fields[b"expected_outcome"] == b"ALLOWED"
                found.append(Expectation(name, number, robots, url, agent, allowed))
    return tuple(found)


def test_the_suite_is_answered_as_it_expects_but_where_the_standard_says_otherwise() -> None:
    assert len(expectations()) == EXPECTATIONS
    differing = {
        (each.file, each.number)
        for each in expectations()
        if parse_robots(each.robots, 200).allows(each.url, each.agent) is not each.allowed
    }
    assert differing == set(DIFFERENCES)


def test_we_score_no_lower_than_protego_alone() -> None:
    agreed = 0
    for each in expectations():
        rules = Protego.parse(each.robots.decode("utf-8", "ignore"))  # as Scrapy decodes it
        agreed += rules.can_fetch(each.url, each.agent) is each.allowed
    assert agreed == PROTEGO_ALONE <= EXPECTATIONS - len(DIFFERENCES)
