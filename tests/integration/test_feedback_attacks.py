"""Links in the wrong hands, pages in the wrong frame, and what comes between a mail and its answer."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from news.feedback import Feedback
from storage import Database
from tests.integration.test_feedback_pages import Reading, reading_on
from tests.samples import NOON, a_watch


@pytest.fixture
async def reading(database: Database) -> AsyncIterator[Reading]:
    """On both databases."""
    async with reading_on(database) as started:
        yield started


async def test_many_clicks_at_once_on_both_links_act_once_each(reading: Reading) -> None:
    links = reading.links
    asked = [reading.ask("POST", links.mute) for _ in range(6)]
    asked += [reading.ask("POST", links.not_relevant, word="football") for _ in range(6)]
    statuses = sorted(said.status for said in await asyncio.gather(*asked))
    assert statuses == [200] * 2 + [409] * 10
    assert (await reading.watch()).query == "(Corée OU Séoul) SAUF football"
    assert len(await reading.muted()) == 1


async def test_a_link_outlives_a_new_name_of_its_watch(reading: Reading) -> None:
    async with reading.database.write() as tx:
        await tx.watches.change(reading.watch_id, name="Autre nom")
    assert "Autre nom" in (await reading.ask("GET", reading.links.not_relevant)).text
    assert (await reading.ask("POST", reading.links.not_relevant, word="football")).status == 200
    assert (await reading.watch()).query == "(Corée OU Séoul) SAUF football"


async def test_a_watch_that_takes_the_place_of_a_removed_one_is_not_changed_by_its_links(reading: Reading) -> None:
    async with reading.database.write() as tx:
        await tx.watches.remove(reading.watch_id)
        other = await tx.watches.put(a_watch("Corée du Nord", "Corée OU Séoul"), NOON)
    assert other != reading.watch_id
    for link in (reading.links.not_relevant, reading.links.mute):
        assert (await reading.ask("GET", link)).status == 410
        assert (await reading.ask("POST", link, word="football")).status == 410


async def test_links_under_another_key_say_nothing(reading: Reading) -> None:
    links = Feedback(reading.url, b"k" * 32).links(reading.watch_id, reading.article_id, NOON)
    assert links is not None
    for method in ("GET", "POST"):
        said = await reading.ask(method, links.mute)
        assert (said.status, "Corée" in said.text) == (404, False)
    assert await reading.muted() == frozenset()


async def test_a_page_names_no_other_place_and_runs_nothing(reading: Reading) -> None:
    for link in (reading.links.not_relevant, reading.links.mute):
        said = await reading.ask("GET", link)
        token = link.rpartition("/")[2]
        assert token not in said.text  # the form goes to where the page is, and no link can carry it on
        assert not re.findall(r"<(?:img|script|link|iframe|object|base|input)\b", said.text)
        assert set(re.findall(r'(?:src|href|action)="([^"]*)"', said.text)) == {"https://phare.example/6"}
        assert said.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in said.headers["content-security-policy"]


@pytest.mark.parametrize("base", ["/vigie", "/"])
async def test_a_path_before_it_and_a_slash_behind_it_make_links_that_lead_here(reading: Reading, base: str) -> None:
    from service.settings import WebSettings

    public = WebSettings(public_url=f"https://vigie.example{base}/").public_url
    links = replace(reading.feedback, public_url=public).links(reading.watch_id, reading.article_id, NOON)
    assert links is not None
    path = base.rstrip("/")
    assert links.mute.startswith(f"https://vigie.example{path}/feedback/v1.")


@pytest.mark.parametrize(
    "body", [b"word=" + b"x" * 10_000, b"&".join(b"a=1" for _ in range(100)), b"\xff\xfe\x00word=%zz", b"{}"]
)
async def test_a_form_that_is_none_changes_nothing(reading: Reading, body: bytes) -> None:
    async with aiohttp.ClientSession() as session, session.post(reading.links.not_relevant, data=body) as answer:
        assert answer.status in (200, 422)
    assert (await reading.watch()).query == "Corée OU Séoul"
    assert (await reading.ask("GET", reading.links.not_relevant)).status == 200
