"""The user's own rules for the pages of a source."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no source has rules yet."""
    op.add_column("source", sa.Column("rules", sa.Text(), server_default="{}", nullable=False))
