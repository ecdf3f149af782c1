"""`vigie source show` tells which feeds are pushed, and keeps the secrets to itself."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from news.clock import SystemClock
from news.source import Feed
from storage import Transaction
from tests.commands import Commands

HUB = "https://hub.example/"


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """A source whose feed names a hub."""
    commands = Commands(tmp_path)
    commands("source", "add", "https://phare.example/", "--name", "Le Phare")
    commands.stored(_with_hub)
    return commands


async def _with_hub(tx: Transaction) -> None:
    now = SystemClock().now()
    source = await tx.sources.get("Le Phare")
    await tx.feeds.replace(source.id, [Feed("https://phare.example/rss", "feed")])
    [feed] = await tx.feeds.of(source.id)
    await tx.feeds.polled(replace(feed, hub=HUB), now)
    [wanted] = await tx.subscriptions.missing(10)
    await tx.subscriptions.add(wanted, "canary-token", "canary-secret", now)


async def _verified(tx: Transaction) -> None:
    now = SystemClock().now()
    one = await tx.subscriptions.by_token("canary-token")
    assert one is not None
    await tx.subscriptions.verified(one.id, now, now + timedelta(days=10), now)
    await tx.subscriptions.pushed(one.id, now - timedelta(minutes=30))
    await tx.subscriptions.failed(one.id, "2 pushes without a valid signature")


def _shown(vigie: Commands) -> str:
    text, as_json = vigie("source", "show", "Le Phare", COLUMNS="200"), vigie("source", "show", "Le Phare", "--json")
    assert (text.code, as_json.code) == (0, 0)
    assert "canary" not in text.out + text.err + as_json.out + as_json.err
    return text.out


def test_a_hub_that_has_not_called_back_is_shown_as_asked(vigie: Commands) -> None:
    assert f"{HUB} is asked to push it" in _shown(vigie)


def test_a_feed_that_is_pushed_is_shown_with_its_hub_its_last_push_and_what_is_wrong(vigie: Commands) -> None:
    vigie.stored(_verified)
    shown = _shown(vigie)
    assert f"pushed by {HUB}, last push 30 min ago" in shown
    assert "2 pushes without a valid signature" in shown
    [hub] = vigie("source", "show", "Le Phare", "--json").json["hubs"]
    assert (hub["hub"], hub["state"], hub["feed"]) == (HUB, "verified", "https://phare.example/rss")
    assert set(hub) == {"feed", "hub", "state", "verified_at", "ends_at", "last_push_at", "last_error"}


def test_where_no_feed_names_a_hub_nothing_is_said_of_pushes(tmp_path: Path) -> None:
    commands = Commands(tmp_path)
    commands("source", "add", "https://phare.example/", "--name", "Le Phare")
    assert "Pushes" not in commands("source", "show", "Le Phare").out
    assert commands("source", "show", "Le Phare", "--json").json["hubs"] == []
