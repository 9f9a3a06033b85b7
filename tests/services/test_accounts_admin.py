"""The operator's services are the operator's, whatever else somebody may do."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.clock import Clock
from potluck.core.errors import Forbidden
from potluck.core.scopes import Scope
from potluck.models import User
from potluck.resources import Resources
from potluck.schemas.user import UserCreate
from potluck.services import accounts_admin
from tests.factories import PASSWORD, Make

ADA = "ada@example.org"
EVE = UserCreate(email="eve@example.org", password=PASSWORD, display_name="Eve")

Call = Callable[[AsyncSession, Actor, Clock], Awaitable[Any]]

CALLS: dict[str, Call] = {
    "all_accounts": lambda session, actor, _: accounts_admin.all_accounts(session, actor),
    "acting_account": lambda session, actor, _: accounts_admin.acting_account(session, actor, ADA),
    "names_of": lambda session, actor, _: accounts_admin.names_of(session, actor, ADA),
    "create": lambda session, actor, clock: accounts_admin.create(
        session, actor, EVE, "hash", is_administrator=True, clock=clock
    ),
    "reset_password": lambda session, actor, clock: accounts_admin.reset_password(
        session, actor, ADA, "hash", clock=clock
    ),
    "disable": lambda session, actor, clock: accounts_admin.disable(
        session, actor, ADA, clock=clock
    ),
    "enable": lambda session, actor, clock: accounts_admin.enable(session, actor, ADA, clock=clock),
    "promote": lambda session, actor, clock: accounts_admin.promote(
        session, actor, ADA, clock=clock
    ),
    "demote": lambda session, actor, clock: accounts_admin.demote(session, actor, ADA, clock=clock),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_not_even_an_administrator_of_the_instance_may(
    make_user: Make[User], resources: Resources, call: Call
) -> None:
    ada = await make_user(email=ADA, is_instance_admin=True)
    actor = Actor(user_id=ada.id, scopes=frozenset(Scope), is_instance_admin=True)
    async with resources.database.transaction() as session:
        with pytest.raises(Forbidden, match="Only the operator"):
            await call(session, actor, resources.clock)
