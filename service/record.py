"""Record: a decision is written down, its matches and its alerts, in the caller's transaction."""

from collections.abc import Sequence

from alerting.decide import Decision
from service.board import WatchHit
from storage import Transaction


async def record(tx: Transaction, decision: Decision, hits: Sequence[WatchHit]) -> None:
    """Keep what was decided on these hits."""
    watch_ids = {watch.name: watch.id for watch, _ in hits}
    for match in decision.matches:
        await tx.matches.add(match)
    for alert, channels in decision.alerts:
        await tx.outbox.add(alert, watch_ids[alert.watch], [channel.id for channel in channels])
