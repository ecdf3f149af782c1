"""An archive in which articles came to a stop at every place where they can."""

from dataclasses import replace
from datetime import timedelta

from matching import DictionaryLexicon, document, search_row
from news.alert import Alert, Attempt
from news.article import Article, NoArticle, Span
from news.source import FoundLink, Link
from news.story import Placing
from news.watch import Match, Watch
from storage import Transaction
from tests.samples import HOUR, MINUTE, NOON, a_channel, a_source, a_watch, an_article, claim, record, told_of

SITE = "https://www.phare.example"
TITLE = "Pyongyang tire un missile"
TEXT = "Le missile a volé.\n\nRien de plus, dit Séoul."
QUERY = "missile AND (Pyongyang OR Moscou)"


def linked(page: str) -> str:
    """The address under which a feed lists a page; tracking and all."""
    return f"{SITE}/{page}?utm_source=rss"


async def put_text(tx: Transaction, source_id: int, article: Article, story_id: int = 0, copy_of: int = 0) -> int:
    """Store and index an article, in a story of its own unless it is given one; its id."""
    number = await tx.articles.add(article, source_id, NOON + MINUTE, NOON + 2 * MINUTE)
    assert number is not None
    read = document(article, "Le Phare", DictionaryLexicon())
    await tx.search.add(number, search_row(read), source_id)
    told_at = article.published_at or NOON
    if story_id:
        await tx.stories.join(story_id, told_at, None)
    else:
        story_id = await tx.stories.begin(told_at, None)
    place = Placing(story_id, copy_of or None, 0.83 if copy_of else None)
    await tx.stories.put(number, story_id, place, told_at, None)
    return number


async def put_trails(tx: Transaction) -> None:
    """A source with a page for each fate, two watches and two channels."""
    source_id = await tx.sources.put(a_source("Le Phare", f"{SITE}/"), NOON - 24 * HOUR)
    await tx.sources.change(source_id, watched_since=NOON - 23 * HOUR, last_visit_at=NOON, due_at=NOON + HOUR)
    await tx.watches.put(a_watch("Corée", QUERY), NOON - HOUR)
    await tx.watches.put(a_watch("Trop tard", "missile"), NOON + HOUR)
    await tx.channels.put(a_channel("bureau"), NOON)
    await tx.channels.put(a_channel("téléphone"), NOON)
    links = await _links(tx, source_id)
    await _fates(tx, source_id, links)
    article = replace(
        an_article(f"{SITE}/canonique", TITLE, TEXT), url=f"{SITE}/page", word_count=9, confidence=0.97,
        published_at=NOON - HOUR,
    )  # fmt: skip
    told = await put_text(tx, source_id, article)
    await tx.links.settle(links["told"].id, "fetched", NOON + MINUTE, article_id=told)
    copy = await put_text(tx, source_id, an_article(f"{SITE}/copie", TITLE, TEXT), story_id=1, copy_of=told)
    await tx.links.settle(links["copy"].id, "fetched", NOON + MINUTE, article_id=copy)
    old = await put_text(tx, source_id, an_article(f"{SITE}/ancien", TITLE, TEXT))
    await tx.links.settle(links["history"].id, "fetched", NOON + MINUTE, article_id=old)
    watch = await tx.watches.get("Corée")
    await tx.matches.add(Match(watch.id, told, (Span("title", 0, 9),), NOON + 3 * MINUTE))
    await tx.matches.add(Match(watch.id, copy, (Span("title", 0, 9),), NOON + 3 * MINUTE))
    await tx.matches.add(Match(watch.id, old, (), NOON + 3 * MINUTE, seen=True))
    await _deliver(tx, watch, told)


async def _links(tx: Transaction, source_id: int) -> dict[str, Link]:
    fates = ("told", "copy", "failing", "waiting", "short", "growing", "robots", "gone")
    news = [FoundLink(linked(fate), published_at=NOON - HOUR) for fate in fates]
    await tx.links.add_unknown(source_id, "feed", news, is_history=False, now=NOON)
    await tx.links.add_unknown(source_id, "sitemap", [FoundLink(linked("history"))], is_history=True, now=NOON)
    found = await tx.links.due(source_id, NOON, 99)
    return {fate: link for fate in (*fates, "history") for link in found if link.url == linked(fate)}


async def _fates(tx: Transaction, source_id: int, links: dict[str, Link]) -> None:
    await tx.links.postpone(links["failing"].id, NOON + 6 * HOUR, "it has a fault of its own (HTTP 503)")
    refused = NoArticle(linked("short"), "too short", "12 words", 0.8)
    await tx.links.settle(links["short"].id, "refused", NOON + MINUTE, error="no article: too short (12 words)")
    await tx.refusals.count(source_id, refused, NOON + MINUTE)
    await tx.links.postpone(links["growing"].id, NOON + HOUR, "no article: no text")
    await tx.links.settle(links["robots"].id, "refused", NOON + MINUTE, error=f"robots.txt forbids {SITE}/robots")
    await tx.links.settle(links["gone"].id, "dead", NOON + MINUTE, error="it does not exist (HTTP 404)")


async def _deliver(tx: Transaction, watch: Watch, article_id: int) -> None:
    """One channel took the alert at the second attempt, the other stands still."""
    channels = {channel.name: channel for channel in await tx.channels.all()}
    alert = Alert(watch="Corée", query=QUERY, decided_at=NOON + 3 * MINUTE, told=told_of(article_id))
    await tx.outbox.add(alert, watch.id, [channel.id for channel in channels.values()])
    await tx.channels.change(channels["téléphone"].id, paused_because="410 Gone")
    for minute, answer in ((4, "503 Busy"), (5, "200 OK")):
        at = NOON + timedelta(minutes=minute)
        [leased] = await claim(tx, at)
        ended = answer == "200 OK"
        attempt = Attempt(at, 12, ended, answer)
        await record(tx, leased, attempt, "sent" if ended else "pending", None if ended else at)
