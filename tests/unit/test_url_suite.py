"""The URL tests of the web platform, driven through our own functions; docs/conformance.md tells the score."""

import gzip
import json
from collections import Counter
from functools import cache
from typing import Any

from news.errors import BadUrlError
from news.url import joined, key, normal
from tests.documents import ROOT, rows, section
from tests.judges import judge

# Where ours is not what the standard says, by the reason: every one is a choice, and the list is complete.
DIFFERENCES: dict[str, tuple[str, ...]] = {
    "a user name, even an empty one, is refused: it serves to show one host and visit another": (
        "https://:@test", "http:@www.example.com", "http:/@www.example.com", "http://@www.example.com",
        "http://@pple.com", "http://:@www.example.com",
    ),
    "a backslash is refused: programs differ in whether it ends the host": (
        ":foo.com\\", ":\\", "\\x", "\\\\x\\hello", "http://foo.com/\\@", "http:\\\\foo.com\\",
        "http:\\\\a\\b:c\\d@foo.com\\", "http://example.com\\\\foo\\\\bar", "http:\\\\www.google.com\\foo",
        "///\\//\\//test", "/\\/\\//example.org/../path",
    ),
    "control characters and white space within a URL are refused, not dropped: nobody means to write them": (
        "http://example.com/foo\t\x91%91", "http://example.com/foo\tbar", "http://www.google.com/foo?bar=baz# \xbb",
        "\x00\x1b\x04\x12 http://example.com/\x1f \r ", "http://ho\tst/", "http://ho\nst/", "http://ho\rst/",
        "h\tt\nt\rp://h\to\ns\rt:9\t0\n0\r0/p\ta\nt\rh?q\tu\ne\rry#f\tr\na\rg", "http://foo.bar/baz?qux#foo\x08bar",
        "http://example.org/test?a#b\x00c",
        "https://www.example.com/path{\x7fpath.html?query'\x7f=query#fragment<\x7ffragment",
        "https://x/\x00y", "https://x/?\x00y", "https://x/?#\x00y",
    ),
    "a URL without two slashes before its host is refused where it stands alone; in a page it is followed": (
        "http:/example.com/", "https:/example.com/", "http:example.com/", "https:example.com/",
    ),
    "a percent-encoded host is refused: programs differ in whether they decode it": (
        "http://%30%78%63%30%2e%30%32%35%30.01", "http://%30%78%63%30%2e%30%32%35%30.01%2e", "https://%e2%98%83",
        "https://a%C2%ADb/",
    ),
    "a host that no name server knows is refused: empty labels, punctuation": (
        "http://./", "http://../", "http://!\"$&'()*+,-.;=_`{}~/", "http://foo.09..",
    ),
    "escapes are written in capitals: both spellings are one page, and need one key": (
        "/a%2fc", "/a/%2f/c", "http://example.com/foo/%2e%2", "http://example.com/foo/%2e./%2e%2e/.%2e/%2e.bar",
        "http://example.com/foo%41%7a", "http://example.com/%3A%3a%3C%3c",
    ),
    "a question mark with nothing after it is left out: with and without it is one page": (
        "?", "http://example.org/test?#", "https://x/?#\uffffy",
    ),
}  # fmt: skip


@cache
def cases() -> tuple[dict[str, Any], ...]:
    """The suite's cases; the strings among them are comments."""
    with gzip.open(judge("urls.json.gz"), "rt", encoding="utf-8") as file:
        return tuple(case for case in json.load(file) if isinstance(case, dict))


def ours(case: dict[str, Any]) -> str | None:
    """What our functions make of a case: a link in a page where it has a base, a URL that somebody typed where not."""
    if case["base"] is not None:
        return joined(case["base"], case["input"])
    try:
        return normal(case["input"])
    except BadUrlError:
        return None


def verdict(case: dict[str, Any]) -> str:
    """How a case went. The fragment never reaches a server and is no part of the normal form."""
    form = ours(case)
    if "failure" in case:
        return "no URL, refused" if form is None else "no URL, taken"
    if case["protocol"] not in ("http:", "https:"):
        return "of another scheme, refused" if form is None else "of another scheme, taken"
    if case["username"] or case["password"]:
        return "with a login, refused" if form is None else "with a login, taken"
    return "the same" if form == case["href"].partition("#")[0] else "different"


def test_the_score_is_what_is_documented() -> None:
    assert Counter(map(verdict, cases())) == {
        "no URL, refused": 267,
        "of another scheme, refused": 377,
        "with a login, refused": 31,
        "the same": 164,
        "different": 52,
    }


def test_every_difference_is_listed_with_its_reason_and_there_is_no_other() -> None:
    different = Counter(case["input"] for case in cases() if verdict(case) == "different")
    assert different == Counter(written for listed in DIFFERENCES.values() for written in listed)


def test_the_document_tells_the_score_and_counts_every_reason() -> None:
    told = rows(section(ROOT / "docs" / "conformance.md", "URLs"))
    score = Counter(map(verdict, cases()))
    assert [row[2] for row in told if len(row) == 6] == [
        str(score[name])
        for name in ("no URL, refused", "the same", "with a login, refused", "of another scheme, refused")
    ]
    assert sorted(int(row[1]) for row in told if len(row) == 3) == sorted(map(len, DIFFERENCES.values()))


def test_what_the_suite_takes_for_one_url_has_one_key_here() -> None:
    for case in cases():
        form = ours(case)
        if form is not None:
            assert key(form) == key(case["href"].partition("#")[0]), case["input"]
            assert normal(form) == form, case["input"]
