"""How much a word weighs: by the tables that are shipped, and by what the archive has learned."""

from collections import Counter

import pytest

from matching.background import FOLDER, Table, background, languages, read, written
from matching.rarity import FEWEST_LEARNED, Rarity, grown


def test_the_tables_that_were_promised_are_there_and_small() -> None:
    assert {"de", "en", "es", "fr"} <= set(languages())
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 800_000


@pytest.mark.parametrize("language", languages())
def test_a_table_is_of_many_texts_and_says_nothing_of_words_that_one_of_them_held(language: str) -> None:
    table = background(language)
    assert table is not None
    assert table.documents >= 70
    assert all(2 <= times <= table.documents for times in table.counts.values())
    assert table == read(written(table.documents, table.counts))


@pytest.mark.parametrize(
    ("language", "common", "rare"),
    [("fr", "de", "ministre"), ("en", "the", "minister"), ("de", "und", "minister"), ("es", "de", "ministro")],
)
def test_a_word_that_all_texts_hold_weighs_little_and_one_that_none_holds_most(
    language: str, common: str, rare: str
) -> None:
    weights = Rarity().of([common, rare, "zorgonique"], language)
    assert weights == sorted(weights)
    assert weights[0] < 0.3 < 2 < weights[1] < weights[2]


def test_what_is_learned_counts_together_with_the_background() -> None:
    before = Rarity().of(["zorgon", "ministre"], "fr")
    learned = Rarity({"fr": Table(1_000, {"zorgon": 900})}).of(["zorgon", "ministre"], "fr")
    assert learned[0] < 0.5 < before[0]
    assert learned[1] > before[1]
    assert Rarity({"fr": Table(1_000, {"zorgon": 900})}).of(["zorgon"], "en") == Rarity().of(["zorgon"], "en")


def test_without_a_language_a_word_is_as_common_as_where_it_is_most_common() -> None:
    weights = Rarity().of(["und", "the", "zorgonique"], None)
    assert max(weights[:2]) < 0.5 < 3 < weights[2]


def test_a_language_without_a_table_must_be_learned_first() -> None:
    assert [Rarity().knows(language) for language in ("fr", None, "xx", "../fr")] == [True, True, False, False]
    assert not Rarity({"xx": Table(FEWEST_LEARNED - 1, {})}).knows("xx")
    assert Rarity({"xx": Table(FEWEST_LEARNED, {})}).knows("xx")


def test_what_is_learned_adds_up() -> None:
    table = grown(grown(None, 2, Counter(port=2, mer=1)), 3, Counter(port=1))
    assert table == Table(5, {"port": 3, "mer": 1})


def test_what_is_learned_stays_bounded() -> None:
    table = grown(None, 10, Counter({f"mot{number}": 1 + number % 7 for number in range(60_000)}))
    assert len(table.counts) == 40_000
    assert min(table.counts.values()) == 3
    halved = grown(Table(200_000, {"port": 101, "mer": 1}), 2, Counter(port=1))
    assert halved == Table(100_001, {"port": 51})
