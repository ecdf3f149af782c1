"""In which stretches of ids PostgreSQL's index is asked: few, and no longer than what was seen makes likely."""

from itertools import pairwise

import pytest

from storage.stretches import Span, following

MILLION = Span(1, 1_000_001)


def _all(whole: Span, wanted: int, *, one_in: int | None, until: int = 0) -> list[Span]:
    """The stretches that are asked where one in so many ids is a hit (None: none is), and no id below `until`."""
    asked: list[Span] = []
    hits: list[int] = []
    while (span := following(whole, asked[-1] if asked else None, hits, wanted)) is not None:
        asked.append(span)
        there = 0 if one_in is None else (whole.end - max(span.first, min(until, whole.end))) // one_in
        hits.append(min(there, wanted) - sum(hits))
    return asked


@pytest.mark.parametrize("one_in", [1, 3, 100, 1_000, 30_000, None])
@pytest.mark.parametrize("whole", [MILLION, Span(7, 8), Span(500_000, 520_000)])
def test_stretches_follow_one_another_without_gaps_to_the_last_hit_or_the_first_id(
    whole: Span, one_in: int | None
) -> None:
    asked = _all(whole, 32, one_in=one_in)
    assert asked[0].end == whole.end
    assert all(span.end == before.first for before, span in pairwise(asked))
    assert asked[-1].first == whole.first or (one_in is not None and whole.end - asked[-1].first >= 32 * one_in)


@pytest.mark.parametrize("one_in", [3, 100, 1_000, 30_000, None])
@pytest.mark.parametrize("wanted", [1, 32, 1_000, 10_001])
def test_a_million_articles_are_a_handful_of_stretches(one_in: int | None, wanted: int) -> None:
    assert len(_all(MILLION, wanted, one_in=one_in)) <= 6


@pytest.mark.parametrize("missing", [1, 5, 31])
def test_where_all_hits_are_new_and_some_are_missing_the_rest_is_a_handful_of_stretches(missing: int) -> None:
    assert len(_all(MILLION, 32, one_in=3, until=MILLION.end - 3 * (32 - missing))) <= 6
    assert len(_all(MILLION, 10_001, one_in=3, until=MILLION.end - 3 * (10_001 - missing))) <= 9


@pytest.mark.parametrize(("one_in", "wanted"), [(3, 10_001), (10, 1_000), (100, 1_000), (1_000, 32)])
def test_little_more_is_asked_than_holds_what_is_wanted(one_in: int, wanted: int) -> None:
    last = _all(MILLION, wanted, one_in=one_in)[-1]
    assert MILLION.end - last.first <= 1.5 * one_in * wanted


def test_the_first_stretch_is_short_however_much_is_wanted() -> None:
    assert len(following(MILLION, None, [], 1) or ()) == 128
    assert len(following(MILLION, None, [], 10_001) or ()) == 4_000


def test_where_nothing_was_found_yet_the_next_stretch_is_sixteen_times_as_long() -> None:
    last = Span(MILLION.end - 128, MILLION.end)
    assert following(MILLION, last, [0], 32) == Span(last.first - 16 * 128, last.first)


def test_what_would_be_left_over_is_asked_with_the_last_stretch() -> None:
    assert following(Span(1, 257), None, [], 1) == Span(1, 257)
    assert following(Span(1, 258), None, [], 1) == Span(130, 258)


@pytest.mark.parametrize("whole", [Span(5, 5), Span(9, 3)])
def test_of_no_ids_there_is_no_stretch(whole: Span) -> None:
    assert following(whole, None, [], 1) is None


def test_where_enough_was_found_or_the_first_id_was_reached_there_is_no_other() -> None:
    assert following(MILLION, Span(999_000, 1_000_001), [20, 12], 32) is None
    assert following(MILLION, Span(1, 1_000_001), [3], 32) is None
