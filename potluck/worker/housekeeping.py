"""What a running service does for itself: it empties the trash, and forgets what has ended."""

from functools import partial

from potluck import crud
from potluck.clients.export_store import ExportStore
from potluck.clients.media_store import MediaStore
from potluck.core.clock import Clock
from potluck.core.config import Settings
from potluck.db.session import Database
from potluck.schemas.job import KeepHouse
from potluck.services import (
    audit_chain,
    idempotency,
    invitations,
    jobs,
    one_time_links,
    personal_tokens,
    throttling,
)
from potluck.worker import deletions, exports, key_rotation, pictures, search_index, trash
from potluck.worker.hold import Hold


async def keep_house(hold: Hold, _payload: KeepHouse) -> None:
    """The job, due every six hours; the start has done it once already."""
    resources = hold.resources
    settings, clock = resources.settings, resources.clock
    await once(resources.database, settings, clock)
    await key_rotation.once(resources.database, resources.master_key, settings, clock)


async def once(database: Database, settings: Settings, clock: Clock) -> None:
    """Delete accounts and empty the trash of what is due, remove sign-ins past their absolute end,
    sweep pictures and archives.

    Also index what an ended process has left, and forget counters that say nothing any more.

    Until then sign-ins are kept, although they open nothing: a stolen token that comes back late
    must still be known as one.
    """
    await deletions.finish(database, clock)
    await trash.empty(database, settings.trash, clock)
    for remove in (
        crud.credential.remove_ended,
        personal_tokens.remove_revoked,
        invitations.remove_ended,
        throttling.remove_idle,
        idempotency.remove_expired,
        partial(jobs.remove_ended, keep_days=settings.jobs.keep_days),
        one_time_links.remove_expired,
        partial(audit_chain.remove_old, keep_days=settings.audit.keep_days),
    ):
        has_more = True
        while has_more:
            async with database.transaction() as session:
                has_more = await remove(session, clock.now())
    await search_index.once(database)
    await pictures.sweep(database, MediaStore(settings.media_dir), clock)
    await exports.sweep(database, ExportStore(settings.exports_dir), clock)
