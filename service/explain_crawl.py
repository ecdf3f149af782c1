"""How far an article came before any watch was asked: its steps from the source to the archive. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from news.article import StoredArticle
from news.source import Road, Source
from news.story import Placing
from news.text import clip
from news.url import host
from storage.links import Listing
from storage.refusals import CountedRefusal

Stage = Literal["source", "discovered", "fetched", "extracted", "story", "matched", "alerted", "delivered"]
Outcome = Literal["done", "waiting", "stopped"]

_ROADS: Mapping[Road, str] = {
    "feed": "by a feed", "sitemap": "by a sitemap", "section": "on a section page", "spider": "by its spider",
}  # fmt: skip
_LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an article's way: `at` is when it was taken, `next_at` when it will be tried again, if ever.

    `says` is a clause without a full stop; `notes` are what else there is to tell, each with its own time where that
    counts; `hint` is what to do.
    """

    stage: Stage
    outcome: Outcome
    says: str
    at: datetime | None = None
    next_at: datetime | None = None
    hint: str = ""
    notes: tuple[tuple[datetime | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What the database knows of an address: the source that reads it, the link that tells most, its article.

    `refusal` is the verdict on its page, where that is still known; `others` counts the other sources that list it.
    """

    url: str
    source: Source | None = None
    listing: Listing | None = None
    stored: StoredArticle | None = None
    refusal: CountedRefusal | None = None
    others: int = 0


def crawl_steps(found: Found) -> Iterator[Step]:
    """The steps up to the archive, the last of them that which the article did not get past, if there is one."""
    if found.source is None:
        name = host(found.url)
        hint = f"vigie source add https://{name}/"
        yield Step("source", "stopped", f"no source reads {name}", hint=hint)
        return
    yield _source(found.source, is_last=found.listing is None and found.stored is None)
    if found.listing is None:
        yield from _without_link(found, found.source)
        return
    yield _discovered(found, found.listing)
    yield from _fetched(found, found.listing, found.source)


def _source(source: Source, *, is_last: bool) -> Step:
    says = f"“{source.name}” is watched"
    if source.paused:
        hint = f"vigie source resume {source.name!r}"
        return Step(
            "source", "stopped" if is_last else "done", f"“{source.name}” is paused", source.added_at, hint=hint
        )
    trouble = f" and {source.trouble}: {source.last_error}" if source.trouble and source.last_error else ""
    return Step("source", "done", says + trouble, source.added_at)


def _without_link(found: Found, source: Source) -> Iterator[Step]:
    if found.stored is None:
        if source.paused:
            return
        says = "no feed, sitemap or section page of it has listed this address"
        if source.last_visit_at is None:
            says = "it has not been visited yet"
        notes = ((source.last_visit_at, "its last visit"),) if source.last_visit_at else ()
        hint = f"what it lists now: vigie source test {source.name!r}"
        yield Step("discovered", "waiting", says, next_at=source.due_at, hint=hint, notes=notes)
        return
    yield Step("discovered", "done", "its link is kept no more")
    yield from _stored(found.stored)


def _discovered(found: Found, listing: Listing) -> Step:
    link = listing.link
    roads = " and ".join(_ROADS[road] for road in link.roads or (link.road,))
    says = f"listed {roads}"
    if found.others:
        says += f", and by {found.others} other source{'s' if found.others > 1 else ''}"
    if link.is_history:
        says += "; it was there already when the source was added"
    notes = ((link.published_at, "published, as it was listed"),) if link.published_at else ()
    return Step("discovered", "done", says, listing.found_at, notes=notes)


def _fetched(found: Found, listing: Listing, source: Source) -> Iterator[Step]:
    link, error = listing.link, listing.link.last_error
    if link.state == "fetched":
        if found.stored is not None:
            yield from _stored(found.stored)
        else:
            yield Step("fetched", "stopped", "its article is kept no more", listing.settled_at)
    elif link.verdict:
        yield Step("fetched", "done", f"after {_attempts(link.attempts)}", listing.settled_at)
        yield _refused(found, listing)
    elif link.state == "pending":
        yield _pending(listing, source)
    else:
        end = "given up" if link.state == "dead" else "refused"
        yield Step("fetched", "stopped", f"{end} after {_attempts(link.attempts)}: {error}", listing.settled_at)


def _pending(listing: Listing, source: Source) -> Step:
    link = listing.link
    waits = [at for at in (link.next_try_at, source.due_at) if at is not None]
    hint = f"vigie source resume {source.name!r}" if source.paused else ""
    if not link.last_error:
        says = "not fetched yet: " + ("its source is paused" if source.paused else "it waits for the next visit")
        return Step("fetched", "waiting", says, next_at=max(waits, default=None), hint=hint)
    says = f"not fetched yet, after {_attempts(link.attempts)}: {link.last_error}"
    return Step("fetched", "waiting", says, next_at=max(waits, default=None), hint=hint)


def _refused(found: Found, listing: Listing) -> Step:
    link = listing.link
    says = f"the page is no article: {link.verdict}"
    if found.refusal is not None:
        says += f", {found.refusal.last.confidence:.0%} sure"
    hint = f"how it is read: vigie extract {link.url} --explain"
    if link.state == "pending":
        return Step("extracted", "waiting", f"{says}; it is looked at once more", next_at=link.next_try_at, hint=hint)
    return Step("extracted", "stopped", says, listing.settled_at, hint=hint)


def _attempts(number: int) -> str:
    return f"{number} attempt" if number == 1 else f"{number} attempts"


def _stored(stored: StoredArticle) -> Iterator[Step]:
    article = stored.article
    yield Step("fetched", "done", f"from {article.url}", stored.fetched_at)
    facts = [
        f"“{clip(article.title, _LONGEST_TITLE)}”" if article.title else "(no title)",
        f"{article.word_count:,} words" if article.word_count else "",
        article.language or "language unknown",
        f"{article.confidence:.0%} sure" if article.confidence is not None else "",
    ]
    says = f"article {stored.id}: " + ", ".join(filter(None, facts))
    notes = ((article.published_at, "published, as its page says"),) if article.published_at else ()
    yield Step("extracted", "done", says, stored.first_seen_at, notes=notes)


def story_step(stored: StoredArticle, place: Placing | None, articles: int, original: StoredArticle | None) -> Step:
    """Which story the article belongs to, and whose text it has again."""
    if place is None:
        return Step("story", "done", "none: it was stored before there were stories")
    says = f"story {place.story_id}" + (
        f", one of {articles} articles" if articles > 1 else ", its only article so far"
    )
    if place.copy_of is not None:
        of = f" of {original.source}" if original is not None else ""
        share = f", {place.containment:.0%} of the text" if place.containment is not None else ""
        says += f"; a copy of article {place.copy_of}{of}{share}"
    return Step("story", "done", says, stored.first_seen_at)
