"""What the tests of invitations do over and over."""

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2

from tests.conftest import API

PREVIEW, ACCEPT = f"{API}/invitations/preview", f"{API}/invitations/accept"
Json = dict[str, Any]


def invitations_of(household_id: UUID | None) -> str:
    assert household_id is not None
    return f"{API}/households/{household_id}/invitations"


async def invite(
    client: httpx2.AsyncClient, household_id: UUID | None, role: str = "editor", **members: Any
) -> Json:
    """A new invitation as it was answered."""
    answer = await client.post(invitations_of(household_id), json={"role": role} | members)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def token_of(invitation: Json) -> str:
    """The token in the link of a new invitation."""
    [token] = parse_qs(urlsplit(invitation["url"]).query)["token"]
    return token


async def accept(client: httpx2.AsyncClient, invitation: Json) -> httpx2.Response:
    return await client.post(ACCEPT, json={"token": token_of(invitation)})


async def preview(client: httpx2.AsyncClient, invitation: Json) -> httpx2.Response:
    return await client.post(PREVIEW, json={"token": token_of(invitation)})
