"""What a source's earlier articles teach of its next one."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nothing is known of any site yet."""
    op.add_column("source", sa.Column("memory", sa.Text()))
