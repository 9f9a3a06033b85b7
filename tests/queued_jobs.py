"""The jobs that a test has left to be done, with what they are to do."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core import sealing
from potluck.db.job_key import job_key
from potluck.models import Job
from potluck.schemas.job import PAYLOADS


async def live_jobs(session: AsyncSession, kind: str) -> list[tuple[Any, Job]]:
    """Payload and row of each job of a kind that is queued or running, oldest first."""
    await session.rollback()
    statement = select(Job).where(Job.kind == kind, Job.ended_at.is_(None)).order_by(Job.id)
    rows = list(await session.scalars(statement.execution_options(populate_existing=True)))
    return [(payload_of(session, row), row) for row in rows]


def payload_of(session: AsyncSession, row: Job) -> Any:
    """What a job is to do."""
    place = sealing.cell("job", "payload", row.id)
    return PAYLOADS.validate_json(sealing.unseal(job_key(session), row.payload, place))
