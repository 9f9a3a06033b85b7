"""Forgets pictures that no recipe shows: first the row, a day later the files.

Never the other way round, so that no row is ever left without its files. The day is longer than
anybody takes between storing files and the row that refers to them.
"""

from datetime import datetime, timedelta

from potluck import crud
from potluck.clients.media_store import MediaStore
from potluck.core.clock import Clock
from potluck.db.session import Database

KEEP_FILES = timedelta(hours=24)
BATCH = 200
#: Hexadecimal digits of a SHA-256, with which the names of a picture's files begin.
DIGEST_LENGTH = 64


async def sweep(database: Database, store: MediaStore, clock: Clock) -> None:
    """Remove rows of pictures that no recipe shows, and old files that no row names.

    Works in bounded units. Files that pictures of several households share go with the last row.
    """
    while True:
        async with database.transaction() as session:
            found = await crud.media.sweep(session, limit=BATCH)
        if found < BATCH:
            break
    before = clock.now() - KEEP_FILES
    keys: list[str] = []
    async for key in store.list_older_than(before):
        keys.append(key)
        if len(keys) == BATCH:
            await _forget(database, store, keys, before)
            keys = []
    await _forget(database, store, keys, before)


async def _forget(database: Database, store: MediaStore, keys: list[str], before: datetime) -> None:
    """Delete the files whose digest no row has, unless they were stored anew meanwhile."""
    if not keys:
        return
    async with database.reading() as session:
        known = await crud.media.known(session, {_digest(key) for key in keys})
    unknown = [key for key in keys if _digest(key) not in known]
    await store.delete(unknown, older_than=before)


def _digest(key: str) -> str:
    """What a key names; for files that never got their name something that no row has."""
    return key.rpartition("/")[2][:DIGEST_LENGTH]
