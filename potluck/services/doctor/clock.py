"""The clock: tokens, limits and the order of changes go by it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from potluck.core.clock import instant
from potluck.crud import examination
from potluck.services.doctor.finding import Finding, Patient

CHECK = "clock"
#: Tokens are refused beyond a minute; a healthy NTP client stays below a tenth of a second.
TOLERATED = timedelta(seconds=5)
_SET_IT = "Let a time service keep the clock, such as systemd-timesyncd or chrony."


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """The machine's clock, beside what its own file system noted last."""
    clock = patient.clock
    before = clock.monotonic_s()
    now = clock.now()
    if clock.monotonic_s() < before:
        what = "The clock that measures waits went back."
        yield Finding(CHECK, "error", what, "Restart the machine: its clock hardware is broken.")
    written = _last_written(patient)
    if written is not None and written - now > TOLERATED:
        yield Finding(
            CHECK,
            "warning",
            f"Files of the data folder are {_seconds(written - now)} newer than now.",
            _SET_IT,
        )


async def compare(patient: Patient) -> AsyncIterator[Finding]:
    """Our clock beside the database's, and beside the newest change that is stored."""
    async with patient.reading() as session:
        theirs = await examination.database_clock(session)
        now = patient.clock.now()
        newest_us = await examination.newest_change_us(session)
    apart = abs(theirs - now) if theirs is not None else timedelta()
    ahead = instant(newest_us) - now if newest_us else timedelta()
    if apart > TOLERATED:
        what = f"The clocks of this machine and of the database are {_seconds(apart)} apart."
        yield Finding(CHECK, "warning", what, _SET_IT)
    if ahead > TOLERATED:
        what = f"The newest change of a recipe lies {_seconds(ahead)} in the future."
        mend = _SET_IT + " Changes keep their order meanwhile."
        yield Finding(CHECK, "warning", what, mend)
    if max(apart, ahead) <= TOLERATED:
        yield Finding(CHECK, "ok", "The clock agrees with the database.")


def _last_written(patient: Patient) -> datetime | None:
    """When a file of the data folder was written last."""
    folder = patient.settings.data_dir
    try:
        times = [each.stat().st_mtime for each in folder.iterdir()]
    except OSError:
        return None
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():,.0f} s"
