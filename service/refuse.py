"""Refuse: what becomes of a page that is no article, of its link, and of the name of its source."""

from datetime import timedelta

import structlog

from news.article import NoArticle
from news.clock import Clock
from news.source import NO_ARTICLE, Link, Source
from storage import Database, Transaction

log = structlog.get_logger()

# What the shape of a URL leads to, where a site publishes other things beside its articles.
OF_NO_ARTICLE = ("not html", "no text", "too short", "index page")
_EXCUSED = (*OF_NO_ARTICLE, "paywall stub")
_EXCUSE = timedelta(days=1)  # for which one article speaks for its source
# What a site shows in an article's place when it has moved, or wants something first. A page that lists others is the
# fault of whoever linked to it: the site is well.
_SUSPICIOUS = ("soft 404", "consent wall", "paywall stub", "not html", "no text", "too short")
# What may be the first state of an article, which some sites publish before its text: where that is not so sure, the
# page is looked at once more. So is one whose title only sounds like a wall.
_MAY_GROW = ("too short", "no text", "paywall stub", "index page", "soft 404", "consent wall")
_UNSURE = 0.6  # up to which a verdict is worth a second look, and too little to suspect a source that brings articles
_GROWN = timedelta(hours=1)


class Refuser:
    """Settles the links of pages that are no articles, and knows which sources are under suspicion."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._suspected: set[int] = set()

    async def refuse(self, link: Link, verdict: NoArticle) -> bool:
        """Settle the link and count the page, or have it looked at once more; whether it is settled."""
        now = self._clock.now()
        reason = NO_ARTICLE + verdict.reason + (f" ({verdict.detail})" if verdict.detail else "")
        async with self._database.write() as tx:
            if _may_grow(link, verdict):
                await tx.links.postpone(link.id, now + _GROWN, reason)
                log.info("no article yet", url=link.url, reason=verdict.reason, confidence=verdict.confidence)
                return False
            await tx.links.settle(link.id, "refused", now, error=reason)
            await tx.refusals.count(link.source_id, verdict, now)
            if verdict.reason in _SUSPICIOUS and not await self._is_excused(tx, link, verdict):
                await tx.sources.suspect(link.source_id)
                self._suspected.add(link.source_id)
        log.info("no article", url=link.url, reason=verdict.reason, detail=verdict.detail)
        return True

    async def trust(self, tx: Transaction, source: Source) -> None:
        """A page was an article; that costs a write only where something was suspected, before this visit or in it."""
        if source.suspicions or source.id in self._suspected:
            await tx.sources.trust(source.id)
            self._suspected.discard(source.id)

    async def _is_excused(self, tx: Transaction, link: Link, verdict: NoArticle) -> bool:
        """Whether it may be one of the other things that a site publishes, such as photographs, beside its articles."""
        if verdict.reason not in _EXCUSED and verdict.confidence > _UNSURE:
            return False
        latest = await tx.sources.brought_article(link.source_id)
        return latest is not None and abs(self._clock.now() - latest) < _EXCUSE


def _may_grow(link: Link, verdict: NoArticle) -> bool:
    """Whether the page deserves a second look, and has not had it: it is news, and may be an article by then."""
    is_doubtful = verdict.reason in _MAY_GROW and verdict.confidence <= _UNSURE
    return is_doubtful and not link.is_history and not link.last_error.startswith(NO_ARTICLE)
