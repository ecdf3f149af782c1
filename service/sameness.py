"""Sameness: whether two pages that claim one address are one article."""

from datetime import timedelta

from news.article import Article

_APART = timedelta(hours=12)  # more than a wrong time zone can be
_SHARED = 0.5  # of the shorter text, in whole paragraphs


def tells_another(article: Article, known: Article) -> bool:
    """Whether an article is evidently not the known one, whatever address it claims: its text is another, and so is
    its title, or, as in a column of every day, its date of publication.
    """
    if article.text == known.text:
        return False
    return article.title != known.title or (_is_of_another_day(article, known) and not _is_kept(article, known))


def _is_of_another_day(article: Article, known: Article) -> bool:
    first, second = article.published_at, known.published_at
    return first is not None and second is not None and abs(first - second) >= _APART


def _is_kept(article: Article, known: Article) -> bool:
    """Whether most of one text stands in the other: it was published again, with a new date."""
    ours, theirs = set(article.text.split("\n\n")), set(known.text.split("\n\n"))
    shorter = min(len(article.text), len(known.text))
    return sum(map(len, ours & theirs)) >= _SHARED * shorter
