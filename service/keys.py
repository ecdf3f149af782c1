"""The instance's own keys: what it signs with, for each use another."""

from storage import Database


async def instance_key(database: Database, name: str) -> bytes:
    """The key of that name, made at the first call; it is the same for every process on this database."""
    async with database.read() as tx:
        key = await tx.keys.known(name)
    if key is not None:
        return key
    async with database.write() as tx:
        return await tx.keys.get(name)
