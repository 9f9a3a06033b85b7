"""Makes real rows for tests, through the app's own services and crud."""

from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from potluck import crud
from potluck.core.actor import Actor
from potluck.domain.roles import Role
from potluck.models import Household, Membership, Tag, User
from potluck.resources import Resources
from potluck.schemas.household import HouseholdCreate, MembershipInDB
from potluck.schemas.tag import TagCreate
from potluck.schemas.user import UserCreate
from potluck.services import accounts, households, tags

#: Hashing costs 20 ms of CPU; every test account has this password and this hash of it.
PASSWORD = "correct horse battery staple"

T_co = TypeVar("T_co", covariant=True)


class Make(Protocol[T_co]):
    """A factory: `await make_user(display_name="Ada")`."""

    async def __call__(self, **options: Any) -> T_co: ...


@dataclass
class Factories:
    """Counts up, so that every row has words of its own."""

    resources: Resources
    password_hash: str
    count: int = field(default=0)

    async def user(self, **options: Any) -> User:
        """An account with a household of its own, as signing up makes it."""
        self.count += 1
        data = UserCreate(
            email=options.pop("email", f"cook{self.count}@example.org"),
            password=PASSWORD,
            display_name=options.pop("display_name", f"Cook {self.count}"),
        )
        async with self.resources.database.transaction() as session:
            return await accounts.create(
                session, data, self.password_hash, now=self.resources.clock.now(), **options
            )

    async def household(self, owner: User, **options: Any) -> Household:
        """A further household of the owner."""
        self.count += 1
        data = HouseholdCreate(**{"name": f"Household {self.count}"} | options)
        async with self.resources.database.transaction() as session:
            return await households.create(
                session, Actor(user_id=owner.id), data, now=self.resources.clock.now()
            )

    async def membership(self, household_id: UUID, user: User, role: Role | str) -> Membership:
        """The user's belonging to the household."""
        data = MembershipInDB(household_id=household_id, user_id=user.id, role=Role(role))
        async with self.resources.database.transaction() as session:
            return await crud.membership.create(session, data, now=self.resources.clock.now())

    async def member(self, household_id: UUID, role: Role | str, **options: Any) -> User:
        """A new account that belongs to the household, beside its own."""
        user = await self.user(**options)
        await self.membership(household_id, user, role)
        return user

    async def tag(self, owner: User, **options: Any) -> Tag:
        """A tag in the owner's default household, or in the one named."""
        self.count += 1
        data = TagCreate(**{"name": f"Tag {self.count}"} | options)
        async with self.resources.database.transaction() as session:
            return await tags.create(
                session, Actor(user_id=owner.id), data, now=self.resources.clock.now()
            )
