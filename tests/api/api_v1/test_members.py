"""The people in a household, through HTTP."""

from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Membership, User
from tests.api.recipe_calls import refusal
from tests.conftest import API, As, gather
from tests.factories import Factories, Make


@pytest.fixture
def household_id(ada: User) -> UUID:
    assert ada.default_household_id is not None
    return ada.default_household_id


@pytest.fixture
def url(household_id: UUID) -> str:
    return f"{API}/households/{household_id}/members"


class TestList:
    async def test_names_everybody_without_an_address(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User, household_id: UUID,
        url: str,
    ) -> None:  # fmt: skip
        bob = await factories.member(household_id, "viewer", display_name="Bob")

        page = (await as_ada.get(url)).json()

        assert page["items"] == [
            {
                "user_id": str(user.id),
                "display_name": user.display_name,
                "role": role,
                "joined_at": "2026-03-01T12:00:00Z",
            }
            for user, role in [(ada, "owner"), (bob, "viewer")]
        ]
        assert page["next_cursor"] is None

    async def test_pages_hold_each_once(
        self, as_ada: httpx2.AsyncClient, factories: Factories, household_id: UUID, url: str
    ) -> None:
        await factories.member(household_id, "viewer", display_name="Bob")

        first = (await as_ada.get(url, params={"limit": 1})).json()
        second = await as_ada.get(url, params={"limit": 1, "cursor": first["next_cursor"]})

        assert [each["display_name"] for each in first["items"]] == ["Ada"]
        assert [each["display_name"] for each in second.json()["items"]] == ["Bob"]
        assert second.json()["next_cursor"] is None

    async def test_a_new_name_changes_the_etag(self, as_ada: httpx2.AsyncClient, url: str) -> None:
        etag = (await as_ada.get(url)).headers["ETag"]
        await as_ada.patch(
            f"{API}/auth/me", json={"display_name": "Ada L."}, headers={"If-Match": "*"}
        )

        answer = await as_ada.get(url, headers={"If-None-Match": etag})

        assert answer.status_code == 200
        assert answer.json()["items"][0]["display_name"] == "Ada L."


class TestAdd:
    async def test_by_address_in_any_letter_case(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], as_: As, url: str
    ) -> None:
        bob = await make_user(display_name="Bob", email="Bob@Example.org")

        answer = await as_ada.post(url, json={"email": "bob@example.ORG", "role": "editor"})

        assert answer.status_code == 201
        assert answer.headers["Location"] == f"{url}/{bob.id}"
        assert answer.headers["ETag"]
        assert answer.json() == (await as_ada.get(url)).json()["items"][1]
        assert (await (await as_(bob)).get(url)).status_code == 200

    async def test_an_unknown_address_is_named(self, as_ada: httpx2.AsyncClient, url: str) -> None:
        answer = await as_ada.post(url, json={"email": "no@example.org", "role": "viewer"})

        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/email", "no_such_account")
        assert "no@example.org" not in answer.text

    async def test_nobody_is_added_twice(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], url: str
    ) -> None:
        bob = await make_user()
        await as_ada.post(url, json={"email": bob.email, "role": "viewer"})

        answer = await as_ada.post(url, json={"email": bob.email, "role": "editor"})

        assert refusal(answer) == (409, "already-member")
        assert [each["role"] for each in (await as_ada.get(url)).json()["items"]] == [
            "owner", "viewer",
        ]  # fmt: skip

    async def test_not_even_by_many_at_once(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], url: str, session: AsyncSession
    ) -> None:
        bob = await make_user()
        body = {"email": bob.email, "role": "viewer"}

        answers = await gather(*[lambda: as_ada.post(url, json=body)] * 8)

        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
        count = select(func.count()).where(Membership.user_id == bob.id)
        assert await session.scalar(count) == 2, "this household and his own"

    async def test_never_becomes_the_default_of_who_was_added(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], as_: As, url: str,
        factories: Factories,
    ) -> None:  # fmt: skip
        """Nobody's new recipes go to a household that others chose for them."""
        bob = await make_user()
        as_bob = await as_(bob)
        assert bob.default_household_id is not None
        await factories.member(bob.default_household_id, "owner")
        own = f"{API}/households/{bob.default_household_id}/members"
        assert (await as_bob.delete(f"{own}/{bob.id}")).status_code == 204

        await as_ada.post(url, json={"email": bob.email, "role": "viewer"})

        assert (await as_bob.get(f"{API}/auth/me")).json()["default_household_id"] is None

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"email": "x", "role": "viewer"}, "/email"),
            ({"email": "x@example.org", "role": "boss"}, "/role"),
            ({"email": "x@example.org"}, "/role"),
            ({"role": "viewer"}, "/email"),
            ({"email": "x@example.org", "role": "viewer", "user_id": str(uuid4())}, ""),
        ],
    )
    async def test_what_is_out_of_bounds_is_named(
        self, as_ada: httpx2.AsyncClient, url: str, body: object, pointer: str
    ) -> None:
        answer = await as_ada.post(url, json=body)

        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert error["pointer"] == (pointer or "/user_id")


class TestRole:
    async def test_is_replaced(
        self, as_ada: httpx2.AsyncClient, factories: Factories, household_id: UUID, url: str
    ) -> None:
        bob = await factories.member(household_id, "viewer", display_name="Bob")

        answer = await as_ada.patch(f"{url}/{bob.id}", json={"role": "admin"})

        assert answer.status_code == 200
        assert answer.json() == {
            "user_id": str(bob.id),
            "display_name": "Bob",
            "role": "admin",
            "joined_at": "2026-03-01T12:00:00Z",
        }
        assert answer.headers["ETag"]

    async def test_counts_from_the_next_request_on(
        self, as_ada: httpx2.AsyncClient, factories: Factories, as_: As, household_id: UUID,
        url: str,
    ) -> None:  # fmt: skip
        bob = await factories.member(household_id, "admin")
        as_bob = await as_(bob)
        await as_ada.patch(f"{url}/{bob.id}", json={"role": "viewer"})

        answer = await as_bob.patch(
            url.removesuffix("/members"), json={"name": "Bob's"}, headers={"If-Match": "*"}
        )

        assert answer.status_code == 403

    @pytest.mark.parametrize("body", [{}, {"role": None}, {"role": "god"}, {"role": "x", "id": 1}])
    async def test_what_is_no_role_is_refused(
        self, as_ada: httpx2.AsyncClient, ada: User, url: str, body: object
    ) -> None:
        assert (await as_ada.patch(f"{url}/{ada.id}", json=body)).status_code == 422

    async def test_who_is_no_member_is_not_there(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], url: str
    ) -> None:
        stranger = await make_user()

        for method in ("PATCH", "DELETE"):
            body = {"role": "viewer"} if method == "PATCH" else None
            foreign = await as_ada.request(method, f"{url}/{stranger.id}", json=body)
            unknown = await as_ada.request(method, f"{url}/{uuid4()}", json=body)
            assert (foreign.status_code, unknown.status_code) == (404, 404)
            assert foreign.json()["detail"] == unknown.json()["detail"]


class TestRemove:
    async def test_who_is_out_sees_nothing_any_more(
        self, as_ada: httpx2.AsyncClient, factories: Factories, as_: As, household_id: UUID,
        url: str,
    ) -> None:  # fmt: skip
        bob = await factories.member(household_id, "editor")
        as_bob = await as_(bob)

        answer = await as_ada.delete(f"{url}/{bob.id}")

        assert (answer.status_code, answer.content) == (204, b"")
        assert (await as_bob.get(url)).status_code == 404
        assert len((await as_bob.get(f"{API}/households")).json()["items"]) == 1

    @pytest.mark.parametrize("role", ["admin", "editor", "contributor", "viewer"])
    async def test_everybody_may_leave(
        self, factories: Factories, as_: As, household_id: UUID, url: str, role: str
    ) -> None:
        bob = await factories.member(household_id, role)

        assert (await (await as_(bob)).delete(f"{url}/{bob.id}")).status_code == 204

    async def test_the_default_household_moves_to_the_oldest_other(
        self, factories: Factories, as_: As, ada: User, household_id: UUID, url: str
    ) -> None:
        as_ada = await as_(ada)
        await factories.member(household_id, "owner")
        older = await factories.household(ada)
        await factories.household(ada)

        await as_ada.delete(f"{url}/{ada.id}")

        me = (await as_ada.get(f"{API}/auth/me")).json()
        assert me["default_household_id"] == str(older.id)

    async def test_another_default_household_stays(
        self, factories: Factories, as_: As, household_id: UUID, url: str
    ) -> None:
        bob = await factories.member(household_id, "viewer")
        as_bob = await as_(bob)

        await as_bob.delete(f"{url}/{bob.id}")

        me = (await as_bob.get(f"{API}/auth/me")).json()
        assert me["default_household_id"] == str(bob.default_household_id)


class TestStrangers:
    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("GET", "", None),
            ("POST", "", {"email": "cook9@example.org", "role": "viewer"}),
            ("PATCH", "/{user_id}", {"role": "viewer"}),
            ("DELETE", "/{user_id}", None),
        ],
    )
    async def test_h01_anothers_household_is_not_there(
        self, ada: User, make_user: Make[User], as_: As, url: str, method: str, path: str,
        body: object,
    ) -> None:  # fmt: skip
        as_mallory = await as_(await make_user())

        answer = await as_mallory.request(method, url + path.format(user_id=ada.id), json=body)

        assert refusal(answer) == (404, "not-found")
