"""Pages broken at random, in their bytes and in their structure, the same for the same seed and number.

A mutation takes the bytes of a page and a source of chance and gives other bytes. None of them knows how pages are
read: what breaks, servers, editors and attackers break without looking too.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

_TAG = re.compile(rb"<[a-zA-Z/!][^<>]{0,2000}>")
_CLOSING = re.compile(rb"</[a-zA-Z][^<>]{0,40}>")
_NAME = re.compile(rb"(?<=<)(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_QUOTED = re.compile(rb"""(?<==)(["'])[^"'<>]{0,200}\1""")
_LABEL = re.compile(rb"""(charset\s*=\s*["']?)[\w:.-]+""", re.IGNORECASE)

_INTRUDERS = (
    b"\x00", b"\x00" * 50, b"\x01", b"\x08", b"\x0b", b"\x0c", b"\x1a", b"\x1b$B", b"\x7f", b"\x80", b"\xff",
    b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xed\xa0\xbd\xed\xb8\x80",
    b"\xef\xbf\xbe", b"\xef\xbf\xbf", b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe2\x80\xa8",
    b"\xe2\x80\x8f", b"\xe2\x80\xae", b"\xe2\x80\xab", b"\xe2\x81\xa6", b"\xd8\x9c", b"\xcc\x81" * 40, b"\xc2\x85",
    b"\xc2\xa0" * 200, b"\r", b"\n" * 500, b"&#0;", b"&#xD800;", b"&#xFFFE;", b"&#x110000;", b"&#99999999999;",
    b"&#1;", b"&", b"&amp;" * 99, b"&lt;p&gt;" * 20, b"<", b">", b"\"", b"'", b"</", b"<!", b"<?", b"<!--", b"-->",
    b"<![CDATA[", b"]]>", b"<!DOCTYPE x [", b"<html", b"<body", b"</body></html>", b"<plaintext>", b"<xmp>",
    b"<template>", b"<noscript>", b"<textarea>", b"<title>", b"<script>", b"<style>", b"<svg><title>", b"<math><mi>",
    b"<frameset><frame>", b"<table><td><table>", b"<select><option>", b"<base href='//['>",
    b"<link rel=canonical href='http://[::1'>", b"<link rel=canonical href='//a:99999/x'>",
    b"<meta property=og:url content='https://\xc3\xa9.example:x/'>",
    b"<meta property='article:published_time' content='0000-00-00T99:99:99+99:99'>",
    b"<meta name=date content='9999-12-31T23:59:59-14:00'>", b"<time datetime='-1'>", b"<meta charset=utf-16>",
    b"<meta charset=utf-7>", b"<meta charset=hz>", b"<meta charset=iso-2022-jp>", b"<html lang='\xf0\x9f\x98\x80'>",
)  # fmt: skip
_DATA = (
    b'{"@type":"NewsArticle","author":[[[{"name":{"name":1}}]]],"headline":{"@id":["x"]}}',
    b'{"@type":["NewsArticle",null,3],"headline":null,"datePublished":["2026-99-99",7,{}],"keywords":[1,[2,"\\u0000"]]}',
    b'{"@graph":{"@graph":[{"@type":"Article","@id":"#a","author":{"@id":"#a"},"articleBody":["x",{"name":"y"}]}]}}',
    b'{"@type":"Article","headline":"\\ud800 \\u0000 \\ufffe","datePublished":"1e999","articleBody":"'
    + b"x " * 9_000 + b'"}',
    b'[[[[[[[[[[[[[[[[[[[[[[{"@type":"Article"}', b'{"@type":' * 5_000, b"[" * 50_000, b"1" * 6_000, b"NaN",
    b'"', b"{}",
    b'{"@type":"Article","wordCount":' + b"9" * 5_000 + b"}",
)  # fmt: skip
_TAGS = (b"div", b"p", b"b", b"a", b"i", b"span", b"table", b"tr", b"td", b"ul", b"li", b"section", b"article",
         b"template",
         b"svg", b"math", b"plaintext", b"select", b"noscript", b"frameset", b"h1", b"h2", b"form", b"button", b"xmp",
         b"blockquote", b"dl", b"dd", b"pre", b"q", b"a:b", b"x-y", b"body", b"html", b"head", b"title",
         b"br")  # fmt: skip
_CHARSETS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "cp1251", "koi8-r", "gb18030",
             "shift_jis", "euc-kr", "big5", "utf-7", "iso2022_jp", "hz", "cp037", "mac-roman")  # fmt: skip
CLAIMS = ("", "text/html", *(f"text/html; charset={name}" for name in (*_CHARSETS, "none", "binary", "x-user-defined")))
_MOST_MUTATIONS = 4  # of one page
_LARGEST = 4 * 1024 * 1024  # bytes of a mutated page; what is larger takes the parser's time and shows nothing else

Mutation = Callable[[bytes, bytes, Random], bytes]


@dataclass(frozen=True, slots=True)
class MutatedPage:
    """A broken page, the charset that its server claims, and what was done to it, in order."""

    body: bytes
    content_type: str
    mutations: tuple[str, ...]


def mutated(pages: Sequence[bytes], seed: int, number: int) -> MutatedPage:
    """The mutated page of that number."""
    chance = Random(f"{seed}/{number}")
    body, other = chance.choice(pages), chance.choice(pages)
    names = chance.choices(tuple(MUTATIONS), k=chance.randint(1, _MOST_MUTATIONS))
    for name in names:
        body = MUTATIONS[name](body, other, chance)[:_LARGEST]
    return MutatedPage(body, chance.choice(CLAIMS), tuple(names))


def _place(body: bytes, chance: Random) -> int:
    return chance.randint(0, len(body))


def _few(chance: Random, most: int) -> int:
    """A number from 1 to the most, small ones as likely as large ones."""
    return int(most ** chance.random())


def _at_tag(body: bytes, chance: Random) -> int:
    """Where a tag ends, or anywhere if none is near."""
    place = _place(body, chance)
    found = _TAG.search(body, place, place + 4_000)
    return found.end() if found else place


def _inserted(body: bytes, place: int, piece: bytes) -> bytes:
    return body[:place] + piece + body[place:]


def _flip_bits(body: bytes, _: bytes, chance: Random) -> bytes:
    broken = bytearray(body)
    for _turn in range(_few(chance, 2_000) if broken else 0):
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    return bytes(broken)


def _cut(body: bytes, _: bytes, chance: Random) -> bytes:
    first, last = sorted((_place(body, chance), _place(body, chance)))
    return chance.choice((body[:first], body[first:], body[:first] + body[last:], body[first:last]))


def _splice(body: bytes, other: bytes, chance: Random) -> bytes:
    return body[: _place(body, chance)] + other[_place(other, chance) :]


def _repeat(body: bytes, _: bytes, chance: Random) -> bytes:
    """A chunk of the page, a thousand times."""
    start = _at_tag(body, chance)
    chunk = body[start : start + _few(chance, 3_000)]
    return _inserted(body, start, chunk * 1_000)


def _leave_open(body: bytes, _: bytes, chance: Random) -> bytes:
    """Closing tags are forgotten, some or all."""
    share = chance.random()
    return _CLOSING.sub(lambda tag: b"" if chance.random() < share else tag[0], body)


def _swap_tags(body: bytes, _: bytes, chance: Random) -> bytes:
    tags = list(_TAG.finditer(body))
    if len(tags) < 2:
        return body
    texts = [tag[0] for tag in tags]
    for _turn in range(_few(chance, 50)):
        one, two = chance.sample(range(len(tags)), 2)
        texts[one], texts[two] = texts[two], texts[one]
    left = iter(texts)
    return _TAG.sub(lambda _tag: next(left), body)


def _shuffle(body: bytes, _: bytes, chance: Random) -> bytes:
    """The page in pieces that begin at tags, in another order."""
    cuts = sorted({0, len(body), *(_at_tag(body, chance) for _ in range(_few(chance, 40)))})
    pieces = [body[start:end] for start, end in pairwise(cuts)]
    chance.shuffle(pieces)
    return b"".join(pieces)


def _intrude(body: bytes, _: bytes, chance: Random) -> bytes:
    """Control characters, marks, surrogates, halves of markup."""
    for _turn in range(_few(chance, 60)):
        place = _at_tag(body, chance) if chance.random() < 0.5 else _place(body, chance)
        body = _inserted(body, place, chance.choice(_INTRUDERS))
    return body


def _rename(body: bytes, _: bytes, chance: Random) -> bytes:
    """Every tag of some name, or some tags of every name, become others."""
    share, new = chance.random() ** 3, chance.choice(_TAGS)
    return _NAME.sub(lambda tag: tag[1] + new if chance.random() < share else tag[0], body)


def _nest(body: bytes, _: bytes, chance: Random) -> bytes:
    tags = b"".join(b"<%s>" % chance.choice(_TAGS) for _ in range(chance.randint(1, 3)))
    return _inserted(body, _at_tag(body, chance), tags * _few(chance, 20_000))


def _add_attributes(body: bytes, _: bytes, chance: Random) -> bytes:
    tag = _TAG.search(body, _place(body, chance)) or _TAG.search(body)
    if tag is None:
        return body
    count, size = _few(chance, 20_000), _few(chance, 50)
    word = chance.choice((b"a", b"class", b"style", b"data-x", b"\xc3\xa9", b"onload", b"lang", b"itemprop", b"="))
    alike = chance.random() < 0.3
    attributes = b"".join(b" %s%d='%s'" % (word, 0 if alike else number, b"x;" * size) for number in range(count))
    return _inserted(body, tag.end() - 1, attributes[:1_000_000])


def _unquote(body: bytes, _: bytes, chance: Random) -> bytes:
    share = chance.random() ** 2
    return _QUOTED.sub(lambda value: value[0][1:] if chance.random() < share else value[0], body)


def _recode(body: bytes, _: bytes, chance: Random) -> bytes:
    """In another charset, with or without a word of it, or read in one and written in another."""
    text = body.decode(chance.choice(("utf-8", "latin-1", "cp1251", "gb18030")), "replace")
    return text.encode(chance.choice(_CHARSETS), chance.choice(("replace", "ignore", "xmlcharrefreplace")))


def _lie(body: bytes, _: bytes, chance: Random) -> bytes:
    """Another charset in the head."""
    label = chance.choice(_CHARSETS).encode()
    if _LABEL.search(body) is None:
        return _inserted(body, _at_tag(body[:5_000], chance), b"<meta charset='%s'>" % label)
    return _LABEL.sub(lambda found: found[1] + label, body)


def _add_data(body: bytes, _: bytes, chance: Random) -> bytes:
    script = b"<script type='application/ld+json'>%s</script>" % chance.choice(_DATA)
    return _inserted(body, _at_tag(body, chance), script * _few(chance, 30))


def _stretch(body: bytes, _: bytes, chance: Random) -> bytes:
    """One word, space or mark without end."""
    piece = chance.choice(
        (b"a", b" ", b"\t", b"\xc2\xa0", b"-", b".", b", ", b"| ", b"&nbsp;", b"\xe4\xb8\xad", b"by A ", b"#")
    )
    return _inserted(body, _at_tag(body, chance), piece * _few(chance, 300_000))


MUTATIONS: dict[str, Mutation] = {
    "bits": _flip_bits,
    "cut": _cut,
    "splice": _splice,
    "repeat": _repeat,
    "open": _leave_open,
    "swap": _swap_tags,
    "shuffle": _shuffle,
    "intrude": _intrude,
    "rename": _rename,
    "nest": _nest,
    "attributes": _add_attributes,
    "unquote": _unquote,
    "recode": _recode,
    "lie": _lie,
    "data": _add_data,
    "stretch": _stretch,
}
