"""Work that the running service does by itself: whether it does."""

from collections.abc import AsyncIterator
from datetime import timedelta

from potluck.crud import examination
from potluck.services.doctor.finding import Finding, Patient, counted

CHECK = "background work"
#: A picture is tried when it is due; one try takes seconds.
COVERS_LATE = timedelta(hours=1)
#: Housekeeping empties the trash every six hours.
TRASH_LATE = timedelta(days=1)


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """What should have been done by now."""
    now = patient.clock.now()
    keep = timedelta(days=patient.settings.trash.keep_days)
    async with patient.reading() as session:
        covers = await examination.overdue_covers(session, before=now - COVERS_LATE)
        trash = await examination.overdue_trash(session, before=now - keep - TRASH_LATE)
    if covers:
        yield Finding(
            CHECK,
            "warning",
            f"{counted(covers, 'picture')} should have been fetched by now.",
            "See that the service runs, and what its log says of cover_failed.",
        )
    if trash:
        yield Finding(
            CHECK,
            "warning",
            f"{counted(trash, 'recipe')} should have left the trash for good.",
            "See that the service runs and what its log says of housekeeping_failed, or run:"
            " potluck purge",
        )
    if not covers and not trash:
        yield Finding(CHECK, "ok", "Nothing that the service does by itself is late.")
