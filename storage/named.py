"""What sources, watches and channels have in common: a unique name, an origin, a pause, an undoable removal.

A removed row stays, hidden, because articles and matches still point to it; adding the name again revives it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Row, Table, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from news.errors import ConflictError, NotFoundError
from storage.rows import insert_new

T = TypeVar("T")


class Named(Generic[T]):
    """The repository of one kind of named thing; subclasses say which table, and how a row becomes a value."""

    table: Table
    noun: str

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    def _value(self, row: Row[Any]) -> T:
        raise TypeError(f"{type(self).__name__} does not say what a row is")

    def _columns(self) -> Sequence[Column[Any]]:
        """What is read of a row; a subclass may leave out what is large and asked for by itself."""
        return tuple(self.table.c)

    async def _changed(self, number: int) -> None:
        """Called after every change of a row; a subclass may leave word for other processes."""

    async def all(self) -> list[T]:
        """All that are not removed, by name."""
        statement = select(*self._columns()).where(~self.table.c.removed).order_by(self.table.c.name)
        return [self._value(row) for row in await self._connection.execute(statement)]

    async def get(self, name: str) -> T:
        """The one of this name. Raises NotFoundError, naming what there is."""
        statement = select(*self._columns()).where(self.table.c.name == name, ~self.table.c.removed)
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no {self.noun} named {name!r}", await self._known())
        return self._value(row)

    async def by_id(self, number: int) -> T:
        """The one with this id, removed or not. Raises NotFoundError."""
        row = (await self._connection.execute(select(*self._columns()).where(self.table.c.id == number))).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no {self.noun} with id {number}")
        return self._value(row)

    async def _known(self) -> str:
        names = (
            await self._connection.scalars(
                select(self.table.c.name).where(~self.table.c.removed).order_by(self.table.c.name).limit(20)
            )
        ).all()
        return f"there are: {', '.join(names)}" if names else f"there is none yet: vigie {self.noun} add --help"

    async def add(self, values: Mapping[str, Any], fresh: Mapping[str, Any] | None = None) -> int:
        """Insert a row, or revive a removed one of that name (which also gets the values in `fresh`); its id.

        Raises ConflictError if the name is taken.
        """
        number = await insert_new(self._connection, self.table, values)
        if number is None:
            revive = (
                update(self.table)
                .where(self.table.c.name == values["name"], self.table.c.removed)
                .values(**values, **(fresh or {}), removed=False)
                .returning(self.table.c.id)
            )
            number = (await self._connection.execute(revive)).scalar_one_or_none()
        if number is None:
            raise self._taken(values["name"])
        await self._changed(number)
        return int(number)

    def _taken(self, name: str) -> ConflictError:
        return ConflictError(
            f"a {self.noun} named {name!r} exists already",
            f"choose another name, or change it: vigie {self.noun} edit",
        )

    async def change(self, number: int, **values: Any) -> None:
        """Set columns of one row. Raises ConflictError if it would take another's name, also that of a removed one."""
        try:
            await self._connection.execute(update(self.table).where(self.table.c.id == number).values(**values))
        except IntegrityError as error:
            if "name" not in values:
                raise
            raise self._taken(values["name"]) from error
        await self._changed(number)

    async def remove(self, number: int) -> None:
        """Hide it from every list; its history stays."""
        await self.change(number, removed=True)

    async def pause(self, number: int, paused: bool, now: datetime) -> None:
        """Stop or resume it; `now` is for those kinds that keep it."""
        await self.change(number, paused=paused)
