"""What the crawler remembers: hosts, robots.txt, caps, roads, revisions, and notices about sources."""

from dataclasses import replace

from news.alert import Alert, Told
from news.article import NoArticle, Span
from news.caps import Bite
from news.search import SearchRow, SearchTerm
from news.site import Host, RobotsFile
from news.source import Feed, FoundLink
from news.watch import Match
from storage import Database
from storage.links import ListedAgain
from storage.sources import Failing
from tests.samples import HOUR, MINUTE, NOON, a_channel, a_source, a_watch, an_article, claim, put_article


async def test_a_host_is_kept_and_what_is_kept_later_replaces_it(database: Database) -> None:
    slow = Host("slow.example:8080", delay=2.5, crawl_delay=10, refusals=3, closed_until=NOON + HOUR)
    async with database.write() as tx:
        assert await tx.sites.host(slow.name) is None
        await tx.sites.keep_hosts([slow, Host("quick.example")], NOON)
        assert await tx.sites.host(slow.name) == slow
        await tx.sites.keep_hosts([replace(slow, refusals=0, closed_until=None)], NOON + MINUTE)
        assert await tx.sites.host(slow.name) == replace(slow, refusals=0, closed_until=None)
        assert await tx.sites.host("quick.example") == Host("quick.example")


async def test_a_robots_txt_is_kept_by_origin(database: Database) -> None:
    file = RobotsFile("https://phare.example", "User-agent: *\nDisallow: /\n", False, "", NOON + 24 * HOUR)
    async with database.write() as tx:
        assert await tx.sites.robots(file.origin) is None
        await tx.sites.keep_robots(file)
        await tx.sites.keep_robots(replace(file, is_unreachable=True, trouble="HTTP 503"))
        assert await tx.sites.robots(file.origin) == replace(file, is_unreachable=True, trouble="HTTP 503")


async def test_bites_of_a_cap_are_counted_and_the_last_is_shown(database: Database) -> None:
    async with database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
        await tx.caps.bit(number, [Bite("page size", "https://phare.example/a", "11 MiB")], NOON)
        again = [Bite("page size", "https://phare.example/b", "12 MiB"), Bite("calendar", "https://phare.example/c")]
        await tx.caps.bit(number, again, NOON + MINUTE)
        caps = {one.bite.name: one for one in (await tx.caps.of([number]))[number]}
        assert (caps["page size"].times, caps["page size"].bite, caps["page size"].last_at) == (
            2,
            again[0],
            NOON + MINUTE,
        )
        assert caps["calendar"].times == 1
        assert await tx.caps.of([number + 1]) == {}


async def test_refused_pages_are_counted_by_reason_and_go_with_their_source(database: Database) -> None:
    first = NoArticle("https://phare.example/a", "soft 404", "it says 'gone'", 0.8)
    async with database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
        await tx.refusals.count(number, first, NOON)
        await tx.refusals.count(number, NoArticle("https://phare.example/", "index page"), NOON)
        last = replace(first, url="https://phare.example/b", confidence=0.9)
        await tx.refusals.count(number, last, NOON + MINUTE)
        counted = (await tx.refusals.of([number]))[number]
        assert [(one.reason, one.times) for one in counted] == [("soft 404", 2), ("index page", 1)]
        assert (counted[0].last, counted[0].last_at) == (last, NOON + MINUTE)
        assert await tx.refusals.of([number + 1]) == {}
        await tx.sources.remove(number)
        assert await tx.refusals.of([number]) == {}


async def test_every_road_that_lists_a_link_is_kept_and_the_newest_date_of_its_change(database: Database) -> None:
    async with database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
        one, two = FoundLink("https://phare.example/1"), FoundLink("https://phare.example/2")
        assert await tx.links.add_unknown(number, "feed", [one, one], is_history=False, now=NOON) == [one]
        changed = replace(one, modified_at=NOON)
        assert await tx.links.add_unknown(number, "sitemap", [changed, two], is_history=False, now=NOON) == [two]
        older = replace(one, modified_at=NOON - HOUR)
        assert await tx.links.add_unknown(number, "sitemap", [older], is_history=False, now=NOON) == []
        [link] = await tx.links.with_url(one.url)
        assert (link.road, link.roads, link.modified_at) == ("feed", ("feed", "sitemap"), NOON)
        for known in await tx.links.due(number, NOON, 9):
            await tx.links.settle(known.id, "fetched", NOON)
        assert await tx.links.by_roads(number, NOON) == {("feed", "sitemap"): 1, ("sitemap",): 1}
        assert await tx.links.by_roads(number, NOON + HOUR) == {}


async def test_an_article_is_due_for_another_look_when_its_time_has_come(database: Database) -> None:
    async with database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
        await tx.links.add_unknown(number, "feed", [FoundLink("https://phare.example/1")], is_history=False, now=NOON)
        [link] = await tx.links.due(number, NOON, 1)
        article = await put_article(tx, 1, number)
        await tx.links.settle(link.id, "fetched", NOON, article_id=article, revisit_at=NOON + HOUR)
        assert await tx.links.due_revisits(number, NOON, 9) == []
        assert await tx.links.next_revisits([number]) == {number: NOON + HOUR}
        [due] = await tx.links.due_revisits(number, NOON + HOUR, 9)
        assert due.is_known and due.revisits == 0
        await tx.links.revisited(link.id, None, NOON + HOUR)
        assert await tx.links.next_revisits([number]) == {}
        assert (await tx.links.with_url(link.url))[0].revisits == 1


async def test_known_links_that_a_poll_says_have_changed_are_given_with_what_was_known(database: Database) -> None:
    async with database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
        urls = [f"https://phare.example/{name}" for name in ("article", "history", "pending", "undated")]
        first = [FoundLink(url, modified_at=NOON - HOUR if "history" not in url else None) for url in urls]
        await tx.links.add_unknown(number, "feed", first, is_history=False, now=NOON)
        article, history, *_ = await tx.links.due(number, NOON, 9)
        await tx.links.settle(article.id, "fetched", NOON, article_id=await put_article(tx, 1, number), revisit_at=NOON)
        await tx.links.settle(history.id, "fetched", NOON, article_id=await put_article(tx, 2, number))
        again = [FoundLink(url, modified_at=NOON + HOUR) for url in (*urls[:3], "https://phare.example/new")]
        again += [FoundLink(urls[3]), FoundLink(urls[0] + "#twice", modified_at=NOON)]
        listed = {one.id: one for one in await tx.links.listed_again(number, again)}
        first_seen_at = (await tx.articles.get(article.article_id or 1)).first_seen_at
        assert listed == {
            article.id: ListedAgain(article.id, NOON + HOUR, NOON - HOUR, 0, NOON, NOON, first_seen_at),
            history.id: ListedAgain(history.id, NOON + HOUR, None, 0, None, NOON, None),
            article.id + 2: ListedAgain(article.id + 2, NOON + HOUR, NOON - HOUR, 0, None, None, None),
        }
        assert await tx.links.listed_again(number + 1, again) == []


async def test_a_look_at_an_article_can_be_brought_forward_and_says_when_it_was(database: Database) -> None:
    async with database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
        found = FoundLink("https://phare.example/1", modified_at=NOON)
        await tx.links.add_unknown(number, "feed", [found], is_history=False, now=NOON)
        [link] = await tx.links.due(number, NOON, 1)
        article = await put_article(tx, 1, number)
        await tx.links.settle(link.id, "fetched", NOON, article_id=article, revisit_at=NOON + 9 * HOUR)
        await tx.links.plan_revisits({link.id: NOON + 2 * HOUR})
        assert await tx.links.next_revisits([number]) == {number: NOON + 2 * HOUR}
        await tx.links.revisited(link.id, None, NOON + 3 * HOUR)
        [known] = await tx.links.listed_again(number, [found])
        assert (known.revisits, known.revisit_at, known.looked_at) == (1, None, NOON + 3 * HOUR)
        assert known.first_seen_at is not None


async def test_the_first_change_keeps_what_the_article_was_and_the_archive_has_what_it_is(database: Database) -> None:
    async with database.write() as tx:
        number = await put_article(tx, 1)
        was = (await tx.articles.get(number)).article
        later, last = replace(was, text="Deuxième texte."), replace(was, title="Autre titre", text="Troisième texte.")
        assert await tx.revisions.of(number) == []
        assert await tx.revisions.add(number, was, later, "text", NOON, NOON + HOUR) == 1
        assert await tx.revisions.add(number, later, last, "headline", NOON, NOON + 2 * HOUR) == 2
        kept = [(one.number, one.kind, one.title, one.text) for one in await tx.revisions.of(number)]
        assert kept == [
            (0, "first", was.title, was.text),
            (1, "text", later.title, later.text),
            (2, "headline", last.title, last.text),
        ]
        assert (await tx.articles.get(number)).article.text == "Troisième texte."


async def test_a_match_keeps_the_text_that_it_matched_until_it_is_told_anew(database: Database) -> None:
    async with database.write() as tx:
        number = await put_article(tx, 1)
        was = (await tx.articles.get(number)).article
        watches = [await tx.watches.put(a_watch(name), NOON) for name in ("old", "both")]
        for watch in watches:
            await tx.matches.add(Match(watch, number, (Span("text", 3, 8),), NOON))
        await tx.revisions.add(number, was, replace(was, text="Tout autre chose."), "text", NOON, NOON + HOUR)
        await tx.matches.pin(number, 0, but=[watches[1]])
        assert await tx.matches.matched_anew(watches[1], number, [Span("text", 5, 10)])
        assert not await tx.matches.matched_anew(watches[1], number + 1, [])
        found = {match.watch: match for match in await tx.matches.latest(9)}
        assert (found["old"].stored.article.text, found["old"].match.spans[0].start) == (was.text, 3)
        assert (found["both"].stored.article.text, found["both"].match.spans[0].start) == ("Tout autre chose.", 5)


async def test_the_search_finds_what_an_article_says_now(database: Database) -> None:
    async with database.write() as tx:
        number = await put_article(tx, 1)
        await tx.search.add(number, SearchRow("titre", "phare"), 1)
        await tx.search.put(number, SearchRow("titre", "digue"), 1)
        assert [one.id for one in await tx.search.candidates(SearchTerm(("digue",)), 9)] == [number]
        assert await tx.search.candidates(SearchTerm(("phare",)), 9) == []


async def test_a_notice_has_neither_watch_nor_article_and_is_delivered_like_an_alert(database: Database) -> None:
    async with database.write() as tx:
        channel = await tx.channels.put(a_channel(), NOON)
        told = Told(0, "Le Phare has gone quiet", "https://phare.example/", "Le Phare", "Nothing since noon.")
        assert await tx.outbox.add(Alert("", "", NOON, told, kind="silent"), None, [channel])
        assert await tx.outbox.add(Alert("", "", NOON, told, kind="back"), None, [channel])
        leased = await claim(tx)
        assert [(one.alert.kind, one.alert.watch, one.alert.told.title) for one in leased] == [
            ("silent", "", told.title),
            ("back", "", told.title),
        ]


async def test_feeds_that_had_nothing_new_are_written_down_together(database: Database) -> None:
    async with database.write() as tx:
        one, other = [await tx.sources.put(a_source(name, f"https://{name}.example/"), NOON) for name in "ab"]
        for source in (one, other):
            await tx.feeds.replace(source, [Feed(f"https://{source}.example/feed", "feed")])
        feeds = await tx.feeds.of_all([one, other])
        await tx.feeds.polled(replace(feeds[one][0], last_error="HTTP 503", not_before=NOON + HOUR), NOON)
        await tx.feeds.unchanged([feeds[one][0].id], NOON + MINUTE)
        again = await tx.feeds.of_all([one, other])
        assert (again[one][0].last_success_at, again[one][0].last_error, again[one][0].not_before) == (
            NOON + MINUTE,
            "",
            None,
        )
        assert again[other][0].last_polled_at is None


async def test_those_that_fail_since_about_the_same_time_are_counted_and_a_pause_takes_one_out(
    database: Database,
) -> None:
    since = [NOON, NOON + HOUR, NOON - 30 * HOUR, None]
    async with database.write() as tx:
        numbers = [await tx.sources.put(a_source(f"Le Phare {number}"), NOON) for number in range(5)]
        for number, failing_since in zip(numbers, since, strict=False):  # the last was never visited
            trouble = "failing" if failing_since else ""
            values = {"failing_since": failing_since, "trouble": trouble, "last_visit_at": NOON}
            await tx.sources.change(number, **values)
        assert await tx.sources.failing(NOON, 24 * HOUR, "offline") == Failing(4, 2, is_told=False)
        await tx.sources.change(numbers[0], told_of="offline")
        assert await tx.sources.failing(NOON, 24 * HOUR, "offline") == Failing(4, 2, is_told=True)
        await tx.sources.pause(numbers[0], True, NOON)
        assert await tx.sources.failing(NOON, 24 * HOUR, "offline") == Failing(3, 1, is_told=False)
        await tx.sources.pause(numbers[0], False, NOON)
        assert (await tx.sources.by_id(numbers[0])).failing_since is None


async def test_it_is_known_when_a_source_last_brought_an_article(database: Database) -> None:
    async with database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
        assert await tx.sources.brought_article(number) is None
        for hours in (1, 2):
            article = an_article(f"https://phare.example/{hours}")
            await tx.articles.add(article, number, NOON, NOON + hours * HOUR)
        assert await tx.sources.brought_article(number) == NOON + 2 * HOUR


async def test_suspicion_grows_by_the_page_and_ends_with_an_article(database: Database) -> None:
    async with database.write() as tx:
        number = await tx.sources.put(a_source(), NOON)
        await tx.sources.suspect(number)
        await tx.sources.suspect(number)
        assert (await tx.sources.by_id(number)).suspicions == 2
        await tx.sources.trust(number)
        assert (await tx.sources.by_id(number)).suspicions == 0
