"""What the tests of personal tokens do over and over."""

from typing import Any, Protocol
from uuid import UUID

import httpx2

from potluck.core.actor import Actor
from potluck.core.scopes import SCOPES_OF_TOKENS, Scope
from potluck.models import User
from potluck.resources import Resources
from potluck.schemas import NewPersonalToken, PersonalTokenCreate
from potluck.services import personal_tokens
from tests.conftest import API

TOKENS = f"{API}/auth/tokens"
Json = dict[str, Any]


class WithToken(Protocol):
    """`await with_token(user)`: a client that shows a personal token of the user."""

    async def __call__(
        self,
        user: User,
        scopes: frozenset[Scope] = SCOPES_OF_TOKENS,
        household_id: UUID | None = None,
    ) -> httpx2.AsyncClient: ...


async def make_token(resources: Resources, user: User, **members: Any) -> NewPersonalToken:
    """A token of the user with every scope that tokens may have, unless `members` say less."""
    data = PersonalTokenCreate(**{"name": "Script", "scopes": sorted(SCOPES_OF_TOKENS)} | members)
    owner = Actor(user_id=user.id, scopes=frozenset(Scope))
    key = await resources.personal_token_key.get()
    async with resources.database.transaction() as session:
        return await personal_tokens.create(
            session, owner, data, key=key, now=resources.clock.now()
        )


async def create_token(client: httpx2.AsyncClient, **members: Any) -> Json:
    """A new token as it was answered, to read recipes unless `members` say otherwise."""
    answer = await client.post(
        TOKENS, json={"name": "Script", "scopes": ["recipes:read"]} | members
    )
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def bearing(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {token}"}
