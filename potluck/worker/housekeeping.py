"""What a running service does for itself: it empties the trash, and forgets what has ended."""

from datetime import timedelta

import anyio
import structlog

from potluck import crud
from potluck.clients.media_store import MediaStore
from potluck.core.clock import Clock
from potluck.core.config import Settings
from potluck.db.session import Database
from potluck.services import idempotency, invitations, personal_tokens, throttling
from potluck.worker import pictures, search_index, trash

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=6)


async def run(database: Database, settings: Settings, clock: Clock) -> None:
    """Keep house for as long as the process serves; the start has done it once already."""
    while True:
        await anyio.sleep(EVERY.total_seconds())
        try:
            await once(database, settings, clock)
        except Exception:
            # Tried again in six hours; a task that died would be missed by nobody.
            log.exception("housekeeping_failed")


async def once(database: Database, settings: Settings, clock: Clock) -> None:
    """Empty the trash of what is due, remove sign-ins past their absolute end, sweep pictures.

    Also index what an ended process has left, and forget counters that say nothing any more.

    Until then sign-ins are kept, although they open nothing: a stolen token that comes back late
    must still be known as one.
    """
    await trash.empty(database, settings.trash, clock)
    for remove in (
        crud.credential.remove_ended,
        personal_tokens.remove_revoked,
        invitations.remove_ended,
        throttling.remove_idle,
        idempotency.remove_expired,
    ):
        has_more = True
        while has_more:
            async with database.transaction() as session:
                has_more = await remove(session, clock.now())
    await search_index.once(database)
    await pictures.sweep(database, MediaStore(settings.media_dir), clock)
