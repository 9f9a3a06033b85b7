"""Who belongs to which household."""

from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.paging import PageRequest
from potluck.crud.base import CRUDBase
from potluck.crud.keyset import Order, fetch_page
from potluck.crud.tenancy import in_trash, member_of
from potluck.domain.roles import MANAGERS, Role
from potluck.models import Membership, User
from potluck.schemas.household import MembershipInDB, MemberUpdate


class CRUDMembership(CRUDBase[Membership, MembershipInDB, MemberUpdate]):
    """Members see one another; owners and admins add, change and remove."""

    model = Membership
    noun = "member"

    def visible(self, actor: Actor) -> ColumnElement[bool]:
        return true() if actor.is_system else member_of(Membership.household_id, actor)

    def editable(self, actor: Actor) -> ColumnElement[bool]:
        return true() if actor.is_system else member_of(Membership.household_id, actor, *MANAGERS)

    async def of(
        self, session: AsyncSession, actor: Actor, household_id: UUID, user_id: UUID
    ) -> Membership:
        """One person's membership; raises `NotFound` when there is none the actor may see."""
        statement = self.query(actor).where(
            Membership.household_id == household_id, Membership.user_id == user_id
        )
        found: Membership | None = await session.scalar(statement)
        if found is None:
            raise self.not_found()
        return found

    async def members(
        self, session: AsyncSession, actor: Actor, household_id: UUID, request: PageRequest
    ) -> tuple[list[tuple[Membership, User]], str | None]:
        """A page of the members with their accounts, who came first stands first."""
        statement = (
            select(Membership, User)
            .join(User, User.id == Membership.user_id)
            .where(Membership.household_id == household_id, self.visible(actor))
        )
        order = Order(Membership.created_at, Membership.id)
        rows, cursor = await fetch_page(session, statement, order, request)
        return [(row[0], row[1]) for row in rows], cursor

    async def accounts(self, session: AsyncSession, household_id: UUID) -> list[User]:
        """The accounts of all members, also of a household in the trash; who came first first."""
        statement = (
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.household_id == household_id)
            .order_by(Membership.created_at, Membership.id)
        )
        return list(await session.scalars(statement))

    async def has_other_owner(
        self, session: AsyncSession, household_id: UUID, user_id: UUID
    ) -> bool:
        """Whether somebody else owns the household who stays; lock it before you rely on that."""
        statement = (
            select(Membership.id)
            .join(User, User.id == Membership.user_id)
            .where(
                Membership.household_id == household_id,
                Membership.role == Role.OWNER,
                Membership.user_id != user_id,
                User.deletion_at.is_(None),
            )
            .limit(1)
        )
        return await session.scalar(statement) is not None

    async def oldest_of(self, session: AsyncSession, user_id: UUID) -> Membership | None:
        """The household the user has been in longest."""
        statement = (
            select(Membership)
            .where(Membership.user_id == user_id, ~in_trash(Membership.household_id))
            .order_by(Membership.created_at, Membership.id)
            .limit(1)
        )
        found: Membership | None = await session.scalar(statement)
        return found


membership = CRUDMembership()
