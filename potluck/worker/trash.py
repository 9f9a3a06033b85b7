"""Empties the trash."""

from potluck.core.clock import Clock
from potluck.core.config import TrashSettings
from potluck.db.session import Database
from potluck.services import household_trash, recipes


async def empty(database: Database, settings: TrashSettings, clock: Clock) -> int:
    """Remove what lay in the trash longer than `keep_days`; how many recipes it were.

    Households that were deleted go as well, with all they had.

    Works in bounded units, so that nobody waits long for the write lock.
    """
    removed = await _empty_households(database, settings, clock)
    while True:
        async with database.transaction() as session:
            batch = await recipes.purge(session, keep_days=settings.keep_days, now=clock.now())
        removed += batch
        if batch < recipes.PURGE_BATCH:
            return removed


async def _empty_households(database: Database, settings: TrashSettings, clock: Clock) -> int:
    """How many recipes went with their households."""
    removed = 0
    while True:
        async with database.transaction() as session:
            found = await household_trash.purge(
                session, keep_days=settings.keep_days, now=clock.now()
            )
        if found is None:
            return removed
        removed += found
