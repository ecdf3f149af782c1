"""A query's tree in writing: it parses back to itself, and it is drawn for people."""

import json
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matching import canonical, parse, tree_lines
from news.errors import QueryError
from news.query import And, Exact, Field, Near, Not, Or, Phrase, Prefix, Query, Reference, Word
from tests.judges import judge

_TEXTS = ["Corée", "nord-coréen", "l’OTAN", "O.T.A.N", "3 000", "북한", "й", "a.b/c?d=1", "and", "R&D", "naïve"]
_words = st.sampled_from(_TEXTS).map(Word)
_phrases = st.builds(
    lambda words, inflected, slop: Phrase(" ".join(words), inflected, slop if inflected else 0),
    st.lists(st.sampled_from([*_TEXTS, "du", "AND", "site:x", "-nord"]), min_size=1, max_size=3).filter(
        lambda words: not {word.lower() for word in words} <= {"and", "du"}
    ),
    st.booleans(),
    st.integers(0, 1_000),
)
_leaves: st.SearchStrategy[Query] = st.one_of(
    st.sampled_from([text for text in _TEXTS if text != "and"]).map(Word),
    st.sampled_from(_TEXTS).map(Exact),
    st.sampled_from(["Zelensk", "nord-cor", "北"]).map(Prefix),
    _phrases,
    st.sampled_from(
        ["Corée", "Retrait des troupes", "nord-coréens", "R&D: *", "//x", "AND", " é ", "a.b,", "북한 1"]
    ).map(Reference),
)
_values = st.sampled_from([
    Field("lang", Word("fr")), Field("lang", Or((Word("fr"), Word("en")))), Field("site", Word("www.example.com")),
    Field("url", Word("/a:b/")), Field("source", Phrase("Le Monde")), Field("country", Word("fr")),
])  # fmt: skip


def _several(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[tuple[Query, ...]]:
    return st.lists(parts, min_size=2, max_size=3).map(tuple)


def _near(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    return st.builds(Near, parts, parts, st.integers(0, 1_000), st.booleans())


_places: st.SearchStrategy[Query] = st.recursive(
    _leaves, lambda parts: st.one_of(_near(parts), _several(parts).map(Or)), max_leaves=6
)


def _combined(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    excluding = st.builds(lambda wanted, unwanted: And((wanted, Not(unwanted))), parts, parts)
    return st.one_of(_several(parts).map(And), _several(parts).map(Or), excluding)


_trees: st.SearchStrategy[Query] = st.recursive(
    st.one_of(_places, _values, st.builds(Field, st.sampled_from(["title", "text"]), _places)), _combined, max_leaves=8
)
_signs = st.lists(
    st.sampled_from([
        "Corée", "nord-coréen", "3", "000", "=Orange", "Zelensk*", '"', "«", "»", "(", ")", "|", "-", "AND", "OU",
        "NOT", "NEAR/2", "PRÈS/1f", "NEAR", "titre:", "lang:", "fr", "site:a.example", "titel:", "~2", "*", "?", "=",
        "watch:", "Veille:",
        " ", " ", "é", "\u00a0", "'", "’", ",", ".", ":", "/", "+", "한", "\u200b", "e\u0301",
    ])
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(_trees)
def test_every_tree_prints_to_a_text_that_parses_back_to_it(query: Query) -> None:
    assert parse(canonical(query)) == query


@settings(deadline=None)
@given(st.one_of(st.text(), _signs))
@example("AND,")
@example("+title:x1")
@example("3 000 3 000")
@example(",3 000")
@example("Corée\u200b- nord")
def test_whatever_parses_prints_to_what_parses_the_same_and_all_else_is_a_query_error(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as refused:
        assert 0 <= refused.position <= len(text)
        assert refused.message
        assert refused.hint
    else:
        assert parse(canonical(query)) == query
        assert canonical(parse(canonical(query))) == canonical(query)


def test_naughty_strings_parse_or_are_refused() -> None:
    for text in _naughty():
        try:
            query = parse(text)
        except QueryError:
            continue
        assert parse(canonical(query)) == query


def _naughty() -> list[str]:
    found = json.loads(judge("naughty-strings.json").read_text(encoding="utf-8"))
    assert len(found) > 100
    return [str(text) for text in found]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Corée   nord", "Corée AND nord"),
        ("Corée OU (nord ET sud)", "Corée OR nord AND sud"),
        ("(Corée OU nord) sud", "(Corée OR nord) AND sud"),
        ("(Corée nord) sud", "(Corée AND nord) AND sud"),
        ("Corée -(nord|sud)", "Corée AND NOT (nord OR sud)"),
        ("Corée PRÈS/3 nord W/2 sud", "Corée NEAR/3 nord NEAR/2 sud"),
        ("Corée NEAR/3f (nord ONEAR/2 sud)", "Corée ONEAR/3 (nord ONEAR/2 sud)"),
        ("titre:«Corée  du Nord»~2 langue:fr", 'title:"Corée du Nord"~2 AND lang:fr'),
        ("titre:(Corée nord)", "title:(Corée AND nord)"),
        ("=Orange ET Zelensk*", "=Orange AND Zelensk*"),
        ("veille:Corée SAUF VEILLE: «deux mots»", 'watch:Corée AND NOT watch:"deux mots"'),
        ('watch:"Corée" titre:(veille:a,)', "watch:Corée AND title:(watch:a,)"),
    ],
)
def test_the_canonical_form_is_english_with_every_and_and_no_needless_bracket(text: str, printed: str) -> None:
    assert canonical(parse(text)) == printed


def test_a_query_as_deep_as_can_be_prints_and_parses() -> None:
    text = "Corée OU nord (sud OR " * 99 + "armes NEAR/1 (a1 OR " + " NEAR/1 ".join(["x1"] * 10) + ")" + ")" * 99
    query = parse(text)
    assert parse(canonical(query)) == query
    assert len(tree_lines(query)) > 300


def _drawing(draw: Callable[[Query], list[str]], text: str) -> str:
    return "\n".join(draw(parse(text)))


def test_the_tree_is_drawn_a_line_a_node() -> None:
    text = '(Séoul OU titre:"Corée du Nord"~2) =Orange SAUF Zelensk* armes NEAR/1f missiles -lang:fr'
    assert _drawing(tree_lines, text) == (
        "all of\n"
        "├─ any of\n"
        "│  ├─ the word “Séoul”\n"
        "│  └─ in the title\n"
        "│     └─ the phrase “Corée du Nord” in any form, at most 2 words between\n"
        "├─ exactly “Orange”, case and accents kept\n"
        "├─ not\n"
        "│  └─ words that begin with “Zelensk”\n"
        "├─ at most 1 word apart, in this order\n"
        "│  ├─ the word “armes”\n"
        "│  └─ the word “missiles”\n"
        "└─ not\n"
        "   └─ in the language\n"
        "      └─ “fr”"
    )


def test_the_values_of_a_test_are_no_words_that_are_looked_for() -> None:
    assert _drawing(tree_lines, "armes site:(a.example OU (b.example -c.b.example)) url:/monde/") == (
        "all of\n"
        "├─ the word “armes”\n"
        "├─ on the site\n"
        "│  └─ any of\n"
        "│     ├─ “a.example”\n"
        "│     └─ all of\n"
        "│        ├─ “b.example”\n"
        "│        └─ not\n"
        "│           └─ “c.b.example”\n"
        "└─ in its URL\n"
        "   └─ “/monde/”"
    )


def test_under_the_name_of_a_watch_stands_its_own_tree_where_it_is_given() -> None:
    query = parse("armes watch:Asie")
    assert tree_lines(query)[2:] == ["└─ what the watch “Asie” looks for"]
    assert tree_lines(query, {"Asie": parse("watch:Corée OU Chine"), "Corée": Word("Séoul")})[2:] == [
        "└─ what the watch “Asie” looks for",
        "   └─ any of",
        "      ├─ what the watch “Corée” looks for",
        "      │  └─ the word “Séoul”",
        "      └─ the word “Chine”",
    ]


def test_a_lone_word_is_a_tree_of_one_line() -> None:
    assert tree_lines(Word("Corée")) == ["the word “Corée”"]
