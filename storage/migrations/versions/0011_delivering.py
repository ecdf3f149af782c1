"""Channels have room of their own, and each finds what is due for it without a look at what waits for the others.

A delivery knows which of several recipients have got it.
"""

import sqlalchemy as sa
from alembic import op

from storage.types import JsonText

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the room, since when a channel fails, and the indexes by which deliveries are claimed and forgotten."""
    op.add_column("channel", sa.Column("at_once", sa.Integer(), nullable=True))
    op.add_column("channel", sa.Column("per_minute", sa.Integer(), nullable=True))
    op.add_column("delivery", sa.Column("reached", JsonText(), server_default="[]", nullable=False))
    op.add_column("channel", sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_delivery_state_next_try_at", "delivery")
    op.drop_index("ix_delivery_channel_id", "delivery")
    op.create_index("ix_delivery_channel_id_state_next_try_at", "delivery", ["channel_id", "state", "next_try_at"])
    op.create_index("ix_delivery_state", "delivery", ["state"])
    op.create_index("ix_delivery_settled_at", "delivery", ["settled_at"])
