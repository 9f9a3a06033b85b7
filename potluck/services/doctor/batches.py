"""Reads everything there is, a few rows at a time: no check holds a session or the memory long."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from potluck.services.doctor.finding import Patient


class Ask(Protocol):
    """Rows with an `id`, those behind `after`, in the order of their ids."""

    async def __call__(
        self, session: AsyncSession, after: UUID | None, /, *, limit: int
    ) -> Sequence[Any]: ...


async def batches(patient: Patient, ask: Ask, *, size: int) -> AsyncIterator[Sequence[Any]]:
    """All rows, at most `size` at a time; no session is open while they are looked at."""
    last = None
    while True:
        async with patient.reading(long=True) as session:
            rows = await ask(session, last, limit=size)
        if not rows:
            return
        yield rows
        last = rows[-1].id
