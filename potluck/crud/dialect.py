"""What SQLite and PostgreSQL write differently."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession


def is_postgresql(session: AsyncSession) -> bool:
    """Whether the session speaks to PostgreSQL, and not to SQLite."""
    return session.get_bind().dialect.name == "postgresql"


def insert_into(session: AsyncSession, table: Any) -> Any:
    """The engine's own insert: `ON CONFLICT`, which both know, is no standard SQL."""
    return postgresql.insert(table) if is_postgresql(session) else sqlite.insert(table)
