"""Work that the running service does by itself: whether it does."""

from collections.abc import AsyncIterator
from datetime import timedelta

from potluck.crud import examination
from potluck.services.doctor.finding import Finding, Patient, counted

CHECK = "background work"
#: A job is begun when it is due, unless all workers are busy with others.
JOBS_LATE = timedelta(hours=1)
#: Housekeeping empties the trash every six hours.
TRASH_LATE = timedelta(days=1)


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """What should have been done by now."""
    now = patient.clock.now()
    keep = timedelta(days=patient.settings.trash.keep_days)
    async with patient.reading() as session:
        late = await examination.overdue_jobs(session, before=now - JOBS_LATE)
        trash = await examination.overdue_trash(session, before=now - keep - TRASH_LATE)
    if late:
        yield Finding(
            CHECK,
            "warning",
            f"{counted(late, 'job')} should have begun by now.",
            "See that the service runs (or potluck worker, where POTLUCK_JOBS__IN_SERVER is off),"
            " and what its log says of jobs_unavailable and jobs_failed.",
        )
    if trash:
        yield Finding(
            CHECK,
            "warning",
            f"{counted(trash, 'recipe')} should have left the trash for good.",
            "See that the service runs and what its log says of job_broke with keep-house, or run:"
            " potluck purge",
        )
    if not late and not trash:
        yield Finding(CHECK, "ok", "Nothing that the service does by itself is late.")
