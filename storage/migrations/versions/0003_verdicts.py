"""What became of the pages that are no articles, and how sure it is that an article is one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column; what is there is kept, its confidence unknown."""
    op.add_column("article", sa.Column("confidence", sa.Float()))
    op.create_table(
        "refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_refusal_source_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_refusal"),
        sa.UniqueConstraint("source_id", "reason", name="uq_refusal_source_id_reason"),
    )
