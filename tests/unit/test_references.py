"""Watches that use others: what stands in place of their names, and what is refused."""

import pytest

from matching import Named, canonical, document, parse, references, renamed, resolved, spans
from news.article import Article
from news.errors import QueryError
from news.query import Not, Or, Phrase, Word
from tests.samples import an_article

NAMED: Named = {
    "Corée": parse("Corée OU Pyongyang"),
    "Asie": parse("watch:Corée OU Chine"),
    "deux mots": parse("armes ET missiles"),
    "sans sport": parse("jeux SAUF sport"),
    "un": parse("watch:deux"),
    "deux": parse("watch:trois"),
    "trois": parse("watch:deux OU rien"),
    "lui-même": parse("watch:lui-même"),
    "cassée": QueryError("a bracket is never closed", 3),
    "veuve": parse("watch:morte"),
    "titre": parse("titre:Corée"),
    "le": Word("le"),
    "rien que sauf": Not(Word("sport")),
    "mots vides": Or((Word("Corée"), Phrase("de la"))),
}


def _refused(text: str, named: Named = NAMED, of: str = "") -> QueryError:
    with pytest.raises(QueryError) as caught:
        resolved(parse(text), named, of)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("armes", "armes"),
        ("watch:Corée armes", "(Corée OR Pyongyang) AND armes"),
        ("veille:Asie", "(Corée OR Pyongyang) OR Chine"),
        ('Corée -watch:"deux mots"', "Corée AND NOT (armes AND missiles)"),
        ("titre:(watch:Corée)", "title:(Corée OR Pyongyang)"),
        ("watch:Corée PRÈS/3 armes", "(Corée OR Pyongyang) NEAR/3 armes"),
        ('Corée OU watch:"sans sport"', "Corée OR jeux AND NOT sport"),
    ],
)
def test_the_tree_of_a_watch_takes_the_place_of_its_name(text: str, whole: str) -> None:
    assert resolved(parse(text), NAMED) == parse(whole)


def test_a_query_that_uses_no_watch_is_left_as_it_is() -> None:
    query = parse("Corée SAUF (football OU tennis)")
    assert resolved(query, {}) is query


def test_what_it_stands_for_is_found_and_marked() -> None:
    read = document(an_article("https://x.example/", "Pyongyang se tait", "Des armes, encore."), "")
    assert [span.start for span in spans(resolved(parse("watch:Corée armes"), NAMED), read) or ()] == [0, 4]


def test_a_query_that_was_not_put_together_is_asked_of_no_article() -> None:
    read = document(Article("https://x.example/", "https://x.example/", "Corée", ""), "")
    with pytest.raises(TypeError, match="stands for another query"):
        spans(parse("watch:Corée"), read)


def test_the_names_that_a_query_uses_are_told_each_once_in_their_order() -> None:
    query = parse("watch:b (titre:(watch:a) OU watch:b NEAR/2 c1) SAUF watch:d")
    assert references(query) == ("b", "a", "d")


@pytest.mark.parametrize(
    ("text", "caret", "says"),
    [
        ("armes watch:Japon", "      ^", "there is no watch “Japon”"),
        ("armes watch:veuve", "      ^", "there is no watch “morte”, which the watch “veuve” uses"),
        ("armes watch:cassée", "      ^", "“cassée” is broken: a bracket is never closed"),
        ("watch:un", "^", "circle: deux → trois → deux"),
        ("watch:Corée watch:lui-même", "            ^", "circle: lui-même → lui-même"),
        ('armes NEAR/2 watch:"deux mots"', "             ^", "written out, NEAR/2 joins words"),
        ("watch:le", "^", "written out, nearly every article holds these words"),
        ("le ET watch:le", "      ^", "written out, nearly every article"),
        ('watch:"mots vides"', "^", "written out, nearly every article"),
        ('watch:"rien que sauf"', "^", "written out, the query only excludes"),
        ('Corée OU watch:"rien que sauf"', "         ^", "written out, this branch of the OR only excludes"),
        ("titre:(watch:titre)", "       ^", "written out, title: cannot stand within title:"),
    ],
)
def test_what_cannot_be_put_together_is_refused_at_the_place_of_the_name(text: str, caret: str, says: str) -> None:
    refused = _refused(text)
    assert says in refused.message
    assert refused.position == caret.index("^")


def test_the_watch_that_a_query_belongs_to_may_not_come_back_in_it() -> None:
    assert "circle: Corée → Asie → Corée" in _refused("watch:Asie", NAMED, of="Corée").message


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("coree", "watch:Corée"), ("Aise", "watch:Asie"), ('"deux mot"', 'watch:"deux mots"')],
)
def test_a_name_that_is_not_there_is_answered_with_the_nearest(wrong: str, right: str) -> None:
    assert f"did you mean {right} ?" in _refused(f"watch:{wrong}").hint


def test_a_name_that_resembles_none_or_only_what_cannot_be_written_is_answered_without_one() -> None:
    assert "did you mean" not in _refused("watch:zzzz").hint
    assert "did you mean" not in _refused("watch:vrai", {"«vrai»": Word("x1")}).hint


def test_a_name_of_any_length_is_told_in_a_line() -> None:
    refused = _refused("watch:" * 100_000, {"watch:" * 30: Word("x1")})
    assert len(refused.message) < 120


def _chain(length: int) -> Named:
    return {f"w{number}": parse(f"watch:w{number - 1} b{number}" if number else "a0") for number in range(length)}


def test_ten_watches_lie_within_each_other_and_no_more() -> None:
    named = _chain(12)
    assert canonical(resolved(parse("watch:w9"), named)).count("AND") == 9
    assert "over 10 watches" in _refused("watch:w10", named).message
    assert "over 10 watches" in _refused("watch:w9 watch:w10", named).message, "although part of the way was known"


def test_what_grows_with_each_watch_is_refused_before_it_is_written_out() -> None:
    doubling: Named = {f"w{number}": parse(" ".join([f"watch:w{number - 1}"] * 20)) for number in range(1, 9)}
    assert "over 5,000 terms" in _refused("watch:w8", {**doubling, "w0": Word("Corée")}).message


def test_what_lies_too_deep_is_refused_without_deep_recursion() -> None:
    deep = {f"w{number}": parse("(b1 OU " * 90 + f"watch:w{number - 1} c1" + ")" * 90) for number in range(1, 10)}
    assert "levels" in _refused("watch:w9", {**deep, "w0": Word("Corée")}).message


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("watch:Corée armes", "watch:Asie armes"),
        ("(veille: «Corée») OU watch:Corées watch:Corée", "(veille:Asie) OU watch:Corées watch:Asie"),
        ('"watch:Corée" Corée', '"watch:Corée" Corée'),
    ],
)
def test_a_new_name_is_followed_wherever_the_old_one_stands(text: str, after: str) -> None:
    assert renamed(text, "Corée", "Asie") == after


def test_a_new_name_is_quoted_where_it_must_be_and_refused_where_it_cannot() -> None:
    assert renamed("watch:Corée", "Corée", "La Corée") == 'watch:"La Corée"'
    assert renamed("watch:Corée", "Corée", "//x") == 'watch:"//x"'
    with pytest.raises(ValueError, match="quotes"):
        renamed("watch:Corée", "Corée", "la «vraie»")
