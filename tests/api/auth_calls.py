"""What the tests of accounts and tokens do over and over."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
from sqlalchemy import select

from potluck import crud
from potluck.core.passwords import PasswordHasher
from potluck.core.scopes import SCOPES_OF_LOGIN
from potluck.models import RefreshToken, TokenFamily, User
from potluck.resources import Resources
from tests.conftest import API, sign_in_as
from tests.doubles import FakeClock
from tests.factories import PASSWORD

ME, SIGNUP, SETUP, LOGIN, REFRESH, LOGOUT = (
    f"{API}/auth/{name}" for name in ("me", "signup", "setup", "login", "refresh", "logout")
)
Json = dict[str, Any]


async def login(
    client: httpx2.AsyncClient, email: object, password: str = PASSWORD, **form: str
) -> httpx2.Response:
    return await client.post(LOGIN, data={"username": str(email), "password": password} | form)


async def signed_in(client: httpx2.AsyncClient, user: User, **form: str) -> Json:
    """A pair of tokens."""
    answer = await login(client, user.email, **form)
    assert answer.status_code == 200, answer.text
    pair: Json = answer.json()
    return pair


async def refresh(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    # Written in ASCII, so that a lone surrogate can be sent as well.
    body = json.dumps({"refresh_token": token})
    return await client.post(REFRESH, content=body, headers={"Content-Type": "application/json"})


async def long_signed_in(
    resources: Resources, client: httpx2.AsyncClient, user: User
) -> dict[str, str]:
    """The header of a client that asked for the password eleven minutes ago, and has refreshed."""
    assert isinstance(resources.clock, FakeClock)
    pair = await sign_in_as(resources, user, SCOPES_OF_LOGIN)
    resources.clock.advance(timedelta(minutes=11))
    answer = await refresh(client, pair.refresh_token)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def me(client: httpx2.AsyncClient, access_token: str) -> httpx2.Response:
    return await client.get(ME, headers={"Authorization": f"Bearer {access_token}"})


async def change(resources: Resources, user: User, **values: Any) -> None:
    """Set columns of an account, as an operator or time would."""
    async with resources.database.transaction() as session:
        row = await session.get_one(User, user.id)
        await crud.user.update(session, row, values, now=resources.clock.now())


async def reread(resources: Resources, user: User) -> User:
    """The account as it is now: what ended its sign-ins shows in who signs in anew."""
    async with resources.database.reading() as session:
        return await session.get_one(User, user.id)


async def family_of(resources: Resources, refresh_token: str) -> tuple[TokenFamily, int]:
    """The sign-in a refresh token belongs to, and how many refresh tokens it has had."""
    digest = hashlib.sha256(refresh_token.encode()).hexdigest()
    async with resources.database.reading() as session:
        statement = (
            select(TokenFamily)
            .join(RefreshToken, RefreshToken.family_id == TokenFamily.id)
            .where(RefreshToken.digest == digest)
        )
        family = (await session.scalars(statement)).one()
        rows = select(RefreshToken.id).where(RefreshToken.family_id == family.id)
        return family, len((await session.scalars(rows)).all())


async def hash_of(resources: Resources, user: User) -> str:
    """What is stored of the password."""
    async with resources.database.reading() as session:
        return (await session.get_one(User, user.id)).password_hash or ""


class RecordingHasher(PasswordHasher):
    """The shipped hasher; notes how many connections are in use while it works."""

    def __init__(self, in_use: Callable[[], int]) -> None:
        super().__init__()
        self.in_use = in_use
        self.seen: list[int] = []

    async def hash(self, password: str) -> str:
        self.seen.append(self.in_use())
        return await super().hash(password)

    async def verify(self, hash: str | None, password: str) -> tuple[bool, str | None]:
        self.seen.append(self.in_use())
        return await super().verify(hash, password)
