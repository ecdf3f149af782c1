"""Apply: what bringing in the file's watches would change, seen before it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from news.errors import ConflictError, QueryError
from news.watch import Watch
from service.declare import Plan, carry_out, plan_watches
from service.meaning import WatchQueries
from service.settings import Settings
from storage import Transaction


@dataclass(frozen=True, slots=True)
class Prospect:
    """A plan, and what the user should know of it before saying yes, a sentence each."""

    plan: Plan[Watch]
    warnings: tuple[str, ...]


async def look_ahead(tx: Transaction, settings: Settings) -> Prospect:
    """What `apply` would do. Raises ConflictError where a command has made a watch of the same name."""
    plan = await plan_watches(tx, settings)
    channels = {channel.name for channel in await tx.channels.all()}
    declared = {entry.name for entry in settings.channel}
    warnings = [*_broken(await tx.watches.all(), plan), *_untold(plan, channels, declared)]
    return Prospect(plan, tuple(warnings))


async def apply(tx: Transaction, settings: Settings, seen: Plan[Watch], now: datetime) -> None:
    """Carry out the plan that was seen. Raises ConflictError where it has become another one meanwhile."""
    plan = await plan_watches(tx, settings)
    if plan != seen:
        raise ConflictError("the watches have changed meanwhile", "look at the new plan: vigie watch apply")
    await carry_out(tx.watches, plan, now)


def _after(watches: list[Watch], plan: Plan[Watch]) -> dict[str, str]:
    """The queries by name, once the plan is carried out."""
    kept = {watch.name: watch.query for watch in watches}
    for watch in plan.removed:
        del kept[watch.name]
    return kept | {watch.name: watch.query for watch in (*plan.added, *(new for _, new in plan.changed))}


def _broken(watches: list[Watch], plan: Plan[Watch]) -> Iterator[str]:
    """The watches, of the file and others, that could no longer be asked, or could not from the start."""
    before, after = WatchQueries.of(watches), WatchQueries(_after(watches, plan))
    for name in after:
        meaning = after.meaning(name)
        was_broken = name in before and isinstance(before.meaning(name), QueryError)
        if isinstance(meaning, QueryError) and not was_broken:
            yield f"the watch {name!r} could not be asked: {meaning.message}"


def _untold(plan: Plan[Watch], channels: set[str], declared: set[str]) -> Iterator[str]:
    for watch in (*plan.added, *(new for _, new in plan.changed)):
        for name in watch.channels:
            if name not in channels:
                until = ", before the file's channels are brought in (kill -HUP)" if name in declared else ""
                yield f"the watch {watch.name!r} names the channel {name!r}, which is not there{until}"
