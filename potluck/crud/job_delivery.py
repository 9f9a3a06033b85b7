"""Hands a queued job to whoever works: to this process on SQLite, to procrastinate on PostgreSQL.

Both do so when the unit of work is committed, and never if it is not. The row in `job` is the
truth; what is handed over is its id, and to hand it over twice does no harm.
"""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck.crud.dialect import is_postgresql
from potluck.db.bells import Bell, ring_after_commit

if TYPE_CHECKING:
    from procrastinate.manager import JobManager

#: What procrastinate calls our work: one task that runs the job it is told.
QUEUE = "potluck"
TASK = "potluck.run"


async def deliver(
    session: AsyncSession, id: UUID, *, at: datetime | None = None, again: bool = False
) -> None:
    """Have a job run at an instant, or at once, after this unit of work.

    With `again` it was delivered before, for all we know. Raises `AlreadyWaiting` when that was
    done already and nobody took it yet; the unit of work is broken then.
    """
    if not is_postgresql(session):
        ring_after_commit(session, Bell.JOBS)
        return
    # 0.2 s, for who works with PostgreSQL and enqueues.
    from procrastinate.exceptions import AlreadyEnqueued  # noqa: PLC0415
    from procrastinate.jobs import Job  # noqa: PLC0415

    job = Job(
        queue=QUEUE,
        task_name=TASK,
        task_kwargs={"id": str(id)},
        scheduled_at=at,
        lock=None,
        queueing_lock=str(id) if again else None,
    )
    raw = await (await session.connection()).get_raw_connection()
    try:
        await _manager().defer_job_async(job, connection=raw.driver_connection)
    except AlreadyEnqueued as error:
        raise AlreadyWaiting from error


class AlreadyWaiting(Exception):
    """The job was delivered again before, and is still in procrastinate's queue."""


@cache
def _manager() -> "JobManager":
    """Writes on connections that it is given, so that its own connector is never opened."""
    from procrastinate import PsycopgConnector  # noqa: PLC0415
    from procrastinate.manager import JobManager  # noqa: PLC0415

    return JobManager(PsycopgConnector())
