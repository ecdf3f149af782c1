"""What the crawler remembers of hosts, sources, links and feeds; revisions; and alerts about sources."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ROAD_BITS = {"feed": 1, "sitemap": 2, "section": 4}
_FORMER_INTERVAL = 900


def upgrade() -> None:
    """Add the columns and tables; what is there is kept."""
    _widen_source()
    _widen_feed()
    _widen_link()
    _free_alert()
    _add_revision()
    _add_cap()
    _add_host_and_robots()
    _add_subscription()


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _flag(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _add(table: str, *columns: "sa.Column[Any]") -> None:
    for column in columns:
        op.add_column(table, column)


def _widen_source() -> None:
    _add(
        "source",
        _text("advice"),
        sa.Column("trouble", sa.String(length=16), server_default="", nullable=False),
        sa.Column("history", sa.Integer(), server_default="0", nullable=False),
        _text("spider"),
        _flag("browser"),
        _flag("accept_any_certificate"),
        sa.Column("access", sa.Text(), server_default="{}", nullable=False),
        sa.Column("rhythm", sa.Text()),
        sa.Column("patterns", sa.Text()),
        sa.Column("last_news_at", _INSTANT),
        sa.Column("told_of", sa.String(length=16), server_default="", nullable=False),
        sa.Column("told_at", _INSTANT),
        sa.Column("suspicions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", _INSTANT),
    )
    # Nobody could say until now that a source's interval is to follow what it publishes: the usual one meant that.
    source = sa.table("source", sa.column("interval", sa.Integer()))
    op.execute(source.update().where(source.c.interval == _FORMER_INTERVAL).values(interval=0))


def _widen_feed() -> None:
    _add(
        "feed",
        sa.Column("hints", sa.Text(), server_default="{}", nullable=False),
        _text("hub"),
        _text("topic"),
        sa.Column("not_before", _INSTANT),
    )


def _widen_link() -> None:
    _add(
        "link",
        sa.Column("roads", sa.Integer(), server_default="0", nullable=False),
        sa.Column("modified_at", _INSTANT),
        sa.Column("revisits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revisit_at", _INSTANT),
    )
    op.create_index("ix_link_source_id_revisit_at", "link", ["source_id", "revisit_at"])
    link = sa.table("link", sa.column("road", sa.String()), sa.column("roads", sa.Integer()))
    for road, bit in _ROAD_BITS.items():
        op.execute(link.update().where(link.c.road == road).values(roads=bit))
    op.add_column("article", sa.Column("changed_at", _INSTANT))
    op.add_column("match", sa.Column("revision", sa.Integer()))


def _free_alert() -> None:
    """An alert may tell of a source, and has then neither watch nor article."""
    with op.batch_alter_table("alert", table_kwargs={"sqlite_autoincrement": True}) as alert:
        alert.add_column(sa.Column("kind", sa.String(length=16), server_default="match", nullable=False))
        alert.alter_column("watch_id", existing_type=sa.Integer(), nullable=True)
        alert.alter_column("article_id", existing_type=sa.Integer(), nullable=True)


def _add_revision() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fetched_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_revision_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("article_id", "number", name="uq_revision_article_id_number"),
        sqlite_autoincrement=True,
    )


def _add_cap() -> None:
    op.create_table(
        "cap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        _text("url"),
        _text("detail"),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_cap_source_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_cap"),
        sa.UniqueConstraint("source_id", "name", name="uq_cap_source_id_name"),
    )


def _add_host_and_robots() -> None:
    op.create_table(
        "host",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("delay", sa.Float(), nullable=False),
        sa.Column("crawl_delay", sa.Float(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("closed_until", _INSTANT),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_host"),
    )
    op.create_table(
        "robots",
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        _flag("is_unreachable"),
        _text("trouble"),
        sa.Column("keep_until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("origin", name="pk_robots"),
    )


def _add_subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("next_try_at", _INSTANT, nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("verified_at", _INSTANT),
        sa.Column("ends_at", _INSTANT),
        sa.Column("last_push_at", _INSTANT),
        _text("last_error"),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_subscription_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.UniqueConstraint("feed_id", name="uq_subscription_feed_id"),
        sa.UniqueConstraint("token", name="uq_subscription_token"),
    )
    op.create_index("ix_subscription_next_try_at", "subscription", ["next_try_at"])
