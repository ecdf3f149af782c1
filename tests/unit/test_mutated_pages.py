"""Pages broken at random are articles or get a verdict; none raises, none takes long."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.mutating import CLAIMS, MUTATIONS, mutated
from bench.mutations import LONGEST, outcomes, report
from bench.pages import pages
from extraction.article import extract_article
from news.article import NoArticle, Page

FOLDER = Path(__file__).parents[1] / "pages"
PAGES = [path.read_bytes() for path in sorted(FOLDER.rglob("*.html"))] + pages(20, None)[0]
GROUPS = 10
IN_A_GROUP = 100
SEED = 4


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_hundred_mutated_pages_raise_nothing(group: int) -> None:
    found = list(outcomes(PAGES, SEED, range(group * IN_A_GROUP, (group + 1) * IN_A_GROUP)))
    assert [str(one) for one in found if one.fault or one.verdict == "crashed"] == []
    assert [str(one) for one in found if one.seconds > LONGEST] == []


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(PAGES), st.lists(st.tuples(st.integers(0, 60_000), st.binary(max_size=12)), max_size=20), st.data()
)
def test_no_bytes_written_over_a_page_raise(page: bytes, changes: list[tuple[int, bytes]], data: st.DataObject) -> None:
    broken = bytearray(page)
    for place, piece in changes:
        broken[place : place + len(piece)] = piece
    claim = data.draw(st.sampled_from(CLAIMS))
    found = extract_article(Page("https://site.example/2026/11/a/", bytes(broken), claim))
    assert not isinstance(found, NoArticle) or found.reason != "crashed", found


def test_the_same_seed_and_number_give_the_same_page() -> None:
    assert mutated(PAGES, 1, 7) == mutated(PAGES, 1, 7)
    assert mutated(PAGES, 1, 7) != mutated(PAGES, 2, 7)


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_way_breaks_something(name: str) -> None:
    # One number in five gives a page a single mutation, so that each is soon met alone.
    made = (mutated(PAGES, SEED, number) for number in range(5_000))
    assert any(page.mutations == (name,) and page.body not in PAGES for page in made)


def test_what_came_of_the_pages_is_told() -> None:
    first, second, *_ = report(list(outcomes(PAGES, SEED, range(3))))
    assert first.startswith("3 mutated pages: 0 raised, 0 took longer than 10 s")
    assert second.startswith("median ")
