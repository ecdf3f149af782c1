"""What a spider of the user's own may bring, in every shape."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import scrapy
from scrapy.http import HtmlResponse

from crawler.brought import LONGEST_TEXT, BadItemError, brought
from news.article import Article, Page

URL = "https://phare.example/une"


@dataclass
class Written:
    url: str
    title: str
    text: str
    authors: Any = ()


class Fields(scrapy.Item):
    url = scrapy.Field()
    html = scrapy.Field()


def test_a_response_is_a_page() -> None:
    answer = HtmlResponse(f"{URL}?utm_source=x#a", body=b"<p>", headers={"Content-Type": "text/html"}, encoding="utf-8")
    assert brought(answer).what == Page(URL, b"<p>", "text/html")


@pytest.mark.parametrize(
    ("item", "page"),
    [
        ({"url": URL, "body": b"\xe9", "content_type": "text/html; charset=latin-1"}, b"\xe9"),
        ({"url": URL, "body": "é"}, "é".encode()),
        ({"url": URL, "html": "é"}, "é".encode()),
        (Fields(url=URL, html="é"), "é".encode()),
    ],
)
def test_a_url_and_a_body_are_a_page(item: Any, page: bytes) -> None:
    found = brought(item)
    assert isinstance(found.what, Page)
    assert (found.what.url, found.what.body) == (URL, page)


def test_a_url_a_title_and_a_text_are_an_article() -> None:
    found = brought(Written(URL, " Le\n titre ", "Un.\n\nDeux.\x00 ", "Marie"))
    assert found.what == Article(URL, URL, "Le titre", "Un.\n\nDeux.", ("Marie",))
    assert found.link.title == "Le titre"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-20T08:30:00Z", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        (date(2026, 11, 20), datetime(2026, 11, 20, tzinfo=UTC)),
        (datetime(2026, 11, 20), datetime(2026, 11, 20, tzinfo=UTC)),
        (datetime(2026, 11, 20, tzinfo=timezone(timedelta(hours=1))), datetime(2026, 11, 19, 23, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_a_time_is_read_in_any_shape(written: Any, read: datetime | None) -> None:
    assert brought({"url": URL, "title": "t", "text": "t", "published_at": written}).link.published_at == read


@pytest.mark.parametrize(("written", "read"), [("fr-FR", "fr"), ("EN", "en"), ("?", None), (7, None), (None, None)])
def test_a_language_is_a_code_of_two_letters(written: Any, read: str | None) -> None:
    article = brought({"url": URL, "title": "t", "text": "t", "language": written}).what
    assert isinstance(article, Article)
    assert article.language == read


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (7, "has yielded int"),
        (["a"], "has yielded list"),
        (Written, "has yielded type"),
        ({}, "no url"),
        ({"url": 7}, "no url"),
        ({"url": "file:///etc/passwd", "body": b""}, "url is none"),
        ({"url": URL}, "no text and no body"),
        ({"url": URL, "body": 7}, "no text and no body"),
        ({"url": URL, "text": "t"}, "no title"),
        ({"url": URL, "text": "t", "title": " "}, "no title"),
        ({"url": URL, "text": " ", "title": "t"}, "empty"),
        ({"url": URL, "text": 7, "title": "t"}, "no text"),
        ({"url": URL, "text": "a" * (LONGEST_TEXT + 1), "title": "t"}, "longer than"),
        ({"url": URL, "text": "t", "title": "t", "published_at": "hier"}, "no time"),
        ({"url": URL, "text": "t", "title": "t", "published_at": 7}, "no time"),
        ({"url": URL, "text": "t", "title": "t", "authors": 7}, "authors"),
    ],
)
def test_an_item_that_is_none_says_why(item: Any, said: str) -> None:
    with pytest.raises(BadItemError, match=said):
        brought(item)
