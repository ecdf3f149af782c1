"""The address that hubs know a feed by, in all kinds of feeds."""

import html
import json

import pytest

from tests.feeds import URL, read, rss

ITEM = "<item><title>One</title><link>https://news.example/1</link></item>"


def topics(written: str) -> set[str]:
    """What it is taken for in RSS, in RSS that is not well-formed, and in a JSON Feed."""
    link = f'<atom:link rel="self" href="{html.escape(written)}"/>'
    named = {"version": "https://jsonfeed.org/version/1", "items": [], "feed_url": written}
    bodies = (rss("", link), rss(ITEM + link, "<title>& &nbsp;</title>"), json.dumps(named).encode())
    return {read(body).topic for body in bodies}


@pytest.mark.parametrize(
    "written",
    [
        "HTTPS://News.Example:443",
        "http://news.example/Feed?utm_source=hub&b=%c3%a9&PHPSESSID=1",
        "https://news.example/é et à?q=été#haut",
        "https://news.example/a/../b/?",
    ],
)
def test_the_address_that_hubs_know_a_feed_by_is_kept_to_the_letter(written: str) -> None:
    assert topics(written) == {written}


@pytest.mark.parametrize(
    ("written", "topic"),
    [
        ("  https://news.example/feed ", "https://news.example/feed"),
        ("//Other.example/feed", "https://Other.example/feed"),
        ("?utm_source=hub", f"{URL}?utm_source=hub"),
        ("https:news.xml", "https://news.example/feeds/news.xml"),
        ("https://user@news.example/feed", ""),
        ("javascript:alert(1)", ""),
        (f"https://news.example/{'x' * 9_000}", ""),
        (f"https://news.example/#{'x' * 9_000}", "https://news.example/"),
    ],
)
def test_an_address_that_leads_somewhere_is_made_a_full_one(written: str, topic: str) -> None:
    assert topics(written) == {topic}


def test_an_address_that_no_form_could_carry_is_in_normal_form() -> None:
    feed = {"version": "https://jsonfeed.org/version/1", "items": [], "feed_url": "https://News.example/a\nb\ud800"}
    assert read(json.dumps(feed).encode()).topic == "https://news.example/ab%EF%BF%BD"
