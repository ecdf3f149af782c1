"""A bad day of a site's robots.txt or of the network: links wait for a better one, and the reason is told as it is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.network import system_resolve
from crawler.middlewares import robots
from crawler.middlewares.robots import RobotsMiddleware
from extraction.pool import WorkerPool
from news.clock import ManualClock
from tests.acceptance.test_bad_dates import settings, titles
from tests.hostile import HostileSite, answering, bomb, endless, page
from tests.running import Running, running

_TITLE = "Le conseil adopte le budget"


async def _rules(vigie: Running) -> RobotsMiddleware:
    found = vigie.engine.crawler._spider.crawler.get_downloader_middleware(RobotsMiddleware)
    assert found is not None
    return found


def _feed(link: str) -> bytes:
    item = f"<item><title>Un</title><link>{link}</link></item>"
    return f'<rss version="2.0"><channel><title>M</title>{item}</channel></rss>'.encode()


@pytest.fixture
def clock() -> ManualClock:
    """A clock with days to go: receivers of alerts have no part in these tests."""
    return ManualClock(datetime.now(UTC) - timedelta(days=6))


async def test_a_robots_txt_that_forbids_everything_for_a_day_loses_no_article(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with HostileSite() as site, HostileSite() as other:
        site.answers["/feed.xml"] = answering(_feed(other.url("/un-article")))
        other.answers |= {"/robots.txt": answering(b"User-agent: *\nDisallow: /\n"), "/un-article": answering(page())}
        async with running(tmp_path, settings(site, other, mal=site.url("/feed.xml")), pool, clock) as vigie:
            await vigie.visit()
            [link] = await vigie.links(other.url("/un-article"))
            assert (link.state, link.attempts) == ("pending", 1)
            other.answers["/robots.txt"] = answering(b"User-agent: *\nAllow: /\n")
            for _ in range(8):
                vigie.wait(hours=6)
                await vigie.visit()
            assert await titles(vigie) == {_TITLE}
            assert other.asked["/un-article"] == 1


@pytest.mark.parametrize("times", [1, 2], ids=["same process", "restarted"])
async def test_a_robots_txt_read_by_a_clock_that_was_a_year_fast_is_read_again(
    pool: WorkerPool, tmp_path: Path, times: int
) -> None:
    now = datetime.now(UTC)
    fast, right = ManualClock(now + timedelta(days=365)), ManualClock(now)
    async with HostileSite() as site:
        site.answers |= {"/feed.xml": answering(_feed(site.url("/a"))), "/a": answering(page())}
        async with running(tmp_path, settings(site, mal=site.url("/feed.xml")), pool, fast) as vigie:
            await vigie.visit()
            assert site.asked["/robots.txt"] == 1
            if times == 1:
                fast.set(now)
                await (await _rules(vigie)).robots_of(site.url("/"))
        if times == 2:
            async with running(tmp_path, settings(site, mal=site.url("/feed.xml")), pool, right) as vigie:
                await (await _rules(vigie)).robots_of(site.url("/"))
        assert site.asked["/robots.txt"] == 2


async def test_what_robots_txt_forbids_every_day_is_refused_in_the_end_and_never_asked_for(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with HostileSite() as site:
        site.listed = ["/secret"]
        site.answers |= {"/robots.txt": answering(b"User-agent: *\nDisallow: /secret\n"), "/secret": answering(page())}
        async with running(tmp_path, settings(site, mal=site.url("/feed.xml")), pool, clock) as vigie:
            for _ in range(16):
                await vigie.visit()
                vigie.wait(hours=8)
            [link] = await vigie.links(site.url("/secret"))
            assert (link.state, link.attempts, site.asked["/secret"]) == ("refused", 5, 0)
            assert "robots.txt forbids" in link.last_error


async def test_a_name_that_leads_home_for_one_visit_loses_no_article(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    """As behind the login page of a hotel's network."""
    is_captive = True

    async def resolve(host: str, port: int) -> Sequence[str]:
        if host == "portal.example":
            return ["10.0.0.1"] if is_captive else ["127.0.0.1"]
        return await system_resolve(host, port)

    async with HostileSite() as site:
        target = f"http://portal.example:{site.port}/un-article"
        site.answers["/feed.xml"] = answering(_feed(target))
        site.answers["/un-article"] = answering(page())
        async with running(tmp_path, settings(site, mal=site.url("/feed.xml")), pool, clock, resolve) as vigie:
            await vigie.visit()
            [link] = await vigie.links(target)
            assert (link.state, "not on the open internet" in link.last_error) == ("pending", True)
            is_captive = False
            for _ in range(3):
                vigie.wait(hours=1)
                await vigie.visit()
            assert await titles(vigie) == {_TITLE}


async def test_a_robots_txt_that_leads_nowhere_is_out_of_reach_and_costs_no_link(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with HostileSite() as site, HostileSite() as other:
        site.answers["/feed.xml"] = answering(_feed(other.url("/un-article")))
        other.answers["/robots.txt"] = answering(b"", "Location: http://[::bad", status="302 Found")
        other.answers["/un-article"] = answering(page())
        async with running(tmp_path, settings(site, other, mal=site.url("/feed.xml")), pool, clock) as vigie:
            await vigie.visit()
            [link] = await vigie.links(other.url("/un-article"))
            assert (link.state, link.attempts) == ("pending", 0)
            other.answers["/robots.txt"] = answering(b"")
            vigie.wait(hours=2)
            await vigie.visit()
            assert await titles(vigie) == {_TITLE}


async def test_a_mistyped_host_is_told_as_such_with_its_own_advice(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with running(tmp_path, settings(mal="http://vigie-mistyped.invalid/actu"), pool, clock) as vigie:
        await vigie.visit()
        source = await vigie.source("mal")
        assert source.last_error.startswith("the host of http://vigie-mistyped.invalid/ has no address")
        assert source.advice.startswith("Check the address")


async def test_a_robots_txt_that_leads_to_a_host_that_is_gone_does_not_accuse_the_site(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    gone = "http://vigie-gone.invalid/robots.txt"
    async with HostileSite() as site:
        site.answers["/robots.txt"] = answering(b"", f"Location: {gone}", status="302 Found")
        async with running(tmp_path, settings(site, mal=site.url("/feed.xml")), pool, clock) as vigie:
            await vigie.visit()
            error = (await vigie.source("mal")).last_error
            assert error.startswith("nothing may be fetched while robots.txt cannot be had: the host of " + gone)


async def test_a_crawl_delay_that_is_taken_back_is_forgotten(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    async with HostileSite() as site:
        site.answers["/robots.txt"] = answering(b"User-agent: *\nCrawl-delay: 1\n")
        async with running(tmp_path, settings(site, mal=site.url("/feed.xml")), pool, clock) as vigie:
            await vigie.visit()
            turns = vigie.engine.crawler._turns._turns
            assert turns[site.address].host.crawl_delay == 1
            site.answers["/robots.txt"] = answering(b"", status="503 Oops")
            vigie.wait(hours=25)
            await vigie.visit()
            assert turns[site.address].host.crawl_delay == 1, "what cannot be had takes nothing back"
            site.answers["/robots.txt"] = answering(b"User-agent: *\nAllow: /\n")
            vigie.wait(hours=25)
            await vigie.visit()
            assert turns[site.address].host.crawl_delay == 0
            kept = await vigie.engine.crawler._parts.memory.host(site.address)
            assert kept is None or kept.crawl_delay == 0


async def test_few_robots_txt_are_held_and_the_others_are_not_asked_for_again(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robots, "_REMEMBERED", 1)
    async with HostileSite() as first, HostileSite() as second:
        urls = {"first": first.url("/feed.xml"), "second": second.url("/feed.xml")}
        async with running(tmp_path, settings(first, second, **urls), pool, clock) as vigie:
            for _ in range(3):
                await vigie.visit()
                vigie.wait(hours=2)
            rules = await _rules(vigie)
            assert len(rules._known) == 1
            monkeypatch.setattr(robots, "_REMEMBERED", 500)
            monkeypatch.setattr(robots, "_MOST_CHARACTERS", 10)
            body = b"User-agent: *\nAllow: /\n"
            for site in (first, second):
                assert site.asked["/robots.txt"] == 1
                site.answers["/robots.txt"] = answering(body)
            vigie.wait(hours=25)
            await vigie.visit()
            assert len(rules._known) == 1


async def test_of_a_robots_txt_without_end_the_beginning_is_read(
    pool: WorkerPool, clock: ManualClock, tmp_path: Path
) -> None:
    """Also where its length is said to be enormous; a bomb, which nobody asked for, is still one."""
    rules, head = b"User-agent: *\nDisallow: /hops\n", b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
    async with HostileSite() as site, HostileSite() as long, HostileSite() as bombing:
        site.answers["/robots.txt"] = endless(head + b"\r\n" + rules, b"# rien\n" * 1_000)
        long.answers["/robots.txt"] = endless(head + b"Content-Length: 999999999\r\n\r\n" + rules, b"#\n" * 1_000)
        bombing.answers["/robots.txt"] = answering(bomb("gzip"), "Content-Encoding: gzip")
        for one in (site, long, bombing):
            one.listed = ["/hops?0"]
        urls = {name: one.url("/feed.xml") for name, one in (("a", site), ("b", long), ("c", bombing))}
        async with running(tmp_path, settings(site, long, bombing, **urls), pool, clock) as vigie:
            await vigie.visit()
            for one in (site, long):
                [link] = await vigie.links(one.url("/hops?0"))
                assert (link.state, "robots.txt forbids" in link.last_error) == ("pending", True)
                assert one.asked["/hops?0"] == 0
            error = (await vigie.source("c")).last_error
            assert error.startswith("nothing may be fetched while robots.txt cannot be had: "), error
