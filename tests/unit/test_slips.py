"""What a query says that its author hardly meant."""

import pytest

from matching import parse, small_operators, wants_all
from news.errors import QueryError


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Corée and Nord", ("and",)),
        ("Corée et (Nord ou Sud) sauf sport", ("et", "ou", "sauf")),
        ("Corée or titre:Nord or Sud", ("or",)),
        ('"le Nord" not =Sud', ("not",)),
        ("watch:Un non Zelensk*", ("non",)),
        ("lang:(fr or en) armes", ("or",)),
        ("Corée AND Nord", ()),
        ("Corée And Nord", ()),
        ("and Nord", ()),
        ("Corée and", ()),
        ("Corée AND and", ()),
        ('"Corée and Nord"', ()),
        ("Corée lang:et Nord", ()),
        ("Corée =and Nord", ()),
        ("Corée android Nord", ()),
    ],
)
def test_an_operator_in_small_letters_between_words_is_one(query: str, words: tuple[str, ...]) -> None:
    parse(query)
    assert small_operators(query) == words


def test_what_does_not_parse_has_none() -> None:
    with pytest.raises(QueryError):
        small_operators('Corée and "')


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("lang:fr", True),
        ("lang:fr OR Corée", True),
        ("(site:example.com source:Phare) NOT sport", True),
        ("lang:fr Corée", False),
        ("lang:fr (Corée OR titre:nord)", False),
        ("author:Dupont", False),
        ("watch:Corée OR Zelensk*", False),
        ('"Corée du Nord" OR nord NEAR/3 sud', False),
    ],
)
def test_a_query_that_asks_for_no_word_may_want_all(query: str, wanted: bool) -> None:
    assert wants_all(parse(query)) is wanted
