"""Figures: how many of what a text says, and what has changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.figures import changed, figures, merged, number, value_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Plus de 10 000 soldats sont partis.", {"soldat": "10 000 soldats"}),
        ("Some 10,000 troops have left.", {"troop": "10,000 troops"}),
        ("Environ 10.000 Soldaten.", {"soldaten": "10.000 Soldaten"}),
        ("10\u202f000 soldats et 300 chars", {"soldat": "10 000 soldats", "char": "300 chars"}),
        ("2,5 milliards d’obligations", {"obligation": "2,5 milliards d’obligations"}),
        ("3 million refugees fled", {"refugee": "3 million refugees"}),
        (
            "12 personnes ont été tuées et 40 personnes blessées",
            {"tuées": "12 personnes tuées", "blessées": "40 personnes blessées"},
        ),
        ("At least 12 people were killed, 1,400 people marched", {"killed": "12 people killed"}),
        ("12 morts et 40 blessés", {"mort": "12 morts", "blessé": "40 blessés"}),
        ("At least 12 people died", {"died": "12 people died"}),
    ],
)
def test_a_figure_is_a_number_and_what_it_counts(text: str, found: dict[str, str]) -> None:
    assert figures(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "le 24 octobre 2024 à 14 heures, après 3 jours et 10 minutes",
        "on 24 October, in 2024, for 3 days and 10 minutes",
        "la résolution 1718/2006 et l’article 12-3 du code",
        "un missile KN-23 tiré de Wonsan",
        "deux fois plus",
        "entre 10 et 20",
        "version 3.11.7 released",
        "the 2024 election, la coupe 2026 féminine",
        "300 people marched; nobody was killed",
        "un budget de 2,5 milliards d’euros, à 20 kilomètres de 3 pays",
    ],
)
def test_dates_times_and_names_are_no_figures(text: str) -> None:
    assert figures(text) == {}


def test_of_two_numbers_of_the_same_none_is_taken() -> None:
    assert figures("Ils étaient 1 500 soldats, ils sont 3 000 soldats, avec 20 navires.") == {"navire": "20 navires"}
    assert figures("1 500 soldats ; oui, 1500 soldats.") == {"soldat": "1 500 soldats"}


def test_a_figure_has_changed_where_it_counts_the_same_and_is_another_number() -> None:
    before = figures("1 500 soldats, 20 navires, 3 trains")
    now = figures("3 000 soldats, 20 navires, 4 avions")
    assert changed(before, now) == {"soldat": ("1 500 soldats", "3 000 soldats")}


def test_the_same_number_in_another_spelling_is_no_change() -> None:
    assert changed(figures("1 500 soldats"), figures("1.500 soldats")) == {}
    assert changed(figures("2 millions de tonnes"), figures("2 000 000 tonnes")) == {}


def test_what_is_known_grows_language_by_language() -> None:
    known = merged({}, "fr", figures("10 soldats"))
    known = merged(known, "en", figures("10 soldiers"))
    known = merged(known, "fr", figures("12 soldats et 300 chars"))
    assert known == {"fr": {"soldat": "12 soldats", "char": "300 chars"}, "en": {"soldier": "10 soldiers"}}


def test_the_number_of_a_figure_stands_alone() -> None:
    assert number("10 000 soldats") == "10 000"
    assert number("2,5 milliards d’obligations") == "2,5 milliards"


@given(st.text())
def test_any_text_has_figures_that_can_be_read_again(text: str) -> None:
    for written in figures(text).values():
        assert value_of(written) is not None


def test_a_long_text_of_numbers_takes_no_time_and_keeps_few() -> None:
    assert len(figures(" ".join(f"{n} thing{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}x" for n in range(5_000)))) <= 40
    assert figures("1 000 " * 20_000) == {}
