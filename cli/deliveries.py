"""`vigie deliveries`: what became of each alert."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.archive import reading, writing
from cli.group import group
from cli.named import state_cell
from cli.options import DEFAULT_DATA, LARGEST_NUMBER, Config, Data, Json, Limit, Since, Until
from cli.output import Cell, ago, print_facts, print_json, print_line, print_note, print_table, when
from news.alert import Attempt, Delivery, DeliveryState
from news.clock import SystemClock
from news.delivering import Selection
from news.errors import ConfigError

if TYPE_CHECKING:
    from cli.place import Archive
    from storage import Transaction

_CHANNEL = typer.Option("--channel", help="Only those over one channel.", metavar="NAME")

app = group("What became of each alert: pending, sent, failed or dead.")


_ABOUT = {
    "channel": "(channel paused)",
    "digest": "(digest)",
    "problem": "(a problem of Vigie's)",
    "solved": "(a problem is over)",
}


def shown(delivery: Delivery) -> dict[str, Any]:
    """A delivery in JSON."""
    return {
        "id": delivery.id,
        "key": delivery.key,
        "state": delivery.state,
        "channel": delivery.channel.name,
        "kind": delivery.alert.kind,
        "watch": delivery.alert.watch,
        "title": delivery.alert.told.title,
        "url": delivery.alert.told.url,
        "changes": [change.says for item in delivery.alert.items for change in item.changes],
        "stories": len(delivery.alert.items),
        "attempts": delivery.attempts,
        "created_at": delivery.created_at,
        "next_try_at": delivery.next_try_at,
        "sent_at": delivery.sent_at,
        "last_error": delivery.last_error,
        "reached": delivery.reached,
    }


@app.command("list")
def list_(
    state: Annotated[DeliveryState | None, typer.Option("--state", help="Only those in one state.")] = None,
    channel: Annotated[str, _CHANNEL] = "",
    since: Since = None,
    until: Until = None,
    limit: Limit = 20,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """List the deliveries, the newest first.

    Pending ones wait for their first or next try; failed ones were refused for good; dead ones were tried for as long
    as the timetable has it.

    Examples:

        vigie deliveries list

        vigie deliveries list --state dead --channel desk

        vigie deliveries list --since 2026-11-20 --until 2026-11-21
    """
    _check_span(since, until)
    wanted = Selection((state,) if state else (), channel, since, until)
    found = reading(data, config, lambda tx: _listed(tx, limit, wanted))
    if json:
        print_json([shown(delivery) for delivery in found])
        return
    now = SystemClock().now()
    rows = [_row(delivery, now) for delivery in found]
    columns = ["id", "state", "channel", "watch", "title", "attempts", "sent or next try", "last error"]
    print_table("", columns, rows, "There is no such delivery.")


def _check_span(since: datetime | None, until: datetime | None) -> None:
    """Raises ConfigError for a span in which nothing can lie."""
    if since is not None and until is not None and until <= since:
        raise ConfigError("--until is not after --since: nothing lies between them", "swap them: --since 2h --until 1h")


def _row(delivery: Delivery, now: datetime) -> list[Cell]:
    return [
        str(delivery.id),
        state_cell(delivery.state),
        delivery.channel.name,
        delivery.alert.watch or _about(delivery),
        _title(delivery),
        str(delivery.attempts),
        _when_next(delivery, now),
        delivery.last_error,
    ]


def _title(delivery: Delivery) -> str:
    """The title, and of an update what is new."""
    alert = delivery.alert
    changes = ", ".join(change.says for item in alert.items for change in item.changes)
    return f"{alert.told.title} ({changes})" if alert.kind == "update" and changes else alert.told.title


def _when_next(delivery: Delivery, now: datetime) -> str:
    if delivery.state != "pending":
        return ago(delivery.sent_at, now)
    if delivery.channel.paused or delivery.channel.paused_because:
        return "when the channel is resumed"
    return ago(delivery.next_try_at, now) if delivery.next_try_at and delivery.next_try_at > now else "now"


def _about(delivery: Delivery) -> str:
    """What an alert is about that is of no one watch."""
    kind = delivery.alert.kind
    return _ABOUT.get(kind, f"(source {kind})")


def _kind(delivery: Delivery) -> str:
    alert = delivery.alert
    return alert.kind if alert.watch or alert.kind in _ABOUT else f"source {alert.kind}"


def _stories(delivery: Delivery) -> list[list[Cell]]:
    """What an update brings, or the stories of a digest."""
    return [
        [item.watch, item.told.title, " · ".join(change.says for change in item.changes), item.told.url]
        for item in delivery.alert.items
    ]


async def _listed(tx: "Transaction", limit: int, wanted: Selection) -> list[Delivery]:
    if wanted.channel:
        await tx.channels.get(wanted.channel)
    return await tx.outbox.latest(limit, wanted)


@app.command("show")
def show(
    number: Annotated[
        int, typer.Argument(max=LARGEST_NUMBER, help="Its number in `vigie deliveries list`.", metavar="ID")
    ],
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Show one delivery and every attempt at it, with the receiver's answers.

    Examples:

        vigie deliveries show 12
    """
    delivery, attempts = reading(data, config, lambda tx: _shown(tx, number))
    if json:
        print_json({**shown(delivery), "tries": attempts})
        return
    _print_delivery(delivery)
    rows = [
        [when(one.at), f"{one.duration_ms} ms", "accepted" if one.succeeded else "failed", one.answer]
        for one in attempts
    ]
    print_line("")
    print_table("Attempts", ["at", "took", "", "answer"], rows, "It has not been tried yet.")


def _print_delivery(delivery: Delivery) -> None:
    """What it is and what it tells."""
    print_facts(
        [
            ("state", state_cell(delivery.state)),
            ("kind", _kind(delivery)),
            ("channel", delivery.channel.name),
            ("watch", delivery.alert.watch),
            ("query", delivery.alert.query),
            ("title", delivery.alert.told.title),
            ("URL", delivery.alert.told.url),
            ("key", delivery.key),
            ("decided", when(delivery.created_at)),
            ("sent", when(delivery.sent_at)),
            ("next try", when(delivery.next_try_at)),
            *([("reached", ", ".join(delivery.reached))] if delivery.reached else []),
        ]
    )
    if stories := _stories(delivery):
        print_line("")
        print_table("Tells", ["watch", "title", "what is new", "URL"], stories, "")


async def _shown(tx: "Transaction", number: int) -> tuple[Delivery, list[Attempt]]:
    return await tx.outbox.get(number), await tx.outbox.attempts(number)


@app.command("replay")
def replay(
    numbers: Annotated[
        list[int] | None,
        typer.Argument(max=LARGEST_NUMBER, help="Their numbers in `vigie deliveries list`.", metavar="ID..."),
    ] = None,
    state: Annotated[
        DeliveryState | None, typer.Option("--state", help="Those in this state; without it, failed and dead ones.")
    ] = None,
    channel: Annotated[str, _CHANNEL] = "",
    since: Since = None,
    until: Until = None,
    data: Data = DEFAULT_DATA,
    config: Config = None,
    json: Json = False,
) -> None:
    """Send deliveries once more, under the same keys: receivers can tell that they had them before.

    They are named by their numbers, or by a range: state, channel, and when they were decided. A running service sends
    them at once; `vigie crawl` does so too. Those of a channel that was removed stay as they are.

    Examples:

        vigie deliveries replay 12 13

        vigie deliveries replay --state dead --channel desk

        vigie deliveries replay --channel hook --state sent --since 2h --until 1h
    """
    wanted = _range(numbers or [], state, channel, since, until)
    done = writing(data, config, lambda tx, archive: _replayed(tx, archive, numbers or [], wanted, whole=json))
    if json:
        print_json([shown(delivery) for delivery in done.deliveries])
        return
    print_line(f"to be sent again: {done.count}")
    if done.left:
        print_note(f"not sent again: {done.left}, whose channels were removed; a channel of that name brings them back")
    for name in sorted(done.waiting_for):
        print_note(f"the channel {name!r} is paused; they wait until: vigie channel resume {name!r}")


def _range(
    numbers: list[int], state: DeliveryState | None, channel: str, since: datetime | None, until: datetime | None
) -> Selection | None:
    """What is named otherwise than by numbers. Raises ConfigError where it is both, neither, or too much."""
    names_a_range = bool(state or since or until)
    if bool(numbers) == names_a_range or (channel and not names_a_range):
        raise ConfigError(
            "name the deliveries by their numbers, or by --state, --since or --until (and --channel)", "see --help"
        )
    _check_span(since, until)
    if state == "sent" and since is None:
        raise ConfigError("all that was ever sent would be sent again", "say from when on: --since 2h")
    if numbers:
        return None
    return Selection((state,) if state else ("failed", "dead"), channel, since, until)


@dataclass(frozen=True, slots=True)
class _Replay:
    """How many are sent again, how many are not, for which channels they wait; and they, where they are asked for."""

    count: int
    left: int
    waiting_for: set[str]
    deliveries: list[Delivery]


async def _replayed(
    tx: "Transaction", archive: "Archive", numbers: list[int], wanted: Selection | None, *, whole: bool
) -> _Replay:
    if wanted is not None:
        if wanted.channel:
            await tx.channels.get(wanted.channel)
        numbers = await tx.outbox.selected(wanted)
    else:
        numbers = [(await tx.outbox.get(number)).id for number in numbers]
    again = await tx.outbox.replay(numbers, archive.clock.now())
    waiting_for = await tx.outbox.standing_still(again)
    found = await tx.outbox.those(again) if whole else []
    return _Replay(len(again), len(set(numbers)) - len(again), waiting_for, found)
