"""The full-text index holds what words are found by in their language, and what is told of it: how far it is.

The index begins empty: every article that is there waits to be indexed, and is a candidate of every search until then.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index anew, and have all articles indexed."""
    op.create_table(
        "unindexed",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("is_too_large", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_unindexed_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", name="pk_unindexed"),
    )
    op.create_table(
        "indexed_by",
        sa.Column("analyzer", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("analyzer", name="pk_indexed_by"),
    )
    op.create_table(
        "indexed_language",
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("language", name="pk_indexed_language"),
    )
    op.execute("INSERT INTO unindexed (article_id) SELECT id FROM article")
    op.execute("DROP TABLE article_search")
    if op.get_bind().dialect.name == "sqlite":
        # The tokens come ready made: whatever is no space belongs to one, also letters newer than SQLite's tables.
        op.execute(
            "CREATE VIRTUAL TABLE article_search USING fts5(title, body, beside_title, beside_body, facts,"
            " tokenize = \"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\")"
        )
        op.execute("CREATE VIRTUAL TABLE article_search_word USING fts5vocab(article_search, instance)")
        return
    op.execute(
        "CREATE TABLE article_search (article_id integer PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,"
        " title text NOT NULL, body text NOT NULL, beside_title text NOT NULL, beside_body text NOT NULL,"
        " words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_article_search_words ON article_search USING gin (words)")
