"""The reader: what an archive speaks is loaded while the service goes on."""

import asyncio
from dataclasses import replace

import pytest

from matching import DictionaryLexicon
from service.reader import Reader
from storage import Database
from tests.samples import NOON, a_source, an_article

# A dictionary that is read in a fraction of a second.
SMALL = "ms"


@pytest.fixture
async def archive(database: Database) -> Database:
    """An archive of one article in this language."""
    async with database.write() as transaction:
        source_id = await transaction.sources.put(a_source(), NOON)
        await transaction.articles.add(replace(an_article(), language=SMALL), source_id, NOON, NOON)
    return database


async def test_the_languages_of_the_archive_are_loaded_meanwhile(archive: Database) -> None:
    lexicon = DictionaryLexicon()
    async with Reader(lexicon).warming(archive):
        async with asyncio.timeout(60):
            while not lexicon.is_loaded(SMALL):  # noqa: ASYNC110 (nobody is told when it is)
                await asyncio.sleep(0)


async def test_whoever_stops_does_not_wait_for_what_is_left_to_load(archive: Database) -> None:
    lexicon = DictionaryLexicon()
    async with Reader(lexicon).warming(archive):
        pass
    assert not lexicon.is_loaded(SMALL)


async def test_an_article_is_read_with_the_inflections_of_its_language(archive: Database) -> None:
    lexicon = DictionaryLexicon()
    read = await Reader(lexicon).read(replace(an_article(text="kapal"), language=SMALL), "Le Phare")
    assert lexicon.is_loaded(SMALL)
    assert [token.folded for token in read.named(("text",))[0].tokens] == ["kapal"]
