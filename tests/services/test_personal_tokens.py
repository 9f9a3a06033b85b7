"""Personal tokens that are made while the account's sign-ins end."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.errors import InvalidToken
from potluck.core.scopes import SCOPES_OF_LOGIN, Scope
from potluck.models import User
from potluck.providers import read_token
from potluck.resources import Resources
from potluck.schemas import PersonalTokenCreate
from potluck.services import accounts_admin, authentication, personal_tokens, web_sessions
from tests.conftest import sign_in_as
from tests.factories import Make

DATA = PersonalTokenCreate(name="Script", scopes=[Scope.RECIPES_READ], expires_at=None)


async def by_access_token(resources: Resources, user: User) -> Actor:
    token = await sign_in_as(resources, user, SCOPES_OF_LOGIN)
    claims = await read_token(resources, token.access_token)
    async with resources.database.reading() as session:
        found = await authentication.authenticate(session, claims, resources.clock.now())
    return found.actor


async def by_cookie(resources: Resources, user: User) -> Actor:
    now = resources.clock.now()
    async with resources.database.transaction() as session:
        limits = resources.settings.session
        cookie = await web_sessions.start(session, user, limits, now=now, user_agent=None)
    async with resources.database.reading() as session:
        found = await web_sessions.find(session, cookie, now)
    assert found is not None
    return found.actor


async def make(resources: Resources, actor: Actor) -> None:
    key = await resources.personal_token_key.get()
    async with resources.database.transaction() as session:
        await personal_tokens.create(session, actor, DATA, key=key, now=resources.clock.now())


async def left(session: AsyncSession, user: User) -> list[str]:
    found = await personal_tokens.of_user(session, Actor.system(), user.id)
    return [token.name for token in found]


@pytest.mark.parametrize("sign_in", [by_access_token, by_cookie])
async def test_h06_who_was_let_in_before_a_password_reset_makes_none_after_it(
    make_user: Make[User],
    resources: Resources,
    session: AsyncSession,
    sign_in: Callable[[Resources, User], Awaitable[Actor]],
) -> None:
    """It would outlive the reset that was to shut somebody out."""
    user = await make_user()
    thief = await sign_in(resources, user)
    async with resources.database.transaction() as work:
        await accounts_admin.reset_password(
            work, Actor.system(), user.email, "another hash", clock=resources.clock
        )
    with pytest.raises(InvalidToken):
        await make(resources, thief)
    assert await left(session, user) == []


@pytest.mark.parametrize("sign_in", [by_access_token, by_cookie])
async def test_who_is_signed_in_makes_one(
    make_user: Make[User],
    resources: Resources,
    session: AsyncSession,
    sign_in: Callable[[Resources, User], Awaitable[Actor]],
) -> None:
    user = await make_user()
    await make(resources, await sign_in(resources, user))
    assert await left(session, user) == ["Script"]
