"""What vigie.toml declares becomes the database's, and what commands made is left alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from news.errors import ConflictError
from news.rules import rules_to
from news.source import Feed, Source
from news.watch import Watch
from service.declare import Changes, declare
from service.settings import Settings
from storage import Database

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOURCE: dict[str, object] = {"name": "Le Site", "url": "https://site.example/"}
WATCH: dict[str, object] = {"name": "Corée", "query": "Corée", "channels": ("desk",)}
CHANNEL: dict[str, object] = {"name": "desk", "kind": "webhook", "url": "https://hook.example/"}


async def declared(database: Database, **entries: Any) -> Changes:
    """Bring these entries into the database."""
    async with database.write() as tx:
        return await declare(tx, Settings.model_validate(entries), NOW)


async def test_what_is_new_is_added_and_again_changes_nothing(database: Database) -> None:
    everything: dict[str, tuple[dict[str, object], ...]] = {
        "source": (SOURCE,),
        "watch": (WATCH,),
        "channel": (CHANNEL,),
    }
    changes = await declared(database, **everything)
    assert sorted(changes.added) == ["channel desk", "source Le Site", "watch Corée"]
    assert not await declared(database, **everything)
    async with database.read() as tx:
        assert (await tx.channels.get("desk")).settings == {"url": "https://hook.example/"}
        assert (await tx.watches.get("Corée")).origin == "file"


async def test_what_changed_is_changed_and_a_new_address_is_explored_anew(database: Database) -> None:
    await declared(database, source=(SOURCE,), watch=(WATCH,))
    async with database.write() as tx:
        source = await tx.sources.get("Le Site")
        await tx.sources.change(source.id, discovered_at=NOW)
    changes = await declared(
        database, source=({**SOURCE, "url": "https://other.example/"},), watch=({**WATCH, "query": "Séoul"},)
    )
    assert sorted(changes.changed) == ["source Le Site", "watch Corée"]
    async with database.read() as tx:
        assert (await tx.sources.get("Le Site")).discovered_at is None
        assert (await tx.watches.get("Corée")).query == "Séoul"


async def test_a_source_that_the_file_resumes_has_its_failures_before_the_pause_behind_it(database: Database) -> None:
    await declared(database, source=({**SOURCE, "paused": True},))
    async with database.write() as tx:
        source = await tx.sources.get("Le Site")
        await tx.sources.change(source.id, failing_since=NOW, trouble="failing")
    await declared(database, source=(SOURCE,))
    async with database.read() as tx:
        source = await tx.sources.get("Le Site")
        assert (source.paused, source.failing_since, source.trouble) == (False, None, "failing")


async def test_a_schedule_takes_the_place_of_an_interval_and_the_other_way_round(database: Database) -> None:
    usual = {"interval": "0 8 * * *"}
    for own, kept in (({"interval": "5m"}, (300, "")), ({}, (0, "0 8 * * *")), ({"interval": "auto"}, (0, ""))):
        await declared(database, source=({**SOURCE, **own},), crawler=usual)
        async with database.read() as tx:
            source = await tx.sources.get("Le Site")
            assert (source.interval, source.schedule) == kept


async def _due_at(database: Database, due_at: datetime, **changes: object) -> datetime | None:
    """When the source is due that was due at an instant, and of which the file says something else now."""
    async with database.write() as tx:
        await tx.sources.change((await tx.sources.get("Le Site")).id, due_at=due_at)
    await declared(database, source=({**SOURCE, **changes},))
    async with database.read() as tx:
        return (await tx.sources.get("Le Site")).due_at


@pytest.mark.parametrize(
    "change",
    [
        {"interval": "1h"},
        {"interval": "0 8 * * *"},
        {"url": "https://other.example/"},
        {"spider": "le_site:LeSite"},
        {"browser": True},
        {"accept_any_certificate": True},
        {"access": {"headers": {"Accept": "text/html"}}},
        {"extract": {"body": "main"}},
    ],
)
async def test_a_source_that_is_to_be_visited_otherwise_is_due_at_once(
    database: Database, change: dict[str, object]
) -> None:
    await declared(database, source=(SOURCE,))
    assert await _due_at(database, NOW + timedelta(days=3), **change) == NOW
    assert await _due_at(database, NOW + timedelta(days=3), **change) == NOW + timedelta(days=3), "nothing changed"
    assert await _due_at(database, NOW + timedelta(days=3)) == NOW, "it changed back"


async def test_of_sources_with_another_interval_each_is_due_when_its_own_is_over(database: Database) -> None:
    await declared(database, source=(SOURCE,))
    async with database.write() as tx:
        visited = NOW - timedelta(hours=2)
        await tx.sources.change((await tx.sources.get("Le Site")).id, last_visit_at=visited)
    in_three_days = NOW + timedelta(days=3)
    assert await _due_at(database, in_three_days, interval="6h") == NOW + timedelta(hours=4)
    assert await _due_at(database, in_three_days, interval="1h") == NOW, "it is over"
    in_an_hour = NOW + timedelta(hours=1)
    assert await _due_at(database, in_an_hour, interval="7d") == in_an_hour, "it was to be visited before"


async def test_a_source_that_the_file_resumes_is_due_at_once_and_one_that_it_pauses_is_not(database: Database) -> None:
    await declared(database, source=(SOURCE,))
    in_three_days = NOW + timedelta(days=3)
    assert await _due_at(database, in_three_days, paused=True) == in_three_days
    assert await _due_at(database, in_three_days) == NOW


async def test_a_source_of_which_the_file_says_something_else_is_visited_when_it_would_have_been(
    database: Database,
) -> None:
    await declared(database, source=(SOURCE,))
    in_three_days = NOW + timedelta(days=3)
    assert await _due_at(database, in_three_days, alert_history=True) == in_three_days


async def test_the_room_of_a_channel_is_what_the_file_says_and_what_is_usual_where_it_says_nothing(
    database: Database,
) -> None:
    for entry, room in (({**CHANNEL, "at_once": 1, "per_minute": 20}, (1, 20)), (CHANNEL, (None, None))):
        assert await declared(database, channel=(entry,))
        async with database.read() as tx:
            desk = await tx.channels.get("desk")
        assert (desk.at_once, desk.per_minute) == room
        assert desk.settings == {"url": "https://hook.example/"}


async def test_what_left_the_file_is_removed_and_may_come_back(database: Database) -> None:
    await declared(database, source=(SOURCE,))
    async with database.write() as tx:
        source = await tx.sources.get("Le Site")
        await tx.feeds.replace(source.id, [Feed("https://site.example/feed", "feed")])
    assert (await declared(database)).removed == ["source Le Site"]
    async with database.read() as tx:
        assert await tx.sources.all() == []
    assert (await declared(database, source=(SOURCE,))).added == ["source Le Site"]
    async with database.read() as tx:
        revived = await tx.sources.get("Le Site")
        assert (revived.id, revived.watched_since) == (source.id, None)
        assert await tx.feeds.of(revived.id) == []


async def test_watches_that_lose_what_they_use_are_told_and_nothing_is_stopped(database: Database) -> None:
    user: dict[str, object] = {"name": "Asie", "query": "Veille:Corée OU Chine"}
    assert (await declared(database, watch=(WATCH, user))).broken == []
    async with database.write() as tx:
        await tx.watches.put(Watch(0, "Mine", "watch:Asie SAUF sport"), NOW)
    changes = await declared(database, watch=(user,))
    assert (changes.removed, changes.broken) == (["watch Corée"], ["Asie", "Mine"])
    assert (await declared(database, watch=(user,))).broken == [], "nothing changed, so nothing was looked into"


async def test_what_a_command_made_is_left_alone(database: Database) -> None:
    async with database.write() as tx:
        await tx.watches.put(Watch(0, "Mine", "Séoul"), NOW)
    assert not await declared(database)
    async with database.read() as tx:
        assert [watch.name for watch in await tx.watches.all()] == ["Mine"]


async def test_a_name_that_both_have_is_refused_and_nothing_is_half_done(database: Database) -> None:
    async with database.write() as tx:
        await tx.sources.put(Source(0, "Le Site", "https://site.example/"), NOW)
    with pytest.raises(ConflictError, match="a command has made one"):
        await declared(database, source=(SOURCE,), channel=(CHANNEL,))
    async with database.read() as tx:
        assert await tx.channels.all() == []


async def test_rules_watchlists_and_what_holds_for_all_are_brought_in_and_taken_away(database: Database) -> None:
    channel = {**CHANNEL, "quiet": "none", "at_once": 4, "per_minute": 30}
    alerts = {"alerts": {"channels": ("desk",), "digest": "daily"}}
    entries: dict[str, Any] = {
        "watch": ({**WATCH, "budget": 3, "updates": "never"},),
        "watchlist": ({"name": "Asie", "channels": ("desk",), "at": "07:30"},),
        "channel": (channel,),
        **alerts,
    }
    changes = await declared(database, **entries)
    assert sorted(changes.added) == ["[alerts]", "channel desk", "watch Corée", "watchlist Asie"]
    assert not await declared(database, **entries)
    async with database.read() as tx:
        assert rules_to((await tx.watches.get("Corée")).rules) == {"budget": 3, "updates": "never"}
        everyone, asia = await tx.watchlists.all()
        assert (everyone.name, everyone.channels, rules_to(everyone.rules)) == ("", ("desk",), {"digest": "daily"})
        assert (asia.channels, rules_to(asia.rules), asia.origin) == (("desk",), {"at": "07:30"}, "file")
        desk = await tx.channels.get("desk")
        assert (rules_to(desk.rules), desk.at_once, desk.per_minute) == ({"quiet": "none"}, 4, 30)
        assert desk.settings == {"url": "https://hook.example/"}
    changes = await declared(database, watch=(WATCH,), channel=(CHANNEL,))
    assert sorted(changes.changed) == ["channel desk", "watch Corée"]
    assert sorted(changes.removed) == ["[alerts]", "watchlist Asie"]
    async with database.read() as tx:
        assert rules_to((await tx.watches.get("Corée")).rules) == {}
        assert await tx.watchlists.all() == []
    assert "watchlist Asie" in (await declared(database, **entries)).added
