"""A-12: an administrator starts the reset of a password, which nobody but its owner chooses."""

from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI

from potluck.models import User
from potluck.resources import Resources
from tests.api.auth_calls import login
from tests.api.recipe_calls import refusal
from tests.api.token_calls import bearing, make_token
from tests.conftest import API, As, Outbox, client_of
from tests.factories import Make

USERS = f"{API}/admin/users"


@pytest.fixture
async def root(make_user: Make[User]) -> User:
    return await make_user(display_name="Root", email="root@example.net", is_instance_admin=True)


@pytest.fixture
async def as_root(as_: As, root: User) -> httpx2.AsyncClient:
    return await as_(root)


async def reset(client: httpx2.AsyncClient, user: User) -> httpx2.Response:
    return await client.post(f"{USERS}/{user.id}/password-reset")


class TestA12:
    async def test_a12_the_link_goes_to_the_owner_and_to_nobody_else(
        self, as_root: httpx2.AsyncClient, ada: User, outbox: Outbox, client: httpx2.AsyncClient
    ) -> None:
        answer = await reset(as_root, ada)
        assert (answer.status_code, answer.json()) == (202, {"status": "check-mail"})

        [mail] = await outbox()

        assert mail["To"] == ada.email
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "http://potluck.test/reset" in text
        assert (await login(client, ada.email)).status_code == 200

    async def test_a12_of_a_disabled_account_is_refused(
        self, as_root: httpx2.AsyncClient, ada: User, outbox: Outbox
    ) -> None:
        body, any = {"is_disabled": True}, {"If-Match": "*"}
        await as_root.patch(f"{USERS}/{ada.id}", json=body, headers=any)
        assert refusal(await reset(as_root, ada)) == (403, "forbidden")
        assert await outbox() == []

    async def test_a12_of_nobody_is_404(self, as_root: httpx2.AsyncClient) -> None:
        answer = await as_root.post(f"{USERS}/{uuid4()}/password-reset")
        assert refusal(answer) == (404, "not-found")

    async def test_a_script_with_admin_write_may(
        self, root: User, ada: User, resources: Resources, app: FastAPI
    ) -> None:
        """It proves no recent sign-in: making it needed one."""
        made = await make_token(resources, root, scopes=["admin:write"])
        async with client_of(app, headers=bearing(made.token)) as script:
            assert (await reset(script, ada)).status_code == 202
