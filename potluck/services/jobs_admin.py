"""The background work of everybody, in the hands of administrators: looked at, repeated, ended."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import NotFound
from potluck.core.paging import PageRequest
from potluck.crud.job_delivery import deliver
from potluck.domain.audit import Action
from potluck.models import Job
from potluck.schemas.administration import AnyJob, JobFilter
from potluck.services import audit, jobs
from potluck.services.accounts_admin import check_administrator


async def page(
    session: AsyncSession, actor: Actor, wanted: JobFilter, request: PageRequest
) -> tuple[list[AnyJob], str | None]:
    """One page of the jobs, newest first, and the next cursor."""
    check_administrator(actor)
    rows, cursor = await crud.job.page(session, wanted, request)
    return [_told(row) for row in rows], cursor


async def retry(session: AsyncSession, actor: Actor, id: UUID, *, now: datetime) -> AnyJob:
    """Have a job that failed or was cancelled done after all, with all its tries.

    Any other stays as it is. Raises `NotFound`.
    """
    row = await _found(session, actor, id)
    if await crud.job.renew(session, id, now=now):
        await deliver(session, id)
        target = ("job", id)
        audit.record(session, Action.JOB_RETRIED, actor=actor, target=target, now=now)
    await session.refresh(row)
    return _told(row)


async def cancel(session: AsyncSession, actor: Actor, id: UUID, *, now: datetime) -> AnyJob:
    """Have a job that is queued or running not done; who runs it keeps nothing of it.

    One that has ended stays as it is. Raises `NotFound`.
    """
    row = await _found(session, actor, id)
    if await crud.job.cancel_by_id(session, id, now=now):
        target = ("job", id)
        audit.record(session, Action.JOB_CANCELLED, actor=actor, target=target, now=now)
    await session.refresh(row)
    return _told(row)


async def _found(session: AsyncSession, actor: Actor, id: UUID) -> Job:
    check_administrator(actor)
    row = await crud.job.get(session, id)
    if row is None:
        raise NotFound
    return row


def _told(row: Job) -> AnyJob:
    return AnyJob(
        **jobs.told(row).model_dump(),
        user_id=row.user_id,
        tries=row.tries,
        run_at=row.run_at,
        error=row.error,
    )
