"""How sources fare: hosts that want peace, sources that fail, change, go quiet or turn odd, and what is told of it."""

from datetime import timedelta
from pathlib import Path

import pytest

from extraction.pool import WorkerPool
from news.clock import ManualClock
from news.source import state_of
from tests.receivers import SmtpReceiver
from tests.running import Running, running
from tests.sites import LocalSite, answering, once
from tests.usual import mailing

_RISING = (
    "La rivière monte depuis lundi, et la ville attend la suite : les pompiers ont distribué des sacs de sable dans "
    "les rues basses, et l'école restera fermée jusqu'à la fin de la semaine."
)
_REAL = (
    "Le conseil a voté jeudi soir le budget de la commune, après un débat de quatre heures, et le maire a promis que "
    "les travaux du pont commenceraient au printemps."
)


@pytest.fixture
def settings(site: LocalSite, smtp: SmtpReceiver) -> str:
    """One source, one watch, one mailbox."""
    return mailing(site, smtp, "pont")


async def _told(vigie: Running) -> list[str]:
    """What was decided to be told of sources, the first first."""
    return [one.alert.kind for one in reversed(await vigie.deliveries()) if one.alert.kind != "match"]


async def _state(vigie: Running) -> str:
    return state_of(await vigie.source("Le Site"), vigie.clock.now())


async def test_a_host_that_answers_429_is_left_alone_for_as_long_as_it_says_also_after_a_restart(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Un article")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        site.scripts["/feed.xml"] = once(answering(429, Retry_After="7200"), site, "/feed.xml")
        vigie.wait(minutes=11)
        await vigie.visit()
        source = await vigie.source("Le Site")
        assert source.due_at is not None and source.due_at - clock.now() == timedelta(hours=2)
        assert "we ask too often" in source.last_error and "Vigie asks more seldom now" in source.advice
    site.asked.clear()
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.engine.local.finish()
        vigie.engine.local.submit(await vigie.engine.visits.lease([source.id]))
        await vigie.engine.local.finish()
        assert not site.asked
        assert "has asked to be left alone until" in (await vigie.source("Le Site")).last_error
        vigie.wait(hours=3)
        await vigie.visit()
        assert await _state(vigie) == "ok"


async def test_a_source_that_refuses_is_blocked_and_after_a_day_the_user_is_told_and_again_when_it_is_back(
    site: LocalSite, smtp: SmtpReceiver, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Un article")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        site.scripts["/feed.xml"] = answering(403)
        vigie.wait(minutes=11)
        await vigie.visit()
        assert (await _state(vigie), await _told(vigie)) == ("blocked", [])
        vigie.wait(hours=3)
        await vigie.visit()
        assert await _told(vigie) == []
        vigie.wait(days=1)
        await vigie.go_round()
        assert await _told(vigie) == ["blocked"]
        vigie.wait(days=2)
        await vigie.visit()
        assert await _told(vigie) == ["blocked"]
        [mail] = smtp.mails
        assert mail.message["Subject"] == "Vigie: Le Site has refused Vigie for a day"
        plain = mail.message.get_body(("plain",))
        assert plain is not None and "HTTP 403" in plain.get_content()
        del site.scripts["/feed.xml"]
        vigie.wait(days=2)
        await vigie.visit()
        assert (await _state(vigie), await _told(vigie)) == ("ok", ["blocked", "back"])


async def test_a_failure_after_days_without_vigie_or_in_a_pause_is_not_one_of_days(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Un article")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        site.scripts["/feed.xml"] = answering(500)
        vigie.wait(days=3)
        await vigie.visit()
        assert (await _state(vigie), await _told(vigie)) == ("failing", [])
        for _ in range(2):
            vigie.wait(hours=2)
            await vigie.visit()
        source = await vigie.source("Le Site")
        async with vigie.archive.database.write() as tx:
            await tx.sources.pause(source.id, True, clock.now())
        vigie.wait(days=3)
        async with vigie.archive.database.write() as tx:
            await tx.sources.pause(source.id, False, clock.now())
        await vigie.visit()
        assert (await _state(vigie), await _told(vigie)) == ("failing", [])


async def test_a_source_that_is_visited_once_a_day_is_told_of_at_its_second_failure(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Un article")
    async with running(tmp_path, settings.replace('"10m"', '"1d"'), pool, clock) as vigie:
        await vigie.visit()
        site.scripts["/feed.xml"] = answering(500)
        vigie.wait(days=1)
        await vigie.visit()
        assert (await _state(vigie), await _told(vigie)) == ("failing", [])
        vigie.wait(days=1)
        await vigie.visit()
        assert await _told(vigie) == ["failing"]


async def test_refusals_and_failures_in_turn_are_told_once(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Un article")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        for number in range(8):
            site.scripts["/feed.xml"] = answering((403, 500)[number % 2])
            vigie.wait(days=1, minutes=1)
            await vigie.visit()
        assert len(await _told(vigie)) == 1


async def test_photographs_beside_articles_cast_no_doubt_on_their_source(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Un article")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        for number in range(4):
            for photo in range(3):
                site.publish(f"photos-{number}-{photo}", "Le carnaval en images", body="Photo.")
            vigie.wait(minutes=11)
            await vigie.visit()
            assert (await _state(vigie), await _told(vigie)) == ("ok", [])
            site.publish(f"article-{number}", f"Article {number}", body=f"{_REAL} C'est la {number}e fois.")
            vigie.wait(minutes=11)
            await vigie.visit()
        assert len(await vigie.articles()) == 5
        vigie.wait(days=2)
        for photo in range(3):
            site.publish(f"photos-{photo}", "Le carnaval en images", body="Photo.")
        await vigie.visit()
        assert (await _state(vigie), await _told(vigie)) == ("suspect", ["suspect"])


async def test_a_source_that_is_suspect_every_other_hour_is_told_of_once_a_day(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Un article")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        for number in range(4):
            for lost in range(3):
                site.publish(f"perdu-{number}-{lost}", "Perdu")
                site.articles[f"/perdu-{number}-{lost}"] = (
                    "<html><title>Page introuvable</title><h1>Page introuvable</h1></html>"
                )
            vigie.wait(minutes=61)
            await vigie.visit()
            assert await _state(vigie) == "suspect"
            site.publish(f"article-{number}", f"Article {number}", body=f"{_REAL} C'est la {number}e fois.")
            vigie.wait(minutes=61)
            await vigie.visit()
            assert await _state(vigie) == "ok"
        assert await _told(vigie) == ["suspect", "back"]


async def test_an_empty_feed_stays_suspect_also_when_it_is_unchanged(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Un article")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        site.listed.clear()
        for _ in range(3):
            vigie.wait(minutes=11)
            await vigie.visit()
            assert (await _state(vigie), await _told(vigie)) == ("suspect", ["suspect"])
        assert site.conditional["/feed.xml"] > 0
        vigie.wait(days=1)
        await vigie.visit()
        assert (await vigie.source("Le Site")).discovered_at is None, "its feeds are looked for anew"


async def test_sources_that_all_fail_at_once_are_told_of_in_one_notice_and_so_is_their_return(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Un article")
    for number in range(5):
        settings += f'[[source]]\nname = "Le Site {number}"\nurl = "{site.url(f"/feed.xml?{number}")}"\n'
    async with running(tmp_path, settings, pool, clock) as vigie:
        for _ in range(3):  # a host has few places
            await vigie.visit()
            vigie.wait(minutes=1)
        await site.close()
        for _ in range(4):
            vigie.wait(hours=12)
            await _visit_all(vigie)
        assert await _told(vigie) == ["failing"]
        [told] = [one.alert.told for one in await vigie.deliveries() if one.alert.kind == "failing"]
        assert told.title == "Most of your sources could not be read for a day"
        assert told.excerpt.startswith("6 of 6 do not answer")
        await site.__aenter__()
        vigie.wait(days=1)
        for _ in range(2):
            await _visit_all(vigie)
            vigie.wait(hours=1)
        assert await _told(vigie) == ["failing", "back"]


async def _visit_all(vigie: Running) -> None:
    for _ in range(4):
        await vigie.visit()
        vigie.wait(minutes=1)


async def test_pages_that_only_stand_in_for_articles_make_a_source_suspect_and_one_article_clears_it(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Un article")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        for number in range(3):
            path = site.publish(f"perdu-{number}", "Perdu").removeprefix(site.url("")).lstrip("/")
            site.articles[f"/{path}"] = "<html><title>Page introuvable</title><h1>Page introuvable</h1></html>"
        vigie.wait(minutes=11)
        await vigie.visit()
        assert (await _state(vigie), await _told(vigie)) == ("suspect", ["suspect"])
        assert [entry.article.title for entry in await vigie.articles()] == ["Un article"]
        site.publish("deux", "Un autre article", body=_REAL)
        vigie.wait(minutes=11)
        await vigie.visit()
        assert (await _state(vigie), await _told(vigie)) == ("ok", ["suspect", "back"])


async def test_a_source_that_goes_quiet_is_told_of_once_and_so_is_its_return(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    now = clock.now()
    for number in range(200):
        site.publish(f"vieux-{number}", f"Article {number}", published_at=now - timedelta(hours=2 * number + 1))
    settings = settings.replace('interval = "10m"', 'interval = "2h"\npages_per_visit = 1')
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        assert await _told(vigie) == []
        for _ in range(30):
            vigie.wait(hours=2)
            await vigie.visit()
        assert await _told(vigie) == ["silent"]
        [told] = [one.alert.told for one in await vigie.deliveries() if one.alert.kind == "silent"]
        assert told.title == "Le Site has gone quiet"
        assert told.excerpt.startswith(f"No article since {now - timedelta(hours=1):%A %d %B, %H:%M} UTC; ")
        site.publish("neuf", "Une nouvelle", published_at=clock.now())
        vigie.wait(hours=2)
        await vigie.visit()
        assert await _told(vigie) == ["silent", "back"]


async def test_an_article_that_changes_is_revised_and_a_watch_that_wants_it_only_now_tells_of_it(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("vieux", "Un article")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        url = site.publish("crue", "La rivière monte", body=_RISING)
        vigie.wait(minutes=11)
        await vigie.visit()
        assert await vigie.deliveries() == []
        site.articles["/crue"] = site.articles["/crue"].replace(
            "</article>", f"<p>{_REAL}</p><p>Le pont est fermé, et la route départementale aussi.</p></article>"
        )
        vigie.wait(minutes=70)
        await vigie.visit()
        [delivery] = await vigie.deliveries()
        assert delivery.alert.told.title == "La rivière monte"
        [match] = await vigie.matches()
        assert "Le pont est fermé" in match.stored.article.text
        async with vigie.archive.database.read() as tx:
            first, second = await tx.revisions.of(match.stored.id)
            assert (first.kind, second.kind) == ("first", "text")
            assert "pont" not in first.text
        [link] = await vigie.links(url)
        assert (link.revisits, link.state) == (1, "fetched")


async def test_a_slip_of_the_pen_is_no_revision_and_what_matched_before_is_not_told_again(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("vieux", "Un article")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        site.publish("pont", "Le pont est fermé", body=_REAL)
        vigie.wait(minutes=11)
        await vigie.visit()
        assert len(await vigie.deliveries()) == 1
        site.articles["/pont"] = site.articles["/pont"].replace("commenceraient", "comenceraient")
        vigie.wait(minutes=70)
        await vigie.visit()
        site.articles["/pont"] = site.articles["/pont"].replace(
            "</article>", "<p>Dix-sept familles ont été relogées dans le gymnase, dit la mairie.</p></article>"
        )
        vigie.wait(hours=5)
        await vigie.visit()
        assert len(await vigie.deliveries()) == 1
        [match] = await vigie.matches()
        async with vigie.archive.database.read() as tx:
            assert [revision.kind for revision in await tx.revisions.of(match.stored.id)] == ["first", "text"]
        assert all(match.stored.article.title[span.start : span.end] == "pont" for span in match.match.spans[:1])


async def test_the_caps_that_bit_and_the_roads_are_on_the_source(
    site: LocalSite, settings: str, pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    site.publish("un", "Un article")
    site.publish("a/a/a/a/deux", "Un article trop profond")
    settings = settings.replace('interval = "10m"', 'interval = "10m"\npages_per_visit = 1')
    site.publish("trois", "Un troisième")
    async with running(tmp_path, settings, pool, clock) as vigie:
        await vigie.visit()
        source = await vigie.source("Le Site")
        async with vigie.archive.database.read() as tx:
            caps = {one.bite.name: one.bite.url for one in (await tx.caps.of([source.id]))[source.id]}
        assert caps["path repeats"] == site.url("/a/a/a/a/deux")
        assert "pages per visit" in caps
        assert not await vigie.links(site.url("/a/a/a/a/deux"))
