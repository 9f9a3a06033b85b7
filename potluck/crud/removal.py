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
    # What is locked somebody else needs, or removes: it is left to them, or to the next time.
    chosen = select(key).where(condition).limit(BATCH).with_for_update(skip_locked=True)
    keys = list(await session.scalars(chosen))
    if keys:
        statement = delete(key.class_).where(key.in_(keys))
        await session.execute(statement.execution_options(synchronize_session=False))
    return len(keys) == BATCH
