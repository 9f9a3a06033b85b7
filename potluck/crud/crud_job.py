"""Every statement about jobs: who holds which, and until when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.paging import PageRequest
from potluck.crud.dialect import insert_into
from potluck.crud.keyset import Order, cut
from potluck.crud.removal import remove_some
from potluck.domain.jobs import JobState
from potluck.models import Job, ScheduledWork
from potluck.models.job import LIVES
from potluck.schemas.administration import JobFilter

_NEWEST_FIRST = Order(Job.created_at, Job.id, descending=True)
LIVE = ("queued", "running")
#: Another machine's clock, or the database's, says that a job is due.
SKEW = timedelta(seconds=5)


class CRUDJob:
    """A job has no household: `user_id` says who may look at it."""

    async def add(self, session: AsyncSession, **values: Any) -> bool:
        """Store a new job; False when a live one has its `key`, which stays as it is."""
        statement = (
            insert_into(session, Job)
            .values(state="queued", tries=0, fence=0, **values)
            .on_conflict_do_nothing(index_elements=["key"], index_where=text(LIVES))
            .returning(Job.id)
        )
        return await session.scalar(statement) is not None

    async def get(self, session: AsyncSession, id: UUID) -> Job | None:
        """The job with this id, if there is one."""
        return await session.get(Job, id)

    async def page_of_kind(
        self,
        session: AsyncSession,
        user_id: UUID,
        kind: str,
        request: PageRequest,
        *,
        ended_after: datetime,
    ) -> tuple[list[Job], str | None]:
        """One page of the jobs of a kind that the user asked for, newest first.

        Without those that ended before the instant.
        """
        is_recent = or_(Job.ended_at.is_(None), Job.ended_at > ended_after)
        statement = select(Job).where(Job.user_id == user_id, Job.kind == kind, is_recent)
        rows = await session.scalars(_NEWEST_FIRST.apply(statement, request))
        return cut(list(rows), _NEWEST_FIRST, request)

    async def page(
        self, session: AsyncSession, wanted: JobFilter, request: PageRequest
    ) -> tuple[list[Job], str | None]:
        """One page of everybody's jobs, newest first."""
        statement = select(Job)
        if wanted.state is not None:
            statement = statement.where(Job.state == wanted.state)
        if wanted.kind is not None:
            statement = statement.where(Job.kind == wanted.kind)
        rows = await session.scalars(_NEWEST_FIRST.apply(statement, request))
        return cut(list(rows), _NEWEST_FIRST, request)

    async def live(self, session: AsyncSession, key: str) -> Job | None:
        """The job with this key that is queued or running."""
        job: Job | None = await session.scalar(
            select(Job).where(Job.key == key, Job.state.in_(LIVE))
        )
        return job

    async def next_due(self, session: AsyncSession, *, now: datetime) -> UUID | None:
        """The job that has been due for longest."""
        statement = (
            select(Job.id)
            .where(Job.state == "queued", Job.run_at <= now)
            .order_by(Job.run_at, Job.id)
            .limit(1)
        )
        id: UUID | None = await session.scalar(statement)
        return id

    async def count_due(self, session: AsyncSession, *, now: datetime) -> int:
        """How many jobs somebody should take on."""
        is_due = and_(Job.state == "queued", Job.run_at <= now)
        return await session.scalar(select(func.count()).select_from(Job).where(is_due)) or 0

    async def take(
        self, session: AsyncSession, id: UUID, *, now: datetime, lease: timedelta
    ) -> Job | None:
        """Hold a job that is due until the lease is over, as one try more; None if it is not."""
        values = {
            "state": "running",
            "tries": Job.tries + 1,
            "fence": Job.fence + 1,
            "started_at": now,
            "lease_until": now + lease,
        }
        is_due = [Job.id == id, Job.state == "queued", Job.run_at <= now + SKEW]
        return await self._change(session, is_due, values)

    async def keep(self, session: AsyncSession, id: UUID, fence: int, *, until: datetime) -> bool:
        """Go on holding a job; False when it is held no longer."""
        return await self._change(session, _held(id, fence), {"lease_until": until}) is not None

    async def tell(
        self, session: AsyncSession, id: UUID, fence: int, *, done: int, total: int | None
    ) -> bool:
        """Note how far a held job is; False when it is held no longer."""
        values = {"done": done, "total": total}
        return await self._change(session, _held(id, fence), values) is not None

    async def end(
        self,
        session: AsyncSession,
        id: UUID,
        fence: int,
        *,
        state: JobState,
        now: datetime,
        result: str | None = None,
        error: str | None = None,
    ) -> bool:
        """End a held job for good; False when it is held no longer."""
        values = {
            "state": state,
            "ended_at": now,
            "lease_until": None,
            "result": result,
            "error": error,
        }
        return await self._change(session, _held(id, fence), values) is not None

    async def put_off(
        self,
        session: AsyncSession,
        id: UUID,
        fence: int,
        *,
        until: datetime,
        error: str | None,
        is_counted: bool = True,
    ) -> bool:
        """Queue a held job again; False when it is held no longer."""
        values: dict[str, Any] = {
            "state": "queued",
            "run_at": until,
            "lease_until": None,
            "error": error,
        }
        if not is_counted:
            values["tries"] = Job.tries - 1
        return await self._change(session, _held(id, fence), values) is not None

    async def lapsed(self, session: AsyncSession, *, now: datetime, limit: int) -> Sequence[UUID]:
        """Jobs that are held by nobody alive, the longest first."""
        statement = (
            select(Job.id)
            .where(Job.state == "running", Job.lease_until < now)
            .order_by(Job.lease_until)
            .limit(limit)
        )
        return (await session.scalars(statement)).all()

    async def release(self, session: AsyncSession, id: UUID, *, now: datetime) -> bool:
        """Queue again what is held by nobody alive; False when somebody holds it after all."""
        values = {
            "state": "queued",
            "run_at": now,
            "lease_until": None,
            "error": "worker-ended",
        }
        conditions = [Job.id == id, Job.state == "running", Job.lease_until < now]
        return await self._change(session, conditions, values) is not None

    async def overdue(
        self, session: AsyncSession, *, before: datetime, limit: int
    ) -> Sequence[UUID]:
        """Queued jobs that somebody should have taken before this instant."""
        statement = (
            select(Job.id)
            .where(Job.state == "queued", Job.run_at < before)
            .order_by(Job.run_at)
            .limit(limit)
        )
        return (await session.scalars(statement)).all()

    async def cancel(self, session: AsyncSession, key: str, *, now: datetime) -> bool:
        """Cancel the live job with this key; whether there was one. Its holder cannot end it."""
        conditions = [Job.key == key, Job.state.in_(LIVE)]
        return await self._cancelled(session, conditions, now)

    async def cancel_by_id(self, session: AsyncSession, id: UUID, *, now: datetime) -> bool:
        """Cancel a live job; whether it was live."""
        return await self._cancelled(session, [Job.id == id, Job.state.in_(LIVE)], now)

    async def renew(self, session: AsyncSession, id: UUID, *, now: datetime) -> bool:
        """Queue a failed or cancelled job anew, with all its tries; whether it was one.

        It gives up its key, which a newer job may have by now.
        """
        values = {
            "state": "queued",
            "key": None,
            "run_at": now,
            "tries": 0,
            "ended_at": None,
            "error": None,
        }
        conditions = [Job.id == id, Job.state.in_(("failed", "cancelled"))]
        return await self._change(session, conditions, values) is not None

    async def counts(self, session: AsyncSession) -> dict[tuple[str, str], int]:
        """How many jobs there are by (kind, state)."""
        statement = select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
        return {(kind, state): count for kind, state, count in await session.execute(statement)}

    async def remove_ended(self, session: AsyncSession, *, before: datetime) -> bool:
        """Remove jobs that ended before the instant; true if there may be more of them."""
        return await remove_some(session, Job.id, Job.ended_at < before)

    async def appoint(self, session: AsyncSession, name: str, *, until: datetime) -> bool:
        """Move scheduled work on to an appointed time; True for the one process that did so.

        What was never seen before starts with the next time.
        """
        known = (
            insert_into(session, ScheduledWork)
            .values(name=name, asked_until=until)
            .on_conflict_do_nothing(index_elements=["name"])
        )
        await session.execute(known)
        statement = (
            update(ScheduledWork)
            .where(ScheduledWork.name == name, ScheduledWork.asked_until < until)
            .values(asked_until=until)
            .returning(ScheduledWork.name)
            .execution_options(synchronize_session=False)
        )
        return await session.scalar(statement) is not None

    async def asked_until(self, session: AsyncSession, name: str) -> datetime | None:
        """The newest appointed time that scheduled work was asked for; None if it never was."""
        statement = select(ScheduledWork.asked_until).where(ScheduledWork.name == name)
        at: datetime | None = await session.scalar(statement)
        return at

    async def _cancelled(
        self, session: AsyncSession, conditions: list[ColumnElement[bool]], now: datetime
    ) -> bool:
        values = {"state": "cancelled", "ended_at": now, "lease_until": None}
        return await self._change(session, conditions, values) is not None

    async def _change(
        self, session: AsyncSession, conditions: list[ColumnElement[bool]], values: dict[str, Any]
    ) -> Job | None:
        statement = (
            update(Job)
            .where(*conditions)
            .values(**values)
            .returning(Job)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        job: Job | None = await session.scalar(statement)
        return job


def _held(id: UUID, fence: int) -> list[ColumnElement[bool]]:
    """Whether a job is still in the hands of who took it on with this fence."""
    return [Job.id == id, Job.state == "running", Job.fence == fence]


job = CRUDJob()
