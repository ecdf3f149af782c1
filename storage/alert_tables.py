"""The tables of watches, matches, and all that is told of them; storage.tables gives them with the others."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from storage.columns import flag, metadata, parent, text
from storage.types import CleanText, Instant, JsonText, NameText

watch = Table(
    "watch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", NameText, nullable=False, unique=True),
    Column("query", CleanText, nullable=False),
    Column("channels", JsonText, nullable=False),
    Column("watchlist", NameText, nullable=False, server_default=""),
    Column("origin", String(16), nullable=False),
    flag("paused"),
    flag("removed"),
    Column("added_at", Instant, nullable=False),
    Column("version", Integer, nullable=False, server_default="0", index=True),
    Column("rules", JsonText, nullable=False, server_default="{}"),
    sqlite_autoincrement=True,
)

watchlist = Table(
    "watchlist",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", NameText, nullable=False, unique=True),
    Column("channels", JsonText, nullable=False, server_default="[]"),
    Column("rules", JsonText, nullable=False, server_default="{}"),
    Column("origin", String(16), nullable=False),
    flag("removed"),
    Column("added_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

match = Table(
    "match",
    metadata,
    Column("id", Integer, primary_key=True),
    parent("watch"),
    parent("article"),
    Column("spans", JsonText, nullable=False),
    Column("matched_at", Instant, nullable=False, index=True),
    flag("seen"),
    Column("revision", Integer),
    UniqueConstraint("watch_id", "article_id"),
    Index("ix_match_article_id", "article_id"),
    sqlite_autoincrement=True,
)

channel = Table(
    "channel",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", NameText, nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("settings", JsonText, nullable=False),
    Column("origin", String(16), nullable=False),
    flag("paused"),
    text("paused_because"),
    text("trouble"),
    flag("removed"),
    Column("added_at", Instant, nullable=False),
    Column("at_once", Integer),
    Column("per_minute", Integer),
    Column("failing_since", Instant),
    Column("rules", JsonText, nullable=False, server_default="{}"),
    sqlite_autoincrement=True,
)

thread = Table(
    "thread",
    metadata,
    Column("id", Integer, primary_key=True),
    parent("watch"),
    parent("story"),
    Column("opened_at", Instant, nullable=False),
    Column("last_told_at", Instant),
    Column("updates", Integer, nullable=False, server_default="0"),
    Column("told", JsonText, nullable=False, server_default="{}"),
    Column("muted_at", Instant),
    UniqueConstraint("watch_id", "story_id"),
    Index("ix_thread_story_id", "story_id"),
    sqlite_autoincrement=True,
)

alert = Table(
    "alert",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False, server_default="match"),
    Column("watch_id", Integer, ForeignKey("watch.id", ondelete="CASCADE")),
    Column("article_id", Integer, ForeignKey("article.id", ondelete="CASCADE")),
    Column("told", JsonText, nullable=False),
    Column("query", CleanText, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("thread_id", Integer, ForeignKey("thread.id", ondelete="SET NULL")),
    Column("once", String(200), unique=True),
    Column("items", JsonText, nullable=False, server_default="[]"),
    Index("ix_alert_article_id", "article_id"),
    Index("ix_alert_watch_id", "watch_id"),
    Index("ix_alert_thread_id", "thread_id"),
    sqlite_autoincrement=True,
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    parent("alert"),
    parent("channel"),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", Instant, nullable=False),
    Column("first_try_at", Instant),
    Column("next_try_at", Instant),
    Column("lease_owner", String(64)),
    Column("leased_until", Instant),
    Column("sent_at", Instant),
    Column("settled_at", Instant),
    text("last_error"),
    Column("reached", JsonText, nullable=False, server_default="[]"),
    UniqueConstraint("alert_id", "channel_id"),
    # Led by the channel and by nothing else: what is due for one is found without a look at what waits for another.
    Index("ix_delivery_channel_id_state_next_try_at", "channel_id", "state", "next_try_at"),
    Index("ix_delivery_state", "state"),
    Index("ix_delivery_settled_at", "settled_at"),
    sqlite_autoincrement=True,
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", Integer, ForeignKey("delivery.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    flag("succeeded"),
    text("answer"),
)

telling = Table(
    "telling",
    metadata,
    Column("id", Integer, primary_key=True),
    parent("match"),
    parent("channel"),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("state", String(16), nullable=False),
    Column("reason", String(16), nullable=False, server_default=""),
    Column("due_at", Instant),
    Column("alert_id", Integer, ForeignKey("alert.id", ondelete="SET NULL"), index=True),
    UniqueConstraint("match_id", "channel_id", "revision"),
    Index("ix_telling_state_due_at", "state", "due_at"),
    Index("ix_telling_channel_id_state_due_at", "channel_id", "state", "due_at"),
    sqlite_autoincrement=True,
)

volume = Table(
    "volume",
    metadata,
    Column("watch_id", Integer, ForeignKey("watch.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("matches", Integer, nullable=False, server_default="0"),
    Column("alerts", Integer, nullable=False, server_default="0"),
)

secret = Table("secret", metadata, Column("name", String(64), primary_key=True), text("value"))

used_link = Table(
    "used_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("used_at", Instant, nullable=False, index=True),
)
