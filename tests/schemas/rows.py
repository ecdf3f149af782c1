"""What the stored databases hold: rows of invented articles, of every kind that there was, odd ones included.

Each row says since which schema such a one was written. A column that a schema does not have yet is left out of it,
and one that is not named gets the database's default. Ids have gaps, as those of an archive that was pruned have.
"""

import json
from base64 import b64encode
from typing import Any

from news.url import key

Row = dict[str, Any]

_NOON = "2026-11-14T12:00:00+00:00"
_LATER = "2026-11-14T12:30:00+00:00"
_FAR = "2026-11-16T06:00:00+00:00"
_PAST = "2026-10-31T23:59:59.999999+00:00"
_PRINT = b64encode(bytes(range(0, 256, 8))).decode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _told(article_id: int, title: str) -> str:
    return _json(
        {
            "article_id": article_id,
            "title": title,
            "url": f"https://phare.example/{article_id}",
            "source": "Le Phare",
            "excerpt": "…trois soldats…",
            "title_spans": [[3, 10]],
            "excerpt_spans": [],
            "authors": ["A. Gardien"],
            "published_at": _NOON,
            "found_at": None,
            "language": "fr",
        }
    )


def _source(number: int, name: str, **more: Any) -> Row:
    url = f"https://site{number}.example/"
    common = {"origin": "command", "interval": 60, "added_at": _PAST, "due_at": _NOON}
    return {"id": number, "name": name, "url": url, **common, **more}


def _article(number: int, title: str, text: str, **more: Any) -> Row:
    url = f"https://phare.example/{number}"
    common = {"source_id": 1, "authors": "[]", "fetched_at": _NOON, "first_seen_at": _NOON}
    return {"id": number, "url": url, "canonical_url": url, "url_key": key(url), "title": title, "text": text} | (
        common | more
    )


def _link(number: int, state: str, **more: Any) -> Row:
    url = f"https://phare.example/{number}"
    common = {"source_id": 1, "road": "feed", "roads": 1, "found_at": _NOON}
    return {"id": number, "url": url, "url_key": key(url), "state": state} | common | more


def _delivery(number: int, alert: int, channel: int, state: str, **more: Any) -> Row:
    key = f"msg_{number}"
    return {"id": number, "key": key, "alert_id": alert, "channel_id": channel, "state": state, "created_at": _NOON} | (
        more
    )


def _named(number: int, name: str, **more: Any) -> Row:
    return {"id": number, "name": name, "origin": "command", "added_at": _PAST, **more}


_FIRST: dict[str, list[Row]] = {
    "channel": [
        _named(1, "desk", kind="email", settings=_json({"to": ["desk@phare.example"]})),
        _named(2, "crochet é", kind="webhook", settings=_json({"url": "https://hooks.example/"}), origin="file"),
        _named(5, "stopped", kind="webhook", settings="{}", paused=True, paused_because="410 Gone", at_once=2),
        _named(9, "gone", kind="email", settings="{}", removed=True, failing_since=_PAST, trouble="no template"),
    ],
    "counter": [{"name": "ticks", "value": 2_147_483_647}],
    "source": [
        _source(1, "Le Phare", watched_since=_PAST, discovered_at=_PAST, last_visit_at=_NOON, last_success_at=_NOON),
        _source(2, "بحر", origin="file", interval=900, alert_history=True, memory="{}", rules='{"title":["h1"]}'),
        _source(4, "La Digue", lease_owner="a process that is gone", leased_until=_LATER, rhythm="{}", patterns="{}"),
        _source(7, "removed 🗼", removed=True, failures=9, last_error="it burns", trouble="failing", told_of="failing"),
        _source(8, "paused", paused=True, interval=86_400, due_at="9999-12-31T23:59:59+00:00", access='{"user":"a"}'),
    ],
    "watch": [
        _named(1, "Corée", query="soldats OR 군인", channels="[]"),
        _named(2, "broken", query="missile AND", channels=_json(["desk"]), watchlist="Asie", version=3),
        _named(4, "gone", query="x", channels="[]", removed=True, rules='{"digest":"daily"}'),
        _named(6, "paused", query='"Le Phare"', channels=_json(["no such"]), paused=True, origin="file"),
    ],
    "article": [
        _article(1, "Trois soldats passent la digue", "Un texte.\n\nDeux.", authors='["A. Gardien"]', language="fr"),
        _article(2, "", "", published_at="0001-01-02T00:00:00+00:00", confidence=0.25, is_paywalled=True),
        _article(
            3, "군인 👩‍🚒 <b>\\ ' \" %s :x", "e\u0301 \u202e \U0010ffff", published_at="9999-12-30T00:00:00+00:00"
        ),
        _article(5, "Far", "a " * 400, source_id=7, url="https://phare.example/" + "a" * 900, tags='["t"]', image="i"),
    ],
    "feed": [
        {
            "id": 1,
            "source_id": 1,
            "url": "https://phare.example/rss",
            "url_key": key("https://phare.example/rss"),
            "road": "feed",
        },
        {
            "id": 3,
            "source_id": 4,
            "url": "https://d.example/map",
            "url_key": key("https://d.example/map"),
            "road": "sitemap",
            "etag": 'W/"',
        },
    ],
    "alert": [
        {"id": 7, "watch_id": 1, "article_id": 1, "told": _told(1, "Trois soldats"), "query": "soldats"},
        {"id": 8, "watch_id": 4, "article_id": 5, "told": _told(5, "Far"), "query": "x"},
    ],
    "link": [
        _link(1, "fetched", article_id=1, settled_at=_NOON, road="sitemap", roads=2),
        _link(2, "refused", last_error="no article: a list", settled_at=_NOON, attempts=1, road="section", roads=4),
        _link(3, "pending", next_try_at=_NOON, title="À venir", published_at=_NOON),
        _link(5, "dead", attempts=8, last_error="404", is_history=True, revisits=2, revisit_at=_LATER),
        _link(
            6,
            "fetched",
            source_id=4,
            url="https://phare.example/5",
            url_key=key("https://phare.example/5"),
            article_id=5,
            modified_at=_PAST,
        ),
    ],
    "match": [
        {"id": 3, "watch_id": 1, "article_id": 1, "spans": '[["title",6,13]]', "seen": True},
        {"id": 4, "watch_id": 4, "article_id": 5, "spans": "[]"},
        {"id": 6, "watch_id": 6, "article_id": 3, "spans": "[]", "revision": 1},
    ],
    "delivery": [
        _delivery(1, 7, 1, "sent", sent_at=_NOON, settled_at=_NOON, first_try_at=_NOON, attempts=1),
        _delivery(2, 7, 2, "pending", next_try_at=_NOON, attempts=1, first_try_at=_NOON, last_error="503"),
        _delivery(3, 7, 5, "dead", attempts=12, settled_at=_NOON, last_error="410"),
        _delivery(5, 8, 9, "failed", settled_at=_NOON, last_error="no such mailbox", reached='["a@phare.example"]'),
        _delivery(6, 8, 1, "pending", next_try_at=_NOON, lease_owner="a process that is gone", leased_until=_LATER),
    ],
    "attempt": [
        {"id": 1, "delivery_id": 1, "at": _NOON, "duration_ms": 12, "succeeded": True, "answer": "250 OK"},
        {"id": 2, "delivery_id": 2, "at": _NOON, "duration_ms": 30_000, "answer": "503 später"},
    ],
}
for _row in _FIRST["alert"]:
    _row["decided_at"] = _NOON
for _row in _FIRST["match"]:
    _row["matched_at"] = _NOON

_SINCE: dict[str, dict[str, list[Row]]] = {
    "0001": _FIRST,
    "0002": {
        "alert": [{"id": 11, "kind": "silent", "told": _told(0, "Rien"), "query": "", "decided_at": _NOON}],
        "revision": [
            {"id": 1, "article_id": 1, "number": 1, "kind": "rewritten", "title": "T", "text": "", "fetched_at": _PAST}
        ],
        "cap": [{"id": 1, "source_id": 1, "name": "links", "times": 2, "last_at": _NOON}],
        "host": [{"name": "phare.example", "delay": 1.5, "crawl_delay": 0.0, "refusals": 1, "updated_at": _NOON}],
        "robots": [{"origin": "https://phare.example", "rules": "User-agent: *\n", "keep_until": _LATER}],
        "subscription": [
            {"id": 1, "feed_id": 1, "hub": "https://hub.example/", "topic": "https://phare.example/rss", "token": "t"}
            | {"secret": "s", "state": "verified", "next_try_at": _LATER}
        ],
    },
    "0003": {
        "refusal": [
            {"id": 1, "source_id": 1, "reason": "list", "times": 1, "url": "u", "confidence": 0.5, "last_at": _NOON}
        ]
    },
    "0007": {
        "story": [
            {"id": 5, "first_at": _PAST, "last_at": _NOON, "articles": 2, "centroid": '{"soldat":1.5}'},
            {"id": 6, "first_at": _NOON, "last_at": _NOON, "articles": 1},
        ],
        "placing": [
            {"id": 1, "article_id": 1, "story_id": 5, "told_at": _NOON, "fingerprint": _PRINT},
            {"id": 2, "article_id": 3, "story_id": 5, "told_at": _NOON, "copy_of": 1, "containment": 0.875},
            {"id": 4, "article_id": 5, "story_id": 6, "told_at": _NOON},
        ],
        "frequency": [{"language": "fr", "documents": 3, "counts": '{"soldat":2}'}],
    },
    "0008": {
        "unindexed": [{"article_id": 1}, {"article_id": 2}, {"article_id": 3}, {"article_id": 5, "is_too_large": True}],
        "indexed_by": [{"analyzer": "an older one"}],
        "indexed_language": [{"language": "fr"}],
    },
    "0010": {
        "thread": [
            {"id": 1, "watch_id": 1, "story_id": 5, "opened_at": _NOON, "last_told_at": _NOON, "updates": 2},
            {"id": 3, "watch_id": 4, "story_id": 6, "opened_at": _NOON, "muted_at": _NOON, "told": '{"figures":{}}'},
        ],
        "alert": [
            {"id": 13, "kind": "update", "watch_id": 1, "article_id": 1, "told": _told(1, "Trois"), "query": "soldats"}
            | {"decided_at": _LATER, "thread_id": 1},
            {"id": 14, "kind": "digest", "told": _told(0, "1"), "query": "", "decided_at": _NOON, "once": "digest:1"},
        ],
        "telling": [
            {"id": 1, "match_id": 3, "channel_id": 1, "state": "told", "alert_id": 7},
            {"id": 2, "match_id": 3, "channel_id": 2, "state": "told", "alert_id": 7},
            {"id": 4, "match_id": 4, "channel_id": 9, "state": "never", "reason": "removed"},
            {"id": 5, "match_id": 6, "channel_id": 1, "state": "muted", "revision": 1},
        ],
        "watchlist": [_named(1, "Asie", channels=_json(["desk"])), _named(2, "", rules="{}", origin="file")],
        "volume": [{"watch_id": 1, "day": "2026-11-14", "matches": 1, "alerts": 1}],
    },
    "0012": {
        "secret": [{"name": "feedback", "value": "ab" * 32}],
        "used_link": [{"token_hash": "0" * 64, "used_at": _NOON}],
    },
    "0013": {"source": [_source(10, "by the hour", schedule="0 7 * * 1-5 Europe/Paris", due_at=_FAR)]},
}


def rows_at(revision: str) -> dict[str, list[Row]]:
    """The rows of a schema, by table; those of later schemas are not among them."""
    found: dict[str, list[Row]] = {}
    for since, tables in _SINCE.items():
        if since <= revision:
            for table, rows in tables.items():
                found.setdefault(table, []).extend(rows)
    return found
