"""A backup of the running service, restored elsewhere: nobody is told again, and what is new is told."""

import signal
from pathlib import Path

from tests.acceptance.test_crash import settings, titles
from tests.commands import Commands
from tests.made_news import prose
from tests.receivers import WebhookReceiver
from tests.service_process import service
from tests.sites import LocalSite
from tests.usual import SECRET


async def test_a_backup_of_the_running_service_goes_on_where_it_was_made(
    site: LocalSite, webhook: WebhookReceiver, tmp_path: Path
) -> None:
    here, there = Commands(tmp_path), Commands(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    here.settings(settings(site, webhook))
    site.publish("vieux", "Rien")
    async with service(here.folder, VIGIE_TEST_SECRET=SECRET) as vigie:
        await vigie.logged("visit")
        site.publish("neuf", "La Corée du Nord nie", prose(1))
        await vigie.logged("delivery", state="sent")
        made = await here.apart("backup", str(tmp_path / "backup.zip"))
        assert (made.code, "2 articles, 1 match," in made.out) == (0, True), made.err
        vigie.signal(signal.SIGTERM)
        assert await vigie.ended() == 0
    restored = await there.apart("restore", str(tmp_path / "backup.zip"))
    assert restored.code == 0, restored.err
    listed = await there.apart("article", "list", "--json")
    assert [one["title"] for one in listed.json] == ["La Corée du Nord nie", "Rien"]
    async with service(there.folder, VIGIE_TEST_SECRET=SECRET) as vigie:
        await vigie.logged("visit", times=2)
        site.publish("plus-neuf", "La Corée du Sud proteste", prose(2))
        await vigie.logged("delivery", state="sent")
    assert titles(there.folder) == ["La Corée du Nord nie", "La Corée du Sud proteste", "Rien"]
    told = [call.verified(SECRET)["data"]["article"]["title"] for call in webhook.calls]
    assert told == ["La Corée du Nord nie", "La Corée du Sud proteste"]
