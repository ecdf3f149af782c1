"""What is not as it should be in an article that is stored all the same: told at its source, like a cap. Pure."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from extraction.titles import LONGEST_TITLE
from news.article import Article
from news.caps import Bite

_GUESSED = ("text", "htmldate")  # origins
_ZONE_GUESSED = ", taken as "
_ROUGH = timedelta(days=1)  # how much later it may have been, where only the day is known, or the zone is a guess
_OF_CHANGE = ", of its change"  # a stand-in for the date of publication
_UNREADABLE = "\ufffd"


def blemishes(article: Article) -> list[Bite]:
    """That its title was clipped, its unreadable characters, and a rule of the user's that has nothing to select."""
    found = []
    if len(article.title) >= LONGEST_TITLE - 1 and article.title.endswith("…"):  # a space before the cut goes too
        found.append(Bite("title length", article.url, f"the title has more than {LONGEST_TITLE:,} characters"))
    unreadable = article.title.count(_UNREADABLE) + article.text.count(_UNREADABLE)
    if unreadable:
        found.append(Bite("unreadable characters", article.url, f"characters replaced by {_UNREADABLE}: {unreadable}"))
    if article.missed_rule:
        said = f"[source.extract] body selects nothing there: {article.missed_rule}"
        found.append(Bite("body rule", article.url, said))
    return found


def dated_by(article: Article, fetched_at: datetime) -> Article:
    """The article, published when it was fetched at the latest: what lies in the future would stand above all news.

    A change in the future, or before publication, is left out. The provenance says what was claimed.
    """
    marks = {}
    published_at, modified_at = article.published_at, article.modified_at
    if published_at is not None and published_at > fetched_at:
        marks["published_at"] = f"{published_at.isoformat()} is in the future, taken as the time of fetching"
        published_at = fetched_at
    if modified_at is not None and modified_at > fetched_at:
        marks["modified_at"] = f"{modified_at.isoformat()} is in the future, left out"
    elif modified_at is not None and published_at is not None and modified_at < published_at:
        marks["modified_at"] = f"{modified_at.isoformat()} is before publication, left out"
    if not marks:
        return article
    told = {name: f"{article.provenance.get(name, '')}; {mark}".removeprefix("; ") for name, mark in marks.items()}
    modified_at = None if "modified_at" in marks else modified_at
    provenance = {**article.provenance, **told}
    return replace(article, published_at=published_at, modified_at=modified_at, provenance=provenance)


def is_dated_by_itself(article: Article) -> bool:
    """Whether the page declares its date, or a time element by its title does: one that was read in words is a guess.

    What a spider of the user's own brings has no provenance, and is believed.
    """
    origin = article.provenance.get("published_at", "")
    return not origin.startswith(_GUESSED) and _OF_CHANGE not in origin


def published_before(article: Article, at: datetime) -> bool:
    """Whether the page itself says that it is older than an instant, to the best of what it knows."""
    if article.published_at is None or not is_dated_by_itself(article):
        return False
    is_rough = article.published_at.time() == time() or _ZONE_GUESSED in article.provenance.get("published_at", "")
    return article.published_at + (_ROUGH if is_rough else timedelta()) < at
