"""Stories: every article that is stored gets its place, in the transaction that stores it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from matching import Document
from matching.background import Table
from matching.placing import KEPT, STORY_KEPT, Placer, sketch
from matching.rarity import Rarity, grown
from matching.stories import Vector, with_member
from matching.terms import terms
from news.article import StoredArticle
from news.story import Placed, Placing, StoryState
from storage import Transaction

log = structlog.get_logger()

_MOST = 50_000  # articles of the last days that are compared
_AT_ONCE = 100  # articles taken in before others may go on
_FEWEST_LEARNED = 64  # articles of a language before its words are written down
_GROWTH = 10  # and then a tenth of those known, so that it is done ever less often
# Words that are counted and not written down yet, of all languages together: some 110 bytes each. Of more, the half
# stays that was met most often: only the most common of a language are kept in the end.
_MOST_WORDS = 100_000
_LONGEST = STORY_KEPT - KEPT
_State = StoryState | None  # None once nothing will be compared with the story
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_SET_BACK = timedelta(hours=1)  # by which a clock was set back, rather than corrected


class StoryDesk:
    """Gives places. What it knows is what the database has, brought up to date within the transaction that asks.

    `is_sure` says whether the clock may be believed by what forgets: a year ahead, everything is old.
    """

    def __init__(
        self,
        most: int = _MOST,
        sweep_every: int = 256,
        is_sure: Callable[[], bool] = lambda: True,
        most_words: int = _MOST_WORDS,
    ) -> None:
        self._is_sure = is_sure
        self._latest = _LONG_AGO
        self._most = most
        self._most_words = most_words
        self._sweep_every = sweep_every  # articles
        self._placer = Placer(most)
        self._sequence = 0
        self._own: tuple[Placed, dict[int, StoryState]] | None = None
        self._is_begun = False
        self._learned: dict[str, Table] = {}
        self._rarity = Rarity()
        self._new: dict[str, tuple[int, Counter[str]]] = {}
        self._since_sweep = 0
        self._swept = _LONG_AGO

    async def warm(self, tx: Transaction, now: datetime) -> None:
        """Take in the last days, and find where sweeping has to begin, before the first article waits for it."""
        await self._refresh(tx, now)
        prints, words = await tx.stories.unswept()
        ended = None if words is None else words + _LONGEST
        self._swept = min(filter(None, (prints, ended, now - KEPT)))
        log.debug("stories taken in", articles=len(self._placer))

    async def place(self, tx: Transaction, stored: StoredArticle, read: Document, now: datetime) -> tuple[int, Placing]:
        """Give a stored article its place, which it keeps; its story, and what the place is.

        From here to the commit no other process places, so that each knows all that were placed before.
        """
        await tx.stories.lock()
        await self._refresh(tx, now)
        told_at = told(stored)
        drawn = sketch(read, self._rarity)
        place = self._placer.place(drawn, told_at, now)
        is_old = told_at < now - KEPT
        if place.story_id is None:
            story_id, state = await self._begin(tx, told_at, None if is_old else drawn.words or {})
        else:
            story_id, state = await self._join(
                tx, place.story_id, told_at, None if place.copy_of else drawn.words or {}
            )
        print_ = None if is_old else drawn.stored
        sequence = await tx.stories.put(stored.id, story_id, place, told_at, print_)
        has_learned = await self._learn(tx, read)
        await self._sweep(tx, now)
        own = Placed(sequence, stored.id, story_id, told_at, place.copy_of, print_)
        self._own = None if has_learned else (own, {} if state is None else {story_id: state})
        return story_id, place

    async def _refresh(self, tx: Transaction, now: datetime) -> None:
        """Take in what was placed since, by whichever process; all of it, where the clock was fast before."""
        if now < self._latest - _SET_BACK:
            self._placer, self._sequence, self._own = Placer(self._most), 0, None
        self._latest = now
        placed = await tx.stories.placed_after(self._sequence, now - STORY_KEPT, self._most)
        if self._own is not None and placed == [self._own[0]]:
            # Usually it is the one article that we placed ourselves, and have by heart; now we know that it was kept.
            self._take_in(placed, self._own[1], now)
            return
        self._own = None
        for start in range(0, len(placed), _AT_ONCE):
            some = placed[start : start + _AT_ONCE]
            self._take_in(some, await tx.stories.states(one.story_id for one in some), now)
        if placed or not self._is_begun:
            await self._refresh_learned(tx)

    def _take_in(self, placed: Sequence[Placed], states: Mapping[int, StoryState], now: datetime) -> None:
        self._placer.take_in(placed, states, now)
        self._sequence = placed[-1].sequence

    async def _refresh_learned(self, tx: Transaction) -> None:
        """Take in the words that the archive has learned, which it does together with a place only."""
        known = {language: table.documents for language, table in self._learned.items()}
        learned = await tx.stories.learned(known)
        self._is_begun = True
        if learned:
            self._learned |= {language: Table(*kept) for language, kept in learned.items()}
            self._rarity = Rarity(self._learned)

    async def _begin(self, tx: Transaction, told_at: datetime, words: Vector | None) -> tuple[int, _State]:
        """A story of its own; without words where nothing will be compared with it."""
        if words is None:
            return await tx.stories.begin(told_at, None), None
        centroid = with_member({}, words)
        number = await tx.stories.begin(told_at, centroid)
        return number, StoryState(number, told_at, told_at, centroid)

    async def _join(self, tx: Transaction, number: int, told_at: datetime, words: Vector | None) -> tuple[int, _State]:
        """One more in a story; without words if it is a copy, for what it says has been counted."""
        old = (await tx.stories.states([number])).get(number)
        if old is None:
            await tx.stories.join(number, told_at, None)
            return number, None
        centroid = old.centroid if words is None else with_member(old.centroid, words)
        await tx.stories.join(number, told_at, None if words is None else centroid)
        return number, StoryState(number, min(old.first_at, told_at), max(old.last_at, told_at), centroid)

    async def _learn(self, tx: Transaction, read: Document) -> bool:
        """Count the article's words, and write them down once they would make a difference; whether they were."""
        language = read.article.language
        if language is None:
            return False
        number, counts = self._new.get(language, (0, Counter()))
        counts.update({term for stream in read.named(("title", "text")) for term, _ in terms(stream.tokens)})
        self._new[language] = (number + 1, counts)
        self._make_room()
        known = self._learned.get(language)
        if number + 1 < max(_FEWEST_LEARNED, known.documents // _GROWTH if known else 0):
            return False
        table = grown(known, number + 1, counts)
        await tx.stories.learn(language, table.documents, table.counts)
        del self._new[language]
        return True

    def _make_room(self) -> None:
        held = sum(len(counts) for _, counts in self._new.values())
        if held <= self._most_words:
            return
        for language, (number, counts) in self._new.items():
            most = self._most_words // 2 * len(counts) // held
            self._new[language] = number, Counter(dict(counts.most_common(most)))

    async def _sweep(self, tx: Transaction, now: datetime) -> None:
        self._since_sweep += 1
        if self._since_sweep < self._sweep_every or not self._is_sure():
            return
        await tx.stories.sweep((self._swept, now - KEPT), (self._swept - _LONGEST, now - STORY_KEPT))
        self._since_sweep, self._swept = 0, now - KEPT


def told(stored: StoredArticle) -> datetime:
    """When an article was told: when it was published, unless it says that it will be, or says nothing."""
    published, seen = stored.article.published_at, stored.first_seen_at
    return published if published is not None and published <= seen else seen
