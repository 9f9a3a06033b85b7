"""The rows an installation has about itself. No actor sees them: only services ask."""

from datetime import datetime

from sqlalchemy import select
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
        """Keys that verify, the one that signs first."""
        statement = (
            select(SigningKey)
            .where(SigningKey.retired_at.is_(None))
            .order_by(SigningKey.created_at.desc(), SigningKey.kid)
        )
        return list(await session.scalars(statement))

    async def add_signing_key(
        self, session: AsyncSession, kid: str, private_sealed: str, *, now: datetime
    ) -> SigningKey:
        """A key that signs from now on."""
        key = SigningKey(kid=kid, private_sealed=private_sealed, created_at=now)
        session.add(key)
        await session.flush()
        return key


instance = CRUDInstance()
