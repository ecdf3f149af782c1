"""What became of an article once it was stored: the match, the alert, and each delivery. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from news.alert import Attempt, Channel, Delivery
from news.article import Span, StoredArticle
from news.telling import Reason, Telling
from news.watch import Match, Watch
from service.explain_crawl import Step

_LAST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What the database knows: the match, the deliveries with their attempts, and who was not told.

    Of whom was not told there is the channel, what became of the match for it, and the rule by which: what it says, and
    who says so, as in `quiet=22:00-07:00, says the watch`.
    """

    match: Match | None = None
    deliveries: tuple[tuple[Delivery, tuple[Attempt, ...]], ...] = ()
    untold: tuple[tuple[Channel, Telling, str], ...] = ()


def alert_steps(
    stored: StoredArticle, watch: Watch | None, hits: Sequence[Span] | None, why: str, told: Told
) -> Iterator[Step]:
    """The steps from the match on; a query that is no watch's ends with whether it matches."""
    match = told.match
    if hits is None and match is None:
        yield Step("matched", "stopped", why)
        return
    yield _matched(hits, match, why)
    if watch is None:
        return
    if told.deliveries:
        alert = told.deliveries[0][0].alert
        yield Step("alerted", "done", f"alert {alert.sequence}", alert.decided_at)
        for delivery, attempts in told.deliveries:
            yield _delivered(delivery, attempts)
    elif not told.untold:
        yield _not_alerted(stored, watch, told)
    for channel, telling, rule in told.untold:
        yield _untold(channel, telling, rule)


_BECAUSE: Mapping[Reason, str] = {
    "quiet": "until the end of quiet hours",
    "digest": "for the next digest",
    "update": "for an update of its story, which was told before",
    "budget": "for the next digest: the watch has spent its alerts for the day",
    "resurfaced": "for the next digest: it is an old article that came back",
}
_NEVER: Mapping[Reason, str] = {
    "update": "its story was told before, and the watch wants no updates",
    "resurfaced": "it is an old article that came back",
    "removed": "the watch or the channel was removed while it waited",
}


RULE_OF: Mapping[Reason, str] = {
    "quiet": "quiet",
    "digest": "digest",
    "update": "updates",
    "budget": "budget",
    "resurfaced": "resurfaced",
}
"""The rule by which something is held or never told, by the reason."""


def _untold(channel: Channel, telling: Telling, rule: str) -> Step:
    """Why a channel was not told of it, or not yet."""
    to, by = f"to “{channel.name}”", f" ({rule})" if rule else ""
    if telling.state == "held":
        held = f"{to}: held {_BECAUSE.get(telling.reason, '')}{by}"
        if channel.paused:
            resume = f"vigie channel resume {channel.name!r}"
            return Step("alerted", "waiting", f"{held}, and then until the channel is resumed", hint=resume)
        return Step("alerted", "waiting", held, next_at=telling.due_at)
    if telling.state == "muted":
        return Step("alerted", "stopped", f"{to}: not told, its story is muted")
    return Step("alerted", "stopped", f"{to}: not told, {_NEVER.get(telling.reason, _NEVER['removed'])}{by}")


def _matched(hits: Sequence[Span] | None, match: Match | None, why: str) -> Step:
    at = match.matched_at if match is not None else None
    if hits is None:
        return Step("matched", "done", f"it did, but would not now: {why}", at)
    if not hits:
        return Step("matched", "done", "no word of the query has to stand in it", at)
    counted = [(sum(hit.field == name for hit in hits), name) for name in ("title", "text")]
    places = [f"{number} {'hit' if number == 1 else 'hits'} in the {name}" for number, name in counted if number]
    return Step("matched", "done", " and ".join(places), at)


def _not_alerted(stored: StoredArticle, watch: Watch, told: Told) -> Step:
    """Why nobody was told of an article that matches."""
    match = told.match
    resume = f"vigie watch resume {watch.name!r}" if watch.paused else ""
    if match is not None and match.seen:
        says = "told to nobody: it is history, there before its source was watched"
        hint = f"to be told of history: vigie source edit {stored.source!r} --alert-history"
        return Step("alerted", "stopped", says, match.matched_at, hint=hint)
    if match is not None:
        says = "told to nobody: there was no channel to tell"
        return Step("alerted", "stopped", says, match.matched_at, hint="vigie channel list")
    if watch.added_at is not None and stored.first_seen_at < watch.added_at:
        says = "told to nobody: it was stored before the watch was added"
        return Step("alerted", "stopped", says, notes=((watch.added_at, "the watch was added"),))
    if watch.paused:
        return Step("alerted", "stopped", "told to nobody: the watch is paused", hint=resume)
    says = "told to nobody: when it was stored, the watch was paused, or the query or the text was another"
    return Step("alerted", "stopped", says)


def _delivered(delivery: Delivery, attempts: Sequence[Attempt]) -> Step:
    channel = delivery.channel
    tries = f"{delivery.attempts} {'attempt' if delivery.attempts == 1 else 'attempts'}"
    notes = tuple(
        (one.at, f"{'accepted' if one.succeeded else 'failed'}: {one.answer or 'no answer'} ({one.duration_ms} ms)")
        for one in attempts[-_LAST_ATTEMPTS:]
    )
    if delivery.state == "sent":
        return Step("delivered", "done", f"to “{channel.name}”, {tries}", delivery.sent_at, notes=notes)
    again = f"vigie deliveries replay {delivery.id}"
    if delivery.state != "pending":
        end = "refused for good" if delivery.state == "failed" else "given up"
        at = attempts[-1].at if attempts else None
        says = f"to “{channel.name}”: {end} after {tries}: {delivery.last_error}"
        return Step("delivered", "stopped", says, at, hint=again, notes=notes)
    if channel.paused or channel.paused_because:
        because = f": {channel.paused_because}" if channel.paused_because else ""
        says = f"to “{channel.name}”: held, for the channel is paused{because}"
        hint = f"vigie channel resume {channel.name!r}"
        return Step("delivered", "waiting", says, hint=hint, notes=notes)
    says = f"to “{channel.name}”: to be sent" + (f", {tries} failed" if delivery.attempts else "")
    return Step("delivered", "waiting", says, next_at=delivery.next_try_at, notes=notes)
