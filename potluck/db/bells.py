"""Work that a unit of work leaves for somebody waiting in this process: told once it is committed.

A bell rung earlier would wake somebody who does not see the work yet. It is a help and no promise:
after a crash, or in another process, only looking at the table finds the work.
"""

from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

_RUNG = "bells"


class Bell(StrEnum):
    """What may be waited for."""

    JOBS = "jobs"
    SEARCH_INDEX = "search_index"
    LANGUAGES = "languages"


def ring_after_commit(session: AsyncSession, bell: Bell) -> None:
    """Ring when this unit of work is committed, and never if it is not."""
    session.info.setdefault(_RUNG, set()).add(bell)


def rung(session: AsyncSession) -> set[Bell]:
    """The bells to ring, once."""
    found: set[Bell] = session.info.pop(_RUNG, set())
    return found
