"""From a mail to the watch and back: a reader follows the link, leaves a word out, and is told no more of it."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from extraction.pool import WorkerPool
from matching import DictionaryLexicon
from news.clock import ManualClock
from service.explain import explained
from service.reader import Reader
from tests.receivers import SmtpReceiver
from tests.running import Running, running
from tests.sites import LocalSite
from web.app import make_app
from web.server import WebServer

FOOTBALL = "Le football a gagné : le ministère félicite les joueurs après la finale du championnat. " * 6


def _settings(site: LocalSite, smtp: SmtpReceiver, public_url: str) -> str:
    allow = json.dumps([site.address, f"127.0.0.1:{smtp.port}"])
    return (
        f'[crawler]\ndelay = 0\n[network]\nallow = {allow}\n[web]\npublic_url = "{public_url}"\n'
        f'[[source]]\nname = "Le Phare"\nurl = "{site.url()}"\n'
        f'[[channel]]\nname = "mail"\nkind = "email"\nhost = "127.0.0.1"\nport = {smtp.port}\nsecurity = "none"\n'
        'from = "vigie@example.com"\nto = ["desk@example.com"]\n'
    )


async def _watch(vigie: Running) -> None:
    from service.change import add_watch

    async with vigie.archive.database.write() as tx:
        await add_watch(tx, {"name": "Ministère", "query": "ministère OU cabinet"}, vigie.clock.now())


async def _told(vigie: Running, site: LocalSite, slug: str, title: str, body: str) -> None:
    site.publish(slug, title, body)
    vigie.wait(hours=1)
    await vigie.go_round()


async def test_a_reader_leaves_a_word_out_and_is_told_no_more_of_it(
    site: LocalSite, smtp: SmtpReceiver, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with running(tmp_path, _settings(site, smtp, "http://vigie.example/v"), pool, clock) as vigie:
        await _watch(vigie)
        site.publish("zero", "Avant", "Une page comme une autre, pour le commencement. " * 9)
        await vigie.visit()
        await _told(vigie, site, "une", "Le football en fête", FOOTBALL)
        [mail] = smtp.mails
        text = mail.message.get_body(("plain",))
        assert text is not None
        links = re.findall(r"http://vigie\.example/v(/feedback/\S+)", text.get_content())
        assert len(links) == 2
        server = WebServer(
            make_app(vigie.engine.daemon.troubles, None, feedback=vigie.engine.feedback_desk), "127.0.0.1", 0
        )
        await server.start()
        try:
            async with aiohttp.ClientSession() as session:
                page = await (await session.get(server.url + links[0])).text()
                assert 'value="football"' in page
                done = await session.post(server.url + links[0], data={"word": "football"})
                assert done.status == 200
        finally:
            await server.stop()
        await _told(vigie, site, "deux", "Encore du football", FOOTBALL)
        await _told(vigie, site, "trois", "Le ministère parle", "Le ministère parle du budget de la nation. " * 9)
        titles = [str(one.message["Subject"]).partition(": ")[2] for one in smtp.mails]
        assert titles == ["Le football en fête", "Le ministère parle"]


@asynccontextmanager
async def _pages(vigie: Running) -> AsyncIterator[str]:
    """Where the pages are, and a session to ask them with."""
    server = WebServer(
        make_app(vigie.engine.daemon.troubles, None, feedback=vigie.engine.feedback_desk), "127.0.0.1", 0
    )
    await server.start()
    try:
        yield server.url
    finally:
        await server.stop()


async def _post(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.post(url) as answer:
        return answer.status


def _part(mail: Any, subtype: str) -> str:
    part = mail.message.get_body((subtype,))
    assert part is not None
    return str(part.get_content())


async def test_a_story_that_is_muted_is_told_no_more_even_if_an_update_waits(
    site: LocalSite, smtp: SmtpReceiver, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with running(tmp_path, _settings(site, smtp, "http://vigie.example/v"), pool, clock) as vigie:
        await _watch(vigie)
        site.publish("zero", "Avant", "Une page comme une autre, pour le commencement. " * 9)
        await vigie.visit()
        await _told(vigie, site, "une", "Le football en fête", FOOTBALL)
        [mail] = smtp.mails
        [mute] = re.findall(r"Mute this story:\s+http://vigie\.example/v(/feedback/\S+)", _part(mail, "plain"))
        site.publish("deux", "Encore du football", FOOTBALL)
        vigie.wait(minutes=30)
        await vigie.go_round()  # it waits as an update
        async with _pages(vigie) as url:
            assert await _post(url + mute) == 200
        vigie.wait(hours=30)
        await vigie.go_round()
        site.publish("trois", "Toujours du football", FOOTBALL)
        vigie.wait(hours=48)
        await vigie.go_round()
        assert len(smtp.mails) == 1
        assert len(await vigie.matches()) == 3
        [later, *_] = await vigie.matches()
        async with vigie.archive.database.read() as tx:
            placing = await tx.stories.place_of(later.match.article_id)
            assert placing is not None and placing.story_id is not None
            story = placing.story_id
            assert [watch for watch, _ in await tx.feedback.mutes(story)] == ["Ministère"]
            found = await explained(tx, "Ministère", later.stored.article.url, Reader(DictionaryLexicon()))
        assert any("its story is muted" in step.says for step in found.steps)


async def test_each_story_of_a_digest_can_be_muted_and_its_own_template_tells_it(
    site: LocalSite, smtp: SmtpReceiver, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    settings = _settings(site, smtp, "http://vigie.example/v") + (
        'digest = "hourly"\n[channel.template]\nsubject = "{{ kind }}: {{ title }}"\n'
        'text = "{% for story in stories %}{{ story.title }} {{ story.mute_url }}\\n{% endfor %}"\n'
    )
    async with running(tmp_path, settings, pool, clock) as vigie:
        await _watch(vigie)
        site.publish("zero", "Avant", "Une page comme une autre, pour le commencement. " * 9)
        await vigie.visit()
        site.publish("une", "Le football en fête", FOOTBALL)
        await _told(vigie, site, "deux", "Le ministère parle", "Le ministère parle du budget de la nation. " * 9)
        vigie.wait(hours=1)
        await vigie.go_round()
        [mail] = smtp.mails
        assert str(mail.message["Subject"]) == "digest: 2 stories: Ministère"
        told = dict(line.rsplit(" ", 1) for line in _part(mail, "plain").splitlines())
        assert set(told) == {"Le football en fête", "Le ministère parle"}
        html = _part(mail, "html")
        assert all(html.count(link) == 1 for link in told.values())
        async with _pages(vigie) as url:
            assert await _post(url + told["Le football en fête"].removeprefix("http://vigie.example/v")) == 200
        site.publish("trois", "Encore du football", FOOTBALL)
        await _told(vigie, site, "quatre", "Le cabinet démissionne", "Le cabinet quitte le palais ce soir. " * 9)
        vigie.wait(hours=1)
        await vigie.go_round()
        assert _part(smtp.mails[-1], "plain").startswith("Le cabinet démissionne http")
        assert len(smtp.mails) == 2


async def test_without_a_public_url_there_are_no_links(
    site: LocalSite, smtp: SmtpReceiver, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with running(tmp_path, _settings(site, smtp, ""), pool, clock) as vigie:
        await _watch(vigie)
        site.publish("zero", "Avant", "Une page comme une autre, pour le commencement. " * 9)
        await vigie.visit()
        await _told(vigie, site, "une", "Le football en fête", FOOTBALL)
        [mail] = smtp.mails
        assert b"feedback" not in mail.content
        assert vigie.engine.feedback_desk is None
