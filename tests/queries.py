"""Queries and articles at random, made of so few words that they meet: for all that has to agree with the evaluator."""

from hypothesis import strategies as st

from matching import Document, document
from news.article import Article
from news.query import And, Exact, Field, Near, Not, Or, Phrase, Prefix, Query, Word

WORDS = [
    "a1", "b1", "c1", "a1s", "b1s", "Ab1", "ab1",
    "nord-coréen", "nord", "coréen", "coréens", "nordcoréen", "nords", "le",
    "북한", "북한은", "한", "anti-nord", "l’anti-a1", "l'OTAN", "O.T.A.N.", "3 000", "3000", "a1-b1-c1", ".", "“",
]  # fmt: skip
BEGINNINGS = ["nor", "nord", "nord-cor", "a1", "북", "북한", "anti-no", "cor", "b1", "ota"]
LANGUAGES = ["fr", "en", "de", None]

_words = st.sampled_from([word for word in WORDS if word[0].isalnum()])
_phrases = st.lists(_words, min_size=1, max_size=4).map(" ".join)
_leaves: st.SearchStrategy[Query] = st.one_of(
    st.builds(Word, _words),
    st.builds(Exact, _words),
    st.builds(Prefix, st.sampled_from(BEGINNINGS)),
    st.builds(Phrase, _phrases),
    st.builds(Phrase, _phrases, st.just(True), st.integers(0, 2)),
)
_tests: st.SearchStrategy[Query] = st.sampled_from([
    Field("lang", Word("fr")), Field("lang", Or((Word("en"), Word("de")))), Field("site", Word("x.example")),
    Field("url", Word("sport")), Field("country", Word("fr")), Field("source", Word("a1")),
    Field("author", Phrase("nord b1")),
])  # fmt: skip


def _pair(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[tuple[Query, ...]]:
    return st.lists(parts, min_size=2, max_size=3).map(tuple)


def _in_text(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    return st.one_of(
        st.builds(Near, parts, parts, st.integers(0, 3), st.booleans()),
        st.builds(Or, _pair(parts)),
        st.builds(Field, st.sampled_from(["title", "text"]), parts),
    )


def _anywhere(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    return st.one_of(
        st.builds(And, _pair(parts)),
        st.builds(Or, _pair(parts)),
        st.builds(Not, parts),
        st.builds(Field, st.sampled_from(["title", "text"]), parts),
    )


_near = st.builds(
    Near,
    st.recursive(_leaves, _in_text, max_leaves=4),
    st.recursive(_leaves, _in_text, max_leaves=4),
    st.integers(0, 3),
    st.booleans(),
)
queries: st.SearchStrategy[Query] = st.recursive(st.one_of(_leaves, _near, _tests), _anywhere, max_leaves=6)
"""Trees of every shape that can be evaluated, also such as no text parses to."""

texts = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)


def plurals(exact: str, folded: str, language: str | None) -> tuple[str, ...]:
    """A lexicon that knows the plurals of French and, by another rule, of English."""
    if language == "fr" and folded.endswith("s"):
        return (folded, folded.removesuffix("s"))
    return (folded, folded + "s") if language == "en" else (folded,)


def _document(title: str, text: str, authors: tuple[str, ...], language: str | None, url: str) -> Document:
    return document(Article(url, url, title, text, authors, None, language), "Le Phare a1", plurals)


articles: st.SearchStrategy[Document] = st.builds(
    _document,
    texts,
    texts,
    st.sampled_from([(), ("Sara a1",), ("Sara", "nord b1")]),
    st.sampled_from(LANGUAGES),
    st.sampled_from(["https://www.x.example/sport/a", "https://www.x.example/b", "https://y.fr/c"]),
)
