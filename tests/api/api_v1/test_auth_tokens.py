"""Access tokens as the API takes them, and the keys that everybody may verify them with."""

import json
from datetime import timedelta
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import KeySet

from potluck.core import base64url
from potluck.core.opaque import Prefix, issue
from potluck.models import User
from potluck.resources import Resources
from tests.api.auth_calls import ME, change, me, signed_in
from tests.api.recipe_calls import refusal
from tests.conftest import API, ORIGIN
from tests.core.forgeries import forge
from tests.doubles import FakeClock

JWKS = "/.well-known/jwks.json"
BAD = (401, "invalid-token")


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(base64url.decode(token.split(".")[1]))
    return claims


class TestForgeries:
    async def test_d01_d03_d05_d07_all_get_one_and_the_same_answer(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        genuine = (await signed_in(client, ada))["access_token"]
        forgeries = forge(genuine, (await resources.keys.current()).active)
        client.headers["X-Request-ID"] = "the-same"
        assert len(forgeries) >= 40
        assert (await me(client, genuine)).status_code == 200

        answers = {name: await me(client, token) for name, token in forgeries}

        first = next(iter(answers.values()))
        assert refusal(first) == BAD
        assert first.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        taken = [
            name
            for name, answer in answers.items()
            if (answer.status_code, answer.content, answer.headers.multi_items())
            != (401, first.content, first.headers.multi_items())
        ]
        assert taken == []

    async def test_d07_a_good_token_that_no_longer_counts_gets_the_same(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock, resources: Resources
    ) -> None:
        client.headers["X-Request-ID"] = "the-same"
        bodies = {(await me(client, "x")).content}

        ended = await signed_in(client, ada)
        await client.post(f"{API}/auth/logout", json={"refresh_token": ended["refresh_token"]})
        bodies.add((await me(client, ended["access_token"])).content)
        before = await signed_in(client, ada)
        await change(resources, ada, auth_epoch=1)
        bodies.add((await me(client, before["access_token"])).content)
        expired = await signed_in(client, ada)
        clock.advance(timedelta(seconds=630))
        bodies.add((await me(client, expired["access_token"])).content)

        assert len(bodies) == 1

    async def test_a_bad_one_is_refused_where_none_is_needed(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get(f"{API}/recipes", headers={"Authorization": "Bearer x"})

        assert refusal(answer) == BAD

    async def test_other_schemes_are_no_token(self, client: httpx2.AsyncClient, ada: User) -> None:
        token = (await signed_in(client, ada))["access_token"]
        for header in (f"Basic {token}", token, "Bearer", f"Token {token}", f"DPoP {token}"):
            answer = await client.get(ME, headers={"Authorization": header})
            assert answer.status_code == 401, header

    async def test_is_taken_from_the_header_alone(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        token = (await signed_in(client, ada))["access_token"]

        query = await client.get(ME, params={"access_token": token})
        cookie = await client.get(ME, headers={"Cookie": f"access_token={token}"})

        assert (query.status_code, cookie.status_code) == (422, 401)
        assert token not in query.text


class TestLife:
    async def test_d09_is_ten_minutes_and_the_leeway(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock
    ) -> None:
        pair = await signed_in(client, ada)
        claims = claims_of(pair["access_token"])
        assert claims["exp"] - claims["iat"] == pair["expires_in"] == 600

        clock.advance(timedelta(seconds=629))
        assert (await me(client, pair["access_token"])).status_code == 200
        clock.advance(timedelta(seconds=1))
        assert refusal(await me(client, pair["access_token"])) == BAD

    async def test_d09_says_nothing_about_the_person(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        token = (await signed_in(client, ada))["access_token"]

        claims = claims_of(token)

        assert claims.keys() == {
            "iss", "aud", "sub", "sid", "ep", "scope", "client_id", "iat", "exp", "auth_time",
            "jti",
        }  # fmt: skip
        assert (claims["iss"], claims["aud"]) == (ORIGIN, f"{ORIGIN}/api")
        assert claims["sub"] == str(ada.id)
        for word in (ada.email, ada.display_name, str(ada.default_household_id), "owner"):
            assert word not in json.dumps(claims)

    async def test_d09_ends_when_the_epoch_is_raised(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        before = (await signed_in(client, ada))["access_token"]
        await change(resources, ada, auth_epoch=1)

        after = (await signed_in(client, ada))["access_token"]

        assert refusal(await me(client, before)) == BAD
        assert (await me(client, after)).status_code == 200

    async def test_d09_ends_with_the_account(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        token = (await signed_in(client, ada))["access_token"]
        async with resources.database.transaction() as session:
            await session.delete(await session.get_one(User, ada.id))

        assert refusal(await me(client, token)) == BAD


class TestKeys:
    async def test_are_public_parts_only(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get(JWKS)

        assert answer.status_code == 200
        assert "max-age=300" in answer.headers["Cache-Control"]
        [key] = answer.json()["keys"]
        assert key.keys() == {"kty", "crv", "use", "alg", "kid", "x"}

    async def test_verify_what_signing_in_gives(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        token = (await signed_in(client, ada))["access_token"]
        keys = KeySet.import_key_set((await client.get(JWKS)).json())

        read = jwt.decode(token, keys, algorithms=["Ed25519"])

        assert read.header["typ"] == "at+jwt"
        assert read.claims["sub"] == str(ada.id)

    async def test_need_no_token(self, client: httpx2.AsyncClient) -> None:
        headers = {"Authorization": f"Bearer {issue(Prefix.SESSION)}"}

        assert (await client.get(JWKS, headers=headers)).status_code == 200
