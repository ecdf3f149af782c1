"""What a query is refused for, each time with the place in its text and a hint."""

import pytest

from matching import parse
from news.errors import QueryError
from news.query import Reference

# The query, a caret under the place where the error stands, and what the message says.
REFUSED = [
    ("", "^", "empty"),
    (" \n\u00a0", "^", "empty"),
    # a pure negation, also inside an OR branch
    ("-Corée", "^", "only excludes"),
    ("NOT Corée", "^", "only excludes"),
    ("  SAUF (Corée nord)", "  ^", "only excludes"),
    ("NOT Corée AND NON nord", "^", "only excludes"),
    ("NOT NOT Corée", "^", "only excludes"),
    ("(-Corée)", " ^", "only excludes"),
    ("titre:(-Corée)", "       ^", "only excludes"),
    ("Corée OR -nord", "         ^", "branch of the OR"),
    ("NOT Corée OU nord", "^", "branch of the OR"),
    ("armes (Corée | (NOT nord))", "                ^", "branch of the OR"),
    # unknown fields
    ("titel:Corée", "^", "no field “titel”"),
    ("Corée autor:Dupont", "      ^", "no field “autor”"),
    ("CEO:Musk", "^", "no field “CEO”"),
    # quotes
    ('"Corée', "^", "never closed"),
    ('Corée "du Nord" "', "                ^", "never closed"),
    ("Corée «", "      ^", "never closed"),
    ('Corée ""', "      ^", "no word between"),
    ("« ! »", "^", "no word between"),
    ('titre:""', "      ^", "no word between"),
    # brackets
    ("(Corée", "^", "never closed"),
    ("Corée (", "      ^", "never closed"),
    ("(((Corée) nord)", "^", "never closed"),
    ("Corée)", "     ^", "closes none"),
    (")", "^", "closes none"),
    ("()", "^", "nothing between"),
    ("Corée ( ) nord", "      ^", "nothing between"),
    # wildcards
    ("*Corée", "^", "begin with a wildcard"),
    ("Corée *", "      ^", "begin with a wildcard"),
    ("?orée", "^", "begin with a wildcard"),
    ("#*orée", " ^", "begin with a wildcard"),
    ("Co*ée", "  ^", "only directly behind"),
    ("Corée**", "     ^", "only directly behind"),
    ("Corée-*", "      ^", "only directly behind"),
    ("Cor?e", "   ^", "no wildcard"),
    ('"Cor* du Nord"', "    ^", "between quotes"),
    # what only regular expressions have
    ("Corée{1,1000}", "     ^", "of a regular expression"),
    ("(Corée{2}){3,}", "      ^", "of a regular expression"),
    ("(Corée armes){2}", "             ^", "of a regular expression"),
    (r"\bCorée", "^", "of a regular expression"),
    ("Cor[a-z]e", "   ^", "of a regular expression"),
    ("titre:Kim[^0-9]", "         ^", "of a regular expression"),
    ("Corée.+nord", "     ^", "of a regular expression"),
    (".*Corée", "^", "of a regular expression"),
    ("=Kim{2}", "    ^", "of a regular expression"),
    # short prefixes
    ("nord Co*", "     ^", "too short"),
    ("l'Or*", "^", "too short"),
    ("nord-co*", "^", "too short"),
    # operators without an operand
    ("Corée AND", "      ^", "nothing follows this AND"),
    ("Corée ET OU nord", "      ^", "nothing follows this ET"),
    ("OU Corée", "^", "nothing stands before this OU"),
    ("Corée (AND nord)", "       ^", "nothing stands before this AND"),
    ("Corée |", "      ^", "nothing follows this |"),
    ("Corée || nord", "      ^", "nothing follows this |"),
    ("Corée NOT", "      ^", "nothing follows this NOT"),
    ("Corée (NOT)", "       ^", "nothing follows this NOT"),
    ("Corée NEAR/3", "      ^", "nothing follows this NEAR/3"),
    ("NEAR/3 Corée", "^", "nothing stands before this NEAR/3"),
    ("Corée - nord", "      ^", "stands alone"),
    ("Corée -", "      ^", "stands alone"),
    ("Corée — nord", "      ^", "stands alone"),
    ("title:", "^", "nothing follows title:"),
    ("Corée (titre:)", "       ^", "nothing follows title:"),
    ("lang: AND Corée", "^", "nothing follows lang:"),
    ("= Corée", "^", "lacks its word"),
    ("Corée =", "      ^", "lacks its word"),
    # what goes together with nothing
    ('="Corée du Nord"', "^", "one word"),
    ("=Orang*", "^", "do not go together"),
    ("Corée~2", "     ^", "no meaning behind a word"),
    ("Corée^2", "     ^", "no meaning behind a word"),
    ('"Corée"~', "       ^", "lacks its number"),
    ("Corée & nord", "      ^", "no word in “&”"),
    ("Corée ?!", "      ^", "no word in “?!”"),
    ("Corée ـ", "      ^", "no word in"),
    ("title:-Corée", "      ^", "cannot follow title:"),
    ("title:titre:Corée", "      ^", "cannot follow title:"),
    ("title:(text:Corée)", "       ^", "cannot stand within title:"),
    ("lang:(site:example.com)", "      ^", "cannot stand within lang:"),
    # other watches
    ("Corée watch:", "      ^", "nothing follows watch:"),
    ("veille: ET Corée", "^", "nothing follows veille:"),
    ('watch:""', "^", "nothing follows watch:"),
    ('Corée watch:"deux mots', "            ^", "never closed"),
    ("titre:watch:Corée", "      ^", "cannot follow title:"),
    ("lang:(watch:Corée)", "      ^", "cannot stand within lang:"),
    ("-watch:Corée", "^", "only excludes"),
    ("Corée OU -watch:Corée", "         ^", "branch of the OR"),
    # NEAR
    ("Corée NEAR nord", "      ^", "lacks its number"),
    ("Corée PRÈS nord", "      ^", "lacks its number"),
    ("Corée NEAR/x nord", "      ^", "lacks its number"),
    ("Corée near/3 nord", "      ^", "upper-case"),
    ("Corée NEAR/1001 nord", "           ^", "too far"),
    ('"Corée nord"~1001', "             ^", "too far"),
    ("NOT Corée NEAR/3 nord", "^", "joins words"),
    ("Corée NEAR/3 (nord sud)", "              ^", "joins words"),
    ("Corée NEAR/3 lang:fr", "             ^", "joins words"),
    ("lang:(fr NEAR/3 en)", "      ^", "joins words"),
    ("source:Corée NEAR/3 nord", "^", "joins words"),
    # values
    ("lang:french", "     ^", "code of a language"),
    ("pays:France", "     ^", "code of a country"),
    ("site:example.com/sport", "     ^", "name of a site"),
    ("site:*.example.com", "     ^", "takes no *"),
    ("lang:(fr OR =en)", "            ^", "takes no ="),
    ("url:/", "    ^", "no value"),
    # stop-words alone
    ("le", "^", "nearly every article"),
    ("the of", "^", "nearly every article"),
    ('"de la"', "^", "nearly every article"),
    ("Corée OU les", "         ^", "nearly every article"),
    ("titre:la", "      ^", "nearly every article"),
    ("le NEAR/3 la", "^", "nearly every article"),
    ("le -Corée", "^", "nearly every article"),
    ("l'", "^", "nearly every article"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "caret", "message"), REFUSED)
def test_a_bad_query_is_refused_with_its_place_and_a_hint(text: str, caret: str, message: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert message in refused.value.message
    assert refused.value.position == caret.index("^")
    assert refused.value.hint


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("titel", "title"),
        ("titres", "titre"),
        ("langage", "langue"),
        ("autor", "author"),
        ("sites", "site"),
        ("veilles", "veille"),
    ],
)
def test_an_unknown_field_is_answered_with_the_nearest_right_name(wrong: str, right: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(f"{wrong}:x1")
    assert f"{right}:" in refused.value.hint


def test_a_field_that_resembles_none_is_answered_with_all_names() -> None:
    with pytest.raises(QueryError) as refused:
        parse("CEO:Musk")
    assert "title, titre, text" in refused.value.hint
    assert "watch, veille" in refused.value.hint


def test_the_hint_for_stop_words_shows_the_way_to_names() -> None:
    with pytest.raises(QueryError) as refused:
        parse("IT")
    assert "=" in refused.value.hint


def test_more_than_five_thousand_terms_are_refused_at_the_first_too_many() -> None:
    with pytest.raises(QueryError, match="5,000 terms") as refused:
        parse("Corée " * 5_001)
    assert refused.value.position == 5_000 * 6


def test_more_than_five_thousand_watches_are_refused_too() -> None:
    with pytest.raises(QueryError, match="5,000 terms"):
        parse("watch:Corée " * 5_001)


def test_the_words_of_phrases_count_as_terms() -> None:
    with pytest.raises(QueryError, match="5,000 terms"):
        parse('"' + "Corée " * 5_001 + '"')


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("(" * 101 + "Corée" + ")" * 101, 100),
        ("(" * 100_000, 100),
        ("(" * 50_000 + ")" * 50_000, 100),
        ("Corée " + "-" * 90_000 + "nord", 106),
        ("NOT " * 20_000 + "Corée", 400),
        ("titre:(" * 60 + "Corée", 7),
    ],
)
def test_more_than_a_hundred_levels_are_refused_without_deep_recursion(text: str, position: int) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert refused.value.position == position


def test_long_chains_of_near_are_refused() -> None:
    with pytest.raises(QueryError, match="NEARs") as refused:
        parse("Corée NEAR/1 " * 3_000 + "Corée")
    assert refused.value.position == 13 * 10 + 6


@pytest.mark.parametrize(
    "text", ['"' * 100_001, ")" * 100_000, "a" * 1_000_000, "-" * 1_000_000, "x:" * 100_000, "* " * 100_000]
)
def test_absurdly_long_queries_are_answered(text: str) -> None:
    try:
        parse(text)
    except QueryError as refused:
        assert 0 <= refused.position <= len(text)


def test_a_distance_of_five_thousand_digits_is_only_too_far() -> None:
    with pytest.raises(QueryError, match="too far"):
        parse(f"Corée NEAR/{'9' * 5_000} nord")
    assert parse(f"Corée NEAR/{'0' * 5_000}7 nord") == parse("Corée NEAR/7 nord")


def test_a_watch_may_have_any_name_of_any_length() -> None:
    assert parse("watch:" * 15_000) == Reference("watch:" * 14_999)
