"""Statements that are kept ask for the ids of whoever acts now."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.actor import Actor
from potluck.core.ids import new_id
from potluck.crud.prepared import prepared
from potluck.models import Membership, User
from tests.factories import Make


class Counted:
    """A crud class that counts how often it builds."""

    def __init__(self) -> None:
        self.built = 0

    @prepared
    def mine(self, actor: Actor) -> Select[Any]:
        self.built += 1
        return select(Membership.household_id).where(crud.membership.visible(actor))


async def ask(session: AsyncSession, crud: Counted, actor: Actor) -> set[UUID]:
    statement, values = crud.mine(actor)
    return set(await session.scalars(statement, values))


async def test_each_actor_gets_their_own_rows(session: AsyncSession, make_user: Make[User]) -> None:
    counted = Counted()
    users = [await make_user() for _ in range(3)]
    found = [await ask(session, counted, Actor(user_id=user.id)) for user in users]
    assert found == [{user.default_household_id} for user in users]
    assert counted.built == 1


async def test_each_kind_of_actor_has_a_statement_of_its_own(
    session: AsyncSession, make_user: Make[User]
) -> None:
    counted = Counted()
    user = await make_user()
    narrowed = Actor(user_id=user.id, household_id=new_id())
    for _ in range(2):
        assert await ask(session, counted, Actor()) == set()
        assert await ask(session, counted, narrowed) == set()
        assert len(await ask(session, counted, Actor.system())) == 1
    assert counted.built == 3
