"""One-time links. Asked by digest, not by actor: whoever holds the token may use it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.crud.removal import remove_some
from potluck.domain.one_time_links import LinkKind
from potluck.models import OneTimeLink, User


class CRUDOneTimeLink:
    """Every statement about one-time links. One that was used or has expired exists for nobody."""

    def is_open(self, now: datetime) -> ColumnElement[bool]:
        """It can be used: not used, not expired, and its account not disabled."""
        return and_(
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
            or_(OneTimeLink.user_id.is_(None), User.disabled_at.is_(None)),
        )

    async def add(self, session: AsyncSession, row: OneTimeLink) -> None:
        """Store a new link."""
        session.add(row)
        await session.flush()

    async def by_digest(
        self, session: AsyncSession, kind: LinkKind, digest: str, *, now: datetime
    ) -> tuple[OneTimeLink, User | None] | None:
        """The open link of the kind with this digest, and its account."""
        statement = (
            select(OneTimeLink, User)
            .outerjoin(User, User.id == OneTimeLink.user_id)
            .where(OneTimeLink.kind == kind, OneTimeLink.digest == digest, self.is_open(now))
        )
        row = (await session.execute(statement)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def newest_of_address(
        self, session: AsyncSession, kind: LinkKind, address_key: str, *, now: datetime
    ) -> OneTimeLink | None:
        """The newest open link of the kind about an address."""
        statement = (
            select(OneTimeLink)
            .outerjoin(User, User.id == OneTimeLink.user_id)
            .where(
                OneTimeLink.kind == kind,
                OneTimeLink.address_key == address_key,
                self.is_open(now),
            )
            .order_by(OneTimeLink.created_at.desc(), OneTimeLink.id.desc())
            .limit(1)
        )
        found: OneTimeLink | None = await session.scalar(statement)
        return found

    async def use(self, session: AsyncSession, id: UUID, *, now: datetime) -> bool:
        """Use it up; false when it was used before: one of many at once wins."""
        statement = (
            update(OneTimeLink)
            .where(OneTimeLink.id == id, OneTimeLink.used_at.is_(None))
            .values(used_at=now)
            .returning(OneTimeLink.id)
            .execution_options(synchronize_session=False)
        )
        return (await session.execute(statement)).one_or_none() is not None

    async def remove_of_user(
        self, session: AsyncSession, user_id: UUID, kinds: Collection[LinkKind]
    ) -> None:
        """Remove an account's links of these kinds."""
        await session.execute(
            delete(OneTimeLink)
            .where(OneTimeLink.user_id == user_id, OneTimeLink.kind.in_(sorted(kinds)))
            .execution_options(synchronize_session=False)
        )

    async def remove_expired(self, session: AsyncSession, now: datetime) -> bool:
        """Remove links past their end; true if there may be more of them."""
        return await remove_some(session, OneTimeLink.id, OneTimeLink.expires_at <= now)


one_time_link = CRUDOneTimeLink()
