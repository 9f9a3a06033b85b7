"""The audit: appended to at its end, read, and shortened at its beginning."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import AuditEvent, AuditHead


class CRUDAudit:
    """No actor is asked for: only services that know the reader ask."""

    async def head(self, session: AsyncSession) -> AuditHead | None:
        """Both ends of the chain; None before the initial data."""
        return await session.get(AuditHead, 1, populate_existing=True)

    async def head_for_update(self, session: AsyncSession) -> AuditHead | None:
        """As `head`, locked until the unit of work ends: nobody else appends or removes."""
        return await session.get(AuditHead, 1, with_for_update=True, populate_existing=True)

    async def add(self, session: AsyncSession, *rows: AuditEvent | AuditHead) -> None:
        """Store them, and what was changed of others."""
        session.add_all(rows)
        await session.flush()

    async def after(self, session: AsyncSession, seq: int, *, limit: int) -> Sequence[AuditEvent]:
        """The next events behind one, in the order of the chain."""
        statement = select(AuditEvent).where(AuditEvent.seq > seq).order_by(AuditEvent.seq)
        return (await session.scalars(statement.limit(limit))).all()

    async def oldest(
        self, session: AsyncSession, *, before: datetime, limit: int
    ) -> Sequence[AuditEvent]:
        """Of the oldest events those up to the first that is not `before`, at most `limit`."""
        rows = await self.after(session, 0, limit=limit)
        young = next((index for index, row in enumerate(rows) if row.at >= before), len(rows))
        return rows[:young]

    async def remove_through(self, session: AsyncSession, seq: int) -> None:
        """Remove the events up to this one; the head has said before that they go."""
        statement = delete(AuditEvent).where(AuditEvent.seq <= seq)
        await session.execute(statement.execution_options(synchronize_session=False))


audit = CRUDAudit()
