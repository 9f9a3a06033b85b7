"""Takes a job on and sees it to an end: the same on both engines, whoever delivers it."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID

import anyio
import structlog

from potluck import crud
from potluck.core.errors import AppError, Unavailable
from potluck.core.request_context import working
from potluck.resources import Resources
from potluck.services import jobs
from potluck.services.jobs import LeaseLost
from potluck.worker.given_up import GivenUp, NotYet
from potluck.worker.hold import Hold
from potluck.worker.work import WORK

log = structlog.get_logger(__name__)

#: What we lack ourselves (a full disk, a busy database) is no fault of the job's.
OURS = timedelta(minutes=1)


async def run(resources: Resources, id: UUID) -> bool:
    """Do a queued job, or nothing when somebody else did; whether it was taken on.

    Raises `Unavailable` while the database is away: the job stays as it is, or is taken over when
    its lease is over.
    """
    now, lease = resources.clock.now(), timedelta(seconds=resources.settings.jobs.lease_s)
    async with resources.database.transaction() as session:
        job = await jobs.take(session, id, now=now, lease=lease)
    if job is None:
        return False
    with working(job.kind, job.id):
        await _do(Hold(resources, job))
    return True


async def run_due(resources: Resources) -> int:
    """Do what is due, one job after the other, until nothing is; how many it were."""
    count = 0
    while await run_next(resources):
        count += 1
    return count


async def run_next(resources: Resources) -> bool:
    """Do the job that has been due for longest; False when none is."""
    while True:
        async with resources.database.reading() as session:
            id = await crud.job.next_due(session, now=resources.clock.now())
        if id is None:
            return False
        if await run(resources, id):
            return True


async def _do(hold: Hold) -> None:
    job = hold.job
    try:
        async with hold.kept():
            await WORK[type(job.payload)](hold, job.payload)
            if not hold.is_finished:
                async with hold.finishing():
                    pass
    except LeaseLost:
        log.warning("job_lost", tries=job.tries)
    except asyncio.CancelledError:
        with anyio.CancelScope(shield=True):
            await _hand_back(hold)
        raise
    except GivenUp as failure:
        await _give_up(hold, failure.reason)
    except Exception as failure:  # noqa: BLE001 - told, and tried again
        await _failed(hold, failure)
    else:
        log.info("job_done", tries=job.tries)


async def _hand_back(hold: Hold) -> None:
    """The process ends: the next one may begin at once."""
    try:
        await _put_off(hold, None, timedelta(0), is_counted=False)
    except Exception:
        log.warning("job_not_handed_back", exc_info=True)


async def _failed(hold: Hold, failure: Exception) -> None:
    job, retries = hold.job, hold.job.payload.retries
    reason = reason_of(failure)
    if isinstance(failure, Unavailable):
        log.warning("job_put_off", reason=reason, tries=job.tries)
        await _put_off(hold, reason, OURS, is_counted=False)
        return
    if not isinstance(failure, AppError | NotYet):
        log.error("job_broke", tries=job.tries, exc_info=failure)
    if retries.is_spent(job.tries):
        await _give_up(hold, reason)
        return
    pause = retries.pause(job.tries, random.random())  # noqa: S311 - spreads load, hides nothing
    log.info("job_put_off", reason=reason, tries=job.tries, pause_s=round(pause.total_seconds()))
    await _put_off(hold, reason, pause)


async def _give_up(hold: Hold, reason: str) -> None:
    log.warning("job_given_up", reason=reason, tries=hold.job.tries)
    async with hold.resources.database.transaction() as session:
        await jobs.fail(session, hold.job, reason, now=hold.resources.clock.now())


async def _put_off(
    hold: Hold, reason: str | None, pause: timedelta, *, is_counted: bool = True
) -> None:
    until = hold.resources.clock.now() + pause
    async with hold.resources.database.transaction() as session:
        await jobs.put_off(session, hold.job, reason, until=until, is_counted=is_counted)


def reason_of(failure: BaseException) -> str:
    """The name of a failure, without anything that it says of people or places."""
    return (
        getattr(failure, "slug", None) or getattr(failure, "code", None) or type(failure).__name__
    )
