"""The unit of work: the only place where a transaction is opened, committed or rolled back."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.pool import QueuePool

from potluck.core.config import DatabaseSettings
from potluck.core.database_url import DatabaseUrl
from potluck.core.errors import AppError, OutcomeUnknown
from potluck.db.bells import Bell, rung
from potluck.db.engines import open_engines
from potluck.db.failures import is_gone, translated
from potluck.db.job_key import carried
from potluck.db.last_steps import take_last_steps


class Database:
    """An open database: hands out units of work and read-only sessions.

    `bells` ring for who waits in this process for what a unit of work left to be done. `job_key`
    seals what jobs are to do; who leaves none and takes none on does without. `info` is what every
    session carries along for those who write with it.

    A session connects at its first statement. Nothing outside (hashing, fetching, mail) may be
    awaited after that statement of a unit of work: on SQLite it holds the only write lock.
    """

    def __init__(
        self,
        url: DatabaseUrl,
        settings: DatabaseSettings,
        *,
        job_key: bytes | None = None,
        info: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.url = url
        self.info = info
        self.engines = open_engines(url, settings)
        known = carried(job_key) | dict(info)
        self._writing = _sessions(self.engines.write, known)
        self._reading = _sessions(self.engines.read, known)
        self._reading_long = _sessions(self.engines.long_read, known)
        self.bells = {bell: asyncio.Event() for bell in Bell}

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One unit of work: committed when the block ends, rolled back when it raises.

        An error whose class says `keeps_changes` is committed and raised all the same. Raises
        `Stale`, `Unavailable` or a constraint's own refusal in place of the driver's errors;
        `OutcomeUnknown` when the connection broke before the commit was answered.
        """
        with translated():
            async with self._writing() as session:
                try:
                    yield session
                except AppError as error:
                    if error.keeps_changes:
                        await _commit(session)
                    raise
                await _commit(session)
                for bell in rung(session):
                    self.bells[bell].set()

    @asynccontextmanager
    async def reading(self, *, long: bool = False) -> AsyncIterator[AsyncSession]:
        """A session in which the database refuses every write.

        `long` is for statements without a bound (filtered lists, export): on SQLite they have
        connections of their own.
        """
        with translated():
            async with (self._reading_long if long else self._reading)() as session:
                yield session

    @property
    def is_busy(self) -> bool:
        """Whether a unit of work that begins now would have to wait for a connection."""
        pool = self.engines.write.pool
        return isinstance(pool, QueuePool) and pool.checkedout() >= pool.size()

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engines.dispose()


async def _commit(session: AsyncSession) -> None:
    await take_last_steps(session)
    try:
        await session.commit()
    except DBAPIError as error:
        if is_gone(error):
            raise OutcomeUnknown from error
        raise


def _sessions(engine: AsyncEngine, known: dict[str, Any]) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, expire_on_commit=False, autoflush=False, info=known)
