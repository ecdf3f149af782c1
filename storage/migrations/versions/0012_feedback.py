"""What readers answer: the instance's own keys, and the links that were used.

A channel tells which of its own templates broke.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import CleanText, Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables, and add the channel's trouble."""
    op.add_column("channel", sa.Column("trouble", CleanText(), server_default="", nullable=False))
    op.create_table(
        "secret",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", CleanText(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secret"),
    )
    op.create_table(
        "used_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_used_link"),
    )
    op.create_index("ix_used_link_used_at", "used_link", ["used_at"])
