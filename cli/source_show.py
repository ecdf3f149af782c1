"""`vigie source show`: all that is known of one source."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cli.archive import reading
from cli.named import Name, made_by, state_cell
from cli.options import DEFAULT_DATA, Config, Data, Json
from cli.output import ago, print_facts, print_json, print_line, print_table, when
from crawler.access import kinds_of
from news.clock import SystemClock
from news.guidance import Layout, layout_of
from news.schedule import FIELDS
from news.source import ROADS, Feed, Link, Road, Source, state_of
from service.zone import machine_zone

if TYPE_CHECKING:
    from storage import Transaction
    from storage.caps import BittenCap
    from storage.refusals import CountedRefusal
    from storage.subscriptions import Subscription

_TROUBLES = 10
_COMPARED = timedelta(days=30)


def shown(source: Source) -> dict[str, Any]:
    """A source in JSON."""
    return {
        "id": source.id,
        "name": source.name,
        "url": source.url,
        "state": state_of(source, SystemClock().now()),
        "origin": source.origin,
        "interval": source.interval or None,
        "schedule": source.schedule or None,
        "history": source.history,
        "alert_history": source.alert_history,
        "access": kinds_of(source),
        "extract": source.rules,
        "spider": source.spider or None,
        "browser": source.browser,
        "added_at": source.added_at,
        "last_visit_at": source.last_visit_at,
        "last_success_at": source.last_success_at,
        "last_news_at": source.last_news_at,
        "next_visit_at": None if source.paused else source.due_at,
        "failures": source.failures,
        "last_error": source.last_error,
        "advice": source.advice,
    }


def often(source: Source) -> str:
    """How often it is visited, shortly."""
    return source.schedule or (f"{source.interval} s" if source.interval else "auto")


def _at_length(source: Source) -> str:
    if not source.schedule:
        return often(source) if source.interval else "as it publishes"
    zone = "" if len(source.schedule.split()) > FIELDS else f" in the machine's time zone, {machine_zone()}"
    return f"at {source.schedule}{zone}"


def soon(source: Source, now: datetime) -> str:
    """When it is visited next."""
    return "now" if source.due_at is None or source.due_at <= now else ago(source.due_at, now)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database has of a source."""

    source: Source
    feeds: list[Feed]
    subscriptions: "dict[int, Subscription]"
    links: dict[str, int]
    roads: dict[tuple[Road, ...], int]
    caps: "list[BittenCap]"
    refusals: "list[CountedRefusal]"
    troubled: list[Link]
    layout: Layout | None


def show(name: Name, data: Data = DEFAULT_DATA, config: Config = None, json: Json = False) -> None:
    """Show one source: how it fares, its feeds, which road found its articles, what was none, and the latest troubles.

    Examples:

        vigie source show 'Le Phare'
    """
    known = reading(data, config, lambda tx: _known(tx, name))
    if json:
        print_json(_in_json(known))
        return
    source, now = known.source, SystemClock().now()
    print_facts(
        [
            ("name", source.name),
            ("URL", source.url),
            ("state", state_cell(state_of(source, now))),
            ("last error", source.last_error),
            ("what to do", source.advice),
            ("made by", made_by(source, data, config)),
            ("interval", _at_length(source)),
            ("added", when(source.added_at)),
            ("last visit", ago(source.last_visit_at, now)),
            ("last success", ago(source.last_success_at, now)),
            ("latest article", ago(source.last_news_at, now)),
            ("next visit", "" if source.paused else soon(source, now)),
            ("access", ", ".join(kinds_of(source))),
            ("layout", _learned(known.layout)),
            ("rules", ", ".join(f"{name} {said}" for name, said in source.rules.items())),
            ("spider", source.spider),
            ("browser", "its pages are fetched by a browser" if source.browser else ""),
            ("history", "alerted too" if source.alert_history else ""),
            ("links", ", ".join(f"{number} {state}" for state, number in known.links.items())),
        ]
    )
    _print_feeds(known.feeds, now)
    _print_hubs(known, now)
    _print_roads(known.roads)
    _print_counted(known, now)
    _print_troubles(known.troubled)


async def _known(tx: "Transaction", name: str) -> _Known:
    source = await tx.sources.get(name)
    counts = await tx.links.state_counts([source.id])
    since = SystemClock().now() - _COMPARED
    return _Known(
        source=source,
        feeds=await tx.feeds.of(source.id),
        subscriptions=await tx.subscriptions.of(source.id),
        links={state: number for (_, state), number in counts.items()},
        roads=await tx.links.by_roads(source.id, since),
        caps=(await tx.caps.of([source.id])).get(source.id, []),
        refusals=(await tx.refusals.of([source.id])).get(source.id, []),
        troubled=await tx.links.troubled(source.id, _TROUBLES),
        layout=layout_of(await tx.sources.memory(source.id)),
    )


def _in_json(known: _Known) -> dict[str, Any]:
    return {
        **shown(known.source),
        "layout": known.layout,
        "feeds": known.feeds,
        "hubs": [
            {
                "feed": one.feed_url,
                "hub": one.hub,
                "state": one.state,
                "verified_at": one.verified_at,
                "ends_at": one.ends_at,
                "last_push_at": one.last_push_at,
                "last_error": one.last_error,
            }
            for one in known.subscriptions.values()
        ],
        "links": known.links,
        "roads": [{"roads": roads, "articles": number} for roads, number in known.roads.items()],
        "refusals": [_refused(one) for one in known.refusals],
        "caps": [
            {
                "cap": one.bite.name,
                "times": one.times,
                "last_at": one.last_at,
                "url": one.bite.url,
                "cut": one.bite.detail,
            }
            for one in known.caps
        ],
        "troubles": known.troubled,
    }


def _learned(layout: Layout | None) -> str:
    """What its articles have taught of its pages; nothing before the first."""
    if layout is None:
        return ""
    learned = f"learned from {layout.articles} article{'' if layout.articles == 1 else 's'}"
    return learned + (f", changed on {layout.changed_at:%Y-%m-%d}" if layout.changed_at else "")


def _refused(one: "CountedRefusal") -> dict[str, Any]:
    return {
        "reason": one.reason,
        "times": one.times,
        "last_at": one.last_at,
        "url": one.last.url,
        "detail": one.last.detail,
        "confidence": one.last.confidence,
    }


def _print_feeds(feeds: list[Feed], now: datetime) -> None:
    rows = [[feed.road, feed.url, ago(feed.last_success_at, now), feed.last_error] for feed in feeds]
    print_line("")
    print_table("Feeds", ["road", "URL", "last read", "last error"], rows, "Its feeds are still to be found.")


def _print_hubs(known: _Known, now: datetime) -> None:
    """Which feeds are pushed, and by whom; nothing where none is."""
    rows = [[one.feed_url, _pushed(one, now), one.last_error] for one in known.subscriptions.values()]
    if rows:
        print_line("")
        print_table("Pushes", ["feed", "how", "last error"], rows, "")


def _pushed(one: "Subscription", now: datetime) -> str:
    if one.is_live(now):
        return f"pushed by {one.hub}, last push {ago(one.last_push_at, now) if one.last_push_at else 'never'}"
    return f"{one.hub} is asked to push it" if one.state != "denied" else f"{one.hub} does not push it"


def _print_roads(by_roads: dict[tuple[Road, ...], int]) -> None:
    """What each road would miss if it were the only one; nothing to say where there is only one."""
    total = sum(by_roads.values())
    roads = [road for road in ROADS if any(road in together for together in by_roads)]
    if len(roads) < 2:
        return
    rows = []
    for road in roads:
        found = sum(number for together, number in by_roads.items() if road in together)
        alone = by_roads.get((road,), 0)
        rows.append([road, str(found), str(alone), f"{(total - found) / total:.0%}"])
    print_line("")
    columns = ["road", "articles listed", "by it alone", "it alone would miss"]
    print_table(f"The {total} articles of the last 30 days", columns, rows, "")


def _print_counted(known: _Known, now: datetime) -> None:
    _print_refusals(known.refusals, now)
    _print_caps(known.caps, now)


def _print_refusals(refusals: "list[CountedRefusal]", now: datetime) -> None:
    if refusals:
        rows = [[one.reason, str(one.times), ago(one.last_at, now), one.last.url, one.last.detail] for one in refusals]
        print_line("")
        print_table("Pages that are no articles", ["reason", "pages", "last", "URL", "why"], rows, "")


def _print_caps(caps: "list[BittenCap]", now: datetime) -> None:
    if caps:
        rows = [[one.bite.name, str(one.times), ago(one.last_at, now), one.bite.url, one.bite.detail] for one in caps]
        print_line("")
        print_table("Limits that were met", ["limit", "times", "last", "URL", "what was cut"], rows, "")


def _print_troubles(links: list[Link]) -> None:
    if links:
        rows = [[state_cell(link.state), link.url, link.last_error] for link in links]
        print_line("")
        print_table("Latest troubles", ["state", "URL", "error"], rows, "")
