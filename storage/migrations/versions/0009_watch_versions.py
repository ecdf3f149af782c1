"""Each watch bears the version in which it changed, so that a running service reads only what has."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the version; the watches that are there have not changed since."""
    op.add_column("watch", sa.Column("version", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_watch_version", "watch", ["version"])
