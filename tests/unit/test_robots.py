"""robots.txt as RFC 9309 reads it."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.robots import parse_robots

SITE = "https://news.example"
ALL = b"User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize("status", [0, 100, 429, 500, 502, 503, 599])
def test_a_site_that_cannot_answer_forbids_everything_for_now(status: int) -> None:
    robots = parse_robots(b"User-agent: *\nAllow: /\n", status)
    assert robots.is_unreachable
    assert not robots.allows(f"{SITE}/")


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 451])
def test_a_site_without_the_file_allows_everything(status: int) -> None:
    robots = parse_robots(ALL, status)
    assert not robots.is_unreachable
    assert robots.allows(f"{SITE}/private")


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        (ALL, "/", False),
        (b"", "/", True),
        (b"User-agent: *\nDisallow:\n", "/", True),
        (b"User-agent: Vigie\nDisallow: /\n\nUser-agent: *\nAllow: /\n", "/", False),
        (b"User-agent: VIGIE\nDisallow: /\n", "/", False),
        (b"User-agent: Vigie/1.0 (+https://x)\nDisallow: /\n", "/", False),
        (b"User-agent: *\nDisallow: /\n\nUser-agent: Vigie\nDisallow: /x\n", "/a", True),
        (b"User-agent: Other\nDisallow: /\n", "/", True),
        (b"User-agent: News\nDisallow: /\n", "/", True),
        (b"User-agent: Vig\nDisallow: /\n", "/", True),
        (b"User-agent: Vigie-News\nDisallow: /\n", "/", True),
        (b"User-agent: Vigie*\nDisallow: /\n", "/", False),
        (b"User-agent: Vigie2\nDisallow: /\n", "/", False),
        (b"User-agent: *bot\nDisallow: /\n", "/", True),
        (b"User-agent: * # all\nDisallow: /\n", "/", False),
        (b"User-agent:Vigie\nUser-agent: Other\nDisallow: /\n", "/", False),
        (b"USER AGENT Vigie # us: all\nDisallow: /\n", "/", False),
        (b"Useragent: Other\rUser agent: Vigie\rDisallow: /\r", "/", False),
        (b"User-agent Vigie (+https://x)\nDisallow: /\n", "/", False),
        (b"User-agent: *\nDisallow: /a\nUser agent policy: see below\nDisallow: /b\n", "/b", False),
        (b"User-agent: *\nDisallow: /%61\n", "/a", False),
        (b"User-agent: *\nDisallow: /a%2Fb\n", "/a/b", True),
        ("User-agent: *\nDisallow: /\u2028x\n".encode(), "/%E2%80%A8x", False),
        ("User-agent: *\nDisallow: /\u2028x\n".encode(), "/y", True),
        (b"User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b/c", True),
        (b"User-agent: *\nDisallow: /a\nAllow: /a\n", "/a", True),
        (b"User-agent: *\nDisallow: /*.pdf$\n", "/x.pdf", False),
        (b"User-agent: *\nDisallow: /*.pdf$\n", "/x.pdf?a", True),
        ("User-agent: *\nDisallow: /été\n".encode(), "/%C3%A9t%C3%A9", False),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n", "/", False),
        (b"User-agent: *\rDisallow: /\r", "/", False),
        (b"User-agent: *\nDisallow: /\xe9\xff\nDisallow: /b\n", "/b", False),
        (b"User-agent: *\n\x00\x00\nDisallow: /b\n", "/b", False),
        (b"<!DOCTYPE html><html>\nUser-agent: *\nDisallow: /\n</html>", "/", True),
        (ALL, "/robots.txt", True),
    ],
)
def test_the_rules_decide(text: bytes, path: str, allowed: bool) -> None:
    assert parse_robots(text, 200).allows(SITE + path) is allowed


def test_the_product_name_decides_and_not_the_rest_of_the_user_agent() -> None:
    robots = parse_robots(b"User-agent: example\nDisallow: /\n", 200)
    assert robots.allows(f"{SITE}/", "Vigie/1.0 (+https://example.com/vigie)")
    assert not robots.allows(f"{SITE}/", "Example/2.0")


def test_the_rules_kept_are_the_sites_own_words() -> None:
    text = "User-agent: Vigie/1.0\nDisallow: /\n"
    assert parse_robots(text.encode(), 200).rules == text


def test_rules_count_up_to_five_hundred_kibibytes() -> None:
    filler = b"# filler\n" * 50_000
    assert len(filler) < 500 * 1024
    assert not parse_robots(filler + ALL, 200).allows(f"{SITE}/")
    assert parse_robots(filler * 2 + ALL, 200).allows(f"{SITE}/")


def test_a_line_cut_in_half_forbids_nothing() -> None:
    head = b"User-agent: *\n"
    line = b"\nDisallow: /private\n"
    body = head + b"#" * (500 * 1024 - len(head) - len(b"\nDisallow: /")) + line
    assert body[: 500 * 1024].endswith(b"\nDisallow: /")
    assert parse_robots(body, 200).allows(f"{SITE}/news")


@pytest.mark.parametrize(
    ("value", "delay"), [("10", 10.0), ("0.5", 0.5), ("-1", None), ("nan", None), ("inf", None), ("soon", None)]
)
def test_the_crawl_delay_is_a_sane_number_or_none(value: str, delay: float | None) -> None:
    assert parse_robots(f"User-agent: *\nCrawl-delay: {value}\n".encode(), 200).crawl_delay("Vigie/1.0") == delay


def test_sitemaps_are_named_once_and_outside_the_groups() -> None:
    text = b"Sitemap: https://news.example/a.xml\nUser-agent: *\nDisallow: /\nsitemap: /b.xml\nSitemap: /b.xml\n"
    assert parse_robots(text, 200).sitemaps == ("https://news.example/a.xml", "/b.xml")


def test_rules_cross_to_another_process() -> None:
    robots = parse_robots(ALL, 200)
    assert not robots.allows(f"{SITE}/")
    copy = pickle.loads(pickle.dumps(robots))
    assert copy == robots
    assert not copy.allows(f"{SITE}/")


@given(st.binary(max_size=400), st.integers(0, 599))
def test_any_answer_has_a_meaning(body: bytes, status: int) -> None:
    robots = parse_robots(body, status)
    assert isinstance(robots.allows(f"{SITE}/a?b=c"), bool)
    assert isinstance(robots.sitemaps, tuple)
    robots.crawl_delay()
