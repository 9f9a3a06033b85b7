"""Signing up, in and out, through HTTP."""

import httpx2

from tests.conftest import API
from tests.factories import PASSWORD

ADA = {"email": "Ada@Example.org", "password": PASSWORD, "display_name": "Ada"}


class TestSignup:
    async def test_makes_an_account_with_a_household_of_its_own(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.post(f"{API}/auth/signup", json=ADA)

        assert answer.status_code == 201
        assert answer.headers["Location"] == f"{API}/auth/me"
        user = answer.json()
        assert (user["email"], user["display_name"]) == ("Ada@Example.org", "Ada")
        assert [(each["name"], each["role"]) for each in user["memberships"]] == [
            ("Ada's kitchen", "owner")
        ]
        assert user["default_household_id"] == user["memberships"][0]["household_id"]

    async def test_an_address_is_taken_in_every_letter_case(
        self, client: httpx2.AsyncClient
    ) -> None:
        await client.post(f"{API}/auth/signup", json=ADA)

        answer = await client.post(f"{API}/auth/signup", json=ADA | {"email": "ada@example.ORG"})

        assert answer.status_code == 409
        assert answer.json()["type"] == "http://potluck.test/problems/email-taken"
