"""Sameness: whether two pages that claim one address are one article."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from extraction.lines import key
from news import url as urls
from news.article import Article

_APART = timedelta(hours=12)  # more than a wrong time zone can be
_SHARED = 0.5  # of the shorter text, in whole paragraphs


def tells_another(article: Article, known: Article) -> bool:
    """Whether an article is evidently not the known one, whatever address it claims: its text is another, and so is
    its title, or, as in a column of every day, its date of publication, as far as both have one.
    """
    if article.text == known.text or _is_kept(article, known):
        return False
    return key(article.title) != key(known.title) or _may_be_of_another_day(article, known)


def is_one_of(article: Article, pruned: Mapping[str, str]) -> bool:
    """Whether an article is one that is kept no more, of which titles are known by the keys of their addresses: it has
    its address, or it claims its address and has its title.
    """
    if urls.key(article.url) in pruned:
        return True
    title = pruned.get(urls.key(article.canonical_url))
    return title is not None and key(title) == key(article.title)


def by_its_own_address(article: Article) -> Article:
    """The article whose claim of another address is worth nothing."""
    claim = article.provenance.get("canonical_url", "")
    provenance = {**article.provenance, "canonical_url": f"url; {claim} is another article's"} if claim else {}
    return replace(article, canonical_url=article.url, provenance=provenance or article.provenance)


def _may_be_of_another_day(article: Article, known: Article) -> bool:
    first, second = article.published_at, known.published_at
    return first is None or second is None or abs(first - second) >= _APART


def _is_kept(article: Article, known: Article) -> bool:
    """Whether most of one text stands in the other: it was published again, with a new date."""
    ours, theirs = set(article.text.split("\n\n")), set(known.text.split("\n\n"))
    shorter = min(len(article.text), len(known.text))
    return sum(map(len, ours & theirs)) >= _SHARED * shorter
