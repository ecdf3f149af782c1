"""Old articles that come as if they were new: told by their own dates, or by the archive. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from news.article import StoredArticle

OLD = timedelta(days=3)  # between publication and first sight
LONG_STORED = timedelta(days=7)  # within that, the same text again is a copy
_ALIKE = 0.6  # of the words of the shorter text
_LOOKED_AT = 20_000  # characters


def long_ago(stored: StoredArticle, same_title: Iterable[StoredArticle]) -> datetime | None:
    """When an article that resurfaced is from; None of one that is new.

    `same_title` are articles of the same title that were stored a week ago or earlier. Some titles come back every
    week, with other texts, so that these have to be alike too.
    """
    published, seen = stored.article.published_at, stored.first_seen_at
    if published is not None and published < seen - OLD:
        return published
    words = _words(stored)
    found = [one.first_seen_at for one in same_title if one.id != stored.id and _are_alike(words, _words(one))]
    return min((at for at in found if at < seen - LONG_STORED), default=None)


def _words(stored: StoredArticle) -> set[str]:
    return set(stored.article.text[:_LOOKED_AT].casefold().split())


def _are_alike(one: set[str], other: set[str]) -> bool:
    shorter = min(len(one), len(other))
    return bool(shorter) and len(one & other) >= _ALIKE * shorter
