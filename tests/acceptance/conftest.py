"""What the acceptance tests share: the reactor on the tests' loop, one pool of workers, a site and the receivers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from crawler import reactor
from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.receivers import SmtpReceiver, WebhookReceiver
from tests.sites import LocalSite


@pytest.fixture(scope="session", autouse=True)
async def reactor_on_our_loop() -> AsyncIterator[None]:
    """Twisted's reactor, riding on the loop that all tests share."""
    reactor.ride_on(asyncio.get_running_loop())
    yield


@pytest.fixture(scope="session")
async def pool(reactor_on_our_loop: None) -> AsyncIterator[WorkerPool]:
    """Two worker processes, warm; patient, for a machine that has other things to do."""
    workers = WorkerPool(2, 60)
    await workers.warm()
    yield workers
    await workers.close()


@pytest.fixture
async def site() -> AsyncIterator[LocalSite]:
    """A news site."""
    async with LocalSite() as started:
        yield started


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpReceiver]:
    """A mail server."""
    async with SmtpReceiver() as started:
        yield started


@pytest.fixture
async def webhook() -> AsyncIterator[WebhookReceiver]:
    """A webhook's receiver."""
    async with WebhookReceiver() as started:
        yield started


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands eleven minutes ago: after a first interval it is now, and receivers check signatures' age."""
    return ManualClock(datetime.now(UTC) - timedelta(minutes=11))
