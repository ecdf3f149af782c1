"""Samples: plain texts that are asked like articles, to see what a query finds in them."""

from dataclasses import dataclass
from pathlib import Path

from extraction.language import spoken
from matching import Lexicon, document, explain_miss, spans
from news.article import Article, Span
from news.errors import ConfigError, NotFoundError
from news.query import Query

_TELLING = 200  # characters; in shorter texts the title too is heard on the language


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a query says of a text: where its hits are, or None and why it does not match."""

    spans: tuple[Span, ...] | None
    why: str = ""


def sample(text: str, language: str = "") -> Article:
    """A text as an article: its first line is the title, all behind it the text. It has no URL, source or author.

    The language is found by the words unless it is given.
    """
    title, _, rest = text.partition("\n")
    found = language.lower() or spoken(rest if len(rest) >= _TELLING else text)
    return Article(url="", canonical_url="", title=title.removesuffix("\r"), text=rest, language=found)


def asked(query: Query, article: Article, lexicon: Lexicon) -> Verdict:
    """The verdict of a query, which uses no other watches any more, on a sample, with all its hits.

    May wait for a language to load.
    """
    read = document(article, "", lexicon)
    found = spans(query, read, most=len(article.title) + len(article.text))
    return Verdict(found) if found is not None else Verdict(None, explain_miss(query, read))


def read_text(file: Path) -> str:
    """The text of a file. Raises NotFoundError or ConfigError where it has none."""
    try:
        return as_text(file.read_bytes(), str(file))
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file {file}", "standard input is -") from error
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error


def as_text(read: bytes, name: str) -> str:
    """The bytes as text. Raises ConfigError."""
    try:
        return read.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name} is not UTF-8 text", "of a page, vigie extract prints the text") from error
