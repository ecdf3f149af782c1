"""From a mail to the watch and back: a reader follows the link, leaves a word out, and is told no more of it."""

import json
import re
from pathlib import Path

import aiohttp

from extraction.pool import WorkerPool
from news.clock import ManualClock
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
