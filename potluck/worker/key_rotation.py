"""The signing keys are renewed by themselves, so that none signs for longer than was meant."""

import structlog

from potluck.core.clock import Clock
from potluck.core.config import Settings
from potluck.core.master_key import MasterKey
from potluck.db.session import Database
from potluck.services import signing_keys

log = structlog.get_logger(__name__)


async def once(database: Database, master_key: MasterKey, settings: Settings, clock: Clock) -> None:
    """Make the next signing key if it is due by `tokens.rotate_days`; one of all processes does.

    No token is refused for it: the old key goes on verifying what it signed.
    """
    limits = settings.tokens
    if limits.rotate_days == 0:
        return
    async with database.transaction() as session:
        made = await signing_keys.rotate_when_due(
            session,
            master_key,
            now=clock.now(),
            access_s=limits.access_s,
            days=limits.rotate_days,
        )
    if made is not None:
        log.info("signing_key_made", kid=made.kid, active_from=made.active_from.isoformat())
