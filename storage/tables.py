"""The tables. A change here needs a migration beside it; a test compares the two on both databases."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from storage.alert_tables import (
    alert,
    attempt,
    channel,
    delivery,
    match,
    secret,
    telling,
    thread,
    used_link,
    volume,
    watch,
    watchlist,
)
from storage.columns import flag, metadata, parent, text
from storage.types import CleanText, Instant, JsonText, LearnedText, NameText

__all__ = [
    "alert", "article", "attempt", "cap", "channel", "counter", "delivery", "feed", "frequency", "host", "indexed_by",
    "indexed_language", "link", "match", "metadata", "placing", "refusal", "revision", "robots", "secret", "source",
    "story", "subscription", "telling", "thread", "unindexed", "used_link", "volume", "watch", "watchlist",
]  # fmt: skip

source = Table(
    "source",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", NameText, nullable=False, unique=True),
    Column("url", CleanText, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("interval", Integer, nullable=False),
    text("schedule"),
    flag("paused"),
    flag("removed"),
    flag("alert_history"),
    Column("added_at", Instant, nullable=False),
    Column("discovered_at", Instant),
    Column("watched_since", Instant),
    Column("due_at", Instant, nullable=False, index=True),
    Column("lease_owner", String(64)),
    Column("leased_until", Instant),
    Column("last_visit_at", Instant),
    Column("last_success_at", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),
    text("last_error"),
    text("advice"),
    Column("trouble", String(16), nullable=False, server_default=""),
    Column("history", Integer, nullable=False, server_default="0"),
    text("spider"),
    flag("browser"),
    flag("accept_any_certificate"),
    Column("access", JsonText, nullable=False, server_default="{}"),
    Column("rules", JsonText, nullable=False, server_default="{}"),
    Column("rhythm", JsonText),
    Column("patterns", JsonText),
    Column("last_news_at", Instant),
    Column("told_of", String(16), nullable=False, server_default=""),
    Column("told_at", Instant),
    Column("suspicions", Integer, nullable=False, server_default="0"),
    Column("failing_since", Instant),
    Column("memory", LearnedText),
    sqlite_autoincrement=True,
)

feed = Table(
    "feed",
    metadata,
    Column("id", Integer, primary_key=True),
    parent("source"),
    Column("url", CleanText, nullable=False),
    Column("url_key", String(64), nullable=False),
    Column("road", String(16), nullable=False),
    text("etag"),
    text("last_modified"),
    Column("last_polled_at", Instant),
    Column("last_success_at", Instant),
    text("last_error"),
    Column("hints", JsonText, nullable=False, server_default="{}"),
    text("hub"),
    text("topic"),
    Column("not_before", Instant),
    UniqueConstraint("source_id", "url_key"),
)

link = Table(
    "link",
    metadata,
    Column("id", Integer, primary_key=True),
    parent("source"),
    Column("url", CleanText, nullable=False),
    Column("url_key", String(64), nullable=False),
    Column("road", String(16), nullable=False),
    text("title"),
    Column("published_at", Instant),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    flag("is_history"),
    Column("found_at", Instant, nullable=False),
    Column("next_try_at", Instant),
    Column("settled_at", Instant),
    text("last_error"),
    Column("article_id", Integer, ForeignKey("article.id", ondelete="SET NULL"), index=True),
    Column("roads", Integer, nullable=False, server_default="0"),
    Column("modified_at", Instant),
    Column("revisits", Integer, nullable=False, server_default="0"),
    Column("revisit_at", Instant),
    UniqueConstraint("source_id", "url_key"),
    Index("ix_link_url_key", "url_key"),
    Index("ix_link_source_id_revisit_at", "source_id", "revisit_at"),
    Index("ix_link_source_id_state_next_try_at", "source_id", "state", "next_try_at"),
)

article = Table(
    "article",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", Integer, ForeignKey("source.id"), nullable=False, index=True),
    Column("url", CleanText, nullable=False),
    Column("canonical_url", CleanText, nullable=False),
    Column("url_key", String(64), nullable=False, unique=True),
    Column("title", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("authors", JsonText, nullable=False),
    Column("published_at", Instant),
    Column("language", String(16)),
    Column("fetched_at", Instant, nullable=False),
    Column("first_seen_at", Instant, nullable=False, index=True),
    Column("changed_at", Instant),
    Column("confidence", Float),
    Column("modified_at", Instant),
    text("section"),
    Column("tags", JsonText, nullable=False, server_default="[]"),
    text("image"),
    Column("is_paywalled", Boolean(create_constraint=False)),
    Column("word_count", Integer),
    Column("provenance", JsonText, nullable=False, server_default="{}"),
    Column("title_key", String(64), nullable=False, server_default=""),
    Index("ix_article_title_key", "title_key"),
    sqlite_autoincrement=True,
)

revision = Table(
    "revision",
    metadata,
    Column("id", Integer, primary_key=True),
    parent("article"),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    UniqueConstraint("article_id", "number"),
    sqlite_autoincrement=True,
)

story = Table(
    "story",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
    Column("articles", Integer, nullable=False),
    Column("centroid", JsonText),
    sqlite_autoincrement=True,
)

placing = Table(
    "placing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", Integer, ForeignKey("article.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("story_id", Integer, ForeignKey("story.id"), nullable=False, index=True),
    Column("copy_of", Integer, ForeignKey("article.id", ondelete="SET NULL"), index=True),
    Column("containment", Float),
    Column("told_at", Instant, nullable=False, index=True),
    Column("fingerprint", LargeBinary),
    sqlite_autoincrement=True,
)

frequency = Table(
    "frequency",
    metadata,
    Column("language", String(16), primary_key=True),
    Column("documents", Integer, nullable=False),
    Column("counts", JsonText, nullable=False),
)

unindexed = Table(
    "unindexed",
    metadata,
    Column("article_id", Integer, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    flag("is_too_large"),
)

indexed_by = Table("indexed_by", metadata, Column("analyzer", String(200), primary_key=True))

indexed_language = Table("indexed_language", metadata, Column("language", String(16), primary_key=True))

counter = Table(
    "counter",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Integer, nullable=False),
)

cap = Table(
    "cap",
    metadata,
    Column("id", Integer, primary_key=True),
    parent("source"),
    Column("name", String(32), nullable=False),
    Column("times", Integer, nullable=False),
    text("url"),
    text("detail"),
    Column("last_at", Instant, nullable=False),
    UniqueConstraint("source_id", "name"),
)

refusal = Table(
    "refusal",
    metadata,
    Column("id", Integer, primary_key=True),
    parent("source"),
    Column("reason", String(32), nullable=False),
    Column("times", Integer, nullable=False),
    Column("url", CleanText, nullable=False),
    text("detail"),
    Column("confidence", Float, nullable=False),
    Column("last_at", Instant, nullable=False),
    UniqueConstraint("source_id", "reason"),
)

host = Table(
    "host",
    metadata,
    Column("name", String(300), primary_key=True),
    Column("delay", Float, nullable=False),
    Column("crawl_delay", Float, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("closed_until", Instant),
    Column("updated_at", Instant, nullable=False),
)

robots = Table(
    "robots",
    metadata,
    Column("origin", String(300), primary_key=True),
    Column("rules", CleanText, nullable=False),
    flag("is_unreachable"),
    text("trouble"),
    Column("keep_until", Instant, nullable=False),
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("feed_id", Integer, ForeignKey("feed.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("hub", CleanText, nullable=False),
    Column("topic", CleanText, nullable=False),
    Column("token", String(64), nullable=False, unique=True),
    Column("secret", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("next_try_at", Instant, nullable=False, index=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("verified_at", Instant),
    Column("ends_at", Instant),
    Column("last_push_at", Instant),
    text("last_error"),
)
