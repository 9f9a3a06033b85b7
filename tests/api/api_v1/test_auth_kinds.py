"""Kinds of credentials exclude one another: each counts at its own place alone."""

from dataclasses import dataclass
from datetime import timedelta

import httpx2
import pytest

from potluck import crud
from potluck.core import opaque
from potluck.core.ids import new_id
from potluck.core.opaque import Prefix
from potluck.models import User, WebSession
from potluck.resources import Resources
from potluck.services import setup
from tests.api.auth_calls import (
    LOGOUT,
    SETUP,
    family_of,
    hash_of,
    login,
    me,
    refresh,
    signed_in,
)
from tests.api.encrypted_calls import encrypting
from tests.factories import PASSWORD


@dataclass(frozen=True)
class Held:
    """One good credential of every kind."""

    password: str
    hash: str
    access: str
    encrypted: str
    refresh: str
    session: str
    setup: str


@pytest.fixture
async def held(client: httpx2.AsyncClient, ada: User, resources: Resources) -> Held:
    pair = await signed_in(client, ada)
    with encrypting(resources):
        encrypted = (await signed_in(client, ada))["access_token"]
    now = resources.clock.now()
    session_token = opaque.issue(Prefix.SESSION)
    row = WebSession(
        id=new_id(),
        digest=opaque.digest(session_token),
        user_id=ada.id,
        created_at=now,
        seen_at=now,
        idle_until=now + timedelta(days=1),
        absolute_until=now + timedelta(days=1),
        auth_epoch=0,
    )
    async with resources.database.transaction() as session:
        await crud.credential.add(session, row)
        secret = await setup.renew_secret(session, resources.clock)
    assert secret is not None
    return Held(
        password=PASSWORD,
        hash=await hash_of(resources, ada),
        access=pair["access_token"],
        encrypted=encrypted,
        refresh=pair["refresh_token"],
        session=session_token,
        setup=secret,
    )


KINDS = ["password", "hash", "access", "encrypted", "refresh", "session", "setup"]


@pytest.mark.parametrize("kind", KINDS)
class TestPlaces:
    async def test_d04_the_bearer_header_takes_access_tokens(
        self, client: httpx2.AsyncClient, held: Held, kind: str
    ) -> None:
        answer = await me(client, getattr(held, kind))

        assert answer.status_code == (200 if kind in {"access", "encrypted"} else 401)

    async def test_d04_refreshing_takes_refresh_tokens(
        self, client: httpx2.AsyncClient, held: Held, kind: str
    ) -> None:
        answer = await refresh(client, getattr(held, kind))

        assert answer.status_code == (200 if kind == "refresh" else 401)

    async def test_d04_signing_out_takes_refresh_tokens(
        self, client: httpx2.AsyncClient, held: Held, resources: Resources, kind: str
    ) -> None:
        answer = await client.post(LOGOUT, json={"refresh_token": getattr(held, kind)})

        family, _ = await family_of(resources, held.refresh)
        assert answer.status_code == 204
        assert (family.revoked_at is not None) == (kind == "refresh")

    async def test_d04_signing_in_takes_passwords(
        self, client: httpx2.AsyncClient, held: Held, ada: User, kind: str
    ) -> None:
        answer = await login(client, ada.email, getattr(held, kind))

        assert answer.status_code == (200 if kind == "password" else 401)

    async def test_d04_setting_up_takes_the_setup_secret(
        self, client: httpx2.AsyncClient, held: Held, kind: str
    ) -> None:
        body = {
            "secret": getattr(held, kind),
            "email": "ada@example.com",
            "password": "short" if kind == "setup" else PASSWORD,
            "display_name": "Ada",
        }

        answer = await client.post(SETUP, json=body)

        # The password is looked at after the secret; too short, it keeps the secret unspent.
        assert answer.status_code == (422 if kind == "setup" else 401)
