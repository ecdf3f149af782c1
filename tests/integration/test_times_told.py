"""The times in what people read are those of their own clock; programs have them in UTC."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from alerting.clocks import by_the_clock_of
from alerting.marks import when
from news.alert import Alert, ChannelKind, Delivery, Item, Receipt, Told
from news.rules import rules_from
from news.watch import Watchlist
from service.furnish import FurnishedSender
from storage import Database
from tests.samples import NOON, a_channel, a_watch

LATE = datetime(2026, 7, 20, 22, 30, tzinfo=UTC)
TOLD = Told(1, "Titre", "https://a.example/", "A", "", published_at=LATE, found_at=LATE, resurfaced_from=LATE)


class Sent:
    """A sender that keeps what it was given."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []

    async def send(self, delivery: Delivery) -> Receipt:
        self.deliveries.append(delivery)
        return Receipt("250 OK")


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("Europe/Paris", "2026-07-21 00:30 CEST"),
        ("UTC", "2026-07-20 22:30 UTC"),
        ("Asia/Kathmandu", "2026-07-21 04:15 UTC+0545"),
        ("America/Sao_Paulo", "2026-07-20 19:30 UTC-03"),
    ],
)
def test_a_time_is_told_by_the_readers_clock_with_the_name_of_its_zone(zone: str, says: str) -> None:
    alert = Alert("Corée", "", LATE, TOLD, items=(Item("Corée", TOLD),))
    moved = by_the_clock_of(ZoneInfo(zone), alert)
    for told in (moved.told, moved.items[0].told):
        assert [when(one) for one in (told.published_at, told.found_at, told.resurfaced_from)] == [says] * 3
    assert moved == alert  # the same instants
    assert when(None) == ""


def test_the_first_and_the_last_day_that_there_are_stay_as_they_are() -> None:
    for instant in (datetime.min, datetime.max):
        at = instant.replace(tzinfo=UTC)
        told = replace(TOLD, published_at=at)
        for zone in ("America/New_York", "Asia/Tokyo"):
            assert by_the_clock_of(ZoneInfo(zone), Alert("", "", NOON, told)).told.published_at == at


@pytest.mark.parametrize(("kind", "says"), [("email", "00:30 CEST"), ("ntfy", "00:30 CEST"), ("webhook", "22:30 UTC")])
async def test_what_people_read_has_the_watchs_zone_and_a_webhook_utc(
    database: Database, kind: ChannelKind, says: str
) -> None:
    async with database.write() as tx:
        await tx.watchlists.put(Watchlist(0, "", rules=rules_from({"timezone": "Asia/Tokyo"})), NOON)
        watch = replace(a_watch(), rules=rules_from({"timezone": "Europe/Paris"}))
        number = await tx.watches.put(watch, NOON)
    sent = Sent()
    channel = replace(a_channel(), kind=kind)
    alert = Alert("Corée", "", LATE, TOLD, watch_id=number)
    await FurnishedSender(sent, database, None).send(Delivery(1, "msg_1", alert, channel, "pending", 0, NOON))
    [delivery] = sent.deliveries
    assert when(delivery.alert.told.found_at).endswith(says)


async def test_what_is_of_no_single_watch_has_the_zone_of_the_channel_or_of_all(database: Database) -> None:
    async with database.write() as tx:
        await tx.watchlists.put(Watchlist(0, "", rules=rules_from({"timezone": "Asia/Tokyo"})), NOON)
    sent = Sent()
    mail = replace(a_channel(), kind="email")
    for channel in (mail, replace(mail, rules=rules_from({"timezone": "Europe/Paris"}))):
        delivery = Delivery(1, "msg_1", Alert("", "", LATE, TOLD, kind="digest"), channel, "pending", 0, NOON)
        await FurnishedSender(sent, database, None).send(delivery)
    assert [when(one.alert.told.found_at)[-9:] for one in sent.deliveries] == ["07:30 JST", "0:30 CEST"]
