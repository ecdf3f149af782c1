"""Placing: which story an article belongs to, and which article it is a copy of. Pure, and the same in any process.

What is known are the articles placed before, as the archive keeps them. Who places has taken in all of them in their
order; then nothing else counts, neither the hour nor the process.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from matching import copies, stories
from matching.copies import CopyIndex, Print, fingerprint
from matching.document import Document
from matching.rarity import Rarity
from matching.stories import StoryIndex, Vector, vector
from news.story import Placed, Placing, StoryState

KEPT = copies.WINDOW  # how long the print of an article is kept
STORY_KEPT = copies.WINDOW + stories.WINDOW  # how long a story's words are

_STORED = np.dtype("<u8")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is compared of an article. `words` is None where they cannot be weighed: `matching.rarity`."""

    held: Print
    words: Vector | None

    @property
    def stored(self) -> bytes:
        """The print as it is kept."""
        return self.held.astype(_STORED).tobytes()


def sketch(read: Document, rarity: Rarity) -> Sketch:
    """What is compared of an article."""
    [text] = read.named(("text",))
    weighed = vector(read, rarity) if rarity.knows(read.article.language) else None
    return Sketch(fingerprint(text.tokens), weighed)


class Placer:
    """Knows the articles and stories of the last days, at most so many; docs/stories.md has the memory."""

    def __init__(self, most_articles: int = 50_000, most_stories: int = 20_000) -> None:
        self._most = most_articles
        self._copies = CopyIndex(most_articles)
        self._stories = StoryIndex(most_stories)
        self._homes: OrderedDict[int, tuple[int, int]] = (
            OrderedDict()
        )  # of an article: its story, and whose text it has

    def __len__(self) -> int:
        return len(self._homes)

    def place(self, drawn: Sketch, told_at: datetime, now: datetime) -> Placing:
        """The place of an article told at an instant. One that is older than a week has a story of its own."""
        since = now - copies.WINDOW
        if told_at < since:
            return Placing()
        likeness = self._copies.best(drawn.held, since.timestamp())
        if likeness is not None:
            story_id, first = self._homes[likeness.article_id]
            return Placing(story_id, first, round(likeness.containment, 3))
        nearest = self._stories.nearest(drawn.words, told_at.timestamp()) if drawn.words else None
        return Placing(None if nearest is None else nearest.story_id)

    def take_in(self, placed: Iterable[Placed], states: Mapping[int, StoryState], now: datetime) -> None:
        """Take in articles that have their place, in its order, and what their stories have become."""
        touched: dict[int, None] = {}
        for one in placed:
            self._homes[one.article_id] = (one.story_id, one.copy_of or one.article_id)
            if one.fingerprint:
                held = np.frombuffer(one.fingerprint, _STORED).astype(np.uint64)
                self._copies.add(one.article_id, one.told_at.timestamp(), held)
            touched.pop(one.story_id, None)
            touched[one.story_id] = None
        for state in (states[number] for number in touched if number in states):
            self._stories.put(state.id, state.first_at.timestamp(), state.last_at.timestamp(), state.centroid)
        while len(self._homes) > 2 * self._most:
            self._homes.popitem(last=False)
        self._copies.expire((now - KEPT).timestamp())
        self._stories.expire((now - STORY_KEPT).timestamp())
