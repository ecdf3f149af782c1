"""Timeline: who told a story first, who copied, and who added a text of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from news.story import StoryArticle

Part = Literal["first", "added", "copied"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An article's part in its story; of a copy `of` is the article that told the same text before all others."""

    article: StoryArticle
    part: Part
    of: int | None = None


def timeline(articles: Sequence[StoryArticle]) -> list[Entry]:
    """The articles of a story in the order in which they were told, each with its part.

    Articles are compared as they are found, but who was first is a matter of when they were told: of articles with
    the same text, the one told first has it from nobody.
    """
    entries: list[Entry] = []
    tellers: dict[int, int] = {}
    for article in sorted(articles, key=lambda one: (one.told_at, one.article_id)):
        text = article.copy_of or article.article_id
        teller = tellers.setdefault(text, article.article_id)
        if teller != article.article_id:
            entries.append(Entry(article, "copied", teller))
        else:
            entries.append(Entry(article, "added" if entries else "first"))
    return entries
