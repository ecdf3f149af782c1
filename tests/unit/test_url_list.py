"""Plain lists of URLs: a line each, comments, and names."""

from hypothesis import given
from hypothesis import strategies as st

from service.subscription import MOST_SUBSCRIPTIONS, Subscription
from service.subscription_file import read_subscriptions
from service.url_list import read_list, write_list
from tests.unit.test_opml import NAMES, URLS


def test_a_line_is_a_url_and_what_follows_it_a_name() -> None:
    text = "# mine\n\nhttps://a.example/\n  b.example/feed#top\tLe  Phare \r\nhttps://c.example/ The Beacon\r# end"
    assert read_subscriptions(text.encode()).subscriptions == (
        Subscription("https://a.example/", line=3),
        Subscription("b.example/feed#top", "Le  Phare", line=4),
        Subscription("https://c.example/", "The Beacon", line=5),
    )


def test_a_list_in_another_charset_is_read() -> None:
    assert read_subscriptions("\ufeffa.example été".encode("utf-16")).subscriptions[0].name == "été"
    assert read_subscriptions("a.example été".encode("cp1252")).subscriptions[0].name == "été"


def test_no_more_lines_are_read_than_a_file_may_have() -> None:
    listing = read_list("a.example\n" * (MOST_SUBSCRIPTIONS + 2))
    assert len(listing.subscriptions) == MOST_SUBSCRIPTIONS
    assert [flaw.line for flaw in listing.flaws] == [MOST_SUBSCRIPTIONS + 1]


@given(st.lists(st.tuples(NAMES, URLS)))
def test_what_is_written_comes_back(sources: list[tuple[str, str]]) -> None:
    listing = read_subscriptions(write_list(Subscription(url, name) for name, url in sources).encode())
    assert listing.flaws == ()
    assert [(one.name, one.url) for one in listing.subscriptions] == sources


def test_a_list_without_a_source_is_still_a_list() -> None:
    assert read_subscriptions(write_list([]).encode()).subscriptions == ()
