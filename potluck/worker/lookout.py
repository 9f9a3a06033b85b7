"""Finds the jobs of workers that ended, and asks for what is done again and again."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from potluck import crud
from potluck.core.errors import Unavailable
from potluck.crud.job_delivery import AlreadyWaiting, deliver
from potluck.resources import Resources
from potluck.services import jobs
from potluck.worker.schedule import SCHEDULE, Appointment, latest

log = structlog.get_logger(__name__)

BATCH = 100
#: A job that is due for so long was not handed over, or everybody is busy with others.
FORGOTTEN = timedelta(minutes=5)


async def watch(resources: Resources) -> None:
    """Look around for as long as the process lives, twice a lease."""
    while True:
        try:
            await take_over(resources)
            await appoint(resources)
        except Unavailable as error:
            log.warning("jobs_unavailable", reason=str(error))
        except Exception:
            # Tried again soon; a look-out that ended would be missed by nobody.
            log.exception("job_lookout_failed")
        await asyncio.sleep(resources.settings.jobs.lease_s / 2)


async def take_over(resources: Resources) -> int:
    """Queue again what ended workers held, and hand over what nobody knows of; how many jobs."""
    now = resources.clock.now()
    async with resources.database.reading() as session:
        lapsed = await crud.job.lapsed(session, now=now, limit=BATCH)
        forgotten = await crud.job.overdue(session, before=now - FORGOTTEN, limit=BATCH)
    taken = [id for id in lapsed if await _release(resources, id, now)]
    if taken:
        log.warning("jobs_taken_over", jobs=len(taken))
    for id in forgotten:
        await hand_over(resources, id)
    return len(taken)


async def _release(resources: Resources, id: UUID, now: datetime) -> bool:
    async with resources.database.transaction() as session:
        is_released = await crud.job.release(session, id, now=now)
    if is_released:
        await hand_over(resources, id)
    return is_released


async def hand_over(resources: Resources, id: UUID) -> None:
    """Deliver a job again; one that is no longer queued is then passed over."""
    try:
        async with resources.database.transaction() as session:
            await deliver(session, id, again=True)
    except AlreadyWaiting:
        return


async def appoint(resources: Resources) -> int:
    """Ask for the scheduled work whose time has come; how much of it.

    Of many processes one does so for each appointed time. A time that passed while nobody looked
    is made up for, once.
    """
    now = resources.clock.now()
    return sum([await _appoint(resources, each, now) for each in SCHEDULE])


async def _appoint(resources: Resources, appointment: Appointment, now: datetime) -> bool:
    until = latest(appointment.cron, now)
    name = appointment.payload.kind
    async with resources.database.reading() as session:
        if await crud.job.asked_until(session, name) == until:
            return False
    async with resources.database.transaction() as session:
        is_ours = await crud.job.appoint(session, name, until=until)
        if is_ours:
            await jobs.enqueue(session, appointment.payload, key=name, now=now)
    return is_ours
