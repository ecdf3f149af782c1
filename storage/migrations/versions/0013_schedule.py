"""A source may be visited by a schedule, in place of an interval."""

import sqlalchemy as sa
from alembic import op

from storage.types import CleanText

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; what is there has none."""
    op.add_column("source", sa.Column("schedule", CleanText(), server_default="", nullable=False))
