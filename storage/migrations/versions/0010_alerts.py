"""Alerts: what became of each match for each channel, threads, rules, watchlists, volumes."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_AT_ONCE = 2_000


def upgrade() -> None:
    """Add tables and columns. What was told already is told for good: nothing of it is told again."""
    _add_columns()
    _add_thread()
    _free_alert()
    _add_telling()
    _add_rest()
    _take_in_what_was_told()
    _take_in_titles()


def _rules() -> "sa.Column[str]":
    return sa.Column("rules", sa.Text(), server_default="{}", nullable=False)


def _add_columns() -> None:
    op.add_column("watch", _rules())
    op.add_column("channel", _rules())
    op.add_column("article", sa.Column("title_key", sa.String(length=64), server_default="", nullable=False))
    op.create_index("ix_article_title_key", "article", ["title_key"])


def _add_thread() -> None:
    op.create_table(
        "thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("last_told_at", _INSTANT),
        sa.Column("updates", sa.Integer(), server_default="0", nullable=False),
        sa.Column("told", sa.Text(), server_default="{}", nullable=False),
        sa.Column("muted_at", _INSTANT),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name="fk_thread_watch_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_thread_story_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_thread"),
        sa.UniqueConstraint("watch_id", "story_id", name="uq_thread_watch_id_story_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_thread_story_id", "thread", ["story_id"])


def _free_alert() -> None:
    """A watch may tell of an article more than once: of the article, and of what became of its story."""
    with op.batch_alter_table("alert", table_kwargs={"sqlite_autoincrement": True}) as alert:
        alert.drop_constraint("uq_alert_watch_id_article_id", type_="unique")
        alert.add_column(sa.Column("thread_id", sa.Integer()))
        alert.add_column(sa.Column("once", sa.String(length=200)))
        alert.add_column(sa.Column("items", sa.Text(), server_default="[]", nullable=False))
        alert.create_foreign_key("fk_alert_thread_id", "thread", ["thread_id"], ["id"], ondelete="SET NULL")
        alert.create_unique_constraint("uq_alert_once", ["once"])
        alert.create_index("ix_alert_watch_id", ["watch_id"])
        alert.create_index("ix_alert_thread_id", ["thread_id"])


def _add_telling() -> None:
    op.create_table(
        "telling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), server_default="", nullable=False),
        sa.Column("due_at", _INSTANT),
        sa.Column("alert_id", sa.Integer()),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name="fk_telling_match_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_telling_channel_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_telling_alert_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_telling"),
        sa.UniqueConstraint("match_id", "channel_id", "revision", name="uq_telling_match_id_channel_id_revision"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_telling_alert_id", "telling", ["alert_id"])
    op.create_index("ix_telling_state_due_at", "telling", ["state", "due_at"])
    op.create_index("ix_telling_channel_id_state_due_at", "telling", ["channel_id", "state", "due_at"])


def _add_rest() -> None:
    op.create_table(
        "watchlist",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), server_default="[]", nullable=False),
        _rules(),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("removed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watchlist"),
        sa.UniqueConstraint("name", name="uq_watchlist_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "volume",
        sa.Column("watch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("matches", sa.Integer(), server_default="0", nullable=False),
        sa.Column("alerts", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name="fk_volume_watch_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("watch_id", "day", name="pk_volume"),
    )


def _take_in_what_was_told() -> None:
    """Each delivery is a telling that is over, and each story that a watch told of is a thread."""
    op.execute(
        "INSERT INTO thread (watch_id, story_id, opened_at, last_told_at)"
        " SELECT a.watch_id, p.story_id, MIN(a.decided_at), MAX(a.decided_at)"
        ' FROM alert a JOIN "placing" p ON p.article_id = a.article_id WHERE a.watch_id IS NOT NULL'
        " GROUP BY a.watch_id, p.story_id"
    )
    op.execute(
        "UPDATE alert SET thread_id ="
        ' (SELECT t.id FROM thread t JOIN "placing" p ON p.story_id = t.story_id'
        " WHERE p.article_id = alert.article_id AND t.watch_id = alert.watch_id)"
        " WHERE watch_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO telling (match_id, channel_id, state, alert_id)"
        " SELECT m.id, d.channel_id, 'told', a.id FROM delivery d JOIN alert a ON a.id = d.alert_id"
        ' JOIN "match" m ON m.watch_id = a.watch_id AND m.article_id = a.article_id'
    )


def _take_in_titles() -> None:
    """The key by which an old article is known again when it comes back; as news.article.title_key made it."""
    article = sa.table("article", sa.column("id", sa.Integer()), sa.column("title"), sa.column("title_key"))
    connection, last = op.get_bind(), 0
    while True:
        asked = sa.select(article.c.id, article.c.title).where(article.c.id > last).order_by(article.c.id)
        rows = connection.execute(asked.limit(_AT_ONCE)).all()
        if not rows:
            return
        keys = [{"number": row.id, "key": _title_key(row.title)} for row in rows]
        changed = article.update().where(article.c.id == sa.bindparam("number")).values(title_key=sa.bindparam("key"))
        connection.execute(changed, keys)
        last = rows[-1].id


def _title_key(title: str) -> str:
    words = "".join(character if character.isalnum() else " " for character in title.casefold()).split()
    return hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest() if len(words) >= 4 else ""
