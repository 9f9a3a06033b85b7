"""Encrypted access tokens as the API takes them, and what turning the setting does to others."""

import json
from collections.abc import Iterator

import httpx2
import pytest

from potluck.core import base64url, envelope
from potluck.models import User
from potluck.resources import Resources
from tests.api.auth_calls import me, refresh, signed_in
from tests.api.encrypted_calls import encrypting
from tests.api.recipe_calls import refusal
from tests.conftest import API
from tests.core.sealed_forgeries import forge_sealed

BAD = (401, "invalid-token")
JWKS = "/.well-known/jwks.json"


@pytest.fixture
def encrypted(resources: Resources) -> Iterator[None]:
    with encrypting(resources):
        yield


@pytest.mark.usefixtures("encrypted")
class TestOn:
    async def test_signing_in_and_refreshing_give_tokens_that_nobody_reads(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        pair = await signed_in(client, ada)
        renewed = (await refresh(client, pair["refresh_token"])).json()

        for token in (pair["access_token"], renewed["access_token"]):
            head, *parts = token.split(".")
            assert json.loads(base64url.decode(head))["enc"] == "A256GCM"
            assert len(parts) == 4
            readable = b"".join(map(base64url.decode, parts))
            assert str(ada.id).encode() not in readable
            assert b"recipes:read" not in readable
            assert (await me(client, token)).json()["id"] == str(ada.id)
        assert (pair["token_type"], pair["expires_in"]) == ("bearer", 600)

    async def test_d08_the_published_keys_are_those_that_sign(
        self, client: httpx2.AsyncClient
    ) -> None:
        [key] = (await client.get(JWKS)).json()["keys"]
        assert (key["kty"], key["use"]) == ("OKP", "sig")

    async def test_d09_ends_with_its_sign_in(self, client: httpx2.AsyncClient, ada: User) -> None:
        pair = await signed_in(client, ada)
        await client.post(f"{API}/auth/logout", json={"refresh_token": pair["refresh_token"]})
        assert refusal(await me(client, pair["access_token"])) == BAD

    async def test_d01_d05_d06_d07_every_forgery_gets_one_and_the_same_answer(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        genuine = (await signed_in(client, ada))["access_token"]
        keys = await resources.keys.current()
        kid = envelope.signing_kid_of(genuine)
        key = envelope.derive_key(resources.master_key, kid)
        inner = envelope.open_(genuine, key)
        client.headers["X-Request-ID"] = "the-same"
        first = await me(client, "x")

        answers = {
            name: await me(client, token)
            for name, token in forge_sealed(genuine, inner, key, keys.active)
        }

        assert refusal(first) == BAD
        # Its 65,000 characters are too many for a header of any kind.
        assert answers.pop("zip, 50 MB").status_code == 431
        assert [
            name
            for name, answer in answers.items()
            if (answer.status_code, answer.content, answer.headers.multi_items())
            != (401, first.content, first.headers.multi_items())
        ] == []


class TestTurning:
    @pytest.mark.parametrize("is_on", [True, False], ids=["on", "off"])
    async def test_d04_ends_no_token_that_is_there(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, is_on: bool
    ) -> None:
        with encrypting(resources, is_on=not is_on):
            before = await signed_in(client, ada)
        with encrypting(resources, is_on=is_on):
            assert (await me(client, before["access_token"])).status_code == 200
            after = (await refresh(client, before["refresh_token"])).json()["access_token"]
            assert (await me(client, after)).status_code == 200
        assert after.count(".") == (4 if is_on else 2)
        assert before["access_token"].count(".") == (2 if is_on else 4)
