"""What a database refuses becomes a refusal of ours where we said so; the rest stays a bug."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.errors import AlreadyMember, EmailTaken, Stale, TagExists
from potluck.db.failures import translated
from potluck.db.session import Database
from potluck.domain.roles import Role
from potluck.models import Tag, User
from potluck.resources import Resources
from potluck.schemas.household import MembershipInDB
from potluck.schemas.user import UserInDB
from tests.doubles import START
from tests.factories import Factories, Make

ADA = UserInDB(
    email="ada@example.org", email_key="ada@example.org", display_name="Ada", password_hash=None
)
SYSTEM = Actor.system()


async def add_ada(database: Database) -> User:
    async with database.transaction() as session:
        return await crud.user.create(session, ADA, now=START)


async def refusal_of_second_ada(database: Database) -> EmailTaken:
    with pytest.raises(EmailTaken) as refusal:
        await add_ada(database)
    return refusal.value


class TestConstraints:
    """The last word on a rule that two requests at once can break."""

    async def test_an_address_is_taken(self, resources: Resources) -> None:
        await add_ada(resources.database)
        refusal = await refusal_of_second_ada(resources.database)
        assert refusal.detail == "An account with this address exists. Sign in instead."

    async def test_somebody_is_a_member_already(
        self, factories: Factories, resources: Resources
    ) -> None:
        user = await factories.user()
        assert user.default_household_id is not None
        again = MembershipInDB(
            household_id=user.default_household_id, user_id=user.id, role=Role.VIEWER
        )
        with pytest.raises(AlreadyMember):
            async with resources.database.transaction() as session:
                await crud.membership.create(session, again, now=START)

    async def test_a_tag_exists(self, factories: Factories, resources: Resources) -> None:
        tag = await factories.tag(await factories.user())
        same = Tag(
            household_id=tag.household_id,
            kind=tag.kind,
            name="Other spelling",
            name_key=tag.name_key,
            created_at=START,
            updated_at=START,
        )
        with pytest.raises(TagExists):
            async with resources.database.transaction() as session:
                session.add(same)

    async def test_each_refusal_is_raised_for_the_first_time(self, resources: Resources) -> None:
        """One exception for all would gather the frames of every request that ever met it."""
        await add_ada(resources.database)
        first = await refusal_of_second_ada(resources.database)
        second = await refusal_of_second_ada(resources.database)
        assert first is not second
        assert (type(first), first.detail) == (type(second), second.detail)

    async def test_any_other_constraint_stays_a_bug(
        self, factories: Factories, resources: Resources
    ) -> None:
        await factories.user()
        broken = (
            "UPDATE membership SET role = 'king'",
            "UPDATE membership SET household_id = user_id",
            "UPDATE membership SET role = NULL",
        )
        for statement in broken:
            with pytest.raises(IntegrityError):
                async with resources.database.transaction() as session:
                    await session.execute(text(statement))

    def test_a_constraint_is_not_taken_for_another_whose_columns_begin_alike(self) -> None:
        error = IntegrityError("", None, Exception("UNIQUE constraint failed: user.email_key, x"))
        with pytest.raises(IntegrityError), translated():
            raise error

    async def test_what_was_sent_does_not_show_in_the_error(self, resources: Resources) -> None:
        await add_ada(resources.database)
        refusal = await refusal_of_second_ada(resources.database)
        assert isinstance(refusal.__cause__, IntegrityError)
        assert "ada@example.org" not in str(refusal.__cause__.statement)
        assert refusal.__cause__.hide_parameters


class TestStale:
    async def test_a_row_that_somebody_changed_in_between_is_stale(
        self, make_user: Make[User], resources: Resources
    ) -> None:
        user = await make_user()  # as it was read, in a session that is gone
        async with resources.database.transaction() as session:
            other = await crud.user.get(session, SYSTEM, user.id)
            await crud.user.update(session, other, {"display_name": "Grace"}, now=START)

        with pytest.raises(Stale):
            await rename(resources.database, user, "Ada")

        async with resources.database.reading() as session:
            assert list(await session.scalars(select(User.display_name))) == ["Grace"]


async def rename(database: Database, user: User, name: str) -> None:
    """Change a row that was read before this unit of work."""
    async with database.transaction() as session:
        session.add(user)
        await crud.user.update(session, user, {"display_name": name}, now=START)
