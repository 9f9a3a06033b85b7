"""Removes what nobody needs, a few rows at a time: nobody waits long for the lock or the loop."""

from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

#: On SQLite so many kept answers of 4 kB go in 16 ms; the event loop waits for it.
BATCH = 1_000


async def remove_some(session: AsyncSession, key: Any, condition: ColumnElement[bool]) -> bool:
    """Remove at most `BATCH` rows that meet the condition; whether there may be more of them.

    `key` is the mapped column of the primary key.
    """
    chosen = select(key).where(condition).limit(BATCH)
    statement = (
        delete(key.class_)
        # Once more: a row may have changed since it was chosen.
        .where(key.in_(chosen), condition)
        .returning(key)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(statement)).all()) == BATCH
