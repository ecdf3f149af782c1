"""What the tables are made of: the one collection that they belong to, and the columns that many have."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, MetaData, false

from storage.types import CleanText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def parent(table: str) -> Column[int]:
    """The row of another table without which this one is not."""
    return Column(f"{table}_id", Integer, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False)


def flag(name: str) -> Column[bool]:
    """Yes or no; no unless it is said."""
    return Column(name, Boolean(create_constraint=False), nullable=False, server_default=false())


def text(name: str) -> Column[str]:
    """Text; empty unless it is said."""
    return Column(name, CleanText, nullable=False, server_default="")
