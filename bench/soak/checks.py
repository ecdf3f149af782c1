"""The end of the soak: the ledger of the sites against what the receivers took, and what is left in the database."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bench.soak.receivers import Telling
from bench.soak.run import Soak, aware
from bench.soak.world import DAILY, ZONE

_DAY = timedelta(days=1)
_TOLD_AT = timedelta(hours=8)
_DAILY = f"""
SELECT DISTINCT alert.id, alert.decided_at, delivery.channel_id FROM alert JOIN delivery ON delivery.alert_id = alert.id
JOIN watch ON watch.id = alert.watch_id WHERE alert.kind = 'digest' AND watch.name = '{DAILY}'
"""
# Rows that nothing belongs to, or that belong to nothing.
_STRAY = {
    "leased sources": "SELECT count(*) FROM source WHERE lease_owner IS NOT NULL OR leased_until IS NOT NULL",
    "leased deliveries": "SELECT count(*) FROM delivery WHERE lease_owner IS NOT NULL",
    "deliveries that were not sent": "SELECT count(*) FROM delivery WHERE state <> 'sent'",
    "tellings that wait": "SELECT count(*) FROM telling WHERE state = 'held'",
    "links that wait": "SELECT count(*) FROM link WHERE state = 'pending'",
    "articles without a place": "SELECT count(*) FROM article WHERE id NOT IN (SELECT article_id FROM placing)",
    "stories without articles": "SELECT count(*) FROM story WHERE id NOT IN (SELECT story_id FROM placing)",
    "threads without a story": "SELECT count(*) FROM thread WHERE story_id NOT IN (SELECT id FROM story)",
    "attempts without deliveries": "SELECT count(*) FROM attempt WHERE delivery_id NOT IN (SELECT id FROM delivery)",
    "texts to be indexed": "SELECT count(*) FROM unindexed",
    "texts in the index of no article": (
        "SELECT count(*) FROM article_search WHERE rowid NOT IN (SELECT id FROM article)"
    ),
    "revisions": "SELECT count(*) FROM revision",
    "subscriptions": "SELECT count(*) FROM subscription",
}
_OLD = {
    "articles that nobody wanted": (
        "SELECT count(*) FROM article WHERE first_seen_at < '{}' AND id NOT IN (SELECT article_id FROM match)",
        32,
    ),
    "articles that were told": ("SELECT count(*) FROM article WHERE first_seen_at < '{}'", 62),
    "links that led to nothing": ("SELECT count(*) FROM link WHERE article_id IS NULL AND found_at < '{}'", 10_000),
    "alerts without deliveries": (
        "SELECT count(*) FROM alert WHERE decided_at < '{}' AND id NOT IN (SELECT alert_id FROM delivery)",
        366,
    ),
    "deliveries": ("SELECT count(*) FROM delivery WHERE settled_at < '{}'", 92),
}
_COUNTED = ("source", "feed", "link", "article", "match", "story", "thread", "telling", "alert", "delivery", "attempt",
            "host", "robots", "refusal", "cap")  # fmt: skip


def told_by_receivers(soak: Soak) -> Counter[Telling]:
    """How many messages, by their ids, told each."""
    return Counter(one for told in soak.world.hooks.told.values() for one in told)


def is_all_told(soak: Soak) -> bool:
    """Whether nothing is outstanding."""
    return set(told_by_receivers(soak)) >= soak.world.due() and not soak.rows(
        "SELECT 1 FROM delivery WHERE state = 'pending' UNION ALL SELECT 1 FROM telling WHERE state = 'held' LIMIT 1"
    )


def compare(soak: Soak) -> None:
    """The books against the promises."""
    books, hooks = soak.books, soak.world.hooks
    told, due = told_by_receivers(soak), soak.world.due()
    for one in sorted(due - set(told)):
        books.hold("P1", found=False, otherwise=f"never told: {one}")
    for one in sorted(set(told) - due):
        is_known = one[0] in soak.world.sites.history
        books.hold("P13" if is_known else "P1", found=False, otherwise=f"told, and was not to be: {one}")
    books.looked["P1"] += len(due)
    again = [one for one, times in told.items() if times > 1]
    books.hold("P13", not again, f"told again under another id, {len(again)} in all: {again[:3]}")
    doubled = 0
    for channel, taken in hooks.taken.items():
        for key, times in taken.items():
            doubled += times - 1
            known = books.in_flight[key]
            books.hold("P2", times - 1 <= known, f"{channel} took {key} {times} times, in flight at {known} kills")
    books.hold("P2", not hooks.faults, "; ".join(hooks.faults[:3]))
    books.figures |= {
        "articles published": len(soak.world.sites.ledger),
        "told, as was due": f"{len(set(told) & due)} of {len(due)}",
        "messages taken, and taken twice": f"{sum(map(len, hooks.taken.values()))}, {doubled}",
        "in flight at kills": books.in_flight.total(),
        "notices": dict(hooks.notices),
    }


def look_at_digests(soak: Soak) -> None:
    """One a day, by the clock of its zone: from the hour at which it is told to the same hour of the next day.

    One that was late, since the machine slept over its hour, is still the one of that day.
    """
    zone = ZoneInfo(ZONE)
    days = Counter(((aware(at).astimezone(zone) - _TOLD_AT).date(), channel) for _, at, channel in soak.rows(_DAILY))
    for (day, _), times in days.items():
        soak.books.hold("digest", times == 1, f"{times} digests of {day}")
    soak.books.figures["daily digests"] = len(days)


def look_at_rows(soak: Soak, now: datetime) -> None:
    """What is left in the database."""
    for what, statement in _STRAY.items():
        [(count,)] = soak.rows(statement)
        soak.books.hold("left over", not count, f"{what}: {count}")
    for what, (statement, days) in _OLD.items():
        [(count,)] = soak.rows(statement.format((now - days * _DAY).strftime("%Y-%m-%d %H:%M:%S")))
        soak.books.hold("left over", not count, f"{what}, older than {days} days: {count}")
    counts = {table: soak.rows(f"SELECT count(*) FROM {table}")[0][0] for table in _COUNTED}
    soak.books.figures["rows"] = counts
    soak.books.figures["languages"] = dict(soak.rows("SELECT language, count(*) FROM article GROUP BY language"))
    known = len(soak.world.sites.ledger)
    hosts = len({site.host for site in soak.world.sites.all})
    most = {"feed": counts["source"], "article": known, "link": known, "story": counts["article"],
            "robots": hosts, "host": hosts}  # fmt: skip
    for table, bound in most.items():
        soak.books.hold("left over", counts[table] <= bound, f"{counts[table]} rows in {table}, more than {bound}")
    for pragma in ("integrity_check", "foreign_key_check"):
        found = soak.rows(f"PRAGMA {pragma}")
        soak.books.hold("left over", found in ([("ok",)], []), f"{pragma}: {found[:3]}")
