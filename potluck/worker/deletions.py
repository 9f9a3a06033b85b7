"""Deletes the accounts whose owners asked for it, once they can undo it no longer."""

from potluck.core.clock import Clock
from potluck.db.session import Database
from potluck.services import account_deletions


async def finish(database: Database, clock: Clock) -> None:
    """Delete every account that is due, in bounded units: nobody waits long for the write lock."""
    has_more = True
    while has_more:
        async with database.transaction() as session:
            has_more = await account_deletions.finish_part(session, now=clock.now())
