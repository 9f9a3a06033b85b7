"""Signing up, and one's own profile, through HTTP."""

import unicodedata
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.account_settings import SignupSettings
from potluck.core.config import Settings
from potluck.main import create_app
from potluck.models import Household, User
from tests.api.auth_calls import ME, SIGNUP, login
from tests.api.recipe_calls import faults, refusal
from tests.conftest import client_of, gather
from tests.doubles import FakeClock, FakeFetcher
from tests.factories import PASSWORD, Factories, Make

ADA = {"email": "Ada@Example.org", "password": PASSWORD, "display_name": "Ada"}
ANY = {"If-Match": "*"}


class TestSignup:
    async def test_makes_an_account_with_a_household_of_its_own(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.post(SIGNUP, json=ADA)

        assert answer.status_code == 201
        assert answer.headers["Location"] == ME
        user = answer.json()
        [membership] = user["memberships"]
        assert user == {
            "id": user["id"],
            "email": "Ada@Example.org",
            "display_name": "Ada",
            "locale": "en",
            "unit_system": "original",
            "default_household_id": membership["household_id"],
            "is_instance_admin": False,
            "deletion_at": None,
            "memberships": [membership],
            "version": user["version"],
            "created_at": "2026-03-01T12:00:00Z",
            "updated_at": "2026-03-01T12:00:00Z",
        }
        assert (membership["name"], membership["role"]) == ("Ada's kitchen", "owner")

    async def test_the_answer_is_what_the_profile_answers(self, client: httpx2.AsyncClient) -> None:
        made = await client.post(SIGNUP, json=ADA)
        token = (await login(client, ADA["email"])).json()["access_token"]

        me = await client.get(ME, headers={"Authorization": f"Bearer {token}"})

        assert (me.json(), me.headers["ETag"]) == (made.json(), made.headers["ETag"])

    async def test_an_address_is_taken_in_every_letter_case(
        self, client: httpx2.AsyncClient
    ) -> None:
        await client.post(SIGNUP, json=ADA)

        answer = await client.post(SIGNUP, json=ADA | {"email": "ada@example.ORG"})

        assert refusal(answer) == (409, "email-taken")

    async def test_an_address_is_taken_once_by_many_at_once(
        self, client: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        answers = await gather(*[lambda: client.post(SIGNUP, json=ADA)] * 8)

        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
        for model in (User, Household):
            assert await session.scalar(select(func.count()).select_from(model)) == 1

    async def test_a_long_name_still_names_a_kitchen(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post(SIGNUP, json=ADA | {"display_name": "x" * 100})

        assert answer.json()["memberships"][0]["name"] == "x" * 90 + "'s kitchen"

    @pytest.mark.parametrize(
        "email", ["ä@müller.example", "a@b", "o'neil+x@example.org", "ß" * 32 + "@example.org"]
    )
    async def test_takes_every_address_that_could_work(
        self, client: httpx2.AsyncClient, email: str
    ) -> None:
        answer = await client.post(SIGNUP, json=ADA | {"email": f" {email}\n"})

        assert (answer.status_code, answer.json()["email"]) == (201, email)
        assert (await login(client, email.upper())).status_code == 200

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("email", "nobody"),
            ("email", "ada@example.org\u0000"),
            ("email", f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}"),
            ("email", ".".join(["ﬃ" * 60] * 4).replace(".", "@", 1)),
            ("email", ["x"]),
            ("display_name", "\t \n"),
            ("display_name", "x" * 101),
            ("display_name", 8675309),
            ("password", 15 * [1]),
        ],
    )
    async def test_what_is_out_of_bounds_is_named(
        self, client: httpx2.AsyncClient, member: str, value: object
    ) -> None:
        answer = await client.post(SIGNUP, json=ADA | {member: value})

        assert [pointer for pointer, _ in faults(answer)] == [f"/{member}"]
        assert str(value) not in answer.json()["errors"][0].values()

    async def test_may_be_closed(self, app: object, settings: Settings, clock: FakeClock) -> None:
        closed = settings.model_copy(update={"signup": SignupSettings(mode="closed")})
        app = create_app(closed, clock=clock, fetcher=FakeFetcher(), works_in_background=False)
        async with app.router.lifespan_context(app), client_of(app) as client:
            answer = await client.post(SIGNUP, json=ADA)

        assert refusal(answer) == (403, "signup-closed")


class TestPassword:
    @pytest.mark.parametrize(
        ("password", "expected"),
        [
            ("x" * 14, "password_too_short"),
            ("e\u0301" * 14, "password_too_short"),
            (" " * 15, None),
            ("x" * 256, None),
            ("e\u0301" * 256, None),
            ("x" * 257, "password_too_long"),
            ("e\u0301" * 257, "password_too_long"),
            ("x" * 5000, "password_too_long"),
        ],
    )
    async def test_a02_length_counts_code_points_after_nfc(
        self, client: httpx2.AsyncClient, password: str, expected: str | None
    ) -> None:
        answer = await client.post(SIGNUP, json=ADA | {"password": password})

        if expected is None:
            assert answer.status_code == 201
        else:
            assert faults(answer) == [("/password", expected)]

    @pytest.mark.parametrize(
        ("chosen", "typed", "is_right"),
        [
            ("x" * 199 + "a", "x" * 199 + "b", False),
            ("x" * 255 + "a", "x" * 255, False),
            (f" {PASSWORD}", PASSWORD, False),
            (f"{PASSWORD} ", PASSWORD, False),
            (PASSWORD, PASSWORD.upper(), False),
            ("crème brûlée at noon", unicodedata.normalize("NFD", "crème brûlée at noon"), True),
            (unicodedata.normalize("NFD", "crème brûlée at noon"), "crème brûlée at noon", True),
            ("\u00e9" * 15 + "\ufb03", "\u00e9" * 15 + "ffi", False),
        ],
    )
    async def test_a02_nothing_is_cut_trimmed_or_folded(
        self, client: httpx2.AsyncClient, chosen: str, typed: str, is_right: bool
    ) -> None:
        await client.post(SIGNUP, json=ADA | {"password": chosen})

        assert (await login(client, ADA["email"], chosen)).status_code == 200
        assert (await login(client, ADA["email"], typed)).status_code == (200 if is_right else 401)

    @pytest.mark.parametrize(
        "password", ["qzvkwjxhfpbmgdt", " " * 15, "471820936558204", "\u732b" * 15]
    )
    async def test_a03_no_rule_of_composition(
        self, client: httpx2.AsyncClient, password: str
    ) -> None:
        assert (await client.post(SIGNUP, json=ADA | {"password": password})).status_code == 201

    async def test_a03_never_expires(self, client: httpx2.AsyncClient, clock: FakeClock) -> None:
        await client.post(SIGNUP, json=ADA)
        clock.advance(timedelta(days=731))

        assert (await login(client, ADA["email"])).status_code == 200

    async def test_a03_is_no_member_of_the_profile(
        self, as_ada: httpx2.AsyncClient, ada: User, client: httpx2.AsyncClient
    ) -> None:
        answer = await as_ada.patch(ME, json={"password": "another long password"}, headers=ANY)

        assert faults(answer) == [("/password", "extra_forbidden")]
        assert (await login(client, ada.email)).status_code == 200


class TestProfile:
    async def test_costs_two_statements(
        self, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        await as_ada.get(ME)

        assert len(statements) == 2, "the caller, and the memberships"

    async def test_is_not_sent_again_unchanged(self, as_ada: httpx2.AsyncClient) -> None:
        etag = (await as_ada.get(ME)).headers["ETag"]

        again = await as_ada.get(ME, headers={"If-None-Match": etag})

        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("display_name", "Countess"),
            ("locale", "de-CH"),
            ("unit_system", "metric"),
        ],
    )
    async def test_replaces_the_member_sent(
        self, as_ada: httpx2.AsyncClient, member: str, value: str
    ) -> None:
        before = await as_ada.get(ME)

        answer = await as_ada.patch(
            ME, json={member: value}, headers={"If-Match": before.headers["ETag"]}
        )

        version = before.json()["version"] + 1
        assert answer.json() == before.json() | {member: value, "version": version}
        after = await as_ada.get(ME)
        assert (after.json(), after.headers["ETag"]) == (answer.json(), answer.headers["ETag"])

    async def test_the_default_household_is_one_of_the_callers(
        self, as_ada: httpx2.AsyncClient, ada: User, factories: Factories, make_user: Make[User]
    ) -> None:
        cabin = await factories.household(ada)
        other = await make_user()

        answers: list[Any] = [
            await as_ada.patch(ME, json={"default_household_id": str(id)}, headers=ANY)
            for id in (cabin.id, other.default_household_id, uuid4())
        ]

        assert answers[0].json()["default_household_id"] == str(cabin.id)
        assert faults(answers[1]) == [("/default_household_id", "not_a_member")]
        assert faults(answers[1]) == faults(answers[2])

    async def test_needs_the_state_it_changes(self, as_ada: httpx2.AsyncClient) -> None:
        old = (await as_ada.get(ME)).headers["ETag"]
        await as_ada.patch(ME, json={"locale": "fr"}, headers={"If-Match": old})

        without = await as_ada.patch(ME, json={"locale": "it"})
        stale = await as_ada.patch(ME, json={"locale": "it"}, headers={"If-Match": old})

        assert refusal(without) == (428, "precondition-required")
        assert refusal(stale) == (412, "stale")
        me = await as_ada.get(ME)
        assert (me.json()["locale"], stale.json()["etag"]) == ("fr", me.headers["ETag"])

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"display_name": None},
            {"default_household_id": None},
            {"email": "x@example.org"},
            {"memberships": []},
        ],
    )
    async def test_what_cannot_be_set_is_refused(
        self, as_ada: httpx2.AsyncClient, body: object
    ) -> None:
        assert (await as_ada.patch(ME, json=body, headers=ANY)).status_code == 422

    async def test_strangers_have_none(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get(ME)

        assert refusal(answer) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
