"""Uses: what holds between watches that use each other, kept whole while one of them is changed."""

from pathlib import Path

from matching import renamed
from news.errors import ConflictError, QueryError
from service.meaning import WatchQueries
from storage import Transaction


def listed(watches: list[str]) -> str:
    """Watches by name, in words."""
    return ("the watch " if len(watches) == 1 else "the watches ") + ", ".join(repr(name) for name in watches)


async def refuse_used(tx: Transaction, name: str) -> None:
    """Raises ConflictError where other watches use this one."""
    users = WatchQueries.of(await tx.watches.all()).users(name)
    if users:
        raise ConflictError(
            f"the watch {name!r} is used by {listed(users)}",
            f"take it out there first: vigie watch edit {users[0]!r} --query …; or stop its alerts: vigie watch pause",
        )


async def follow_rename(tx: Transaction, old: str, new: str, file: Path | None) -> None:
    """Call a watch by its new name in the queries that use it. Raises ConflictError where that cannot be."""
    watches = await tx.watches.all()
    users = set(WatchQueries.of(watches).users(old))
    for watch in watches:
        if watch.name not in users:
            continue
        if watch.origin == "file":
            raise ConflictError(
                f"the watch {watch.name!r} uses the watch {old!r}, and comes from {file or 'the settings file'}",
                "keep the name, or change the watch there first",
            )
        try:
            query = renamed(watch.query, old, new)
        except ValueError:
            message = f"the watch {watch.name!r} uses this one, and behind watch: a name cannot have quotes: {new!r}"
            raise ConflictError(message, "choose a name without quotes") from None
        await tx.watches.change(watch.id, query=query)


async def check_meaning(tx: Transaction, name: str) -> None:
    """Raises QueryError, with the place in its query, where a watch uses others that it cannot."""
    meaning = WatchQueries.of(await tx.watches.all()).meaning(name)
    if isinstance(meaning, QueryError):
        raise meaning


async def check_users(tx: Transaction, name: str, before: WatchQueries) -> None:
    """Raises ConflictError where a watch that uses this one, directly or not, meant something and no longer does."""
    after = WatchQueries.of(await tx.watches.all())
    for user in sorted(after.all_users(name) - {name}):
        meaning = after.meaning(user)
        if isinstance(meaning, QueryError) and not isinstance(before.meaning(user), QueryError):
            raise ConflictError(
                f"the watch {user!r} uses this one, and could then not be asked: {meaning.message}", meaning.hint
            )
