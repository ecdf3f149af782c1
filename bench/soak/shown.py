"""P12: what /metrics shows, figure by figure, against what the database holds and what happened since the start."""

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from bench.soak.run import Soak
from bench.soak.world import WATCHES

_UNSENT = ("pending", "failed", "dead")
_SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
_LABEL = re.compile(r'\w+="([^"]*)"')
_A_WHILE = timedelta(minutes=1)  # what falls due while the page is asked for
_ATTEMPTS = "attempts since the start"
_NUMBERED = {"vigie_articles_total": "article", "vigie_matches_total": "match", "vigie_alerts_total": "alert"}
_WAITING = {
    "links": "SELECT count(*) FROM link WHERE state = 'pending'",
    "deliveries": "SELECT count(*) FROM delivery WHERE state = 'pending'",
    "holds": "SELECT count(*) FROM telling WHERE state = 'held'",
    "unindexed": "SELECT count(*) FROM unindexed",
}
_DUE = {
    "visits": "SELECT count(*) FROM source WHERE NOT paused AND NOT removed AND lease_owner IS NULL AND due_at <= '{}'",
    "deliveries": (
        "SELECT count(*) FROM delivery JOIN channel ON channel.id = channel_id WHERE state = 'pending' "
        "AND next_try_at <= '{}' AND NOT channel.paused AND NOT channel.removed AND channel.paused_because = ''"
    ),
    "holds": "SELECT count(*) FROM telling WHERE state = 'held' AND due_at <= '{}'",
}

Figures = dict[tuple[str, ...], float]
"""By the metric's name and the values of its labels."""


async def look_at_metrics(soak: Soak) -> None:
    """What is told of it is what it is; to be called while nothing is at work."""
    hold = soak.books.hold
    status, page = await soak.get("/metrics")
    shown = read(str(page))
    ready = 0.0 if soak.state.troubles else 1.0
    hold("P12", status == 200 and shown.get(("vigie_ready",)) == ready, f"/metrics: {status}, and it is not {ready:g}")
    shown |= _attempts(shown)
    expected = _stored(soak) | _counted(soak)
    families = {name for name, *_ in expected}
    said = {key: figure for key, figure in shown.items() if key[0] in families}
    for key in sorted(expected.keys() | said.keys()):
        has, tells = expected.get(key, 0.0), said.get(key, 0.0)
        hold("P12", has == tells, f"at {soak.now:%d %b %H:%M} /metrics shows {tells:g} {' '.join(key)}, it is {has:g}")
    for queue, statement in _DUE.items():
        least, most = (_count(soak, statement.format(at)) for at in (_at(soak), _at(soak, _A_WHILE)))
        tells = shown.get(("vigie_queue_due", queue), -1.0)
        hold("P12", least <= tells <= most, f"/metrics shows {tells:g} {queue} due, it is {least:g} to {most:g}")


def read(page: str) -> Figures:
    """What a page of metrics shows."""
    found = (_SAMPLE.fullmatch(line) for line in page.splitlines())
    return {(one[1], *_LABEL.findall(one[2] or "")): float(one[3]) for one in found if one is not None}


def _stored(soak: Soak) -> Figures:
    """What the database holds."""
    sources = Counter(
        "paused" if paused else trouble or "ok"
        for paused, trouble in soak.rows("SELECT paused, trouble FROM source WHERE NOT removed")
    )
    channels = soak.rows("SELECT id, name, paused, paused_because, failing_since FROM channel WHERE NOT removed")
    states = Counter(soak.rows("SELECT channel_id, state FROM delivery"))
    numbers = dict(soak.rows("SELECT name, seq FROM sqlite_sequence"))
    found: Figures = {("vigie_watches",): len(WATCHES)}
    found |= {("vigie_sources", state): count for state, count in sources.items()}
    found |= {(metric,): numbers.get(table, 0) for metric, table in _NUMBERED.items()}
    found |= {("vigie_queue_waiting", queue): _count(soak, statement) for queue, statement in _WAITING.items()}
    for number, name, paused, because, failing in channels:
        found["vigie_channel_works", name] = float(not paused and not because and failing is None)
        found |= {("vigie_deliveries", name, state): states[number, state] for state in _UNSENT}
    return found


def _attempts(shown: Figures) -> Figures:
    """What is shown of attempts, by channel and by whether they succeeded, as their rows have it."""
    found: Counter[tuple[str, ...]] = Counter()
    for (metric, *labels), figure in shown.items():
        if metric == "vigie_attempts_total":
            found[_ATTEMPTS, labels[0], "sent" if labels[1] == "sent" else "failed"] += int(figure)
    return dict(found)


def _counted(soak: Soak) -> Figures:
    """What was attempted since the process began."""
    rows: list[Any] = soak.rows(
        "SELECT channel.name, succeeded, count(*) FROM attempt JOIN delivery ON delivery.id = delivery_id "
        f"JOIN channel ON channel.id = channel_id WHERE attempt.id > {soak.attempts_before} GROUP BY 1, 2"
    )
    return {(_ATTEMPTS, name, "sent" if succeeded else "failed"): float(count) for name, succeeded, count in rows}


def _count(soak: Soak, statement: str) -> float:
    return float(soak.rows(statement)[0][0])


def _at(soak: Soak, later: timedelta = timedelta()) -> str:
    instant: datetime = soak.state.now + later
    return f"{instant:%Y-%m-%d %H:%M:%S.%f}"
