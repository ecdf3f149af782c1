"""OPML: what other readers write is read with its lines, however broken; what we write is valid and comes back."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.errors import ConfigError
from service import subscription_file
from service.opml import read_opml, write_opml
from service.subscription import MOST_SUBSCRIPTIONS, Subscription
from service.subscription_file import read_subscriptions

EXPORTED = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.1">
  <head><title>Mine</title></head>
  <body>
    <outline text="Presse" title="Presse" isOpen="true">
      <outline text="Locale">
        <outline
           type="rss" title="Le Phare" text="phare"
           xmlUrl="https://phare.example/feed" htmlUrl="https://phare.example/"/>
      </outline>
      <outline text="The Beacon" xmlurl='https://beacon.example/feed?a=1&amp;b=2'></outline>
    </outline>
    <outline text="Only a page" htmlUrl="https://page.example/"/>
    <outline text="An empty folder"/>
  </body>
</opml>
"""


def opml_of(*outlines: str) -> str:
    """A file with these outlines, the first on line 2."""
    return "\n".join(['<opml version="2.0"><body>', *outlines, "</body></opml>"])


def test_outlines_are_read_with_line_name_url_home_and_folders() -> None:
    assert read_opml(EXPORTED).flaws == ()
    assert read_opml(EXPORTED).subscriptions == (
        Subscription(
            "https://phare.example/feed",
            "Le Phare",
            home="https://phare.example/",
            folders=("Presse", "Locale"),
            line=7,
        ),
        Subscription("https://beacon.example/feed?a=1&b=2", "The Beacon", folders=("Presse",), line=11),
        Subscription("https://page.example/", "Only a page", home="https://page.example/", line=13),
    )


@pytest.mark.parametrize(
    ("outline", "url", "name"),
    [
        ('<outline text="A & B" xmlUrl="https://a.example/?x=1&y=2"/>', "https://a.example/?x=1&y=2", "A & B"),
        ('<outline text="&Eacute;t&#233; &#xE9; &nope;" xmlUrl="a.b"/>', "a.b", "Été é &nope;"),
        ('<outline text="a > b < c" xmlUrl="a.b"/>', "", ""),
        ('<OUTLINE TEXT="A" XMLURL="a.b"/>', "a.b", "A"),
        ('<x:outline x:text="?" title="A" xmlUrl="a.b"></x:outline>', "a.b", "A"),
        ('<outline text="twice" text="again" xmlUrl="a.b"/>', "a.b", "twice"),
        ('<outline type="link" text="A" url="a.b"/>', "a.b", "A"),
        ('<!-- <outline xmlUrl="no"/> --><![CDATA[<outline xmlUrl="no"/>]]><outline xmlUrl="a.b"/>', "a.b", ""),
    ],
)
def test_what_many_hands_write_is_understood(outline: str, url: str, name: str) -> None:
    listing = read_opml(opml_of(outline))
    assert [(one.url, one.name) for one in listing.subscriptions] == ([(url, name)] if url else [])
    assert bool(listing.flaws) == (not url)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('<outline text="A" xmlUrl="https://broken.example/fe', "not well written"),
        ('<outline text="A xmlUrl="https://broken.example/"/>', "not well written"),
        ("<outline text=A xmlUrl=https://broken.example/ />", "not well written"),
        ("</outline>", "never opened"),
        ('<outline text="open">', "never closed"),
        ('<outline type="rss" text="A"/>', "'A' names no URL"),
        ('<outline type="rss"/>', "this outline names no URL"),
        ('<outline type="include" text="A" url="https://other.example/x.opml"/>', "another file"),
    ],
)
def test_what_is_broken_is_told_by_its_line_and_harms_no_other(broken: str, reason: str) -> None:
    whole = '<outline text="{0}" xmlUrl="https://{0}.example/"/>'
    listing = read_opml(opml_of(whole.format("before"), broken, whole.format("after")))
    assert [(one.name, one.line) for one in listing.subscriptions] == [("before", 2), ("after", 4)]
    assert {flaw.line for flaw in listing.flaws} == {3}
    assert any(reason in flaw.reason for flaw in listing.flaws)


def test_a_file_that_breaks_off_gives_what_was_whole_and_says_where() -> None:
    listing = read_opml(EXPORTED[: EXPORTED.index("&amp;b=2")])
    assert [one.name for one in listing.subscriptions] == ["Le Phare"]
    assert {flaw.line for flaw in listing.flaws} == {11}
    assert "breaks off" in listing.flaws[-1].reason


def test_a_comment_that_never_ends_is_told() -> None:
    [flaw] = read_opml(opml_of('<outline xmlUrl="a.b"/>', '<!-- <outline xmlUrl="c.d"/>')).flaws
    assert (flaw.line, "never ends" in flaw.reason) == (3, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html><body>Not found</body></html>", "no OPML: it begins with <html>"),
        ("<rss><channel/></rss>", "is a feed"),
        ('<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><outline text="&x;"/></opml>', "entities"),
        ('<!DOCTYPE opml SYSTEM "<!--" [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><opml/>', "entities"),
        ("<", "no OPML"),
    ],
)
def test_what_is_no_opml_or_declares_entities_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_opml(text)


def test_a_doctype_elsewhere_is_never_fetched() -> None:
    text = '<!DOCTYPE opml SYSTEM "http://127.0.0.1:9/opml.dtd">' + opml_of('<outline xmlUrl="a.b"/>')
    assert len(read_opml(text).subscriptions) == 1


def test_fifty_thousand_outlines_are_read_past_the_lines_that_a_parser_counts() -> None:
    lines = 3 * 50_000
    many = (f'<outline\n text="{number}"\n xmlUrl="https://h{number}.example/"/>' for number in range(50_000))
    listing = read_opml(opml_of(*many))
    assert listing.flaws == ()
    assert [one.line for one in listing.subscriptions] == list(range(2, lines + 2, 3))


def test_no_more_outlines_are_read_than_a_file_may_have() -> None:
    listing = read_opml(opml_of(*['<outline xmlUrl="a.b"/>'] * (MOST_SUBSCRIPTIONS + 5)))
    assert len(listing.subscriptions) == MOST_SUBSCRIPTIONS
    assert [flaw.line for flaw in listing.flaws] == [MOST_SUBSCRIPTIONS + 2]


def test_the_folders_of_a_bottomless_file_are_counted_only_so_far() -> None:
    listing = read_opml(opml_of('<outline text="f" xmlUrl="a.b">' * 2_000 + "</outline>" * 2_000))
    assert len(listing.subscriptions) == 2_000
    assert max(len(one.folders) for one in listing.subscriptions) == 20


@pytest.mark.parametrize("junk", ["<outline a=1/>", "</outline>", '<outline a="', "<!", '"', "<outline "])
def test_junk_to_the_limit_is_read_with_bounded_findings(junk: str) -> None:
    listing = read_opml("<opml>" + junk * (2_000_000 // len(junk)))
    assert len(listing.flaws) <= 2 * MOST_SUBSCRIPTIONS


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("\ufeff" + EXPORTED, "utf-8"),
        (EXPORTED.replace("UTF-8", "UTF-16"), "utf-16"),
        (EXPORTED.replace("UTF-8", "ISO-8859-1"), "cp1252"),
        (EXPORTED.replace("UTF-8", "no-such-charset"), "cp1252"),
        (EXPORTED.replace("UTF-8", "ISO-8859-1"), "utf-8"),
    ],
)
def test_every_charset_is_read_whatever_the_file_says(content: str, name: str) -> None:
    body = content.replace("Le Phare", "Le Phare d’été").encode(name)
    assert read_subscriptions(body).subscriptions[0].name == "Le Phare d’été"


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_lines_are_counted_whatever_they_end_in(end: str) -> None:
    listing = read_subscriptions(EXPORTED.replace("\n", end).encode())
    assert [one.line for one in listing.subscriptions] == [7, 11, 13]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\x1f\x8b\x08rest", "packed"),
        (b"PK\x03\x04rest", "packed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no text"),
        (b"<opml>" + b" " * subscription_file.LARGEST_FILE, "more than 20 MB"),
    ],
)
def test_what_is_no_file_of_subscriptions_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_subscriptions(content)


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, range(32)))), min_size=1)
NAMES = NAMES.map(str.strip).filter(lambda name: name and not set(name) & {"\ufffe", "\uffff"})
URLS = st.sampled_from(["https://a.example/", "https://a.example/?b=1&c=%22'", "http://xn--t-9fa.example:81/x"])


@given(st.lists(st.tuples(NAMES, URLS, st.sampled_from(["page", "feed", "alone"]))))
def test_what_is_written_is_valid_and_comes_back(sources: list[tuple[str, str, str]]) -> None:
    written = write_opml(
        Subscription(url, name, feed="https://feed.example/" * (kind == "feed"), home=url * (kind == "page"))
        for name, url, kind in sources
    )
    listing = read_opml(written)
    assert listing.flaws == ()
    assert [(one.name, one.url) for one in listing.subscriptions] == [(name, url) for name, url, _ in sources]
    outlines = list(ElementTree.fromstring(written).iter("outline"))
    assert [outline.get("text") for outline in outlines] == [name for name, _, _ in sources]
    assert all(outline.get("xmlUrl") or outline.get("type") == "link" for outline in outlines)
    assert all(outline.get("type") in ("rss", "link") for outline in outlines)


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.integers(0, 200))
def test_nothing_makes_the_reader_fail(junk: str, place: int) -> None:
    listing = read_opml(opml_of('<outline text="A" xmlUrl="a.b"/>', EXPORTED[:place], junk))
    assert all(flaw.line >= 1 for flaw in listing.flaws)


def test_nothing_in_a_written_file_can_steer_a_terminal() -> None:
    written = write_opml([Subscription("https://a.example/", "a\x1b[2J\x9b\u202eb\x00")])
    assert not set(written) & {"\x1b", "\x9b", "\u202e", "\x00"}
    assert ElementTree.fromstring(written) is not None
