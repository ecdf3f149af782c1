"""The measure of extracted texts, on cases that were worked out by hand."""

import pytest

from bench.shingles import Overlap, overlap, score, shingles


def test_shingles_are_all_runs_of_four_words() -> None:
    assert dict(shingles("Der Rat, der tagt, wartet.")) == {
        ("Der", "Rat", "der", "tagt"): 1,
        ("Rat", "der", "tagt", "wartet"): 1,
    }


def test_a_run_counts_as_often_as_it_stands_there() -> None:
    assert shingles("a b c d a b c d")["a", "b", "c", "d"] == 2


def test_a_text_of_fewer_words_is_one_shingle() -> None:
    assert dict(shingles("Two words!")) == {("Two", "words"): 1}


@pytest.mark.parametrize("text", ["", " … — \n"])
def test_a_text_without_words_has_none(text: str) -> None:
    assert not shingles(text)


def test_words_are_runs_of_letters_digits_and_underscores_of_any_script() -> None:
    assert dict(shingles("l'été 2026 — снег_1")) == {("l", "été", "2026", "снег_1"): 1}


def test_capitals_count_but_punctuation_and_lines_do_not() -> None:
    assert overlap("One, two;\nthree: four", "One two three four").is_exact
    assert overlap("one two three four", "One two three four").both == 0


def test_what_was_left_in_lowers_the_precision_only() -> None:
    # extracted: abcd bcde cdef defg, annotated: abcd bcde
    found = overlap("a b c d e f g", "a b c d e")
    assert found == Overlap(both=2, extra=2, missed=0)
    assert (found.precision, found.recall) == (0.5, 1.0)
    assert found.f1 == pytest.approx(2 / 3)


def test_what_was_dropped_lowers_the_recall_only() -> None:
    found = overlap("a b c d e", "a b c d e f g")
    assert (found.precision, found.recall) == (1.0, 0.5)


def test_a_shingle_that_is_extracted_twice_is_right_once() -> None:
    # extracted: abcd bcda cdab dabc abcd, annotated: abcd
    assert overlap("a b c d a b c d", "a b c d") == Overlap(both=1, extra=4, missed=0)


def test_a_shingle_that_stands_twice_in_both_texts_is_right_twice() -> None:
    # both: abcd bcda cdab dabc abcd
    assert overlap("a b c d a b c d", "a b c d a b c d") == Overlap(both=5, extra=0, missed=0)


def test_one_wrong_word_spoils_the_four_runs_that_it_stands_in() -> None:
    assert overlap("a b c d X f g h i", "a b c d e f g h i") == Overlap(both=2, extra=4, missed=4)


def test_the_nearer_of_two_annotations_counts() -> None:
    assert overlap("a b c d e", "s u m m a b c d e", "a b c d e").is_exact
    assert overlap("a b c d e", "a b c d e", "s u m m a b c d e").is_exact


def test_nothing_extracted_has_no_precision_and_a_recall_of_zero() -> None:
    found = overlap("", "a b c d")
    assert (found.precision, found.recall, found.f1, found.is_exact) == (None, 0.0, 0.0, False)


def test_nothing_extracted_where_nothing_is_annotated_is_exact() -> None:
    found = overlap("", "")
    assert (found.precision, found.recall, found.f1, found.is_exact) == (None, None, 1.0, True)


def test_a_long_page_counts_as_much_as_a_short_one() -> None:
    # precision (1.0 + 0.5) / 2 = .75, recall (1.0 + 1.0) / 2 = 1, F1 = 2 * .75 / 1.75
    found = score([Overlap(1_000, 0, 0), Overlap(1, 1, 0)])
    assert (found.precision, found.recall, found.exact) == (0.75, 1.0, 0.5)
    assert found.f1 == pytest.approx(6 / 7)


def test_f1_is_made_of_the_averages_and_is_not_an_average_of_f1() -> None:
    # precision (1.0 + 0.2) / 2 = .6, recall (0.2 + 1.0) / 2 = .6; each page alone has an F1 of a third
    pages = [Overlap(1, 0, 4), Overlap(1, 4, 0)]
    assert score(pages).f1 == pytest.approx(0.6)
    assert pages[0].f1 == pytest.approx(1 / 3)


def test_a_page_of_which_nothing_was_extracted_counts_in_the_recall_only() -> None:
    found = score([Overlap(4, 0, 0), Overlap(0, 0, 4)])
    assert (found.precision, found.recall) == (1.0, 0.5)


def test_no_pages_score_nothing() -> None:
    assert score([]).f1 == 0.0
