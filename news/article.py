"""What is fetched and what is made of it: pages, articles, and the reasons why a page is none."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Page:
    """The raw answer to one fetch: `body` in bytes as the server meant them (content encoding undone)."""

    url: str
    body: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """The clean text of one page. Paragraphs of `text` are separated by blank lines; the title is not repeated in it.

    `language` is an ISO 639-1 code; times are aware, in UTC; `canonical_url` is in normal form. `confidence`, from 0 to
    1, is how sure it is that this is an article, and its text the whole of it; None where nobody has judged. `image` is
    an absolute http or https URL, `is_paywalled` None where the page does not tell. `provenance` says of each field
    where it is from, and what was guessed (`text, taken as Europe/Paris`). `imprint` is what its site's memory
    learns of the page, `missed_rule` the user's selector for bodies where it selects nothing on it; neither is kept
    with the article.
    """

    url: str
    canonical_url: str
    title: str
    text: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None
    confidence: float | None = field(default=None, compare=False)
    missed_rule: str = field(default="", compare=False)
    modified_at: datetime | None = None
    section: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    is_paywalled: bool | None = None
    word_count: int | None = None
    provenance: Mapping[str, str] = field(default_factory=dict, compare=False)
    imprint: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


_FEWEST_WORDS_OF_TITLE = 4


def title_key(title: str) -> str:
    """What a title is found by again, whatever its case and punctuation; empty for one too short to tell anything."""
    words = "".join(character if character.isalnum() else " " for character in title.casefold()).split()
    if len(words) < _FEWEST_WORDS_OF_TITLE:
        return ""
    return hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()


Reason = Literal[
    "index page",
    "soft 404",
    "consent wall",
    "paywall stub",
    "too short",
    "no text",
    "not html",
    "too large",
    "timed out",
    "crashed",
]


@dataclass(frozen=True, slots=True)
class NoArticle:
    """The verdict on a page that is no article: a reason from a short list, and a sentence for the user.

    `confidence`, from 0 to 1, is how likely the verdict is right. `missed_rule` is as in an article.
    """

    url: str
    reason: Reason
    detail: str = ""
    confidence: float = 1.0
    missed_rule: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article in the archive. `source` is the name of the source that brought it first."""

    id: int
    source_id: int
    source: str
    article: Article
    fetched_at: datetime
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One article found in the archive, and where in it the query's words stand."""

    stored: StoredArticle
    spans: tuple["Span", ...] = field(default=())


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One hit in an article: characters `start` to `end` (exclusive) of the original `title` or `text`."""

    field: Literal["title", "text"]
    start: int
    end: int
