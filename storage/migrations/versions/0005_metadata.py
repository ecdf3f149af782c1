"""What a page tells of its article beside title, authors, date and language, and where it tells each."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of the articles that are there, none of it is known."""
    op.add_column("article", sa.Column("modified_at", sa.DateTime(timezone=True)))
    op.add_column("article", sa.Column("section", sa.Text(), server_default="", nullable=False))
    op.add_column("article", sa.Column("tags", sa.Text(), server_default="[]", nullable=False))
    op.add_column("article", sa.Column("image", sa.Text(), server_default="", nullable=False))
    op.add_column("article", sa.Column("is_paywalled", sa.Boolean()))
    op.add_column("article", sa.Column("word_count", sa.Integer()))
    op.add_column("article", sa.Column("provenance", sa.Text(), server_default="{}", nullable=False))
