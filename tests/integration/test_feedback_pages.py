"""The pages behind a mail's links, by real HTTP: to look changes nothing, to answer acts once."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from matching import DictionaryLexicon
from news.article import Span
from news.clock import ManualClock
from news.feedback import LIFETIME, Feedback, Links, Ticket
from news.story import Placing
from news.watch import Match, Watch
from service.feedback import FeedbackDesk
from service.furnish import feedback_at
from service.reader import Reader
from storage import Database
from tests.samples import HOUR, NOON, a_source, a_watch, an_article
from web.app import make_app
from web.feedback import HEADERS
from web.server import WebServer

LEXICON = DictionaryLexicon()  # its languages take a second each to load
FRENCH = {"accept-language": "fr"}


@dataclass
class Said:
    """An answer."""

    status: int
    headers: Any
    text: str


@dataclass
class Reading:
    """A reader with a mail, and the Vigie that sent it."""

    database: Database
    clock: ManualClock
    feedback: Feedback
    url: str
    watch_id: int = 0
    article_id: int = 0

    @property
    def links(self) -> Links:
        """Those in the mail."""
        links = self.feedback.links(self.watch_id, self.article_id, NOON)
        assert links is not None
        return links

    async def ask(self, method: str, url: str, *, word: str | None = None, **headers: str) -> Said:
        """One request, as a browser without scripts makes it."""
        body = None if word is None else aiohttp.FormData({"word": word})
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return Said(answer.status, answer.headers, await answer.text())

    async def watch(self) -> Watch:
        """The watch as it stands."""
        async with self.database.read() as tx:
            return await tx.watches.by_id(self.watch_id)

    async def muted(self) -> frozenset[int]:
        """The stories that are muted for the watch."""
        async with self.database.read() as tx:
            return await tx.feedback.muted_stories(self.watch_id)

    async def written(self) -> list[Any]:
        """All that a visit could have changed."""
        async with self.database.read() as tx:
            return [await tx.watches.all(), await tx.feedback.muted_stories(self.watch_id)]


async def _fill(reading: Reading) -> None:
    """A watch on Korea with five articles on missiles and two on football, all of one story but the first."""
    titles = ["La Corée tire un missile", *[f"Corée : nouveau missile {n}" for n in range(4)]]
    sport = ["Corée : le football en fête", "Corée <b>et</b> football"]
    async with reading.database.write() as tx:
        source = await tx.sources.put(a_source(), NOON)
        reading.watch_id = await tx.watches.put(a_watch("Corée", "Corée OU Séoul"), NOON)
        story = await tx.stories.begin(NOON, None)
        for number, title in enumerate([*titles, *sport]):
            text = "Le football a gagné le championnat." if title in sport else "Un missile a été tiré vers la mer."
            article = replace(an_article(f"https://phare.example/{number}", title, text), language="fr")
            stored = await tx.articles.add(article, source, NOON, NOON)
            assert stored is not None
            await tx.matches.add(Match(reading.watch_id, stored, (Span("title", 0, 5),), NOON))
            if number:
                await tx.stories.put(stored, story, Placing(story), NOON, None)
            reading.article_id = stored


@asynccontextmanager
async def reading_on(database: Database) -> AsyncIterator[Reading]:
    """A Vigie that listens on loopback, with a mail about football sent."""
    clock = ManualClock(NOON)
    feedback = await feedback_at(database, "http://unknown.example")
    assert feedback is not None

    async def ready() -> dict[str, str]:
        return {}

    reader = Reader(LEXICON)
    desk = FeedbackDesk(database, feedback, reader, clock)
    server = WebServer(make_app(ready, None, feedback=desk), "127.0.0.1", 0)
    await server.start()
    try:
        reading = Reading(database, clock, replace(feedback, public_url=server.url), server.url)
        await _fill(reading)
        yield reading
    finally:
        await server.stop()


@pytest.fixture
async def reading(database: Database) -> AsyncIterator[Reading]:
    """On both databases."""
    async with reading_on(database) as started:
        yield started


async def test_the_page_proposes_words_with_their_measured_effect(reading: Reading) -> None:
    said = await reading.ask("GET", reading.links.not_relevant)
    assert said.status == 200
    assert "Leave out “football”" in said.text
    assert "would have removed 2 of 7 matches, among them" in said.text
    assert '<li dir="auto">Corée : le football en fête</li>' in said.text
    assert "Keep the watch as it is" in said.text
    assert said.text.count('class="choice"') <= 3
    assert "Corée &lt;b&gt;et&lt;/b&gt; football" in said.text
    assert "<b>et</b>" not in said.text
    assert "<script" not in said.text


async def test_it_speaks_french_to_those_who_do(reading: Reading) -> None:
    said = await reading.ask("GET", reading.links.not_relevant, **FRENCH)
    assert '<html lang="fr">' in said.text
    assert "Écarter «\u00a0football\u00a0»" in said.text
    assert "aurait retiré 2 des 7 articles trouvés, dont" in said.text


async def test_to_leave_a_word_out_changes_the_query_once(reading: Reading) -> None:
    said = await reading.ask("POST", reading.links.not_relevant, word="football")
    assert said.status == 200
    assert "(Corée OU Séoul) SAUF football" in said.text
    assert (await reading.watch()).query == "(Corée OU Séoul) SAUF football"
    again = await reading.ask("POST", reading.links.not_relevant, word="championnat")
    assert (again.status, "Done already" in again.text) == (409, True)
    assert (await reading.watch()).query == "(Corée OU Séoul) SAUF football"
    assert (await reading.ask("GET", reading.links.not_relevant)).status == 409


async def test_a_double_click_acts_once(reading: Reading) -> None:
    both = await asyncio.gather(*(reading.ask("POST", reading.links.not_relevant, word="football") for _ in range(2)))
    assert sorted(said.status for said in both) == [200, 409]
    assert (await reading.watch()).query == "(Corée OU Séoul) SAUF football"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_scanner_that_opens_the_links_changes_nothing(reading: Reading, method: str) -> None:
    before = await reading.written()
    for _ in range(2):
        for link in (reading.links.not_relevant, reading.links.mute):
            assert (await reading.ask(method, link)).status == 200
            assert (await reading.ask(method, f"{link}?word=football")).status == 200
    assert await reading.written() == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_do_nothing(reading: Reading, method: str) -> None:
    assert (await reading.ask(method, reading.links.mute)).status == 405
    assert await reading.muted() == frozenset()


async def test_to_keep_it_as_it_is_changes_nothing_and_uses_nothing_up(reading: Reading) -> None:
    said = await reading.ask("POST", reading.links.not_relevant, word="")
    assert (said.status, "Nothing was changed" in said.text) == (200, True)
    assert (await reading.watch()).query == "Corée OU Séoul"
    assert (await reading.ask("GET", reading.links.not_relevant)).status == 200


async def test_muting_asks_first_and_then_mutes_the_story_for_this_watch(reading: Reading) -> None:
    page = await reading.ask("GET", reading.links.mute)
    assert "The story has 6 articles so far." in page.text
    assert await reading.muted() == frozenset()
    said = await reading.ask("POST", reading.links.mute, word="football")
    assert (said.status, "The story is muted" in said.text) == (200, True)
    assert len(await reading.muted()) == 1
    assert (await reading.watch()).query == "Corée OU Séoul"
    assert (await reading.ask("POST", reading.links.mute)).status == 409
    async with reading.database.write() as tx:
        other = await tx.watches.put(a_watch("Autre", "football"), NOON)
        assert await tx.feedback.muted_stories(other) == frozenset()


async def test_a_mail_program_s_one_click_mutes(reading: Reading) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(reading.links.mute, data={"List-Unsubscribe": "One-Click"}) as answer,
    ):
        assert answer.status == 200
    assert len(await reading.muted()) == 1


async def test_an_article_of_no_story_has_nothing_to_mute(reading: Reading) -> None:
    async with reading.database.read() as tx:
        [first] = [one for one in await tx.matches.latest(10) if one.stored.article.title == "La Corée tire un missile"]
    links = reading.feedback.links(reading.watch_id, first.match.article_id, NOON)
    assert links is not None
    assert "there is nothing to mute" in (await reading.ask("GET", links.mute)).text
    assert (await reading.ask("POST", links.mute)).status == 422
    assert await reading.muted() == frozenset()


@pytest.mark.parametrize("word", ["missile", "Corée", "gouvernement", "foot*", "football OU x", ")", "x" * 5_000])
async def test_only_words_of_the_article_that_the_query_does_not_ask_for_are_left_out(
    reading: Reading, word: str
) -> None:
    said = await reading.ask("POST", reading.links.not_relevant, word=word)
    assert said.status == 422
    assert (await reading.watch()).query == "Corée OU Séoul"
    assert (await reading.ask("GET", reading.links.not_relevant)).status == 200  # it is not used up


async def test_an_expired_link_says_so_and_does_nothing(reading: Reading) -> None:
    reading.clock.set(NOON + LIFETIME - timedelta(seconds=1))
    assert (await reading.ask("GET", reading.links.mute)).status == 200
    reading.clock.set(NOON + LIFETIME)
    for method in ("GET", "POST"):
        said = await reading.ask(method, reading.links.mute)
        assert (said.status, "thirty days" in said.text) == (410, True)
    assert await reading.muted() == frozenset()


async def test_a_link_that_was_tampered_with_says_nothing_of_what_there_is(reading: Reading) -> None:
    other = reading.feedback.token(Ticket("mute", reading.watch_id + 1, reading.article_id, NOON + LIFETIME))
    head, _, signature = reading.links.mute.rpartition(".")
    mixed = f"{reading.url}/feedback/v1.{other.split('.')[1]}.{signature}"
    for link in (f"{head}.{signature[::-1]}", mixed, f"{reading.url}/feedback/x", f"{reading.url}/feedback/%00"):
        for method in ("GET", "POST"):
            said = await reading.ask(method, link)
            assert said.status == 404
            assert "Corée" not in said.text
    assert await reading.muted() == frozenset()


async def test_a_link_for_another_watch_finds_nothing_where_that_did_not_match(reading: Reading) -> None:
    async with reading.database.write() as tx:
        other = await tx.watches.put(a_watch("Autre", "mer"), NOON)
    links = reading.feedback.links(other, reading.article_id, NOON)
    assert links is not None
    assert (await reading.ask("GET", links.not_relevant)).status == 410
    assert (await reading.ask("POST", links.not_relevant, word="football")).status == 410
    assert (await reading.watch()).query == "Corée OU Séoul"


async def test_a_watch_that_was_removed_is_not_changed(reading: Reading) -> None:
    async with reading.database.write() as tx:
        await tx.watches.remove(reading.watch_id)
    assert (await reading.ask("GET", reading.links.not_relevant)).status == 410
    assert (await reading.ask("POST", reading.links.not_relevant, word="football")).status == 410


async def test_a_watch_of_the_file_shows_the_line_to_put_there(reading: Reading) -> None:
    async with reading.database.write() as tx:
        await tx.watches.change(reading.watch_id, origin="file")
    said = await reading.ask("GET", reading.links.not_relevant)
    assert "query = &#34;(Corée OU Séoul) SAUF football&#34;" in said.text
    assert 'value="football"' not in said.text
    refused = await reading.ask("POST", reading.links.not_relevant, word="football")
    assert refused.status == 409
    assert (await reading.watch()).query == "Corée OU Séoul"
    assert (await reading.ask("GET", reading.links.not_relevant)).status == 200


async def test_effects_are_those_on_what_the_watch_would_find_as_it_asks_now(reading: Reading) -> None:
    async with reading.database.write() as tx:
        await tx.watches.change(reading.watch_id, query="Corée SAUF mer")
    said = await reading.ask("GET", reading.links.not_relevant)
    assert "would have removed 2 of 2 matches" in said.text
    async with reading.database.write() as tx:
        await tx.watches.change(reading.watch_id, query="Corée SAUF football")
    said = await reading.ask("GET", reading.links.not_relevant)
    assert "it would not find this article any more" in said.text
    assert 'class="choice"' not in said.text


async def test_every_answer_is_kept_nowhere_and_sent_on_nowhere(reading: Reading) -> None:
    for method, link in (
        ("GET", reading.links.not_relevant),
        ("GET", f"{reading.url}/feedback/x"),
        ("POST", reading.links.mute),
    ):
        headers = (await reading.ask(method, link)).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
    assert HEADERS["cache-control"] == "no-store"
    assert HEADERS["referrer-policy"] == "no-referrer"
    assert HEADERS["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


async def test_no_token_is_logged_or_kept(reading: Reading, caplog: pytest.LogCaptureFixture) -> None:
    token = reading.links.not_relevant.rpartition("/")[2]
    with capture_logs() as logs, caplog.at_level(logging.DEBUG):
        await reading.ask("GET", reading.links.not_relevant)
        await reading.ask("POST", reading.links.not_relevant, word="football")
        await reading.ask("POST", reading.links.not_relevant, word="football")
    told = [entry for entry in logs if entry["event"] == "watch changed by a reader"]
    assert [entry["left_out"] for entry in told] == ["football"]
    ours = [record for record in caplog.records if not record.name.startswith(("aiohttp", "asyncio"))]
    said = repr(logs) + "".join(record.getMessage() for record in ours)
    assert token not in said
    assert token.split(".")[2] not in said


async def test_the_key_is_made_once_and_only_where_links_lead_somewhere(database: Database) -> None:
    assert await feedback_at(database, "") is None
    async with database.read() as tx:
        assert await tx.keys.known("feedback") is None
    both = await asyncio.gather(*(feedback_at(database, "https://vigie.example") for _ in range(2)))
    assert both[0] == both[1]
    assert both[0] is not None
    assert len(both[0].key) == 32
    assert await feedback_at(database, "https://vigie.example") == both[0]


async def test_links_that_were_used_are_forgotten_once_they_have_long_expired(database: Database) -> None:
    async with database.write() as tx:
        assert await tx.feedback.use("a" * 64, NOON)
        assert not await tx.feedback.use("a" * 64, NOON + HOUR)
        assert await tx.feedback.used_at("a" * 64) == NOON
        assert await tx.feedback.use("b" * 64, NOON + 2 * LIFETIME + HOUR)
        assert await tx.feedback.used_at("a" * 64) is None
