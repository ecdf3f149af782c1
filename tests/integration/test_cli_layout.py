"""What the commands tell of a site's memory."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from extraction.article import extract_article
from extraction.memory import learned
from news.article import Article, Page
from storage import Transaction
from tests.commands import Commands
from tests.samples import NOON, a_source
from tests.sites import LocalSite, answering

BOX = "Rejoignez le cercle des lecteurs du phare, chaque matin et chaque soir"
_HAPPENED = (
    "a voté la rallonge demandée par les écoles de la commune",
    "a suspendu les travaux de la digue jusqu’au printemps prochain",
    "a ouvert une enquête après la fermeture du pont de la gare",
)
CHANGED = datetime(2026, 11, 3, 9, tzinfo=UTC)


def a_page(number: int) -> str:
    """An article of the site, its box between the paragraphs."""
    who = f"Le conseil de quartier numéro {number}"
    lines = [f"{who} {what}, et {who.lower()} en donnera les raisons jeudi soir au port." for what in _HAPPENED]
    text = "".join(f"<p>{line}</p>" for line in (lines[0], BOX, *lines[1:]))
    return f"<html><body><h1>Le quartier {number}</h1><div>{text}</div></body></html>"


@pytest.fixture
def memory() -> dict[str, Any]:
    """What three articles have taught."""
    taught: dict[str, Any] = {}
    for number in range(3):
        found = extract_article(Page(f"https://a.example/{number}", a_page(number).encode()))
        assert isinstance(found, Article)
        taught = learned(taught, found.imprint, NOON)
    return taught


@pytest.fixture
def vigie(tmp_path: Path) -> Commands:
    """Commands on a folder of their own."""
    return Commands(tmp_path)


def _put(vigie: Commands, memory: dict[str, Any] | None) -> None:
    async def put(tx: Transaction) -> None:
        number = await tx.sources.put(a_source("S"), NOON)
        if memory is not None:
            await tx.sources.remember(number, memory)

    vigie.stored(put)


def _remember(vigie: Commands, memory: dict[str, Any]) -> None:
    async def remember(tx: Transaction) -> None:
        await tx.sources.remember((await tx.sources.get("S")).id, memory)

    vigie.stored(remember)


@pytest.mark.parametrize(
    ("seen", "changed_at", "told"),
    [
        (1, None, "learned from 1 article\n"),
        (3, None, "learned from 3 articles\n"),
        (12, CHANGED, "learned from 12 articles, changed on 2026-11-03\n"),
    ],
)
def test_a_source_shows_what_is_learned_of_its_layout(
    vigie: Commands, memory: dict[str, Any], seen: int, changed_at: datetime | None, told: str
) -> None:
    _put(vigie, memory | {"seen": seen, "changed_at": changed_at and changed_at.isoformat()})
    assert told in vigie("source", "show", "S").out
    layout = vigie("source", "show", "S", "--json").json["layout"]
    assert (layout["articles"], layout["changed_at"] is None) == (seen, changed_at is None)


def test_a_source_without_articles_has_no_layout_yet(vigie: Commands) -> None:
    _put(vigie, None)
    assert "layout" not in vigie("source", "show", "S").out
    assert vigie("source", "show", "S", "--json").json["layout"] is None


async def test_a_page_is_read_with_the_memory_of_its_source_and_that_is_explained(
    vigie: Commands, memory: dict[str, Any]
) -> None:
    async with LocalSite() as site:
        url = site.url("/4")
        site.scripts["/4"] = answering(200, a_page(4), Content_Type="text/html; charset=utf-8")
        vigie.settings(f'[network]\nallow = ["{site.address}"]\n[crawler]\ndelay = 0\n')
        await vigie.apart("source", "add", site.url(), "--name", "S")
        await asyncio.to_thread(_remember, vigie, memory)
        assert BOX in (await vigie.apart("extract", url, "--json")).json["text"]
        assert BOX not in (await vigie.apart("extract", url, "--as", "S", "--json")).json["text"]
        told = (await vigie.apart("extract", url, "--as", "S", "--explain", "--json")).json
        [block] = [block for block in told["blocks"] if block["text"] == BOX]
        assert (block["kept"], block["why"]) == (False, "stands on 3 other articles of the site")
