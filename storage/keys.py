"""The repository of the instance's own keys, by which it signs what only it may have made."""

import secrets

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.rows import insert

_secret = tables.secret


class Keys:
    """32 random bytes for each use that has a name; made at the first call, and then for good."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def known(self, name: str) -> bytes | None:
        """The key of that name; None before it was made."""
        value = await self._connection.scalar(select(_secret.c.value).where(_secret.c.name == name))
        return bytes.fromhex(value) if value else None

    async def get(self, name: str) -> bytes:
        """The key of that name, made the first time, by whichever process comes first."""
        made = insert(self._connection, _secret).values(name=name, value=secrets.token_hex(32))
        await self._connection.execute(made.on_conflict_do_nothing())
        return await self.known(name) or b""

    async def put(self, name: str, value: str) -> None:
        """Keep this value under that name, whatever was there."""
        made = insert(self._connection, _secret).values(name=name, value=value)
        await self._connection.execute(made.on_conflict_do_update(index_elements=["name"], set_={"value": value}))

    async def remove(self, name: str) -> None:
        """Forget what is kept under that name."""
        await self._connection.execute(delete(_secret).where(_secret.c.name == name))
