"""Pages that no editor wrote cost time as their size has it, and end in an article or a verdict, never in an error."""

import time
from functools import cache
from statistics import median

import pytest

from extraction.article import extract_article
from news.article import NoArticle, Page
from tests.bad_pages import BAD_PAGES, PROSE, BadPage

URL = "https://site.example/2026/11/pont/"
TURNS = 3
GROWTH = 4  # how many times larger the second page is
# Time that grows as the square would be 16 times as long.
MOST = 2 * GROWTH


# Those that are read at their full size too; of the others, what the larger page gets is enough.
LARGEST = (
    "paragraphs", "fewer paragraphs", "open paragraphs", "links", "metas", "table cells", "line breaks",
    "nested blocks",
    "title", "word", "data", "closed nested data", "attribute", "many equal attributes",
)  # fmt: skip


def verdict(body: bytes) -> str:
    found = extract_article(Page(URL, body, "text/html"))
    return found.reason if isinstance(found, NoArticle) else "article"


def seconds(body: bytes) -> float:
    """The processor time of one page, the median of some turns."""
    times = []
    for _ in range(TURNS):
        started = time.process_time()
        extract_article(Page(URL, body))
        times.append(time.process_time() - started)
    return median(times)


@cache
def plain() -> float:
    """What the smallest page takes, so that what every page takes is not counted as growth."""
    extract_article(Page(URL, PROSE.encode()))
    return seconds(f"<html><body><article><h1>Le pont</h1>{PROSE}".encode())


@pytest.mark.parametrize("bad", BAD_PAGES, ids=lambda bad: bad.name)
def test_time_grows_as_the_page_does(bad: BadPage) -> None:
    body = bad.body(GROWTH * bad.small)
    small, large = seconds(bad.body(bad.small)), seconds(body)
    assert large <= MOST * (small + plain()), f"{small:.4f} s, {GROWTH} times as large {large:.4f} s"
    assert verdict(body) == bad.verdict


@pytest.mark.parametrize("bad", [bad for bad in BAD_PAGES if bad.name in LARGEST], ids=lambda bad: bad.name)
def test_the_largest_of_them_is_an_article_or_a_verdict(bad: BadPage) -> None:
    assert verdict(bad.body(bad.full)) == bad.verdict


def test_the_largest_are_all_there() -> None:
    assert set(LARGEST) <= {bad.name for bad in BAD_PAGES}
