"""Pages that no editor wrote cost time as their size has it, and end in an article or a verdict, never in an error."""

import time
from functools import cache

import pytest

from extraction.article import extract_article
from news.article import NoArticle, Page
from tests.bad_pages import BAD_PAGES, PROSE, BadPage

URL = "https://site.example/2026/11/pont/"
TURNS = 3  # a machine that does other things makes a turn longer and never shorter: the shortest counts
GROWTH = 4  # how many times larger the second page is
# Time that grows as the square would be 16 times as long.
MOST = 2 * GROWTH


# Those that are read at their full size too; of the others, what the larger page gets is enough.
LARGEST = (
    "paragraphs", "fewer paragraphs", "open paragraphs", "links", "metas", "table cells", "line breaks",
    "nested blocks",
    "title", "word", "data", "closed nested data", "attribute", "many equal attributes",
)  # fmt: skip


def read(body: bytes) -> tuple[str, float]:
    """What comes of a page, and the processor time that it takes."""
    started = time.process_time()
    found = extract_article(Page(URL, body, "text/html"))
    seconds = time.process_time() - started
    return found.reason if isinstance(found, NoArticle) else "article", seconds


def shortest(body: bytes) -> float:
    """The processor time of one page that nothing else lengthens."""
    return min(read(body)[1] for _ in range(TURNS))


@cache
def plain() -> float:
    """What the smallest page takes, so that what every page takes is not counted as growth."""
    read(PROSE.encode())
    return shortest(f"<html><body><article><h1>Le pont</h1>{PROSE}".encode())


@pytest.mark.parametrize("bad", BAD_PAGES, ids=lambda bad: bad.name)
def test_time_grows_as_the_page_does(bad: BadPage) -> None:
    body = bad.body(GROWTH * bad.small)
    most = MOST * (shortest(bad.body(bad.small)) + plain())
    verdict, large = read(body)
    if large > most:  # a single turn may have been disturbed
        large = shortest(body)
    assert large <= most, f"{GROWTH} times as large {large:.4f} s, {most:.4f} s at most"
    assert verdict == bad.verdict


@pytest.mark.parametrize("bad", [bad for bad in BAD_PAGES if bad.name in LARGEST], ids=lambda bad: bad.name)
def test_the_largest_of_them_is_an_article_or_a_verdict(bad: BadPage) -> None:
    verdict, _ = read(bad.body(bad.full))
    assert verdict == bad.verdict


def test_the_largest_are_all_there() -> None:
    assert set(LARGEST) <= {bad.name for bad in BAD_PAGES}
