"""Households."""

from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.crud.base import CRUDBase
from potluck.crud.tenancy import belongs_to, member_of
from potluck.domain.roles import MANAGERS, Role
from potluck.models import Household, Membership
from potluck.schemas.household import HouseholdInDB, HouseholdUpdate


class CRUDHousehold(CRUDBase[Household, HouseholdInDB, HouseholdUpdate]):
    """Members see their households; owners and admins change the settings."""

    model = Household
    noun = "household"

    def visible(self, actor: Actor) -> ColumnElement[bool]:
        return true() if actor.is_system else member_of(Household.id, actor)

    def editable(self, actor: Actor) -> ColumnElement[bool]:
        return true() if actor.is_system else member_of(Household.id, actor, *MANAGERS)

    async def with_role(
        self, session: AsyncSession, actor: Actor, id: UUID, *, lock: bool = False
    ) -> tuple[Household, Role] | None:
        """A household of the actor and the role in it; None when the actor is no member.

        `lock` makes others who lock it wait until this unit of work ends.
        """
        statement = (
            select(Household, Membership.role)
            .join(Membership, Membership.household_id == Household.id)
            .where(Household.id == id, belongs_to(actor))
        )
        if lock:
            statement = statement.with_for_update(of=Household, key_share=True)
        row = (await session.execute(statement)).one_or_none()
        return None if row is None else (row[0], Role(row[1]))


household = CRUDHousehold()
