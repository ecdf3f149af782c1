"""The repository of stories: which article belongs to which, and what is compared with the next ones.

Places are given one after another, on PostgreSQL under a lock that is held until the commit, on SQLite by its one
writer. So `sequence` rises in the order of the commits, and what has been placed since one's last look is what has a
higher one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from news.errors import NotFoundError
from news.story import Placed, Placing, Story, StoryArticle, StoryState, Telling
from storage import tables
from storage.rows import insert

_story, _placing, _article, _source = tables.story, tables.placing, tables.article, tables.source
_frequency = tables.frequency
_PLACING = int.from_bytes(b"stories")
_AT_ONCE = 500  # ids in one statement
_MANY_AT_ONCE = 5_000  # where only a few narrow columns are asked for

_DETAILS = (
    select(
        _placing.c.story_id,
        _placing.c.article_id,
        _placing.c.told_at,
        _placing.c.copy_of,
        _placing.c.containment,
        _article.c.title,
        _article.c.canonical_url,
        _article.c.language,
        _article.c.published_at,
        _article.c.first_seen_at,
        _source.c.name.label("source_name"),
    )
    .join(_article, _article.c.id == _placing.c.article_id)
    .join(_source, _source.c.id == _article.c.source_id)
)


class Stories:
    """Stories, places, and the words that the archive has learned."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self) -> None:
        """Wait for one's turn to give a place; until the commit nobody else has it."""
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(select(func.pg_advisory_xact_lock(_PLACING)))

    async def placed_after(self, sequence: int, since: datetime, most: int) -> list[Placed]:
        """What has been placed after another place, in its order, and at most the latest of it.

        From the very beginning (sequence 0) only what was told since an instant.
        """
        later = _placing.c.id > sequence if sequence else _placing.c.told_at >= since
        # From the beginning in an order that no index has: by ids, SQLite would look through all that was ever placed.
        order = _placing.c.id if sequence else _placing.c.id + 0
        statement = select(_placing).where(later).order_by(order.desc()).limit(most)
        return [_placed(row) for row in reversed((await self._connection.execute(statement)).all())]

    async def states(self, numbers: Iterable[int]) -> dict[int, StoryState]:
        """These stories, those left out whose words are no longer kept."""
        wanted = sorted(set(numbers))
        found: dict[int, StoryState] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            mine = _story.c.id.in_(wanted[start : start + _AT_ONCE]) & _story.c.centroid.is_not(None)
            for row in await self._connection.execute(select(_story).where(mine)):
                found[row.id] = StoryState(row.id, row.first_at, row.last_at, row.centroid)
        return found

    async def begin(self, told_at: datetime, centroid: Mapping[str, float] | None) -> int:
        """A new story with one article; its id."""
        values = {"first_at": told_at, "last_at": told_at, "articles": 1, "centroid": centroid}
        statement = _story.insert().values(**values).returning(_story.c.id)
        return int((await self._connection.execute(statement)).scalar_one())

    async def join(self, number: int, told_at: datetime, centroid: Mapping[str, float] | None) -> None:
        """One more article in a story; its words change unless `centroid` is None."""
        values: dict[str, Any] = {
            "first_at": case((_story.c.first_at > told_at, told_at), else_=_story.c.first_at),
            "last_at": case((_story.c.last_at < told_at, told_at), else_=_story.c.last_at),
            "articles": _story.c.articles + 1,
        }
        if centroid is not None:
            values["centroid"] = centroid
        await self._connection.execute(update(_story).where(_story.c.id == number).values(**values))

    async def put(
        self, article_id: int, story_id: int, place: Placing, told_at: datetime, fingerprint: bytes | None
    ) -> int:
        """Give an article its place, for good; the place's sequence."""
        values = {
            "article_id": article_id,
            "story_id": story_id,
            "copy_of": place.copy_of,
            "containment": place.containment,
            "told_at": told_at,
            "fingerprint": fingerprint,
        }
        statement = _placing.insert().values(**values).returning(_placing.c.id)
        return int((await self._connection.execute(statement)).scalar_one())

    async def unswept(self) -> tuple[datetime | None, datetime | None]:
        """When the first of the articles was told whose print is kept, and when the story that ended first was whose
        words are; None where none is. This looks at every place that there is.
        """
        prints = select(func.min(_placing.c.told_at)).where(_placing.c.fingerprint.is_not(None))
        words = select(func.min(_story.c.last_at)).where(_story.c.centroid.is_not(None))
        return await self._connection.scalar(prints), await self._connection.scalar(words)

    async def sweep(self, prints: tuple[datetime, datetime], words: tuple[datetime, datetime]) -> None:
        """Let go of what no article is compared with any more: the prints of articles told in a span of time, and the
        words of stories whose last article was; their places stay.
        """
        old = (_placing.c.told_at >= prints[0]) & (_placing.c.told_at < prints[1]) & _placing.c.fingerprint.is_not(None)
        await self._connection.execute(update(_placing).where(old).values(fingerprint=None))
        closed = (_story.c.last_at >= words[0]) & (_story.c.last_at < words[1]) & _story.c.centroid.is_not(None)
        await self._connection.execute(update(_story).where(closed).values(centroid=null()))

    async def learned(self, but: Mapping[str, int]) -> dict[str, tuple[int, Mapping[str, int]]]:
        """The words learned of each language: of how many articles, and how many hold each.

        Left out are the languages of which as many articles are known to have been learned as `but` says.
        """
        totals = await self._connection.execute(select(_frequency.c.language, _frequency.c.documents))
        changed = [row.language for row in totals if but.get(row.language) != row.documents]
        if not changed:
            return {}
        rows = await self._connection.execute(select(_frequency).where(_frequency.c.language.in_(changed)))
        return {row.language: (row.documents, row.counts) for row in rows}

    async def learn(self, language: str, documents: int, counts: Mapping[str, int]) -> None:
        """Keep what is learned of a language, in place of what was."""
        values = {"documents": documents, "counts": dict(counts)}
        statement = insert(self._connection, _frequency).values(language=language, **values)
        await self._connection.execute(statement.on_conflict_do_update(index_elements=["language"], set_=values))

    async def place_of(self, article_id: int) -> Placing | None:
        """The place of an article; None for one that was stored before there were stories."""
        statement = select(_placing).where(_placing.c.article_id == article_id)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else Placing(row.story_id, row.copy_of, row.containment)

    async def tellings(self, article_ids: Sequence[int]) -> dict[int, Telling]:
        """When each of these articles was told, and in which story."""
        told_at = case(
            (_article.c.published_at <= _article.c.first_seen_at, _article.c.published_at),
            else_=_article.c.first_seen_at,
        )
        columns = (_article.c.id, func.coalesce(_placing.c.told_at, told_at).label("told_at"), _placing.c.story_id)
        asked = select(*columns).select_from(_article.outerjoin(_placing, _placing.c.article_id == _article.c.id))
        found: dict[int, Telling] = {}
        for start in range(0, len(article_ids), _MANY_AT_ONCE):
            some = _article.c.id.in_(article_ids[start : start + _MANY_AT_ONCE])
            found |= {row[0]: Telling(row[1], row[2]) for row in await self._connection.execute(asked.where(some))}
        return found

    async def first_told(self, since: datetime) -> datetime | None:
        """When the first of the articles was told that were told or seen from an instant on."""
        told = await self._connection.scalar(select(func.min(_placing.c.told_at)).where(_placing.c.told_at >= since))
        seen_at = _article.c.first_seen_at
        seen = await self._connection.scalar(select(func.min(seen_at)).where(seen_at >= since))
        return min((one for one in (told, seen) if one is not None), default=None)

    async def last_seen(self) -> datetime | None:
        """When the last of the articles was seen; None where there is none."""
        last: datetime | None = await self._connection.scalar(select(func.max(_article.c.first_seen_at)))
        return last

    async def latest(self, limit: int, least: int = 1, since: datetime | None = None) -> list[Story]:
        """The stories with the newest articles first, those of fewer than `least` articles left out."""
        statement = select(_story.c.id).where(_story.c.articles >= least)
        if since is not None:
            statement = statement.where(_story.c.last_at > since)
        statement = statement.order_by(_story.c.last_at.desc(), _story.c.id.desc()).limit(limit)
        numbers = (await self._connection.scalars(statement)).all()
        members: dict[int, list[StoryArticle]] = {number: [] for number in numbers}
        for start in range(0, len(numbers), _AT_ONCE):
            for story_id, article in await self._members(_placing.c.story_id.in_(numbers[start : start + _AT_ONCE])):
                members[story_id].append(article)
        return [_summary(number, found) for number, found in members.items() if found]

    async def get(self, number: int) -> tuple[Story, list[StoryArticle]]:
        """A story and its articles, that told first before all. Raises NotFoundError."""
        members = [article for _, article in await self._members(_placing.c.story_id == number)]
        if not members:
            raise NotFoundError(f"there is no story with id {number}", "vigie story list shows the latest")
        return _summary(number, members), members

    async def _members(self, which: ColumnElement[bool]) -> list[tuple[int, StoryArticle]]:
        statement = _DETAILS.where(which).order_by(_placing.c.told_at, _placing.c.id)
        return [(row.story_id, _member(row)) for row in await self._connection.execute(statement)]


def _placed(row: Row[Any]) -> Placed:
    return Placed(row.id, row.article_id, row.story_id, row.told_at, row.copy_of, row.fingerprint)


def _member(row: Any) -> StoryArticle:
    return StoryArticle(
        article_id=row.article_id,
        title=row.title,
        url=row.canonical_url,
        source=row.source_name,
        language=row.language,
        told_at=row.told_at,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        copy_of=row.copy_of,
        containment=row.containment,
    )


def _summary(number: int, members: Sequence[StoryArticle]) -> Story:
    return Story(
        id=number,
        title=members[0].title,
        articles=len(members),
        copies=sum(one.copy_of is not None for one in members),
        sources=tuple(dict.fromkeys(one.source for one in members)),
        first_at=members[0].told_at,
        last_at=members[-1].told_at,
    )
