"""Signing in with a password, through HTTP."""

from typing import Any

import httpx2
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.scopes import Scope
from potluck.models import Household, User
from potluck.resources import Resources
from tests.api.auth_calls import (
    LOGIN,
    SIGNUP,
    RecordingHasher,
    change,
    hash_of,
    login,
    me,
    signed_in,
)
from tests.api.recipe_calls import refusal
from tests.conftest import API, As, checked_out, gather
from tests.factories import PASSWORD, Make

#: What the OWASP password storage cheat sheet asks of argon2id at least.
CURRENT = "$argon2id$v=19$m=19456,t=2,p=1$"


class TestLogin:
    async def test_answers_a_pair_of_tokens(self, client: httpx2.AsyncClient, ada: User) -> None:
        answer = await login(client, ada.email)

        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        pair = answer.json()
        assert pair == {
            "access_token": pair["access_token"],
            "refresh_token": pair["refresh_token"],
            "token_type": "bearer",
            "expires_in": 600,
            "scope": " ".join(sorted(Scope)),
        }
        assert (await me(client, pair["access_token"])).json()["id"] == str(ada.id)

    async def test_grants_what_was_asked_for_and_known(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        pair = await signed_in(client, ada, scope="recipes:read admin profile:read")

        assert pair["scope"] == "profile:read recipes:read"

    async def test_an_access_token_is_good_for_its_scopes_only(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        pair = await signed_in(client, ada, scope="recipes:read")

        answer = await me(client, pair["access_token"])

        assert refusal(answer) == (403, "insufficient-scope")
        assert answer.json()["needs"] == ["profile:read"]
        assert answer.headers["WWW-Authenticate"].startswith('Bearer error="insufficient_scope"')

    @pytest.mark.parametrize(
        ("form", "status"),
        [
            ({"username": "x"}, 422),
            ({"password": "x"}, 422),
            ({"username": "x", "password": "x", "grant_type": "refresh_token"}, 422),
            ({"username": "x", "password": "x", "is_admin": "true"}, 422),
            ({"username": "x", "password": "x", "grant_type": "password"}, 401),
            ({"username": "x", "password": "x" * 100_000}, 401),
            ({"username": "x" * 100_000, "password": "x"}, 401),
            ({"username": "", "password": ""}, 422),
        ],
    )
    async def test_the_form_is_that_of_oauth(
        self, client: httpx2.AsyncClient, form: dict[str, str], status: int
    ) -> None:
        assert (await client.post(LOGIN, data=form)).status_code == status

    async def test_other_forms_of_body_are_refused(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        body = {"username": ada.email, "password": PASSWORD}

        answer = await client.post(LOGIN, json=body)

        assert refusal(answer) == (415, "unsupported-media-type")

    async def test_nothing_is_taken_from_the_address(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        answer = await client.post(LOGIN, params={"username": ada.email, "password": PASSWORD})

        assert answer.status_code == 422
        assert PASSWORD not in answer.text


class TestFailure:
    async def test_b04_is_the_same_answer_whatever_failed(
        self, client: httpx2.AsyncClient, make_user: Make[User], resources: Resources
    ) -> None:
        wrong, disabled, password_less = [await make_user() for _ in range(3)]
        await change(resources, disabled, disabled_at=resources.clock.now())
        await change(resources, password_less, password_hash=None)
        failures = [
            ("unknown@example.org", PASSWORD),
            ("not an address", PASSWORD),
            (wrong.email, "another long password"),
            (wrong.email, "x" * 3000),
            (disabled.email, PASSWORD),
            (disabled.email, "another long password"),
            (password_less.email, PASSWORD),
        ]
        client.headers["X-Request-ID"] = "the-same"

        answers = [await login(client, *failure) for failure in failures]

        assert refusal(answers[0]) == (401, "invalid-credentials")
        assert answers[0].headers["WWW-Authenticate"] == "Bearer"
        assert {answer.status_code for answer in answers} == {401}
        assert {answer.content for answer in answers} == {answers[0].content}
        assert {str(answer.headers.multi_items()) for answer in answers} == {
            str(answers[0].headers.multi_items())
        }

    async def test_b04_asks_the_database_the_same(
        self, client: httpx2.AsyncClient, make_user: Make[User], resources: Resources,
        statements: list[str],
    ) -> None:  # fmt: skip
        wrong, disabled = await make_user(), await make_user()
        await change(resources, disabled, disabled_at=resources.clock.now())
        asked = []
        for email in ("unknown@example.org", wrong.email, disabled.email):
            statements.clear()
            await login(client, email, "another long password")
            asked.append(list(statements))

        # Three counters, then the look-up; five statements for the audit.
        assert [len(each) for each in asked] == [9, 9, 9]
        assert asked[0] == asked[1] == asked[2]

    async def test_b04_a_disabled_account_is_out_at_once(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        pair = await signed_in(client, ada)
        await change(resources, ada, disabled_at=resources.clock.now())

        assert refusal(await me(client, pair["access_token"])) == (401, "invalid-token")


class TestHash:
    async def test_a05_is_argon2id_with_its_own_salt(
        self, client: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        for name in ("ada", "bob"):
            body = {"email": f"{name}@example.org", "password": PASSWORD, "display_name": name}
            await client.post(SIGNUP, json=body)

        hashes = [each or "" for each in await session.scalars(select(User.password_hash))]

        assert [each.startswith(CURRENT) for each in hashes] == [True, True]
        assert hashes[0] != hashes[1]

    async def test_a05_an_outdated_one_is_renewed_by_signing_in(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        weak = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1),))
        await change(resources, ada, password_hash=weak.hash(PASSWORD))

        await login(client, ada.email, "another long password")
        assert "m=8192,t=1" in await hash_of(resources, ada)
        assert (await login(client, ada.email)).status_code == 200
        renewed = await hash_of(resources, ada)
        assert (await login(client, ada.email)).status_code == 200

        assert renewed.startswith(CURRENT)
        assert await hash_of(resources, ada) == renewed, "only once"

    async def test_a05_a_cell_that_is_no_hash_lets_nobody_in(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        await change(resources, ada, password_hash=PASSWORD)

        assert refusal(await login(client, ada.email)) == (401, "invalid-credentials")


class TestConnections:
    @pytest.mark.usefixtures("ada")
    @pytest.mark.parametrize(
        ("url", "request_body"),
        [
            (LOGIN, {"data": {"username": "cook1@example.org", "password": PASSWORD}}),
            (LOGIN, {"data": {"username": "cook9@example.org", "password": PASSWORD}}),
            (SIGNUP, {"json": {"email": "x@y.z", "password": PASSWORD, "display_name": "X"}}),
        ],
    )
    async def test_none_is_held_while_hashing(
        self, client: httpx2.AsyncClient, resources: Resources,
        monkeypatch: pytest.MonkeyPatch, url: str, request_body: dict[str, Any],
    ) -> None:  # fmt: skip
        hasher = RecordingHasher(lambda: checked_out(resources))
        monkeypatch.setattr(resources, "passwords", hasher)

        await client.post(url, **request_body)

        assert hasher.seen == [0]

    async def test_nobody_tries_uncounted_while_another_holds_the_only_turn_at_writing(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        """SQLite has one writer; on PostgreSQL others go on."""
        is_sqlite = resources.database.url.engine == "sqlite"
        async with resources.database.transaction() as writing:
            (await writing.get_one(Household, ada.default_household_id)).name = "Busy"
            await writing.flush()

            answers = await gather(*[lambda: login(client, ada.email, "x" * 15)] * 6)

        assert {answer.status_code for answer in answers} == {503 if is_sqlite else 401}

    async def test_logins_pass_beside_unrelated_writes(
        self, client: httpx2.AsyncClient, ada: User, as_: As
    ) -> None:
        as_ada = await as_(ada)
        calls = [
            call
            for n in range(8)
            for call in (
                lambda: login(client, ada.email),
                lambda n=n: as_ada.post(f"{API}/households", json={"name": f"Cabin {n}"}),
            )
        ]

        answers = await gather(*calls)

        assert [answer.status_code for answer in answers] == [200, 201] * 8
