"""The archive's full-text index finds all that a plan asks for, on both databases.

A plan may let through more than it asks for where one database cannot say it better; it may never let through less.
"""

from dataclasses import replace
from typing import cast

import pytest

from news.search import (
    SearchAll,
    SearchAny,
    SearchBut,
    SearchEverything,
    SearchField,
    SearchFilter,
    SearchNear,
    SearchPlan,
    SearchRow,
    SearchTerm,
)
from storage import Database
from storage.vocabulary import MOST_LOOKED_UP, MOST_WORDS
from tests.samples import NOON, a_source, put_article

TOKENS = [
    *("and", "or", "not", "near", "null", "true", "3000", "19h30", "été", "œuvre", "москва", "αθήνα", "اليونان"),
    *("북한", "北朝", "ミサイル", "हिन्दी", "ภาษาไทย", "שלום", "ⅷ", "𝔸", "x̌"),
]


def _word(token: str) -> SearchTerm:
    return SearchTerm((token,))


async def _put(database: Database, *texts: tuple[str, str]) -> list[int]:
    """Store and index an article for each title and text; their ids."""
    async with database.write() as transaction:
        source_id = await transaction.sources.put(a_source(), NOON)
        numbers = []
        for number, (title, body) in enumerate(texts):
            numbers.append(await put_article(transaction, number, source_id))
            await transaction.search.add(numbers[-1], SearchRow(title, body), source_id)
    return numbers


async def _found(database: Database, plan: SearchPlan) -> list[int]:
    async with database.read() as transaction:
        return [stored.id for stored in await transaction.search.candidates(plan, 99)]


async def test_a_word_is_found_in_title_and_text_newest_first(database: Database) -> None:
    title, body, _ = await _put(database, ("le missile", "x"), ("x", "un missile est"), ("missiles", "un mis sile"))
    assert await _found(database, _word("missile")) == [body, title]


async def test_a_word_is_found_in_the_field_that_was_named(database: Database) -> None:
    title, body = await _put(database, ("le missile", "x"), ("x", "un missile"))
    assert await _found(database, SearchTerm(("missile",), "title")) == [title]
    assert await _found(database, SearchTerm(("missile",), "text")) == [body]


async def test_the_beginning_of_a_word_finds_it_in_any_field_or_in_one(database: Database) -> None:
    title, body, _ = await _put(database, ("les missiles", "x"), ("x", "un missilier"), ("un mis", "amissile"))
    assert await _found(database, SearchTerm(("missil",), prefix=True)) == [body, title]
    assert await _found(database, SearchTerm(("missil",), "title", prefix=True)) == [title]


@pytest.mark.parametrize("many", [MOST_WORDS, MOST_WORDS + 1])
async def test_the_beginning_of_ever_so_many_words_finds_each(database: Database, many: int) -> None:
    words = [f"mot{turn}" for turn in range(many)]
    numbers = await _put(database, *[("x", " ".join(words[start::3])) for start in range(3)], ("x", "mo mou"))
    assert await _found(database, SearchTerm(("mot",), prefix=True)) == numbers[2::-1]


async def test_the_beginnings_of_more_words_than_are_looked_up_are_found(database: Database) -> None:
    firsts = [f"mot{turn}x" for turn in range(2 + MOST_LOOKED_UP // 100)]
    words = [f"{first}{turn}" for first in firsts for turn in range(100)]
    numbers = await _put(database, *[("x", " ".join(words[start::3])) for start in range(3)], ("x", "mo mou"))
    begin = [SearchTerm((first,), prefix=True) for first in firsts]
    assert await _found(database, SearchAll(tuple(begin))) == numbers[2::-1]
    assert await _found(database, SearchAll((SearchAny(tuple(begin)), SearchBut(begin[-1])))) == []


async def test_what_begins_so_is_found_up_to_the_last_letter_there_is(database: Database) -> None:
    numbers = await _put(database, *[("x", word) for word in ("mot", "mot0", "motz", "moté", "mot한", "mot𝔸", "mou")])
    assert await _found(database, SearchTerm(("mot",), prefix=True)) == numbers[-2::-1]
    assert await _found(database, SearchTerm(("mos",), prefix=True)) == []
    without = SearchAll((SearchTerm(("mo",), prefix=True), SearchBut(SearchTerm(("mot",), prefix=True))))
    assert await _found(database, without) == [numbers[-1]]


async def test_the_beginning_of_a_word_that_came_since_it_was_last_asked_for_finds_it(database: Database) -> None:
    missil = SearchTerm(("missil",), prefix=True)
    [old] = await _put(database, ("x", "un missile"))
    async with database.write() as transaction:
        assert await transaction.search.ids(missil, SearchFilter(), 9) == [old]
        new = await put_article(transaction, 1)
        await transaction.search.add(new, SearchRow("x", "un missilier"), 1)
        assert await transaction.search.ids(missil, SearchFilter(), 9) == [new, old]


@pytest.mark.parametrize("many", [2, 60])
async def test_any_of_a_few_or_of_many_words_is_found_in_the_field_that_was_named(
    database: Database, many: int
) -> None:
    words = [f"mot{turn}" for turn in range(many)]
    title, body, neither = await _put(database, (words[-1], "x"), ("x", words[-1]), ("x", "x"))
    async with database.write() as transaction:
        await transaction.search.put(neither, SearchRow("x", "x", beside_title=words[0]), 1)
    for field, found in {"title": [neither, title], "text": [body]}.items():
        plan = SearchAny(tuple(SearchTerm((word,), cast(SearchField, field)) for word in words))
        assert await _found(database, plan) == found
        assert await _found(database, SearchAll((_word("x"), SearchBut(plan)))) == (
            [number for number in (neither, body, title) if number not in found]
        )


async def test_a_row_of_words_is_found_within_one_field(database: Database) -> None:
    whole, _, _ = await _put(database, ("x", "a nord coreens b"), ("nord", "coreens"), ("x", "le nord"))
    assert await _found(database, SearchTerm(("nord", "coreens"))) == [whole]
    assert await _found(database, SearchTerm(("nord", "coreens"), "text")) == [whole]
    assert await _found(database, SearchTerm(("nord", "coreens"), "title")) == []


@pytest.mark.parametrize("distance", [0, 2])
async def test_two_words_are_near_with_so_many_between_and_no_more_whichever_comes_first(
    database: Database, distance: int
) -> None:
    near, far = " ".join(["x"] * distance), " ".join(["x"] * (distance + 1))
    texts = [
        f"nord {near} sud",
        f"nord {far} sud",
        f"a sud {near} nord b",
        f"sud {far} nord",
        "nord",
        f"nord {far} nord",
    ]
    twice = f"sud {far} nord {far} {far} nord {near} sud"
    numbers = await _put(database, *[("x", " ".join(one.split())) for one in (*texts, twice)], ("nord", "sud"))
    plan = SearchNear(("nord",), ("sud",), distance)
    assert await _found(database, plan) == [numbers[6], numbers[2], numbers[0]]
    assert await _found(database, replace(plan, field="title")) == []


async def test_the_last_word_of_a_row_may_be_a_beginning(database: Database) -> None:
    whole, _ = await _put(database, ("x", "a nord coreens b"), ("x", "nordique coreen"))
    assert await _found(database, SearchTerm(("nord", "core"), prefix=True)) == [whole]


async def test_all_parts_may_stand_in_different_fields(database: Database) -> None:
    both, _, _ = await _put(database, ("nord", "a coreens"), ("nord", "x"), ("x", "coreens"))
    assert await _found(database, SearchAll((_word("nord"), _word("coreens")))) == [both]


async def test_any_part_will_do(database: Database) -> None:
    one, other, _ = await _put(database, ("nord", "x"), ("x", "coreens"), ("sud", "y"))
    assert await _found(database, SearchAny((_word("nord"), _word("coreens")))) == [other, one]


async def test_what_a_part_does_not_find_is_found_by_its_opposite(database: Database) -> None:
    one, other, _ = await _put(database, ("nord", "x"), ("x", "coreens"), ("sud", "x"))
    assert await _found(database, SearchBut(_word("sud"))) == [other, one]
    assert await _found(database, SearchAny((_word("nord"), SearchBut(_word("x"))))) == [one]
    assert await _found(database, SearchAll((SearchBut(_word("nord")), SearchBut(_word("sud"))))) == [other]


async def test_what_stands_beside_a_field_is_found_with_it_or_alone(database: Database) -> None:
    found = {}
    async with database.write() as transaction:
        source_id = await transaction.sources.put(a_source(), NOON)
        for number, place in enumerate(("title", "text", "beside_title", "beside_text")):
            found[place] = await put_article(transaction, number, source_id)
            row = replace(SearchRow("x", "x"), **{place: "avant missile"})
            await transaction.search.add(found[place], row, source_id)
    wanted = {
        ("any", False): ["beside_text", "beside_title", "text", "title"],
        ("any", True): ["beside_text", "beside_title"],
        ("title", False): ["beside_title", "title"], ("title", True): ["beside_title"],
        ("text", False): ["beside_text", "text"], ("text", True): ["beside_text"],
    }  # fmt: skip
    for (field, aside), places in wanted.items():
        plan = SearchTerm(("missile",), cast(SearchField, field), aside=aside)
        assert await _found(database, plan) == [found[place] for place in places]


async def test_parts_nest(database: Database) -> None:
    first, second, _ = await _put(database, ("a", "c"), ("b", "d"), ("a", "b"))
    left, right = SearchAny((_word("a"), _word("b"))), SearchAny((_word("c"), _word("d")))
    assert await _found(database, SearchAll((left, right))) == [second, first]
    deep: SearchPlan = SearchAll((left, right))
    for level in range(60):
        deep = (SearchAny if level % 2 else SearchAll)((deep, _word("a")))
    assert first in await _found(database, deep)


async def test_everything_is_every_article_indexed_or_not(database: Database) -> None:
    numbers = await _put(database, ("a", "b"), ("c", "d"))
    async with database.write() as transaction:
        unindexed = await put_article(transaction, 9)
    assert await _found(database, SearchEverything()) == [unindexed, *numbers[::-1]]


@pytest.mark.parametrize("plan", [_word("missile"), SearchEverything()])
async def test_candidates_come_page_by_page(database: Database, plan: SearchPlan) -> None:
    numbers = await _put(database, *[("missile", "x")] * 5)
    async with database.read() as transaction:
        pages = [
            [stored.id for stored in await transaction.search.candidates(plan, 2, before_id)]
            for before_id in (None, numbers[3], numbers[1], numbers[0])
        ]
    assert pages == [[numbers[4], numbers[3]], [numbers[2], numbers[1]], [numbers[0]], []]


async def test_a_candidate_is_the_stored_article(database: Database) -> None:
    [number] = await _put(database, ("missile", "x"))
    async with database.read() as transaction:
        assert await transaction.search.candidates(_word("missile"), 9) == [await transaction.articles.get(number)]


async def test_an_article_without_a_single_word_is_indexed_and_never_found(database: Database) -> None:
    await _put(database, ("", ""))
    assert await _found(database, _word("missile")) == []


@pytest.mark.parametrize("token", TOKENS)
async def test_every_script_and_every_word_of_the_databases_own_languages_is_found(
    database: Database, token: str
) -> None:
    [number, _] = await _put(database, ("x", f"avant {token} après"), ("x", "avant après"))
    assert number in await _found(database, _word(token))
    assert number in await _found(database, SearchTerm(("avant", token, "après")))
    assert number in await _found(database, SearchTerm((token,), "text", prefix=True))


async def test_a_plan_of_two_thousand_words_is_answered(database: Database) -> None:
    [number, _] = await _put(database, ("x", "mot1999"), ("x", "autre"))
    assert await _found(database, SearchAny(tuple(_word(f"mot{turn}") for turn in range(2_000)))) == [number]


async def test_every_word_of_a_long_article_is_found(database: Database) -> None:
    words = [f"mot{turn}" for turn in range(30_000)]
    [number] = await _put(database, ("x", " ".join(words * 2)))
    for word in (words[0], words[15_000], words[-1]):
        assert await _found(database, _word(word)) == [number]
    assert await _found(database, SearchAll(tuple(map(_word, words[::3_000])))) == [number]


@pytest.mark.parametrize("letter", ["a", "é", "𝔸"])
async def test_a_word_of_any_length_is_found(database: Database, letter: str) -> None:
    word = letter * 3_000
    [number, _] = await _put(database, ("x", f"avant {word} après"), ("x", "avant après"))
    assert await _found(database, _word(word)) == [number]
    assert await _found(database, SearchTerm((word[:-1],), prefix=True)) == [number]
    assert number in await _found(database, _word("après"))


async def test_an_article_of_more_words_than_an_index_holds_is_found_by_each(database: Database) -> None:
    words = [f"{turn:05}{'x' * 30}" for turn in range(60_000)]
    [number, _] = await _put(database, ("x", " ".join(words)), ("x", "autre"))
    for word in (words[0], words[30_000], words[-1]):
        assert await _found(database, _word(word)) == [number]


async def test_letters_that_a_database_does_not_know_are_found(database: Database) -> None:
    [number, _] = await _put(database, ("x", "avant \u19b0\u19b1 \u1cf2"), ("x", "avant"))
    assert await _found(database, _word("\u19b0\u19b1")) == [number]
    assert await _found(database, SearchAll((_word("\u1cf2"), _word("avant")))) == [number]
