"""The fields of the query language: their names in both languages, what they take, and the tests of the article itself.

`title`, `text`, `source` and `author` hold words and are searched like a text; `lang`, `site`, `country` and `url` test
the article.
"""

import difflib
import re
from collections.abc import Callable

from matching.fold import fold
from news.article import Article
from news.hostname import ascii_host
from news.query import FieldName
from news.url import host

NAMES: dict[str, FieldName] = {
    "title": "title", "titre": "title", "text": "text", "texte": "text", "lang": "lang", "langue": "lang",
    "source": "source", "site": "site", "country": "country", "pays": "country", "author": "author",
    "auteur": "author", "url": "url",
}  # fmt: skip
EXAMPLES: dict[FieldName, str] = {
    "title": "title:Corée", "text": "text:Corée", "lang": "lang:fr", "source": 'source:"Le Monde"',
    "site": "site:example.com", "country": "country:fr", "author": "author:Dupont", "url": "url:/sport/",
}  # fmt: skip
REFERENCES = ("watch", "veille")  # before the name of a watch; no field, though it is written like one
TESTS: frozenset[FieldName] = frozenset({"lang", "site", "country", "url"})

_LIKE_ENOUGH = 0.6
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_HOST = re.compile(r"\.?[^\W_](?:[\w.-]*\w)?\.?")
# Countries whose sites end on something else than the country's code.
_TOP_LEVEL = {"gb": "uk"}


def field_name(written: str) -> FieldName | None:
    """The field that a name in either language means, in any case and with or without accents; None for no field."""
    return NAMES.get(fold(written))


def is_reference(written: str) -> bool:
    """Whether it announces the name of a watch, in any case."""
    return fold(written) in REFERENCES


def nearest_name(written: str) -> str:
    """The right name that looks most like the wrong one; empty where none does."""
    wrong = fold(written)
    likeness = {name: difflib.SequenceMatcher(None, wrong, name).ratio() for name in (*NAMES, *REFERENCES)}
    nearest = max(likeness, key=likeness.__getitem__)
    return nearest if likeness[nearest] >= _LIKE_ENOUGH else ""


def language_fault(value: str) -> str:
    """What is wrong with the code of a language; empty if nothing is."""
    return "" if _LANGUAGE.fullmatch(value) else f"“{value}” is not the code of a language"


def value_fault(name: FieldName, value: str) -> tuple[str, str] | None:
    """What is wrong with the value of a field that tests the article, and what to do; None if nothing is."""
    if name == "lang" and (fault := language_fault(value)):
        return fault, "write its two letters, as in lang:fr"
    if name == "country" and not _COUNTRY.fullmatch(value):
        return f"“{value}” is not the code of a country", "write its two letters, as in country:fr"
    if name == "site" and not _HOST.fullmatch(value if "://" not in value else host(value)):
        return (
            f"“{value}” is not the name of a site",
            "write a host: site:example.com; url: finds parts of a URL",
        )
    return None


def holds(name: FieldName, value: str, article: Article) -> bool:
    """Whether the article passes the test `name:value`; only for the fields in TESTS."""
    return _TESTS[name](value.casefold(), article)


def _is_in_language(value: str, article: Article) -> bool:
    return bool(article.language) and _primary(value) == _primary((article.language or "").casefold())


def _primary(language: str) -> str:
    return re.split("[-_]", language, maxsplit=1)[0]


def _is_on_site(value: str, article: Article) -> bool:
    wanted = _ascii(host(value) if "://" in value else value).strip(".")
    found = _ascii(host(article.canonical_url))
    return found in (wanted, wanted.removeprefix("www.")) or found.endswith(f".{wanted}")


def _ascii(name: str) -> str:
    """The host's name as the network knows it: école.fr is xn--cole-9oa.fr."""
    try:
        return ascii_host(name)
    except ValueError:
        return name.casefold()


def _is_in_country(value: str, article: Article) -> bool:
    return host(article.canonical_url).rpartition(".")[2] == _TOP_LEVEL.get(value, value)


def _has_in_url(value: str, article: Article) -> bool:
    return value in article.canonical_url.casefold() or value in article.url.casefold()


_TESTS: dict[FieldName, Callable[[str, Article], bool]] = {
    "lang": _is_in_language, "site": _is_on_site, "country": _is_in_country, "url": _has_in_url,
}  # fmt: skip
