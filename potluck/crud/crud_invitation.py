"""Invitations. The household's owners and admins see them; by digest they let somebody in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.errors import NotFound
from potluck.core.paging import PageRequest
from potluck.crud.keyset import Order, fetch_page
from potluck.crud.removal import remove_some
from potluck.crud.tenancy import in_trash, member_of
from potluck.domain.roles import MANAGERS, Role
from potluck.models import Household, Invitation, Membership, User


class CRUDInvitation:
    """Every statement about invitations. One that is no longer open exists for nobody."""

    def visible(self, actor: Actor) -> ColumnElement[bool]:
        """Those of the households that the actor manages."""
        return true() if actor.is_system else member_of(Invitation.household_id, actor, *MANAGERS)

    def is_open(self, now: datetime) -> ColumnElement[bool]:
        """It can be used: not used, withdrawn or expired, and who made it may still give the role.

        An inviter who left, was removed, lowered below it, or whose account is disabled or about
        to be deleted lets nobody in.
        """
        may_still_give = (
            select(Membership.id)
            .join(User, User.id == Membership.user_id)
            .where(
                Membership.household_id == Invitation.household_id,
                Membership.user_id == Invitation.invited_by,
                User.disabled_at.is_(None),
                User.deletion_at.is_(None),
                or_(
                    *(
                        and_(
                            Membership.role == manager,
                            Invitation.role.in_([each for each in Role if manager.may_grant(each)]),
                        )
                        for manager in MANAGERS
                    )
                ),
            )
            .correlate(Invitation)
            .exists()
        )
        return and_(
            Invitation.redeemed_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
            ~in_trash(Invitation.household_id),
            may_still_give,
        )

    async def add(self, session: AsyncSession, row: Invitation) -> None:
        """Store a new invitation."""
        session.add(row)
        await session.flush()

    async def count_open(self, session: AsyncSession, household_id: UUID, now: datetime) -> int:
        """How many the household has; lock the household before you rely on it."""
        statement = select(func.count()).where(
            Invitation.household_id == household_id, self.is_open(now)
        )
        return await session.scalar(statement) or 0

    async def page(
        self,
        session: AsyncSession,
        actor: Actor,
        household_id: UUID,
        request: PageRequest,
        *,
        now: datetime,
    ) -> tuple[list[Invitation], str | None]:
        """One page of the household's open invitations, newest first."""
        statement = select(Invitation).where(
            Invitation.household_id == household_id, self.visible(actor), self.is_open(now)
        )
        order = Order(Invitation.created_at, Invitation.id, descending=True)
        rows, cursor = await fetch_page(session, statement, order, request)
        return [row[0] for row in rows], cursor

    async def get_open(
        self, session: AsyncSession, actor: Actor, household_id: UUID, id: UUID, *, now: datetime
    ) -> Invitation:
        """One of the household's open invitations. Raises `NotFound`."""
        statement = select(Invitation).where(
            Invitation.id == id,
            Invitation.household_id == household_id,
            self.visible(actor),
            self.is_open(now),
        )
        found: Invitation | None = await session.scalar(statement)
        if found is None:
            raise NotFound("There is no such invitation, or it was used or withdrawn.")
        return found

    async def revoke(self, session: AsyncSession, row: Invitation, *, now: datetime) -> bool:
        """Withdraw it; false when it was used or withdrawn at the same moment."""
        return await self._close(session, row.id, self.is_open(now), revoked_at=now)

    async def by_digest(
        self, session: AsyncSession, digest: str, *, now: datetime
    ) -> tuple[Invitation, Household, User] | None:
        """The open invitation with this digest, its household, and who made it."""
        statement = (
            select(Invitation, Household, User)
            .join(Household, Household.id == Invitation.household_id)
            .join(User, User.id == Invitation.invited_by)
            .where(Invitation.digest == digest, self.is_open(now))
        )
        row = (await session.execute(statement)).one_or_none()
        return None if row is None else (row[0], row[1], row[2])

    async def redeem(
        self, session: AsyncSession, row: Invitation, *, by: UUID, now: datetime
    ) -> bool:
        """Use it up; of two at once, one does. Lock the household first."""
        values = {"redeemed_at": now, "redeemed_by": by}
        return await self._close(session, row.id, self.is_open(now), **values)

    async def remove_ended(self, session: AsyncSession, *, before: datetime) -> bool:
        """Remove those that expired before the instant; true if there may be more of them."""
        return await remove_some(session, Invitation.id, Invitation.expires_at < before)

    async def _close(
        self, session: AsyncSession, id: UUID, is_open: ColumnElement[bool], **values: object
    ) -> bool:
        statement = (
            update(Invitation)
            .where(Invitation.id == id, is_open)
            .values(values)
            .returning(Invitation.id)
            .execution_options(synchronize_session=False)
        )
        return (await session.execute(statement)).one_or_none() is not None


invitation = CRUDInvitation()
