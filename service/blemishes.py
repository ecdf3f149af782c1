"""What is not as it should be in an article that is stored all the same: told at its source, like a cap. Pure."""

from dataclasses import replace
from datetime import datetime

from extraction.titles import LONGEST_TITLE
from news.article import Article
from news.caps import Bite

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
    """The article, published when it was fetched at the latest: what lies in the future would stand above all news."""
    if article.published_at is None or article.published_at <= fetched_at:
        return article
    told = article.provenance.get("published_at", "")
    mark = f"{told}; {article.published_at.isoformat()} is in the future, taken as the time of fetching"
    provenance = {**article.provenance, "published_at": mark.removeprefix("; ")}
    return replace(article, published_at=fetched_at, provenance=provenance)
