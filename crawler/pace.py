"""How fast a host may be asked, learned from how it answers. Pure; delays and latencies are in seconds."""

from dataclasses import replace
from datetime import datetime, timedelta

from news.site import Host

LONGEST_DELAY = 60.0
LONGEST_CLOSING = timedelta(hours=24)
_FIRST_CLOSING = timedelta(seconds=30)
_MOST_DOUBLINGS = 12
# A host that answers within this is not burdened by us; one that takes longer gets twice its own time to recover.
_QUICK = 0.5
_REST = 2.0
_SHARE_OF_THE_NEW = 0.25
_SHORTEST_AFTER_TROUBLE = 1.0
_NOT_WORTH_A_PAUSE = 0.05


def after_answer(host: Host, latency: float, now: datetime) -> Host:
    """The host has answered in its own way: slowness makes the pause longer, quickness shorter, bit by bit."""
    wanted = min(latency * _REST, LONGEST_DELAY) if latency > _QUICK else 0.0
    delay = host.delay + (wanted - host.delay) * _SHARE_OF_THE_NEW
    if delay < _NOT_WORTH_A_PAUSE:
        delay = 0.0
    is_open = host.closed_until is None or host.closed_until <= now
    return replace(
        host,
        delay=delay,
        refusals=0 if is_open else host.refusals,
        closed_until=None if is_open else host.closed_until,
    )


def after_trouble(host: Host) -> Host:
    """No answer came, or half of one: the pause doubles."""
    return replace(host, delay=min(max(host.delay, _SHORTEST_AFTER_TROUBLE / 2) * 2, LONGEST_DELAY))


def after_refusal(host: Host, asked_for: timedelta | None, now: datetime) -> Host:
    """429 or 503: leave it alone as long as it asks for, and each time for at least twice as long as the last time.

    Never longer than a day, whatever it asks for.
    """
    refusals = host.refusals + 1
    doubled = _FIRST_CLOSING * (1 << min(refusals - 1, _MOST_DOUBLINGS))
    closed = min(max(asked_for or timedelta(), doubled), LONGEST_CLOSING)
    return replace(after_trouble(host), refusals=refusals, closed_until=now + closed)


def is_worth_keeping(host: Host, kept: Host | None) -> bool:
    """Whether the difference to what was kept is more than a wobble."""
    if kept is None:
        return host != Host(host.name)
    if (host.crawl_delay, host.refusals, host.closed_until) != (kept.crawl_delay, kept.refusals, kept.closed_until):
        return True
    return abs(host.delay - kept.delay) > 0.2 * max(host.delay, kept.delay)
