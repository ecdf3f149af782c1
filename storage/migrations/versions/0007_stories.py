"""Stories, the place of each article in one, and the words that the archive has learned."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; the articles that are there have no place."""
    op.create_table(
        "story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_at", _INSTANT, nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("centroid", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_story_last_at", "story", ["last_at"])
    op.create_table(
        "placing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("copy_of", sa.Integer()),
        sa.Column("containment", sa.Float()),
        sa.Column("told_at", _INSTANT, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_placing_article_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_placing_story_id"),
        sa.ForeignKeyConstraint(["copy_of"], ["article.id"], name="fk_placing_copy_of", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_placing"),
        sa.UniqueConstraint("article_id", name="uq_placing_article_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_placing_story_id", "placing", ["story_id"])
    op.create_index("ix_placing_copy_of", "placing", ["copy_of"])
    op.create_index("ix_placing_told_at", "placing", ["told_at"])
    op.create_table(
        "frequency",
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("language", name="pk_frequency"),
    )
