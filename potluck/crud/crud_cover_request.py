"""Pictures that are still to be fetched, one for a recipe at most."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.db.bells import Bell, ring_after_commit
from potluck.models import CoverRequest


class CRUDCoverRequest:
    """Every statement about the requests; whoever changes one has the recipe locked, or `take`n."""

    async def ask(self, session: AsyncSession, recipe_id: UUID, url: str, *, now: datetime) -> None:
        """Want this picture, at once and instead of any other."""
        await self.forget(session, recipe_id)
        session.add(CoverRequest(recipe_id=recipe_id, url=url, tries=0, due_at=now))
        await session.flush()
        ring_after_commit(session, Bell.COVERS)

    async def forget(self, session: AsyncSession, recipe_id: UUID, url: str | None = None) -> None:
        """Want no picture any more; with `url` only if it is still that one."""
        statement = delete(CoverRequest).where(CoverRequest.recipe_id == recipe_id)
        if url is not None:
            statement = statement.where(CoverRequest.url == url)
        await session.execute(statement)

    async def is_pending(self, session: AsyncSession, recipe_id: UUID) -> bool:
        """Whether a picture is on its way."""
        statement = select(CoverRequest.recipe_id).where(CoverRequest.recipe_id == recipe_id)
        return await session.scalar(statement) is not None

    async def count(self, session: AsyncSession) -> int:
        """How many pictures are still to be fetched."""
        return await session.scalar(select(func.count()).select_from(CoverRequest)) or 0

    async def take(
        self, session: AsyncSession, *, now: datetime, lease: timedelta
    ) -> CoverRequest | None:
        """The request that has been due for longest, counted as one try more.

        Nobody else takes it until `lease` is over: then who took it is gone, or it has been put
        off. Processes that ask at the same time pass over what another one is taking.
        """
        statement = (
            select(CoverRequest)
            .where(CoverRequest.due_at <= now)
            .order_by(CoverRequest.due_at, CoverRequest.recipe_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        request: CoverRequest | None = await session.scalar(statement)
        if request is not None:
            request.tries += 1
            request.due_at = now + lease
            await session.flush()
        return request

    async def put_off(
        self, session: AsyncSession, recipe_id: UUID, url: str, *, until: datetime
    ) -> None:
        """Leave the request for later, if it is still for that picture."""
        statement = (
            select(CoverRequest)
            .where(CoverRequest.recipe_id == recipe_id, CoverRequest.url == url)
            .with_for_update()
        )
        request = await session.scalar(statement)
        if request is not None:
            request.due_at = until
            await session.flush()


cover_request = CRUDCoverRequest()
