"""What each sentence of the query language parses to."""

import pytest

from matching import parse
from news.query import And, Exact, Field, Near, Not, Or, Phrase, Prefix, Query, Word


def w(text: str) -> Word:
    return Word(text)


COREE, NORD, SUD, ARMES = w("Corée"), w("nord"), w("sud"), w("armes")

SENTENCES: dict[str, Query] = {
    # one leaf
    "Corée": COREE,
    "  Corée\u00a0\n": COREE,
    "nord-coréen": w("nord-coréen"),
    "aujourd'hui": w("aujourd'hui"),
    "l’OTAN": w("l’OTAN"),
    "O.T.A.N.": w("O.T.A.N"),
    "3 000": w("3 000"),
    "3\u202f000": w("3\u202f000"),
    "12:30": w("12:30"),
    "R&D": w("R&D"),
    "https://example.com/a?b=1": w("https://example.com/a?b=1"),
    "example.com": w("example.com"),
    "북한": w("북한"),
    "=Orange": Exact("Orange"),
    "Zelensk*": Prefix("Zelensk"),
    "d'arm*": Prefix("d'arm"),
    "北*": Prefix("北"),
    '"Corée du Nord"': Phrase("Corée du Nord"),
    '"troupe coréenne"~0': Phrase("troupe coréenne", inflected=True),
    '"troupe coréenne"~3': Phrase("troupe coréenne", inflected=True, slop=3),
    # the quotes and the apostrophes are interchangeable
    "“Corée du Nord”": Phrase("Corée du Nord"),
    "„Corée du Nord“": Phrase("Corée du Nord"),
    "«\u00a0Corée  du\nNord\u202f»": Phrase("Corée du Nord"),
    "»Corée du Nord«": Phrase("Corée du Nord"),
    '”Corée du Nord"': Phrase("Corée du Nord"),
    "«Corée»~2": Phrase("Corée", inflected=True, slop=2),
    "'Corée'": COREE,
    # punctuation that says nothing
    "+Corée,": COREE,
    "#Corée!": COREE,
    "¿Corée?": COREE,
    # AND
    "Corée nord": And((COREE, NORD)),
    "Corée AND nord": And((COREE, NORD)),
    "Corée ET nord": And((COREE, NORD)),
    "Corée ET, nord": And((COREE, NORD)),
    "Corée et nord": And((COREE, w("et"), NORD)),
    "Corée\u200bnord sud": And((COREE, NORD, SUD)),
    'Corée"du Nord"sud': And((COREE, Phrase("du Nord"), SUD)),
    "(Corée)(nord)": And((COREE, NORD)),
    "3 AND 000": And((w("3"), w("000"))),
    "(Corée nord) sud": And((And((COREE, NORD)), SUD)),
    # OR, and AND binds tighter
    "Corée OR nord": Or((COREE, NORD)),
    "Corée OU nord": Or((COREE, NORD)),
    "Corée|nord": Or((COREE, NORD)),
    "Corée OU nord OR sud": Or((COREE, NORD, SUD)),
    "Corée OR nord AND sud": Or((COREE, And((NORD, SUD)))),
    "Corée nord OU sud armes": Or((And((COREE, NORD)), And((SUD, ARMES)))),
    "Corée (nord OU sud)": And((COREE, Or((NORD, SUD)))),
    "(Corée OR (nord OR sud))": Or((COREE, Or((NORD, SUD)))),
    # NOT
    "Corée NOT nord": And((COREE, Not(NORD))),
    "Corée SAUF nord": And((COREE, Not(NORD))),
    "Corée NON nord": And((COREE, Not(NORD))),
    "Corée -nord": And((COREE, Not(NORD))),
    "Corée –nord": And((COREE, Not(NORD))),
    "Corée −nord": And((COREE, Not(NORD))),
    "-nord Corée": And((Not(NORD), COREE)),
    "Corée AND NOT nord": And((COREE, Not(NORD))),
    "Corée ET SAUF nord": And((COREE, Not(NORD))),
    "Corée -(nord OU sud)": And((COREE, Not(Or((NORD, SUD))))),
    'Corée -"du nord"': And((COREE, Not(Phrase("du nord")))),
    "Corée -=Orange": And((COREE, Not(Exact("Orange")))),
    "Corée --nord": And((COREE, Not(Not(NORD)))),
    "Corée (NOT nord NOT sud)": And((COREE, And((Not(NORD), Not(SUD))))),
    "Corée+-nord": w("Corée+-nord"),
    "Corée +-nord": And((COREE, Not(NORD))),
    # NEAR, which binds tighter than AND
    "Corée NEAR/3 nord": Near(COREE, NORD, 3),
    "Corée PRÈS/3 nord": Near(COREE, NORD, 3),
    "Corée PRE\u0300S/3 nord": Near(COREE, NORD, 3),
    "Corée PRES/3 nord": Near(COREE, NORD, 3),
    "Corée W/3 nord": Near(COREE, NORD, 3),
    "Corée ONEAR/3 nord": Near(COREE, NORD, 3, ordered=True),
    "Corée NEAR/3f nord": Near(COREE, NORD, 3, ordered=True),
    "Corée PRÈS/0f nord": Near(COREE, NORD, 0, ordered=True),
    "Corée NEAR/1000 nord": Near(COREE, NORD, 1000),
    "sud Corée NEAR/3 nord": And((SUD, Near(COREE, NORD, 3))),
    "Corée NEAR/3 nord NEAR/5 sud": Near(Near(COREE, NORD, 3), SUD, 5),
    "Corée NEAR/3 (nord NEAR/5 sud)": Near(COREE, Near(NORD, SUD, 5), 3),
    "(Corée OU nord) PRÈS/2 «du sud»": Near(Or((COREE, NORD)), Phrase("du sud"), 2),
    "NOT (Corée NEAR/3 nord) sud": And((Not(Near(COREE, NORD, 3)), SUD)),
    "titre:Corée NEAR/3 titre:nord": Near(Field("title", COREE), Field("title", NORD), 3),
    # words that only look like operators
    "and or près pres PRES nord": And((w("and"), w("or"), w("près"), w("pres"), w("PRES"), NORD)),
    "W Corée": And((w("W"), COREE)),
    # fields, in both languages
    "title:Corée": Field("title", COREE),
    "TITRE:Corée": Field("title", COREE),
    "title: Corée": Field("title", COREE),
    'titre:"Corée du Nord"': Field("title", Phrase("Corée du Nord")),
    "titre:«Corée du Nord»~2": Field("title", Phrase("Corée du Nord", inflected=True, slop=2)),
    "title:(Corée OR nord)": Field("title", Or((COREE, NORD))),
    "title:(Corée -nord)": Field("title", And((COREE, Not(NORD)))),
    "title:(Corée lang:fr)": Field("title", And((COREE, Field("lang", w("fr"))))),
    "title:=Orange": Field("title", Exact("Orange")),
    "title:Zelensk*": Field("title", Prefix("Zelensk")),
    "title:3 000": Field("title", w("3 000")),
    "texte:Corée nord": And((Field("text", COREE), NORD)),
    "lang:fr": Field("lang", w("fr")),
    "langue:fr-CA": Field("lang", w("fr-CA")),
    "lang:ET": Field("lang", w("ET")),
    "lang:(fr OR en)": Field("lang", Or((w("fr"), w("en")))),
    "site:www.example.com": Field("site", w("www.example.com")),
    "site:https://www.example.com/a": Field("site", w("https://www.example.com/a")),
    "site:.fr": Field("site", w(".fr")),
    "source:Reuters": Field("source", w("Reuters")),
    'source:"Le Monde"': Field("source", Phrase("Le Monde")),
    "source:Le": Field("source", w("Le")),
    "country:fr": Field("country", w("fr")),
    "pays:fr": Field("country", w("fr")),
    "author:Dupont": Field("author", w("Dupont")),
    "auteur:Dupont": Field("author", w("Dupont")),
    "url:/sport/": Field("url", w("/sport/")),
    "url:https://example.com/a:b": Field("url", w("https://example.com/a:b")),
    'url:"a (b)"': Field("url", Phrase("a (b)")),
    "Corée -site:example.com": And((COREE, Not(Field("site", w("example.com"))))),
    "Corée NOT lang:fr": And((COREE, Not(Field("lang", w("fr"))))),
}  # fmt: skip


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_parses_to_its_tree(text: str) -> None:
    assert parse(text) == SENTENCES[text]


@pytest.mark.parametrize(
    "text", ['"le nord"', "le nord", "le NEAR/2 nord", "=Le", "lang:fr le", "les*", "not -de nord"]
)
def test_stop_words_are_welcome_in_company(text: str) -> None:
    assert parse(text)


def test_five_thousand_terms_are_not_too_many() -> None:
    query = parse(" OR ".join(["Corée"] * 5_000))
    assert isinstance(query, Or)
    assert len(query.parts) == 5_000


def test_a_hundred_levels_of_brackets_are_not_too_many() -> None:
    assert parse("(" * 100 + "Corée" + ")" * 100) == COREE


@pytest.mark.parametrize("part", ["-nord ", "(nord) ", "titre:nord ", "-titre:(nord) "])
def test_levels_that_are_closed_again_do_not_count(part: str) -> None:
    assert isinstance(parse("Corée " + part * 200), And)


def test_ten_nears_in_a_row_are_not_too_many() -> None:
    assert isinstance(parse(" NEAR/1 ".join(["Corée"] * 11)), Near)


@pytest.mark.parametrize("name", ["title", "titre", "text", "texte", "source", "author", "auteur", "url", "site"])
def test_every_field_takes_a_word_in_brackets(name: str) -> None:
    assert isinstance(parse(f"{name}:(Corée)"), Field)
