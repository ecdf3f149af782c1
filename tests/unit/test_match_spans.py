"""Which queries match the two seed articles, and which characters of them the spans name."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Document, WatchIndex, canonical, document, explain_miss, folded_only, parse, search_plans, spans
from news.article import Article, Span
from news.errors import QueryError
from news.query import Field, Word

_SEEDS = Path(__file__).parents[2] / "seeds" / "articles"


def _seed(pattern: str, title: str, url: str) -> Document:
    lines = next(_SEEDS.glob(pattern)).read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line == "" or line.startswith("La Corée"))
    article = Article(url, url, title, "\n".join(lines[first + 1 :]), ("Sara",), None, "fr")
    return document(article, "Le Phare")


PACT = _seed(
    "000_*.txt",
    "Corée du Sud dénonce le pacte militaire entre Russie et Corée du Nord",
    "https://www.phare.example.fr/monde/pacte",
)
RETREAT = _seed(
    "003_*.txt",
    "La Corée du Sud exige le retrait des troupes nord-coréennes de Russie",
    "https://actu.example.com/a/retrait",
)


def hits(text: str, article: Document) -> list[str] | None:
    """The pieces of the original article that the spans name, `title:` before those of the title."""
    found = spans(parse(text), article)
    return None if found is None else [_piece(span, article.article) for span in found]


def _piece(span: Span, article: Article) -> str:
    whole = article.title if span.field == "title" else article.text
    return ("title:" if span.field == "title" else "") + whole[span.start : span.end]


BOTH_MATCH = [
    "troupes", "TROUPES", "coree", '"Corée du Nord"', "«corée du nord» ET troupes", "nord-coréennes", "nordcoréennes",
    "“nord coréennes”", "(Séoul OU Pyongyang) ET (armes OU missiles) SAUF football", "troupes PRÈS/3 nord-coréennes",
    "troupes ONEAR/0 nord-coréennes", "retrait NEAR/2 troupes", "retrait ONEAR/1 troupes", '"retrait troupes"~2',
    "Pyong*",
    "armes", "d'armes", "titre:Russie", "titre:(Corée -football)", "lang:fr", "langue:(en OU fr)", "source:phare",
    'source:"le phare"',
    "author:sara", "-site:other.example Moscou", "url:https -lang:en", "=Moscou", "Yoon NEAR/0 Suk",
    '"Yoon Suk Yeol"',
    "(Corée NEAR/1 Sud) NEAR/20 Russie", "texte:(Ukraine OU football)", "Russie -(football OU tennis)", "l'Ukraine",
    "Kim PRÈS/0 Jong-un", '"Jong un"',
]  # fmt: skip
ONLY_PACT = [
    "Koursk", "3000", '"3 000 troupes"', "'grave préoccupation'", "oeuvre", "site:phare.example.fr", "BRICS",
    "site:www.phare.example.fr", "site:example.fr", "country:fr", "pays:FR", "url:/MONDE/", "titre:pacte",
    "author:sara pacte",
    "Poutin*", "lét*", "armes NEAR/0 létales",
]  # fmt: skip
ONLY_RETREAT = [
    "OTAN", "O.T.A.N.", "l'OTAN", "=OTAN", "Zelensk* ET Rutte", "titre:retrait", "titre:nord-coréennes", "1 000",
    "site:.com",
    "titre:retrait lang:fr -site:example.fr", "missiles", "=Séoul -=Seoul", "États-Unis etats",
    "site:example.com", "site:https://actu.example.com/x", "-Koursk Moscou",
]  # fmt: skip
NEITHER = [
    "football", "titre:Koursk", "texte:xyz", "=otan", "=moscou", "troupes ONEAR/0 Russie", "ActualitéCorée",
    "nord ONEAR/0 troupes", '"troupes retrait"~1', "lang:en Corée", "site:phare.example", "site:hare.example.fr",
    "author:Dupont", "source:Phares", "Corée -Russie", "titre:(Corée Koursk)", '"Corée Nord"', "country:de",
    "url:/sport/",
    "troupe-xyz", "Moscou NEAR/0 football", "larmes", '"du Corée"', "Corée NEAR/0 Corée",
]  # fmt: skip


@pytest.mark.parametrize("text", BOTH_MATCH)
def test_both_seed_articles_match(text: str) -> None:
    assert (hits(text, PACT) is not None, hits(text, RETREAT) is not None) == (True, True)


@pytest.mark.parametrize("text", ONLY_PACT)
def test_only_the_article_on_the_pact_matches(text: str) -> None:
    assert (hits(text, PACT) is not None, hits(text, RETREAT) is not None) == (True, False)


@pytest.mark.parametrize("text", ONLY_RETREAT)
def test_only_the_article_on_the_retreat_matches(text: str) -> None:
    assert (hits(text, PACT) is not None, hits(text, RETREAT) is not None) == (False, True)


@pytest.mark.parametrize("text", NEITHER)
def test_neither_seed_article_matches(text: str) -> None:
    assert (hits(text, PACT), hits(text, RETREAT)) == (None, None)


@pytest.mark.parametrize("text", BOTH_MATCH + ONLY_PACT + ONLY_RETREAT + NEITHER)
def test_a_query_matches_as_its_canonical_form_does(text: str) -> None:
    for article in (PACT, RETREAT):
        assert spans(parse(canonical(parse(text))), article) == spans(parse(text), article)


@pytest.mark.parametrize("text", ONLY_PACT + NEITHER)
def test_every_miss_is_explained(text: str) -> None:
    assert explain_miss(parse(text), RETREAT).strip()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("OTAN", ["OTAN"] * 3),
        ("titre:troupes", ["title:troupes"]),
        ("titre:nord-coréennes", ["title:nord-coréennes"]),
        ("Zelensk* ET Rutte", ["Zelensky", "Rutte", "Rutte"]),
        ("1000", ["1 000"]),
        ("=Séoul Rutte", ["Séoul", "Rutte", "Rutte", "Séoul", "Séoul"]),
        ("armes NEAR/1 Ukraine", ["armes", "Ukraine"]),
        ('"armes Ukraine"~1', ["armes", "Ukraine"]),
        ('"armes en Ukraine"', ["armes en Ukraine"]),
        ("Rutte -football lang:fr", ["Rutte", "Rutte"]),
        ("(Rutte OU Kyiv OU football)", ["Rutte", "Rutte", "Kyiv"]),
        ("lang:fr", []),
        ("source:phare", []),
        ('"Kim Jong-un" OU Kim', ["Kim", "Kim Jong-un"]),
        ("Jong-un Jong", ["Jong-un"]),
        ("Rutte titre:retrait", ["title:retrait", "Rutte", "Rutte"]),
    ],
)
def test_the_spans_name_the_original_characters(text: str, pieces: list[str]) -> None:
    assert hits(text, RETREAT) == pieces


def test_a_hit_in_the_text_is_reported_in_the_text_and_one_in_the_title_before_it() -> None:
    found = hits("Russie", PACT)
    assert found is not None
    assert found[0] == "title:Russie"
    assert set(found[1:]) == {"Russie"}


def test_the_hits_of_the_title_come_first_however_far_in_it_they_stand() -> None:
    article = Article("https://x.example/", "https://x.example/", "x x x a1 b1", "b1 x a1")
    found = spans(parse("b1 a1"), document(article, ""))
    assert found == (Span("title", 6, 8), Span("title", 9, 11), Span("text", 0, 2), Span("text", 5, 7))


def test_a_phrase_never_runs_from_the_title_into_the_text() -> None:
    split = document(Article("https://x.example/", "https://x.example/", "Corée du", "Nord et Sud"), "")
    assert spans(parse('"Corée du Nord"'), split) is None
    assert spans(parse("du NEAR/9 Nord"), split) is None
    assert spans(parse("Corée Nord"), split) is not None


def test_a_title_asked_for_within_the_text_is_nowhere() -> None:
    assert spans(Field("text", Field("title", Word("retrait"))), RETREAT) is None
    assert spans(Field("title", Field("title", Word("retrait"))), RETREAT) is not None


@pytest.mark.parametrize(
    ("wanted", "host", "is_on_it"),
    [
        ("example.com", "example.com", True),
        ("example.com", "www.example.com", True),
        ("example.com", "a.b.example.com", True),
        ("EXAMPLE.com", "example.com", True),
        ("www.example.com", "example.com", True),
        ("www.example.com", "fr.www.example.com", True),
        ("www.example.com", "blog.example.com", False),
        ("blog.example.com", "example.com", False),
        ("example.com", "badexample.com", False),
        ("example.com", "example.com.evil.example", False),
        (".fr", "example.fr", True),
        ("école.fr", "www.xn--cole-9oa.fr", True),
        ("xn--cole-9oa.fr", "école.fr", True),
        ("127.0.0.1", "127.0.0.1:8080", True),
        ("https://example.com/a", "example.com", True),
    ],
)
def test_a_site_takes_its_sub_domains_and_does_without_www(wanted: str, host: str, is_on_it: bool) -> None:
    article = Article(f"https://{host}/", f"https://{host}/", "t", "t")
    assert (spans(parse(f"site:{wanted}"), document(article, "")) is not None) == is_on_it


@pytest.mark.parametrize(
    ("query", "matches"),
    [("country:gb", True), ("country:uk", True), ("country:fr", False), ("lang:en-GB", True), ("lang:eng", False)],
)
def test_a_country_and_a_language_are_told_by_their_codes(query: str, matches: bool) -> None:
    article = Article("https://x.co.uk/", "https://x.co.uk/", "t", "t", (), None, "en")
    assert (spans(parse(query), document(article, "")) is not None) == matches


def test_a_query_as_deep_as_can_be_is_evaluated() -> None:
    text = "Corée OU nord (sud OR " * 99 + "armes NEAR/1 (a1 OR " + " NEAR/1 ".join(["x1"] * 10) + ")" + ")" * 99
    query = parse(text)
    assert spans(query, PACT) is not None
    nowhere = parse(text.replace("Corée", "x2").replace("sud", "x3"))
    assert spans(nowhere, PACT) is None
    assert explain_miss(nowhere, PACT)
    assert search_plans(nowhere, folded_only, ["fr"])
    index = WatchIndex()
    index.put(1, query)
    assert [number for number, _ in index.match(PACT)] == [1]


def test_a_phrase_never_runs_from_one_author_into_the_next() -> None:
    article = Article("https://x.example/", "https://x.example/", "t", "t", ("Jean Paul", "Martin Luc"))
    assert spans(parse('author:"Paul Martin"'), document(article, "")) is None
    assert spans(parse('author:"Martin Luc"'), document(article, "")) == ()


_sentences = st.one_of(
    st.sampled_from(BOTH_MATCH + ONLY_PACT + ONLY_RETREAT + NEITHER),
    st.lists(
        st.sampled_from(["a1", "b1", "a1-b1", '"a1 b1"', '"a1 b1"~2', "(", ")", "OR", "-", "NEAR/1", "titre:"])
    ).map(" ".join),
    st.text(),
)  # fmt: skip
_texts = st.one_of(st.text(), st.lists(st.sampled_from(["a1", "b1", "c1", "a1-b1", "b1’", "\n", "."])).map(" ".join))


@settings(deadline=None)
@given(_sentences, _texts, _texts)
def test_no_query_and_no_text_break_the_matcher_and_spans_are_in_order(text: str, title: str, body: str) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    article = Article("https://x.example/", "https://x.example/", title, body, (body[:9],), None, "fr")
    found = spans(query, document(article, title[:9]))
    assert (found is None) == bool(explain_miss(query, document(article, title[:9])))
    for span in found or ():
        assert 0 <= span.start < span.end <= len(title if span.field == "title" else body)
    for one, other in pairwise(found or ()):
        assert (one.field == other.field and one.end <= other.start) or (one.field, other.field) == ("title", "text")
