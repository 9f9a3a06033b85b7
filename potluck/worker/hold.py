"""A job in the hands of this process: its effect and its end are one unit of work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from potluck import crud
from potluck.core.errors import Unavailable
from potluck.resources import Resources
from potluck.services import jobs
from potluck.services.jobs import HeldJob, LeaseLost

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass
class Hold:
    """What the function of a kind of work is given."""

    resources: Resources
    job: HeldJob
    is_finished: bool = False

    @asynccontextmanager
    async def finishing(self, *, result: str | None = None) -> "AsyncIterator[AsyncSession]":
        """A unit of work with which the job ends: both are kept, or neither.

        So its effect is not had twice, whenever the process ends. Raises `LeaseLost` when somebody
        else took the job over, or it was cancelled: then nothing is kept.
        """
        async with self.resources.database.transaction() as session:
            yield session
            now = self.resources.clock.now()
            await jobs.finish(session, self.job, now=now, result=result)
        self.is_finished = True

    async def tell(self, done: int, total: int | None = None) -> None:
        """Note how far the work is. Raises `LeaseLost`."""
        async with self.resources.database.transaction() as session:
            if not await crud.job.tell(
                session, self.job.id, self.job.fence, done=done, total=total
            ):
                raise LeaseLost

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Within the block the lease is moved on; who loses it all the same is cancelled.

        Raises `LeaseLost` then.
        """
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        lost = asyncio.Event()

        async def keep() -> None:
            await self._keep()
            lost.set()
            task.cancel()

        keeper = asyncio.create_task(keep(), name="job-lease")
        try:
            yield
        except asyncio.CancelledError:
            if not lost.is_set():
                raise
            task.uncancel()
            raise LeaseLost from None
        finally:
            keeper.cancel()
            # Awaiting the keeper itself could take our own cancellation for its end.
            await asyncio.wait([keeper])

    async def _keep(self) -> None:
        """Return when the job is held no longer."""
        lease_s = self.resources.settings.jobs.lease_s
        while True:
            await asyncio.sleep(lease_s / 3)
            until = self.resources.clock.now() + timedelta(seconds=lease_s)
            # While the database is away nobody else can take the job either.
            with suppress(Unavailable):
                async with self.resources.database.transaction() as session:
                    if not await crud.job.keep(session, self.job.id, self.job.fence, until=until):
                        return
