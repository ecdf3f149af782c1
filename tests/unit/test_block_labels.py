"""Which blocks of a page an annotation makes the article's."""

from dataclasses import replace

from bench.block_labels import is_on_page, labels, text_labels
from bench.corpus import Gold

GOLD = Gold("a.html", "https://example.com/a", "example.com")
LONG = "The bridge over the river was closed on Friday morning after engineers had found a crack"


def own(texts: list[str], annotated: str) -> list[bool]:
    return [label.is_own for label in text_labels(texts, annotated)]


def test_what_the_annotation_says_in_its_order_is_own() -> None:
    assert own(["Menu", "One two", LONG, "Footer"], f"One two.\n{LONG}") == [False, True, True, False]


def test_of_what_stands_twice_one_is_own_the_nearer_to_what_follows() -> None:
    assert own(["One two", "Menu", "One two", LONG], f"One two\n{LONG}") == [False, False, True, True]


def test_the_chain_is_the_heaviest() -> None:
    assert own([LONG, "One two"], f"One two\n{LONG}") == [True, False]


def test_a_word_is_not_found_within_another() -> None:
    assert own(["art"], "The article is about art history's start") == [True]
    assert own(["art"], "The article") == [False]


def test_a_long_block_is_own_in_part() -> None:
    found = text_labels([f"T {LONG} (see below)", f"{LONG[:40]} and then quite other words follow it to the end"], LONG)
    assert [label.is_own for label in found] == [True, False]
    assert found[0].weight < 1
    assert found[1].weight < 1


def test_what_two_annotations_disagree_on_hardly_counts() -> None:
    found = labels(["One two", LONG], replace(GOLD, text=f"One two {LONG}", alt=LONG))
    assert [label.is_own for label in found] == [True, True]
    assert found[0].weight < found[1].weight == 1.0


def test_snippets_tell_of_the_blocks_that_hold_them_alone() -> None:
    gold = replace(GOLD, present=("bridge over the river",), absent=("Share this",))
    found = labels([LONG, "Share this page", "Unknown"], gold)
    assert [(label.is_own, label.weight) for label in found] == [(True, 1.0), (False, 1.0), (False, 0.0)]


def test_a_page_that_came_without_its_article_is_told() -> None:
    gold = replace(GOLD, text=f"{LONG}. {LONG}, which is long.")
    whole, empty = ["Menu", f"{LONG}. {LONG}, which is long."], ["Menu", "Please enable the scripts to read on"]
    assert is_on_page(whole, labels(whole, gold), gold)
    assert not is_on_page(empty, labels(empty, gold), gold)


def test_a_page_of_which_snippets_are_annotated_is_taken_as_it_is() -> None:
    assert is_on_page(["Menu"], labels(["Menu"], replace(GOLD, absent=("Menu",))), replace(GOLD, absent=("Menu",)))
