"""The rows an installation has about itself. No actor sees them: only services ask."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Instance, SigningKey


class CRUDInstance:
    """The one `instance` row and the signing keys."""

    async def get(self, session: AsyncSession) -> Instance | None:
        """The row, None before the first migration was followed by initial data."""
        return await session.get(Instance, 1)

    async def get_for_update(self, session: AsyncSession) -> Instance | None:
        """The row, locked until the unit of work ends."""
        return await session.get(Instance, 1, with_for_update=True)

    async def create(self, session: AsyncSession, *, master_key_fingerprint: str) -> Instance:
        """The row of a new installation."""
        instance = Instance(id=1, master_key_fingerprint=master_key_fingerprint)
        session.add(instance)
        await session.flush()
        return instance

    async def signing_keys(self, session: AsyncSession) -> list[SigningKey]:
        """Every key in the order in which they sign; the last is the one without an end."""
        statement = select(SigningKey).order_by(
            SigningKey.retired_at.asc().nulls_last(), SigningKey.created_at, SigningKey.kid
        )
        return list(await session.scalars(statement))

    async def add_signing_key(
        self, session: AsyncSession, kid: str, private_sealed: str, *, now: datetime
    ) -> SigningKey:
        """A key that signs once those before it have retired."""
        key = SigningKey(kid=kid, private_sealed=private_sealed, created_at=now)
        session.add(key)
        await session.flush()
        return key

    async def remove_signing_keys(self, session: AsyncSession, kids: Collection[str]) -> None:
        """Remove keys for good: what they have signed is worth nothing any more."""
        await session.execute(delete(SigningKey).where(SigningKey.kid.in_(kids)))


instance = CRUDInstance()
