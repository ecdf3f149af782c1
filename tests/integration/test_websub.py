"""WebSub against a real hub: it is asked, calls back, misbehaves, and is left again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from extraction.pool import WorkerPool
from service.subscribe import Subscriber
from storage import Database
from tests.hubs import FEED, TOPIC, HubReply, LocalHub, ReachableVigie, get, post, pushed, reachable, rss, subscribed
from tests.samples import NOON
from tests.worker_jobs import nothing

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[WorkerPool]:
    """One worker process."""
    workers = WorkerPool(1, 10, rehearsal=nothing)
    await workers.warm()
    yield workers
    await workers.close()


@pytest.fixture
async def vigie(database: Database, pool: WorkerPool) -> AsyncIterator[ReachableVigie]:
    """Vigie, with one source."""
    async with reachable(database, pool) as started:
        yield started


@pytest.fixture
async def hub() -> AsyncIterator[LocalHub]:
    """A hub that behaves."""
    async with LocalHub() as started:
        yield started


async def test_a_hub_is_asked_and_its_call_back_confirmed(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    one = await vigie.subscribed()
    [form] = hub.forms
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": f"{vigie.public_url}/websub/{one.token}",
        "hub.secret": one.secret,
        "hub.lease_seconds": "864000",
    }
    assert hub.answers == [(200, "text/plain", "défi <b>&1")]
    assert (one.verified_at, one.ends_at, one.next_try_at) == (NOON, NOON + 10 * DAY, NOON + 7.5 * DAY)
    assert (one.failures, one.last_error) == (0, "")
    assert len(one.token) > 40
    assert len(one.secret) == 64
    assert one.token not in repr(one)
    assert one.secret not in repr(one)


async def test_a_feed_that_does_not_name_itself_is_known_by_its_address(vigie: ReachableVigie, hub: LocalHub) -> None:
    await vigie.feed(hub.url, topic="")
    await vigie.ask(hub)
    assert hub.forms[0]["hub.topic"] == FEED
    assert (await vigie.subscribed()).state == "verified"


async def test_a_hub_is_asked_for_the_address_that_the_feed_wrote_and_confirmed_for_no_other(
    vigie: ReachableVigie, hub: LocalHub
) -> None:
    written = "HTTPS://Phare.example:443/Été à/../rss?utm_source=hub&a=%c3%a9+b#haut"
    await vigie.feed(hub.url, topic=written)
    hub.calls_back = False
    await vigie.ask(hub)
    [form] = hub.forms
    assert form["hub.topic"] == written
    await hub.verify(form, hub_topic="https://phare.example/rss?a=%C3%A9+b")
    assert [status for status, *_ in hub.answers] == [404]
    await hub.verify(form)
    assert (await vigie.subscribed()).state == "verified"


async def test_a_hub_may_call_back_before_it_answers(vigie: ReachableVigie) -> None:
    async with LocalHub(is_hasty=True) as hub:
        await subscribed(vigie, hub)
        assert (await vigie.subscribed()).ends_at == NOON + 10 * DAY


async def test_a_lease_is_renewed_after_three_quarters_with_the_same_address(vigie: ReachableVigie) -> None:
    async with LocalHub(lease="86400") as hub:
        await subscribed(vigie, hub)
        vigie.wait(hours=17)
        await vigie.ask(hub)
        assert len(hub.forms) == 1
        vigie.wait(hours=1)
        await vigie.ask(hub)
        assert len(hub.forms) == 2
        assert hub.forms[0] == hub.forms[1]
        assert (await vigie.subscribed()).ends_at == NOON + 18 * HOUR + DAY


async def test_a_lease_that_cannot_be_renewed_ends(vigie: ReachableVigie) -> None:
    async with LocalHub(lease="86400") as hub:
        await subscribed(vigie, hub)
        hub.calls_back = False
        vigie.wait(hours=23)
        await vigie.ask(hub)
        assert (await vigie.subscribed()).is_live(vigie.clock.now())
        vigie.wait(hours=1)
        assert not (await vigie.subscribed()).is_live(vigie.clock.now())
        hub.calls_back = True
        await vigie.ask(hub)
        assert (await vigie.subscribed()).is_live(vigie.clock.now())


async def test_two_processes_ask_a_hub_once(vigie: ReachableVigie, hub: LocalHub) -> None:
    await vigie.feed(hub.url)
    other = replace(vigie)
    other.wire()
    await asyncio.gather(vigie.ask(), other.ask())
    await hub.settled()
    assert len(hub.forms) == 1


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (HubReply(503), "answered 503 Service Unavailable: said"),
        (HubReply(404), "answered 404 Not Found: said"),
        (HubReply(302, location="http://127.0.0.1:9/"), "answered 302: redirects are not followed"),
        (HubReply(400, echoes=True), "answered 400 Bad Request: {'hub.mode': 'subscribe'"),
    ],
)
async def test_a_hub_that_refuses_is_told_and_asked_again(vigie: ReachableVigie, reply: HubReply, said: str) -> None:
    async with LocalHub(reply) as hub:
        await vigie.feed(hub.url)
        await vigie.ask(hub)
        one = await vigie.subscribed()
        assert (one.state, one.failures, one.next_try_at) == ("asked", 1, NOON + HOUR)
        assert said in one.last_error
        assert one.secret not in one.last_error
        assert one.token not in one.last_error
        assert vigie.sockets.made == 1
        vigie.wait(hours=1)
        await vigie.ask(hub)
        assert (await vigie.subscribed()).state == "verified"
        assert (await vigie.subscribed()).last_error == ""


async def test_a_hub_that_is_down_is_asked_at_doubling_intervals_up_to_a_day(vigie: ReachableVigie) -> None:
    async with LocalHub() as hub:
        url = hub.url
    await vigie.feed(url)
    waits = []
    for _ in range(7):
        await vigie.ask()
        one = await vigie.subscribed()
        assert "could not be reached" in one.last_error
        waits.append((one.next_try_at - vigie.clock.now()) / HOUR)
        vigie.clock.set(one.next_try_at)
    assert waits == [1, 2, 4, 8, 16, 24, 24]


async def test_a_hub_that_does_not_call_back_is_asked_again(vigie: ReachableVigie) -> None:
    async with LocalHub(calls_back=False) as hub:
        await vigie.feed(hub.url)
        for hours in (0, 1, 2):
            vigie.wait(hours=hours)
            await vigie.ask(hub)
        assert len(hub.forms) == 3
        assert (await vigie.subscribed()).state == "asked"


async def test_a_hub_at_a_private_address_is_not_dialled(database: Database, pool: WorkerPool) -> None:
    async with LocalHub() as hub, reachable(database, pool, allow=()) as vigie:
        await vigie.feed(hub.url)
        await vigie.ask(hub)
        one = await vigie.subscribed()
        assert "127.0.0.1" in one.last_error
        assert hub.forms == []
        assert vigie.sockets.made == 0


async def test_whoever_knows_no_token_learns_nothing(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    unknown = f"{vigie.public_url}/websub/{'a' * 51}"
    status, _, said = await get(f"{unknown}?hub.mode=subscribe&hub.topic={TOPIC}&hub.challenge=x")
    assert (status, said) == (404, "no such subscription")
    assert await post(unknown, rss()) == 410
    assert (await get(f"{vigie.public_url}/websub/"))[0] == 404
    for odd in ("%00", "a%00b", "%ff", "a" * 5_000):
        assert (await get(f"{vigie.public_url}/websub/{odd}?hub.topic=x"))[0] == 404
        assert await post(f"{vigie.public_url}/websub/{odd}", rss()) == 410


@pytest.mark.parametrize(
    "changed",
    [
        {"hub_topic": "https://evil.example/rss"}, {"hub_topic": ""}, {"hub_mode": "unsubscribe"}, {"hub_mode": ""},
        {"hub_mode": "publish"}, {"hub_challenge": ""}, {"hub_challenge": "x" * 5_000},
        {"hub_mode": "denied", "hub_topic": "https://evil.example/rss"},
    ],
)  # fmt: skip
async def test_a_call_back_that_we_did_not_ask_for_is_not_confirmed(
    vigie: ReachableVigie, hub: LocalHub, changed: dict[str, str]
) -> None:
    await subscribed(vigie, hub)
    before = await vigie.subscription()
    await hub.verify(hub.forms[0], **changed)
    assert hub.answers[-1][0] == 404
    assert await vigie.subscription() == before


async def test_a_hub_that_was_not_asked_yet_is_not_confirmed(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    one = await vigie.subscribed()
    async with vigie.database.write() as tx:
        await tx.subscriptions.gone([one.id])
        [wanted] = await tx.subscriptions.missing(10)
        await tx.subscriptions.add(wanted, one.token, one.secret, NOON)
    await hub.verify(hub.forms[0])
    assert hub.answers[-1][0] == 404
    assert (await vigie.subscribed()).state == "new"


async def test_a_hub_that_denies_is_told_and_asked_again_a_day_later(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    await hub.verify(hub.forms[0], hub_mode="denied", hub_reason="no\nsuch feed", hub_challenge="")
    assert hub.answers[-1][0] == 200
    one = await vigie.subscribed()
    assert (one.state, one.next_try_at) == ("denied", NOON + DAY)
    assert one.last_error.endswith("does not push this feed: no such feed")
    assert not one.is_live(NOON)
    await vigie.ask(hub)
    assert len(hub.forms) == 1
    vigie.wait(days=1)
    await vigie.ask(hub)
    assert (await vigie.subscribed()).state == "verified"


async def _paused(vigie: ReachableVigie) -> None:
    async with vigie.database.write() as tx:
        await tx.sources.pause(vigie.source_id, True, NOON)


async def test_a_paused_source_is_unsubscribed_and_its_pushes_ignored(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    await _paused(vigie)
    await pushed(vigie, hub, rss("https://phare.example/a"))
    assert await vigie.links() == []
    await vigie.ask(hub)
    topic_and_callback = {name: hub.forms[0][name] for name in ("hub.topic", "hub.callback")}
    assert hub.forms[1] == {"hub.mode": "unsubscribe", **topic_and_callback}
    assert hub.answers[-1] == (200, "text/plain", "défi <b>&1")
    assert await vigie.subscription() is None
    assert await post(hub.forms[0]["hub.callback"], rss()) == 410


async def test_a_hub_that_never_called_back_is_not_told_of_a_pause(vigie: ReachableVigie) -> None:
    async with LocalHub(calls_back=False) as hub:
        await vigie.feed(hub.url)
        await vigie.ask(hub)
        await _paused(vigie)
        vigie.wait(hours=2)
        await vigie.ask(hub)
        assert await vigie.subscription() is None
        assert len(hub.forms) == 1


async def test_a_resumed_source_is_subscribed_anew_with_another_secret(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    await _paused(vigie)
    await vigie.ask(hub)
    async with vigie.database.write() as tx:
        await tx.sources.pause(vigie.source_id, False, NOON)
    await vigie.ask(hub)
    assert (await vigie.subscribed()).state == "verified"
    assert hub.forms[0]["hub.callback"] != hub.forms[-1]["hub.callback"]
    assert hub.forms[0]["hub.secret"] != hub.forms[-1]["hub.secret"]


@pytest.mark.parametrize("reply", [HubReply(202), HubReply(500)])
async def test_a_hub_that_does_not_unsubscribe_is_forgotten_all_the_same(
    vigie: ReachableVigie, hub: LocalHub, reply: HubReply
) -> None:
    await subscribed(vigie, hub)
    hub.calls_back = False
    hub.replies.append(reply)
    await _paused(vigie)
    await vigie.ask(hub)
    vigie.wait(hours=1)
    await vigie.ask(hub)
    assert await vigie.subscription() is None
    assert len(hub.forms) == 2


async def test_a_removed_source_takes_its_subscription_along(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    async with vigie.database.write() as tx:
        await tx.sources.remove(vigie.source_id)
    await vigie.ask(hub)
    assert len(hub.forms) == 1
    assert await post(hub.forms[0]["hub.callback"], rss()) == 410


async def test_a_feed_that_names_another_hub_leaves_the_one_and_asks_the_other(
    vigie: ReachableVigie, hub: LocalHub
) -> None:
    await subscribed(vigie, hub)
    async with LocalHub() as other:
        await vigie.feed(other.url)
        await vigie.ask(hub)
        await vigie.ask(other)
        assert [form["hub.mode"] for form in hub.forms] == ["subscribe", "unsubscribe"]
        assert [form["hub.mode"] for form in other.forms] == ["subscribe"]
        assert (await vigie.subscribed()).hub == other.url


async def test_a_feed_that_names_no_hub_any_more_is_unsubscribed(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    await vigie.feed("", topic="")
    await vigie.ask(hub)
    await vigie.ask(hub)
    assert hub.forms[-1]["hub.mode"] == "unsubscribe"
    assert await vigie.subscription() is None
    assert len(hub.forms) == 2


async def test_under_another_public_url_all_is_asked_for_anew(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    vigie.public_url = vigie.public_url.replace("127.0.0.1", "localhost")
    vigie.wire()
    await vigie.ask(hub)
    assert hub.forms[1]["hub.callback"].startswith(f"{vigie.public_url}/websub/")
    assert hub.forms[1]["hub.secret"] != hub.forms[0]["hub.secret"]
    assert (await vigie.subscribed()).state == "verified"


async def test_without_a_public_url_no_hub_is_asked_and_what_was_subscribed_is_forgotten(
    vigie: ReachableVigie, hub: LocalHub
) -> None:
    await subscribed(vigie, hub)
    vigie.public_url = ""
    vigie.wire()
    assert not vigie.subscriber.is_on
    await vigie.ask(hub)
    assert await vigie.subscription() is None
    assert len(hub.forms) == 1


async def test_a_stop_asks_no_further_hub_and_takes_no_further_push(vigie: ReachableVigie, hub: LocalHub) -> None:
    await subscribed(vigie, hub)
    vigie.pushes.wind_down()
    assert await hub.distribute(rss("https://phare.example/a")) == 503
    vigie.wait(days=8)
    vigie.subscriber.wind_down()
    await vigie.ask(hub)
    assert len(hub.forms) == 1


async def test_a_fault_of_ours_at_one_hub_does_not_keep_the_others_from_being_asked(
    vigie: ReachableVigie, hub: LocalHub
) -> None:
    class Broken:
        async def ask(self, url: str, form: Any, secrets: Any = ()) -> Any:
            raise RuntimeError("a fault")

    await vigie.feed(hub.url)
    subscriber = Subscriber(vigie.database, vigie.clock, Broken(), vigie.public_url)
    await subscriber.tick()
    await subscriber.finish()
    assert (await vigie.subscribed()).next_try_at == NOON + HOUR
