"""An article made ready for matching: its fields as tokens, and where in them each key stands."""

from bisect import bisect_left
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from matching.analyzer import Lexicon, Token, folded_only, terms_of, tokens
from news.article import Article
from news.query import FieldName


class Stream:
    """The tokens of one field. Positions count from 0 in each, so that no phrase runs from one into the next."""

    def __init__(self, name: FieldName, text: str, language: str | None, lexicon: Lexicon) -> None:
        self.name = name
        self.text = text
        self.language = language
        self.lexicon = lexicon
        self.standings: dict[Hashable, object] = {}
        """Where the words of queries stand, as whoever looks for them has found it: they are looked for often."""

    @cached_property
    def words(self) -> list[Token]:
        """The tokens without the joined forms, each at its position."""
        return [token for token in self.tokens if token.length == 1]

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens in their order; found when they are first asked for."""
        return tokens(self.text, self.language, self.lexicon)

    @cached_property
    def _by_key(self) -> dict[str, list[Token]]:
        found: dict[str, list[Token]] = {}
        for token in self.tokens:
            for key in token.keys:
                found.setdefault(key, []).append(token)
        return found

    def in_any_form(self, word: Token) -> list[Token]:
        """The tokens that share a key with this word of a query."""
        keys = self.lexicon(word.exact, word.folded, self.language)
        lists = [self._by_key.get(key, []) for key in keys]
        return lists[0] if len(lists) == 1 else sorted({token for found in lists for token in found}, key=_place)

    def in_this_form(self, folded: str) -> list[Token]:
        """The tokens that fold to exactly this."""
        return [token for token in self._by_key.get(folded, []) if token.folded == folded]

    def beginning_with(self, prefix: str) -> list[Token]:
        """The tokens whose folded form begins so."""
        # No word holds the last character of all.
        begin, end = bisect_left(self.forms, prefix), bisect_left(self.forms, f"{prefix}\U0010ffff")
        lists = [self.in_this_form(form) for form in self.forms[begin:end]]
        return lists[0] if len(lists) == 1 else sorted(chain.from_iterable(lists), key=_place)

    @cached_property
    def forms(self) -> list[str]:
        """Every folded form once, sorted."""
        return sorted({token.folded for token in self.tokens})


def _place(token: Token) -> tuple[int, int]:
    return token.position, token.length


@dataclass(frozen=True, slots=True)
class Document:
    """One article and its streams: title, text, the source's name, and one for each author."""

    article: Article
    streams: tuple[Stream, ...]

    @property
    def search_terms(self) -> tuple[str, str]:
        """Title and text as a full-text index stores them."""
        title, text = self.streams[:2]
        return terms_of(title.tokens), terms_of(text.tokens)

    def named(self, names: tuple[FieldName, ...]) -> tuple[Stream, ...]:
        """The streams of these fields."""
        return tuple(stream for stream in self.streams if stream.name in names)


def document(article: Article, source: str, lexicon: Lexicon = folded_only) -> Document:
    """The article as every watch will read it, its tokens found when they are needed; `source` is the source's name."""
    texts: list[tuple[FieldName, str]] = [("title", article.title), ("text", article.text), ("source", source)]
    texts += [("author", author) for author in article.authors]
    return Document(article, tuple(Stream(name, text, article.language, lexicon) for name, text in texts))
