"""What is done again and again, and when."""

from dataclasses import dataclass
from datetime import UTC, datetime

from croniter import croniter

from potluck.schemas.job import KeepHouse


@dataclass(frozen=True)
class Appointment:
    """A kind of work without particulars; `cron` has the five fields of crontab(5), in UTC."""

    cron: str
    payload: KeepHouse


SCHEDULE = (Appointment("17 */6 * * *", KeepHouse()),)


def latest(cron: str, now: datetime) -> datetime:
    """The newest appointed time that is not later than now."""
    # What croniter calls previous is earlier than where it starts, to the second.
    found = croniter(cron, now.astimezone(UTC)).get_prev(datetime)
    return found if not croniter.match(cron, now) else now.replace(second=0, microsecond=0)
