"""The doctor: what keeps Vigie from watching or from telling, found before somebody misses an alert."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from alerting.channels import check
from alerting.channels.secrets import read_secret
from alerting.channels.settings import ChannelSettings
from news.alert import Channel
from news.errors import ConfigError, DeliveryError, QueryError
from news.guard import Guard
from news.source import Source
from news.watch import Watch, Watchlist
from service.doctor_sources import examine_accesses, examine_browser
from service.finding import Finding, fail, ok, warn
from service.meaning import WatchQueries
from service.reach import guard_refusal
from storage import Transaction

_OVERDUE = timedelta(minutes=10)
_SHOWN = 3
_LOOK = "the alert that told of it says more: vigie deliveries list"


async def examine_archive(
    tx: Transaction, guard: Guard, now: datetime, *, is_running: bool, chromium: str = ""
) -> list[Finding]:
    """Every check that the database can answer; `chromium` is the browser that the settings name."""
    sources, watches, channels = await tx.sources.all(), await tx.watches.all(), await tx.channels.all()
    findings = [_clock(await _latest(tx), now)]
    findings += _sources(sources, await tx.sources.overdue(now - _OVERDUE), is_running=is_running)
    findings += examine_accesses(sources, is_running=is_running)
    findings += examine_browser(sources, chromium)
    findings += _watches(watches, channels, await tx.watchlists.all())
    told = await tx.problems.told()
    for channel in channels:
        findings.append(await _channel(channel, guard, is_running=is_running))
    findings += [warn(key.partition(":")[0], f"the self-check: {title}", _LOOK) for key, title in told.items()]
    return [*findings, *_deliveries(await tx.outbox.counts())]


async def _latest(tx: Transaction) -> datetime | None:
    newest = await tx.articles.latest(1)
    return newest[0].first_seen_at if newest else None


def _clock(latest: datetime | None, now: datetime) -> Finding:
    told = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if latest is not None and latest > now:
        found = f"{told}, but an article was found at {latest:%Y-%m-%d %H:%M:%S} UTC, which is still to come"
        return fail("clock", found, "set this machine's clock, best by NTP: leases and retries go by it")
    return ok("clock", told)


def _sources(sources: list[Source], overdue: int, *, is_running: bool) -> list[Finding]:
    if not sources:
        return [warn("sources", "there is none", "vigie source add https://www.example.com/")]
    failing = [source for source in sources if source.failures and not source.paused]
    findings = [
        warn(f"source {source.name}", f"failed {source.failures} times: {source.last_error}", _test("source", source))
        for source in failing
    ]
    if is_running and overdue:
        findings.append(
            fail("schedule", f"{overdue} sources are overdue by 10 minutes or more", "look at the service's log")
        )
    paused = sum(source.paused for source in sources)
    return [ok("sources", f"{len(sources)}, of which {len(failing)} fail and {paused} are paused"), *findings]


def _test(noun: str, thing: Source | Channel) -> str:
    return f"vigie {noun} test {thing.name!r}"


def _watches(watches: list[Watch], channels: list[Channel], watchlists: list[Watchlist]) -> list[Finding]:
    if not watches:
        return [warn("watches", "there is none", "vigie watch add Corée 'Pyongyang AND missile'")]
    findings = [ok("watches", str(len(watches)))]
    if not channels:
        findings.append(warn("channels", "there is none: matches are kept, and nobody is told", "vigie channel add"))
    known = {channel.name for channel in channels}
    queries = WatchQueries.of(watches)
    for watch in watches:
        findings += _watch(watch, queries, known)
    for watchlist in watchlists:
        whose = f"watchlist {watchlist.name}" if watchlist.name else "[alerts]"
        findings += _missing(whose, watchlist.channels, known)
    return findings


def _missing(whose: str, named: Iterable[str], channels: set[str]) -> Iterable[Finding]:
    for missing in (channel for channel in named if channel not in channels):
        yield fail(whose, f"it names the channel {missing!r}, which is not there", "add that channel, or name another")


def _watch(watch: Watch, queries: WatchQueries, channels: set[str]) -> Iterable[Finding]:
    name = f"watch {watch.name}"
    meaning = queries.meaning(watch.name)
    if isinstance(meaning, QueryError):
        what = "does not parse" if isinstance(queries[watch.name], QueryError) else "cannot be asked"
        found = f"its query {what}: {meaning.message}, at character {meaning.position + 1}"
        mend = f"vigie watch edit {watch.name!r} --query …" if watch.origin == "command" else "mend it in the file"
        yield fail(name, found, f"{meaning.hint}; {mend}")
    yield from _missing(name, watch.channels, channels)


async def _channel(channel: Channel, guard: Guard, *, is_running: bool) -> Finding:
    name = f"channel {channel.name}"
    if channel.paused_because:
        advice = f"mend that, then: vigie channel resume {channel.name!r}"
        return fail(name, f"stands still: {channel.paused_because}", advice)
    try:
        _read_secrets(check(channel))
        refusal = await guard_refusal(channel, guard)
    except ConfigError as error:
        return fail(name, error.message, error.hint)
    except DeliveryError as error:
        if is_running and "environment" in error.message:
            return warn(name, f"{error.message} here", "the running service may have it all the same")
        return fail(name, error.message, "put the secret there, for the service's user to read")
    if refusal is not None:
        return fail(name, refusal.message, refusal.hint)
    if channel.failing_since is not None and not channel.paused:
        found = f"nothing has got through since {channel.failing_since:%Y-%m-%d %H:%M} UTC"
        return warn(name, found, f"vigie deliveries list --channel {channel.name!r} tells why")
    return ok(
        name, "paused" if channel.paused else f"settings and secrets are there; to be sure: {_test('channel', channel)}"
    )


def _read_secrets(settings: ChannelSettings) -> None:
    """Raises DeliveryError for a secret that is named and not there, or that cannot be the URL it should be."""
    for secret in settings.secrets():
        read_secret(secret.variable, secret.file)
    settings.endpoint()


def _deliveries(counts: dict[str, int]) -> Iterable[Finding]:
    told = ", ".join(f"{counts[state]} {state}" for state in ("pending", "sent", "failed", "dead") if counts.get(state))
    lost = [state for state in ("failed", "dead") if counts.get(state)]
    if lost:
        yield warn("deliveries", told, f"vigie deliveries list --state {lost[0]}; then vigie deliveries replay")
    else:
        yield ok("deliveries", told or "none yet")
