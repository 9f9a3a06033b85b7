"""Accounts."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, not_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.crud.base import CRUDBase
from potluck.crud.tenancy import belongs_to, owned
from potluck.domain.email_address import email_key
from potluck.models import Household, Membership, User
from potluck.schemas.administration import AccountFilter
from potluck.schemas.user import UserInDB, UserUpdate

#: The account may do something: it is not disabled, nor about to be deleted.
IS_ACTIVE = and_(User.disabled_at.is_(None), User.deletion_at.is_(None))


class CRUDUser(CRUDBase[User, UserInDB, UserUpdate]):
    """People see and change their own account; the operator's commands act as the system."""

    model = User
    noun = "account"

    def visible(self, actor: Actor) -> ColumnElement[bool]:
        return true() if actor.is_system else owned(User.id, actor)

    def editable(self, actor: Actor) -> ColumnElement[bool]:
        return self.visible(actor)

    async def by_email(self, session: AsyncSession, email: str) -> User | None:
        """The account with this address, without regard to letter case."""
        found: User | None = await session.scalar(
            select(User).where(User.email_key == email_key(email))
        )
        return found

    async def memberships(
        self, session: AsyncSession, actor: Actor
    ) -> list[tuple[Membership, Household]]:
        """The actor's households with the role in each, oldest membership first."""
        statement = (
            select(Membership, Household)
            .join(Household, Household.id == Membership.household_id)
            .where(belongs_to(actor))
            .order_by(Membership.created_at, Membership.id)
        )
        rows = (await session.execute(statement)).all()
        return [(membership, household) for membership, household in rows]

    async def all(self, session: AsyncSession) -> list[User]:
        """Every account, oldest first, for the operator."""
        return list(await session.scalars(select(User).order_by(User.created_at, User.id)))

    async def is_active(self, session: AsyncSession, id: UUID) -> bool:
        """Whether there is such an account and it may do anything."""
        statement = select(User.id).where(User.id == id, IS_ACTIVE)
        return await session.scalar(statement) is not None

    async def is_administrator(self, session: AsyncSession, id: UUID) -> bool:
        """Whether the account is an administrator who can act, as it stands now."""
        statement = select(User.id).where(User.id == id, User.is_instance_admin, IS_ACTIVE)
        return await session.scalar(statement) is not None

    async def enabled_admins(self, session: AsyncSession) -> int:
        """How many administrators can act."""
        statement = select(User.id).where(User.is_instance_admin, IS_ACTIVE)
        return len(list(await session.scalars(statement)))


def account_conditions(wanted: AccountFilter) -> list[ColumnElement[bool]]:
    """What `wanted` asks of an account."""
    found: list[ColumnElement[bool]] = []
    if wanted.q is not None:
        in_address = User.email_key.contains(email_key(wanted.q), autoescape=True)
        found.append(or_(in_address, User.display_name.icontains(wanted.q, autoescape=True)))
    if wanted.is_disabled is not None:
        is_disabled = User.disabled_at.is_not(None)
        found.append(is_disabled if wanted.is_disabled else not_(is_disabled))
    if wanted.is_instance_admin is not None:
        found.append(User.is_instance_admin.is_(wanted.is_instance_admin))
    return found


user = CRUDUser()
