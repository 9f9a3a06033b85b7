"""Indexes the recipes that wait for it: all after an update, many after a tag got another name."""

from collections.abc import Callable

import structlog

from potluck.core.errors import Unavailable
from potluck.db.bells import Bell
from potluck.db.session import Database
from potluck.services import recipe_index

log = structlog.get_logger(__name__)


async def run(database: Database) -> None:
    """Index what waits for as long as the process serves, woken by whoever asks for it.

    What an ended process has left, the next start or housekeeping finds.
    """
    bell = database.bells[Bell.SEARCH_INDEX]
    while True:
        await bell.wait()
        bell.clear()
        try:
            await once(database)
        except Unavailable as error:
            log.warning("search_index_unavailable", reason=str(error))
        except Exception:
            # Housekeeping tries again; a task that died would be missed by nobody.
            log.exception("search_index_failed")


async def once(database: Database, *, tell: Callable[[int], None] | None = None) -> int:
    """Index all that waits, in bounded units; how many recipes it were.

    `tell` hears the number so far after each unit. Whatever ends this half way, the rest still
    waits.
    """
    done = 0
    while True:
        async with database.transaction() as session:
            batch = await recipe_index.work_off(session)
        if not batch:
            return done
        done += batch
        if tell is not None:
            tell(done)


async def catch_up(database: Database) -> None:
    """At the start: index everything after an update of what is indexed, and what was left."""
    async with database.transaction() as session:
        await recipe_index.request_all_if_outdated(session)
    if done := await once(database):
        log.info("search_index_built", recipes=done)
