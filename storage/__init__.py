"""What is kept: SQLAlchemy lives here and nowhere else; one repository per noun, rows never leave."""

from storage.database import Database, Transaction

__all__ = ["Database", "Transaction"]
