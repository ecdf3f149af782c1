"""Feeds: what a watch or a watchlist found, for feed readers, at an address that only its owner can know."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime

from alerting.atom import AtomFeed, FeedEntry, atom
from alerting.decide import told
from news.errors import NotFoundError
from news.watch import Watch
from storage import Database, Transaction
from storage.matches import FoundMatch

MOST_ENTRIES = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"(?:w(?P<watch>\d{1,18})|l(?P<watchlist>[A-Za-z0-9_-]{1,1200}))\.(?P<mac>[A-Za-z0-9_-]{43})")


class Feeds:
    """Gives each watch and watchlist its token, and reads the feed of a token.

    A token names what it opens and is signed with `key`: nobody can make one, and none has to be kept. `base` is the
    URL under which the feeds are read, empty where that is unknown.
    """

    def __init__(self, database: Database, key: bytes, base: str) -> None:
        self._database = database
        self._key = key
        self._base = base.rstrip("/")

    def of_watch(self, number: int) -> str:
        """The path of a watch's feed; it stays when the watch is renamed."""
        return self._path(f"w{number}")

    def of_watchlist(self, name: str) -> str:
        """The path of a watchlist's feed."""
        return self._path(f"l{urlsafe_b64encode(name.encode()).decode().rstrip('=')}")

    def address(self, path: str) -> str:
        """The whole URL of a path; empty where it is unknown under which address Vigie is reached."""
        return f"{self._base}{path}" if self._base else ""

    async def read(self, token: str) -> bytes | None:
        """The feed as Atom; None where the token opens nothing."""
        found = _TOKEN.fullmatch(token)
        if found is None or not hmac.compare_digest(self._signed(token.partition(".")[0]), token):
            return None
        async with self._database.read() as tx:
            feed = await self._feed(tx, token, found["watch"], found["watchlist"])
        return atom(feed) if feed is not None else None

    async def _feed(self, tx: Transaction, token: str, watch: str | None, watchlist: str | None) -> AtomFeed | None:
        if watch is not None:
            known = await _present(tx, int(watch))
            members, name = ([known], known.name) if known else ([], "")
            matches = await tx.matches.news(MOST_ENTRIES, watch_id=int(watch))
        else:
            name = _unpacked(watchlist or "")
            members = await tx.watches.of_watchlist(name)
            matches = await tx.matches.news(MOST_ENTRIES, watchlist=name)
        if not members:
            return None
        return AtomFeed(
            title=f"Vigie: {name}",
            identity=token,
            address=self.address(f"/feeds/{token}.atom"),
            entries=_entries(matches),
            begun_at=min((member.added_at for member in members if member.added_at), default=_EPOCH),
        )

    def _path(self, subject: str) -> str:
        return f"/feeds/{self._signed(subject)}.atom"

    def _signed(self, subject: str) -> str:
        mac = hmac.digest(self._key, f"feed:{subject}".encode(), hashlib.sha256)
        return f"{subject}.{urlsafe_b64encode(mac).decode().rstrip('=')}"


async def _present(tx: Transaction, number: int) -> Watch | None:
    """The watch, if it was not removed."""
    try:
        watch = await tx.watches.by_id(number)
        return watch if (await tx.watches.get(watch.name)).id == number else None
    except NotFoundError:
        return None


def _unpacked(packed: str) -> str:
    return urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()


def _entries(matches: Iterable[FoundMatch]) -> tuple[FeedEntry, ...]:
    """One entry for each article, newest first, with all the watches that wanted it."""
    by_article: dict[int, list[FoundMatch]] = {}
    for found in matches:
        by_article.setdefault(found.stored.id, []).append(found)
    return tuple(
        FeedEntry(
            told=told(found[0].stored, found[0].match.spans),
            watches=tuple(sorted({one.watch for one in found})),
            matched_at=max(one.match.matched_at for one in found),
        )
        for found in by_article.values()
    )
