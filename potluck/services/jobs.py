"""Work that nobody waits for: asked for in the transaction of the change, done by a worker.

`enqueue` is for whoever changes something; `HeldJob` and what follows is for the worker.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core import sealing
from potluck.core.actor import Actor
from potluck.core.errors import NotFound
from potluck.core.ids import new_id
from potluck.core.sealing import Unsealable
from potluck.crud.job_delivery import deliver
from potluck.db.job_key import job_key
from potluck.models import Job
from potluck.schemas.job import PAYLOADS, JobPayload, JobProgress
from potluck.schemas.job import Job as JobOut


class LeaseLost(Exception):
    """The job is held by somebody else by now, or was cancelled: nothing of it may be kept."""


@dataclass(frozen=True)
class HeldJob:
    """A job in the hands of a worker, until its lease is over; `tries` counts this try."""

    id: UUID
    kind: str
    payload: JobPayload
    user_id: UUID | None
    fence: int
    tries: int


async def enqueue(
    session: AsyncSession,
    payload: JobPayload,
    *,
    now: datetime,
    key: str | None = None,
    run_at: datetime | None = None,
    user_id: UUID | None = None,
) -> UUID:
    """Have this done after the unit of work is committed, and never if it is not; the job's id.

    While a job with the same `key` is queued or running, it is that one and nothing is added.
    `run_at` is the earliest instant. A job of a user is done with the rights the account has when
    it runs, and not at all once it is disabled or gone.
    """
    id = new_id()
    is_new = await crud.job.add(
        session,
        id=id,
        kind=_kind(payload),
        payload=_sealed(session, id, payload),
        key=key,
        user_id=user_id,
        run_at=run_at or now,
        created_at=now,
    )
    if not is_new:
        known = await crud.job.live(session, key or "")
        return id if known is None else known.id
    await deliver(session, id, at=run_at)
    return id


async def cancel(session: AsyncSession, key: str, *, now: datetime) -> bool:
    """Let go of the job with this key; whether there was one. Who runs it keeps nothing of it."""
    return await crud.job.cancel(session, key, now=now)


async def of_user(session: AsyncSession, actor: Actor, id: UUID) -> JobOut:
    """A job that the actor asked for. Raises `NotFound`."""
    job = await crud.job.get(session, id)
    if job is None or job.user_id is None or job.user_id != actor.user_id:
        raise NotFound
    return told(job)


def told(job: Job) -> JobOut:
    """What is told of a job."""
    progress = None if job.done is None else JobProgress(done=job.done, total=job.total)
    return JobOut(
        id=job.id,
        kind=job.kind,
        state=job.state,
        progress=progress,
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )


async def take(
    session: AsyncSession, id: UUID, *, now: datetime, lease: timedelta
) -> HeldJob | None:
    """Hold a queued job for as long as the lease; None if it is held, ended, or nobody's any more.

    What an account asked for that is disabled by now is cancelled; what was sealed with another
    key, or by a newer release, has failed.
    """
    job = await crud.job.take(session, id, now=now, lease=lease)
    if job is None:
        return None
    if job.user_id is not None and not await crud.user.is_active(session, job.user_id):
        await crud.job.cancel_by_id(session, id, now=now)
        return None
    payload = _payload_of(session, job)
    if payload is None:
        await crud.job.end(
            session, id, job.fence, state="failed", now=now, error="unreadable-payload"
        )
        return None
    return HeldJob(job.id, job.kind, payload, job.user_id, job.fence, job.tries)


async def finish(
    session: AsyncSession, job: HeldJob, *, now: datetime, result: str | None = None
) -> None:
    """End a job that is done, in the unit of work of its effect. Raises `LeaseLost`."""
    if not await crud.job.end(
        session, job.id, job.fence, state="succeeded", now=now, result=result
    ):
        raise LeaseLost


async def fail(session: AsyncSession, job: HeldJob, error: str, *, now: datetime) -> None:
    """End a job that is given up."""
    await crud.job.end(session, job.id, job.fence, state="failed", now=now, error=error[:200])


async def put_off(
    session: AsyncSession,
    job: HeldJob,
    error: str | None,
    *,
    until: datetime,
    is_counted: bool = True,
) -> None:
    """Have a job that failed, or was handed back, done later."""
    has_it = await crud.job.put_off(
        session,
        job.id,
        job.fence,
        until=until,
        error=None if error is None else error[:200],
        is_counted=is_counted,
    )
    if has_it:
        await deliver(session, job.id, at=until)


async def remove_ended(session: AsyncSession, now: datetime, *, keep_days: int) -> bool:
    """Forget some of what ended longer ago; true if there may be more of it."""
    return await crud.job.remove_ended(session, before=now - timedelta(days=keep_days))


def _kind(payload: JobPayload) -> str:
    kind: str = payload.model_dump()["kind"]
    return kind


def _sealed(session: AsyncSession, id: UUID, payload: JobPayload) -> str:
    text = payload.model_dump_json().encode()
    return sealing.seal(job_key(session), text, sealing.cell("job", "payload", id))


def _payload_of(session: AsyncSession, job: Job) -> Any:
    """The payload, or None when it cannot be read."""
    place = sealing.cell("job", "payload", job.id)
    try:
        # What waited for its picture before there were jobs was carried over without a key.
        is_open = job.payload.startswith("{")
        text = job.payload if is_open else sealing.unseal(job_key(session), job.payload, place)
        return PAYLOADS.validate_json(text)
    except (Unsealable, ValueError):
        return None
