"""Uses of idempotency keys: who may answer one, and what it was answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.crud.dialect import insert_into
from potluck.crud.removal import remove_some
from potluck.models import IdempotencyKey


class CRUDIdempotencyKey:
    """Every statement about the uses.

    A use has no visibility: its id is a digest that nobody can make without the key and the
    account of whoever used it.
    """

    async def add(self, session: AsyncSession, **values: Any) -> bool:
        """Store a new use; False when there is one with this id, which stays as it is."""
        statement = (
            insert_into(session, IdempotencyKey)
            .values(**values)
            .on_conflict_do_nothing(index_elements=["id"])
            .returning(IdempotencyKey.id)
        )
        return await session.scalar(statement) is not None

    async def get(self, session: AsyncSession, id: str) -> IdempotencyKey | None:
        """The use with this id, if there is one."""
        return await session.get(IdempotencyKey, id)

    async def take_over(
        self, session: AsyncSession, row: IdempotencyKey, *, expired: datetime, **values: Any
    ) -> bool:
        """Give a use another claim, unless it was claimed or answered since `row` was read.

        An answer that was claimed at `expired` or before does not count.
        """
        statement = (
            update(IdempotencyKey)
            .where(
                IdempotencyKey.id == row.id,
                IdempotencyKey.claim_id == row.claim_id,
                or_(IdempotencyKey.answer.is_(None), IdempotencyKey.claimed_at <= expired),
            )
            .values(**values, answer=None)
            .returning(IdempotencyKey.id)
            .execution_options(synchronize_session=False)
        )
        return await session.scalar(statement) is not None

    async def finish(
        self, session: AsyncSession, id: str, *, claim_id: UUID, answer: bytes
    ) -> bool:
        """Keep the answer; False when the claim is no longer the one that may."""
        statement = (
            update(IdempotencyKey)
            .where(IdempotencyKey.id == id, IdempotencyKey.claim_id == claim_id)
            .values(answer=answer)
            .returning(IdempotencyKey.id)
            .execution_options(synchronize_session=False)
        )
        return await session.scalar(statement) is not None

    async def release(self, session: AsyncSession, id: str, *, claim_id: UUID) -> None:
        """Forget a use that was not answered, if it still has this claim."""
        await session.execute(
            delete(IdempotencyKey).where(
                IdempotencyKey.id == id,
                IdempotencyKey.claim_id == claim_id,
                IdempotencyKey.answer.is_(None),
            )
        )

    async def remove_claimed(self, session: AsyncSession, *, before: datetime) -> bool:
        """Remove uses that were claimed before the instant; true if there may be more of them."""
        return await remove_some(session, IdempotencyKey.id, IdempotencyKey.claimed_at < before)


idempotency_key = CRUDIdempotencyKey()
