"""Personal access tokens. Their owner alone sees them; by digest they make an actor."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.errors import NotFound
from potluck.core.paging import PageRequest
from potluck.crud.keyset import Order, fetch_page
from potluck.crud.removal import remove_some
from potluck.crud.tenancy import WITH_HOUSEHOLDS, owned
from potluck.models import PersonalToken, User


class CRUDPersonalToken:
    """Every statement about personal tokens. One that was revoked exists for nobody."""

    def visible(self, actor: Actor) -> ColumnElement[bool]:
        """The actor's own; the operator's commands act as the system and see all."""
        own = true() if actor.is_system else owned(PersonalToken.user_id, actor)
        return and_(PersonalToken.revoked_at.is_(None), own)

    async def add(self, session: AsyncSession, row: PersonalToken) -> None:
        """Store a new token."""
        session.add(row)
        await session.flush()

    async def get(self, session: AsyncSession, actor: Actor, id: UUID) -> PersonalToken:
        """One of the actor's tokens. Raises `NotFound`."""
        statement = select(PersonalToken).where(PersonalToken.id == id, self.visible(actor))
        found: PersonalToken | None = await session.scalar(statement)
        if found is None:
            raise _not_found()
        return found

    async def page(
        self, session: AsyncSession, actor: Actor, request: PageRequest
    ) -> tuple[list[PersonalToken], str | None]:
        """One page of the actor's tokens, newest first, also those that have expired."""
        statement = select(PersonalToken).where(self.visible(actor))
        order = Order(PersonalToken.created_at, PersonalToken.id, descending=True)
        rows, cursor = await fetch_page(session, statement, order, request)
        return [row[0] for row in rows], cursor

    async def of_user(
        self, session: AsyncSession, actor: Actor, user_id: UUID
    ) -> list[PersonalToken]:
        """All of one person's tokens that the actor may see, newest first."""
        statement = (
            select(PersonalToken)
            .where(PersonalToken.user_id == user_id, self.visible(actor))
            .order_by(PersonalToken.created_at.desc(), PersonalToken.id.desc())
        )
        return list(await session.scalars(statement))

    async def with_user(
        self, session: AsyncSession, digest: str
    ) -> tuple[PersonalToken, User] | None:
        """The token with this digest and its owner as they are now, in one statement."""
        statement = (
            select(PersonalToken, User)
            .join(User, User.id == PersonalToken.user_id)
            .where(PersonalToken.digest == digest)
            .options(WITH_HOUSEHOLDS)
        )
        row = (await session.execute(statement)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def revoke(self, session: AsyncSession, actor: Actor, id: UUID, now: datetime) -> UUID:
        """End one of the actor's tokens; of two at once, one finds it. Gives whose it was.

        Raises `NotFound`.
        """
        statement = (
            update(PersonalToken)
            .where(PersonalToken.id == id, self.visible(actor))
            .values(revoked_at=now)
            .returning(PersonalToken.user_id)
        )
        owner_id: UUID | None = await session.scalar(statement)
        if owner_id is None:
            raise _not_found()
        return owner_id

    async def touch(
        self, session: AsyncSession, id: UUID, now: datetime, *, every: timedelta
    ) -> None:
        """Note a use, unless one was noted within `every`, also by a clock that is ahead."""
        last = PersonalToken.last_used_at
        is_stale = or_(last.is_(None), last <= now - every, last >= now + every)
        await session.execute(
            update(PersonalToken)
            .where(PersonalToken.id == id, is_stale)
            .values(last_used_at=now)
            .execution_options(synchronize_session=False)
        )

    async def remove_revoked(self, session: AsyncSession, *, before: datetime) -> bool:
        """Remove tokens that were revoked before the instant; true if there may be more of them."""
        return await remove_some(session, PersonalToken.id, PersonalToken.revoked_at < before)


def _not_found() -> NotFound:
    return NotFound("There is no such token, or it was revoked.")


personal_token = CRUDPersonalToken()
