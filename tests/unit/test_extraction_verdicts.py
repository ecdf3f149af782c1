"""Pages that are no article: a verdict with a reason, never an exception."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.article import LARGEST_PAGE, extract_article
from extraction.verdict import FEWEST_WORDS
from news.article import Article, NoArticle, Page

URL = "https://site.example/2026/11/pont/"
SENTENCE = "Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures."
ANOTHER = "Le maire a promis que les travaux du pont commenceraient au printemps, dès la fonte des neiges."


def verdict(body: bytes, content_type: str = "text/html") -> NoArticle:
    found = extract_article(Page(URL, body, content_type))
    assert isinstance(found, NoArticle), found
    assert found.url == URL
    assert found.detail
    return found


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"%PDF-1.7 <html><body><p>" + SENTENCE.encode() * 9, "a PDF"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG"),
        (b"\x89PNG\r\n\x1a\n", "a PNG"),
        (b"GIF89a", "a GIF"),
        (b"PK\x03\x04", "ZIP"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (SENTENCE.encode() * 9, "no tags"),
        (b'{"title": "Le pont"}', "no tags"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>Le pont</title></channel></rss>', "a feed"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "a drawing"),
    ],
)
def test_what_is_not_html_is_told_from_its_bytes(body: bytes, says: str) -> None:
    found = verdict(body)
    assert found.reason == "not html"
    assert says in found.detail


def test_a_page_that_is_too_large_is_not_even_read() -> None:
    assert verdict(b"<html>" + b"a" * LARGEST_PAGE).reason == "too large"


def test_a_page_without_text() -> None:
    assert verdict(b"<html><head><title>Le pont</title></head><body><div></div></body></html>").reason == "no text"


def test_a_page_with_fewer_words_than_a_news_flash() -> None:
    found = verdict(f"<html><body><article><h1>Le pont</h1><p>{SENTENCE}</p></article></body></html>".encode())
    assert found.reason == "too short"
    assert str(FEWEST_WORDS) in found.detail


def test_a_news_flash_is_an_article() -> None:
    flash = f"<html><body><article><h1>Le pont rouvre</h1><p>{SENTENCE}</p><p>{ANOTHER}</p></article></body></html>"
    assert isinstance(extract_article(Page(URL, flash.encode())), Article)


def test_words_are_counted_in_scripts_that_do_not_part_them() -> None:
    text = "政府は、新しい橋を来年の春に開通させると発表した。住民は長い間この橋を待っていたと話している。"
    page = f"<html><body><article><h1>新しい橋</h1><p>{text}</p><p>{text}追記</p></article></body></html>"
    found = extract_article(Page(URL, page.encode()))
    assert isinstance(found, Article)
    assert found.language == "ja"


def test_a_page_without_a_title_is_called_by_its_first_words() -> None:
    page = f"<html><body><div><p>{SENTENCE}</p><p>{ANOTHER}</p></div></body></html>"
    found = extract_article(Page(URL, page.encode()))
    assert isinstance(found, Article)
    assert found.title == SENTENCE


def test_what_databases_refuse_is_not_in_the_article() -> None:
    body = f"<h1>Le\x00 pont&#xD800;&#0;</h1><p>A\x00B&#xFFFF; {SENTENCE}</p><p>{ANOTHER}</p>"
    page = f"<html><body><article>{body}</article></body></html>"
    found = extract_article(Page(URL, page.encode()))
    assert isinstance(found, Article)
    assert not {"\x00", "\ud800", "\uffff"} & set(found.title + found.text)


def test_a_fault_of_our_own_is_a_verdict_that_keeps_the_reason() -> None:
    found = extract_article(Page(URL, "characters, not bytes"))  # type: ignore[arg-type]
    assert isinstance(found, NoArticle)
    assert found.reason == "crashed"
    assert found.detail.startswith("TypeError: ")


def test_tags_nested_without_end_are_survived() -> None:
    for tag in (b"<div>", b"<b>", b"<table><tr><td>"):
        assert isinstance(
            extract_article(Page(URL, b"<html><body>" + tag * 50_000 + SENTENCE.encode())), NoArticle | Article
        )


def test_the_same_bytes_are_read_the_same_whatever_the_charset_they_are_in() -> None:
    page = (
        f"<html><head><title>Été</title></head><body><article><p>{SENTENCE}</p><p>{ANOTHER}</p></article></body></html>"
    )
    found = {
        extract_article(Page(URL, page.encode(codec), f"text/html; charset={claim}"))
        for codec, claim in (("utf-8", "utf-8"), ("utf-8", "latin-1"), ("latin-1", "iso-8859-1"), ("utf-16", "utf-8"))
    }
    assert len(found) == 1
    assert isinstance(found.pop(), Article)


FRAGMENTS = st.sampled_from([
    "<html>", "<body>", "<p>", "</p>", "<h1>", "<h2>", "<ul>", "<li>", "<a href='/x'>", "</a>", "<table>", "<td>",
    "<!--", "-->", "<script type='application/ld+json'>", "</script>", '{"@type":"Article","author":', "<title>",
    "<meta charset=", "utf-7>", "&#x110000;", "<svg>", "<frameset>", "<plaintext>", SENTENCE, "Et aussi", "\x00",
    "\ufffe", "<link rel=canonical href=//[>",
])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(FRAGMENTS, max_size=60).map("".join))
def test_no_page_raises(page: str) -> None:
    found = extract_article(Page(URL, page.encode("utf-8", "surrogatepass")))
    assert not isinstance(found, NoArticle) or found.reason != "crashed", found


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2_000), st.text(max_size=60), st.text(max_size=60))
def test_no_bytes_raise(body: bytes, content_type: str, url: str) -> None:
    found = extract_article(Page(url, b"<p>" + body, content_type))
    assert not isinstance(found, NoArticle) or found.reason != "crashed", found
