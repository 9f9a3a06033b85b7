"""A database that has no room for more, as each engine says it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from potluck.resources import Resources

#: SQLite's own end of the file, at the size it has now; 2^30 pages are no limit.
NO_MORE_PAGES, ALL_PAGES = "PRAGMA max_page_count=1", "PRAGMA max_page_count=1073741823"
#: PostgreSQL says it with a state of its own (appendix A, `disk_full`).
REFUSE = "DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$"


@asynccontextmanager
async def no_room(resources: Resources) -> AsyncIterator[None]:
    """Whatever would make the database larger fails while the block runs."""
    if resources.database.url.engine == "sqlite":
        with closing(sqlite3.connect(str(resources.database.url.path))) as file:
            file.execute("VACUUM")  # no page is left that could be used again
        # There is one connection that writes: the pragma is still set when a request gets it.
        async with resources.database.engines.write.connect() as connection:
            await connection.exec_driver_sql(NO_MORE_PAGES)
        yield
        async with resources.database.engines.write.connect() as connection:
            await connection.exec_driver_sql(ALL_PAGES)
        return

    def refuse(session: Session, *_: Any) -> None:
        session.execute(text(REFUSE))

    event.listen(Session, "after_flush_postexec", refuse)
    try:
        yield
    finally:
        event.remove(Session, "after_flush_postexec", refuse)
