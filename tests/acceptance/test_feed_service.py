"""A feed reader gets from the running service what a watch has found, at the address that a command prints."""

from io import BytesIO
from pathlib import Path

import aiohttp
import feedparser

from tests.commands import Commands
from tests.service_process import service
from tests.sites import LocalSite

SETTINGS = """
[crawler]
delay = 0
interval = "1s"
[web]
port = 0
[extraction]
workers = 1
[network]
allow = ["{address}"]
[[source]]
name = "Le Site"
url = "{url}"
[[watch]]
name = "Corée"
query = "missile"
"""


async def test_what_a_watch_found_is_in_its_feed(site: LocalSite, tmp_path: Path) -> None:
    vigie = Commands(tmp_path)
    vigie.settings(SETTINGS.format(address=site.address, url=site.url()))
    site.publish("vieux", "Un missile d’hier")
    async with service(vigie.folder) as running:
        await running.logged("vigie runs")
        await running.logged("visit")
        site.publish("neuf", "Un missile tombe")
        await running.logged("article", title="Un missile tombe")
        base = next(line["web"] for line in running.lines if line["event"] == "vigie runs")
        path = (await vigie.apart("watch", "feed", "Corée")).out.strip()
        async with aiohttp.ClientSession() as session, session.get(f"{base}{path}") as response:
            feed = feedparser.parse(BytesIO(await response.read()))
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["Un missile tombe"], "what was there before is history"
