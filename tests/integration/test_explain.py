"""Where an article stopped, and when, out of the database; on both databases."""

import pytest

from matching import DictionaryLexicon
from news.errors import BadUrlError, ConfigError, QueryError
from news.rules import rules_from
from news.source import FoundLink
from news.telling import Reason, Telling, TellingState
from news.watch import Watchlist
from service.explain import Explanation, explained
from service.reader import Reader
from storage import Database
from tests.samples import HOUR, MINUTE, NOON, a_source, a_watch, an_article
from tests.trails import SITE, linked, put_text, put_trails


@pytest.fixture
async def archive(database: Database) -> Database:
    """An archive with an article for each fate."""
    async with database.write() as tx:
        await put_trails(tx)
    return database


async def told(archive: Database, watch: str, url: str) -> Explanation:
    """What is explained of it."""
    async with archive.read() as tx:
        return await explained(tx, watch, url, Reader(DictionaryLexicon()))


@pytest.mark.parametrize(
    ("page", "stage", "outcome", "says"),
    [
        ("nowhere", "discovered", "waiting", "has listed this address"),
        ("waiting", "fetched", "waiting", "waits for the next visit"),
        ("failing", "fetched", "waiting", "after 1 attempt: it has a fault of its own (HTTP 503)"),
        ("robots", "fetched", "stopped", f"refused after 1 attempt: robots.txt forbids {SITE}/robots"),
        ("gone", "fetched", "stopped", "given up after 1 attempt: it does not exist (HTTP 404)"),
        ("short", "extracted", "stopped", "too short (12 words), 80% sure"),
        ("growing", "extracted", "waiting", "no text; it is looked at once more"),
        ("history", "alerted", "stopped", "it is history"),
        ("copy", "alerted", "stopped", "there was no channel to tell"),
        ("told", "delivered", "waiting", "to “téléphone”: held, for the channel is paused: 410 Gone"),
    ],
)
async def test_an_article_is_followed_to_where_it_stopped(
    archive: Database, page: str, stage: str, outcome: str, says: str
) -> None:
    stopped = (await told(archive, "Corée", f"{SITE}/{page}")).stopped
    assert stopped is not None
    assert (stopped.stage, stopped.outcome) == (stage, outcome)
    assert says in stopped.says


async def test_every_step_has_its_time_out_of_the_database(archive: Database) -> None:
    found = await told(archive, "Corée", linked("told"))
    assert found.matched
    assert [(step.stage, step.at) for step in found.steps] == [
        ("source", NOON - 24 * HOUR),
        ("discovered", NOON),
        ("fetched", NOON + MINUTE),
        ("extracted", NOON + 2 * MINUTE),
        ("story", NOON + 2 * MINUTE),
        ("matched", NOON + 3 * MINUTE),
        ("alerted", NOON + 3 * MINUTE),
        ("delivered", NOON + 5 * MINUTE),
        ("delivered", None),
    ]
    sent = found.steps[-2]
    assert sent.says == "to “bureau”, 2 attempts"
    assert sent.notes == (
        (NOON + 4 * MINUTE, "failed: 503 Busy (12 ms)"),
        (NOON + 5 * MINUTE, "accepted: 200 OK (12 ms)"),
    )


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/canonique",
        f"{SITE}/told",
        f"{SITE}/page",
        "http://phare.example/told/?utm_campaign=x#top",
        "phare.example/canonique",
        "http://www.phare.example/page",
    ],
)
async def test_any_address_leads_to_the_article(archive: Database, url: str) -> None:
    found = await told(archive, "Corée", url)
    assert found.stored is not None
    assert found.stored.article.canonical_url == f"{SITE}/canonique"
    assert found.steps[1].at == NOON


@pytest.mark.parametrize("site", ["http://127.0.0.1:8000", "https://[::1]:8000"])
async def test_an_address_without_a_name_leads_to_its_article_too(database: Database, site: str) -> None:
    async with database.write() as tx:
        source_id = await tx.sources.put(a_source("Ici", f"{site}/"), NOON)
        await put_text(tx, source_id, an_article(f"{site}/a", "Un missile"))
    found = await told(database, "missile", f"{site}/a#top")
    assert found.matched
    missing = await told(database, "missile", f"{site}/b")
    assert [step.says for step in missing.steps][:1] == ["“Ici” is watched"]


async def test_of_several_sources_that_list_it_the_one_that_brought_it_is_told(archive: Database) -> None:
    async with archive.write() as tx:
        other = await tx.sources.put(a_source("Agrégateur", "https://tout.example/"), NOON - 48 * HOUR)
        found = FoundLink(f"{SITE}/told")
        await tx.links.add_unknown(other, "sitemap", [found], is_history=False, now=NOON - 2 * HOUR)
        [link] = await tx.links.due(other, NOON, 9)
        await tx.links.settle(link.id, "fetched", NOON + HOUR, article_id=1)
    source, discovered, *_ = (await told(archive, "Corée", f"{SITE}/told")).steps
    assert source.says == "“Le Phare” is watched"
    assert (discovered.at, discovered.says) == (NOON, "listed by a feed, and by 1 other source")


async def test_the_next_try_is_told(archive: Database) -> None:
    for page, at in (("failing", NOON + 6 * HOUR), ("waiting", NOON + HOUR), ("nowhere", NOON + HOUR)):
        stopped = (await told(archive, "Corée", f"{SITE}/{page}")).stopped
        assert stopped is not None
        assert stopped.next_at == at


async def test_a_miss_says_what_failed_and_a_query_ends_with_the_match(archive: Database) -> None:
    missed = await told(archive, "missile titre:Séoul", f"{SITE}/told")
    assert (missed.matched, missed.why) == (False, "Séoul does not occur in the title, only in the text")
    assert missed.judged is not None
    assert [part.state for part in missed.judged.parts] == ["holds", "does not hold"]
    found = await told(archive, "missile", f"{SITE}/told")
    assert found.matched
    assert found.stopped is None
    assert found.steps[-1].says == "1 hit in the title and 1 hit in the text"


async def test_an_article_older_than_the_watch_was_told_to_nobody(archive: Database) -> None:
    found = await told(archive, "Trop tard", f"{SITE}/told")
    assert found.matched
    assert found.stopped is not None
    assert found.stopped.says == "told to nobody: it was stored before the watch was added"
    assert found.stopped.notes == ((NOON + HOUR, "the watch was added"),)


async def test_a_copy_is_named_with_what_it_copies(archive: Database) -> None:
    story = (await told(archive, "Corée", f"{SITE}/copy")).steps[4]
    assert story.says == "story 1, one of 2 articles; a copy of article 1 of Le Phare, 83% of the text"


async def test_a_match_stays_one_where_the_query_is_another_by_now(archive: Database) -> None:
    async with archive.write() as tx:
        await tx.watches.change((await tx.watches.get("Corée")).id, query="football")
    found = await told(archive, "Corée", f"{SITE}/told")
    assert (found.matched, found.spans) == (True, None)
    assert "it did, but would not now: football does not occur" in found.steps[5].says


async def test_a_watch_that_was_never_asked_says_what_may_be_why(archive: Database) -> None:
    async with archive.write() as tx:
        number = await tx.watches.put(a_watch("Muette", "missile"), NOON - HOUR)
    stopped = (await told(archive, "Muette", f"{SITE}/told")).stopped
    assert stopped is not None
    assert "the query or the text was another" in stopped.says
    async with archive.write() as tx:
        await tx.watches.pause(number, True, NOON)
    stopped = (await told(archive, "Muette", f"{SITE}/told")).stopped
    assert stopped is not None
    assert stopped.hint == "vigie watch resume 'Muette'"


async def test_a_host_that_nobody_reads_is_told_with_how_to_add_it(archive: Database) -> None:
    [step] = (await told(archive, "Corée", "https://digue.example/a")).steps
    assert (step.outcome, step.says) == ("stopped", "no source reads digue.example")
    assert step.hint == "vigie source add https://digue.example/"


async def test_a_source_reads_its_sub_domains_and_the_hosts_of_its_feeds(archive: Database) -> None:
    [source, *_] = (await told(archive, "Corée", "https://sport.phare.example/a")).steps
    assert source.says == "“Le Phare” is watched"
    async with archive.write() as tx:
        digue = await tx.sources.put(a_source("La Digue", "https://feeds.example/digue"), NOON)
        await tx.sources.pause(digue, True, NOON)
    [source] = (await told(archive, "Corée", "https://feeds.example/a")).steps
    assert (source.outcome, source.hint) == ("stopped", "vigie source resume 'La Digue'")


async def test_an_article_without_a_link_or_a_place_is_explained_all_the_same(archive: Database) -> None:
    async with archive.write() as tx:
        source = await tx.sources.get("Le Phare")
        await tx.articles.add(an_article(f"{SITE}/orphan", "Rien", "Un texte"), source.id, NOON, NOON)
        await put_text(tx, source.id, an_article(f"{SITE}/sans-lien", "Rien", "Un texte"))
    found = await told(archive, "Corée", f"{SITE}/orphan")
    assert [step.stage for step in found.steps] == [
        "source", "discovered", "fetched", "extracted", "story", "matched",
    ]  # fmt: skip
    assert found.steps[4].says == "none: it was stored before there were stories"


async def test_bad_use_is_an_error(archive: Database) -> None:
    with pytest.raises(BadUrlError):
        await told(archive, "Corée", "ftp://phare.example/a")
    with pytest.raises(QueryError):
        await told(archive, "missile AND", f"{SITE}/told")
    async with archive.write() as tx:
        await tx.watches.put(a_watch("Cassée", "watch:Personne"), NOON)
    with pytest.raises(ConfigError, match="the query of the watch 'Cassée' is broken"):
        await told(archive, "Cassée", f"{SITE}/told")


@pytest.mark.parametrize(
    ("state", "reason", "outcome", "says"),
    [
        ("held", "update", "waiting", "to “bureau”: held for an update of its story"),
        ("held", "quiet", "waiting", "to “bureau”: held until the end of quiet hours"),
        ("held", "digest", "waiting", "to “bureau”: held for the next digest"),
        ("held", "budget", "waiting", "spent its alerts for the day"),
        ("held", "resurfaced", "waiting", "an old article that came back"),
        ("muted", "", "stopped", "to “bureau”: not told, its story is muted"),
        ("never", "update", "stopped", "the watch wants no updates"),
        ("never", "resurfaced", "stopped", "not told, it is an old article that came back"),
        ("never", "removed", "stopped", "not told, the watch or the channel was removed while it waited"),
    ],
)
async def test_what_is_held_or_never_told_says_why(
    archive: Database, state: TellingState, reason: Reason, outcome: str, says: str
) -> None:
    due_at = NOON + HOUR if state == "held" else None
    async with archive.write() as tx:
        watch = await tx.watches.get("Corée")
        channel_id = (await tx.channels.get("bureau")).id
        copy = (await tx.articles.of(f"{SITE}/copie")).id
        [_] = await tx.tellings.add([Telling(watch.id, copy, channel_id, state, reason, due_at)])
    found = await told(archive, "Corée", f"{SITE}/copy")
    step = found.steps[-1]
    assert (step.stage, step.outcome, step.next_at) == ("alerted", outcome, due_at)
    assert says in step.says


@pytest.mark.parametrize(
    ("watch", "watchlist", "channel", "alerts", "says"),
    [
        ({}, {}, {}, {}, "(quiet=none, as usual)"),
        ({}, {}, {}, {"quiet": "22:00-07:00"}, "(quiet=22:00-07:00, says [alerts])"),
        ({}, {}, {"quiet": "23:00-07:00"}, {"quiet": "22:00-07:00"}, "(quiet=23:00-07:00, says the channel “bureau”)"),
        ({}, {"quiet": "21:00-07:00"}, {"quiet": "23:00-07:00"}, {}, "(quiet=21:00-07:00, says the watchlist “Asie”)"),
        ({"quiet": "20:00-07:00"}, {"quiet": "21:00-07:00"}, {}, {}, "(quiet=20:00-07:00, says the watch)"),
    ],
)
async def test_what_is_held_names_the_rule_and_who_says_it(
    archive: Database,
    watch: dict[str, str],
    watchlist: dict[str, str],
    channel: dict[str, str],
    alerts: dict[str, str],
    says: str,
) -> None:
    async with archive.write() as tx:
        known, told_to = await tx.watches.get("Corée"), await tx.channels.get("bureau")
        await tx.watches.change(known.id, rules=watch, watchlist="Asie")
        await tx.channels.change(told_to.id, rules=channel)
        for name, rules in (("Asie", watchlist), ("", alerts)):
            await tx.watchlists.put(Watchlist(0, name, rules=rules_from(rules)), NOON)
        copy = (await tx.articles.of(f"{SITE}/copie")).id
        await tx.tellings.add([Telling(known.id, copy, told_to.id, "held", "quiet", NOON + HOUR)])
    step = (await told(archive, "Corée", f"{SITE}/copy")).steps[-1]
    assert step.says == f"to “bureau”: held until the end of quiet hours {says}"


async def test_what_is_held_for_a_channel_that_the_user_paused_says_that_it_waits_for_him(archive: Database) -> None:
    async with archive.write() as tx:
        known, told_to = await tx.watches.get("Corée"), await tx.channels.get("bureau")
        copy = (await tx.articles.of(f"{SITE}/copie")).id
        await tx.tellings.add([Telling(known.id, copy, told_to.id, "held", "digest", NOON + HOUR)])
        await tx.channels.pause(told_to.id, True, NOON)
    step = (await told(archive, "Corée", f"{SITE}/copy")).steps[-1]
    assert (step.outcome, step.next_at, step.hint) == ("waiting", None, "vigie channel resume 'bureau'")
    assert "until the channel is resumed" in step.says
