"""An article that was pruned while its site still lists it: it is neither fetched nor told again."""

from pathlib import Path

import pytest

from extraction.pool import WorkerPool
from news.clock import ManualClock
from service.forget import Forgetter
from tests.made_news import prose
from tests.receivers import WebhookReceiver
from tests.running import running
from tests.sites import LocalSite
from tests.usual import SECRET, calling

_RETENTION = """
[retention]
articles = "30d"
matched = "30d"
"""


async def test_what_was_pruned_is_neither_fetched_nor_told_again(
    site: LocalSite,
    webhook: WebhookReceiver,
    pool: WorkerPool,
    tmp_path: Path,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VIGIE_TEST_SECRET", SECRET)
    site.publish("vieux", "Rien")
    async with running(tmp_path, calling(site, webhook, tables=_RETENTION), pool, clock) as vigie:
        await vigie.go_round()
        url = site.publish("neuf", "La Corée du Nord nie", prose(1))
        vigie.wait(minutes=11)
        await vigie.go_round()
        assert [one.state for one in await vigie.deliveries()] == ["sent"]
        vigie.wait(days=60)
        await vigie.engine.pruner.tick()
        assert [one.article.title for one in await vigie.articles()] == [
            "La Corée du Nord nie"
        ]  # its delivery is listed
        vigie.wait(days=60)
        await Forgetter(vigie.archive.database, clock).tick()
        await vigie.engine.pruner.tick()
        assert await vigie.articles() == []
        asked = site.asked["/neuf"]
        site.publish("plus-neuf", "La Corée du Sud proteste", prose(2))
        vigie.wait(minutes=11)
        await vigie.go_round()
        assert [one.article.title for one in await vigie.articles()] == ["La Corée du Sud proteste"]
        assert [one.alert.told.title for one in await vigie.deliveries()] == ["La Corée du Sud proteste"]
        assert [(link.state, link.article_id) for link in await vigie.links(url)] == [("fetched", None)]
        assert site.asked["/neuf"] == asked == 1
