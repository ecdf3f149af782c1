"""Hubs and topics named in `Link` headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import Response

from crawler.fetching import Answer, answer_or_failure
from crawler.linkheader import LONGEST_LINE, MOST_LINES, HeaderLink, hub_and_topic, links_of
from tests.samples import NOON

URL = "https://news.example/feeds/all.xml"
HUB = "https://hub.example/"


@pytest.mark.parametrize(
    ("lines", "hub", "topic"),
    [
        ([f'<{HUB}>; rel="hub"', f'<{URL}>; rel="self"'], HUB, URL),
        ([f'<{HUB}>; rel="hub", <{URL}>; rel="self"'], HUB, URL),
        ([f"<{HUB}>;rel=hub,<{URL}>;rel=self"], HUB, URL),
        ([f" , ,< {HUB} > ; REL = HUB ;, <{URL}> ; ; rel = Self ; "], HUB, URL),
        ([f'<{HUB}>; rel="preconnect hub"'], HUB, ""),
        ([f'<{URL}>; rel="self alternate"; type="application/rss+xml", <{HUB}>; crossorigin; rel=hub'], HUB, URL),
        ([f'<{HUB}>; title="a, <b>; rel=\\"x\\""; rel="hub"'], HUB, ""),
        ([f"<{HUB}>; rel=http://www.iana.org/assignments/relation/hub"], HUB, ""),
        (['</hub>; rel="hub", <../all>; rel="self"'], "https://news.example/hub", "https://news.example/all"),
        (['<//hub.example>; rel="hub"'], HUB, ""),
        ([f'<{HUB}>; rel="hub", <https://second.example/>; rel="hub"'], HUB, ""),
        ([f'<javascript:x>; rel="hub", <>; rel="hub", <{HUB}>; rel="hub"'], HUB, ""),
    ],
)
def test_headers_name_a_hub_and_the_address_that_it_knows(lines: list[str], hub: str, topic: str) -> None:
    assert hub_and_topic(lines, URL) == (hub, topic)


@pytest.mark.parametrize(
    "line",
    [
        "",
        ";;,,",
        HUB,
        f"{HUB}; rel=hub",
        f"<{HUB}>",
        f"<{HUB}>; rel",
        f"<{HUB}>; rel=",
        f"<{HUB} rel=hub",
        f'<{HUB}>; rel="hub',
        f"<{HUB}>; rel='hub'",
        f'<{HUB}>; title="rel=hub; <x>"; rel="preload"',
        f"<{HUB}>; rel=style; rel=hub",
        f"<{HUB}>; rel=hubs",
        f"<{HUB}>; rel=hub garbage",
        f'<{HUB}>; rel=hub; anchor="https://other.example/"',
        f"garbage, <{HUB}>; rel=hub",
        "<https://user:secret@hub.example/>; rel=hub",
        "<http://[::1>; rel=hub",
    ],
)
def test_what_names_no_hub_is_passed_over(line: str) -> None:
    assert hub_and_topic([line], URL) == ("", "")


def test_garbage_ends_its_own_line_only() -> None:
    assert hub_and_topic([f"<{URL}>; rel=self, garbage", f"<{HUB}>; rel=hub"], URL) == (HUB, URL)


def test_the_topic_is_kept_as_written() -> None:
    topic = "HTTPS://News.Example:443/Feed?utm_source=hub&b=%c3%a9#top"
    assert hub_and_topic([f"<{HUB}>; rel=hub, <{topic}>; rel=self"], URL) == (HUB, topic)


def test_lines_too_long_and_too_many_lines_are_not_read() -> None:
    named = f"<{HUB}>; rel=hub"
    longest = f"<{HUB}>; rel=hub; x={'x' * (LONGEST_LINE - len(named) - 4)}"
    assert len(longest) == LONGEST_LINE
    assert hub_and_topic([longest], URL) == (HUB, "")
    assert hub_and_topic([f"{longest}x"], URL) == ("", "")
    assert hub_and_topic(["</a>; rel=next"] * (MOST_LINES - 1) + [named], URL) == (HUB, "")
    assert hub_and_topic(["</a>; rel=next"] * MOST_LINES + [named], URL) == ("", "")


def test_an_answer_keeps_all_of_its_link_headers() -> None:
    lines = [f"<{HUB}>; rel=hub", f"<{URL}>; rel=self"]
    answer = answer_or_failure(Response(URL, headers={"Link": lines}), NOON)
    assert isinstance(answer, Answer)
    assert hub_and_topic(answer.links, answer.url) == (HUB, URL)


def test_each_link_has_its_target_and_its_relations() -> None:
    assert list(links_of('</a>; rel="One two", </b>; rel=three')) == [
        HeaderLink("/a", frozenset({"one", "two"})),
        HeaderLink("/b", frozenset({"three"})),
    ]


@given(st.lists(st.text(st.sampled_from('<>;,="\\ relhubself:/.aé\x00\n'), max_size=80), max_size=5))
def test_whatever_a_header_holds_is_read_without_an_error(lines: list[str]) -> None:
    hub, topic = hub_and_topic(lines, URL)
    assert not hub or hub.startswith(("http://", "https://"))
    assert topic.isprintable()


@pytest.mark.parametrize("piece", ["<", ";", ",", '"', "\\", "<a>;", '<a>;a="\\', "; ", "a="])
def test_no_line_takes_long(piece: str) -> None:
    line = ("<a>;a=" + piece * LONGEST_LINE)[:LONGEST_LINE]
    assert hub_and_topic([line] * MOST_LINES, URL) == ("", "")
