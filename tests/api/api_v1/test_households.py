"""Households through HTTP."""

from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Household, User
from tests.api.recipe_calls import refusal
from tests.conftest import API, As
from tests.factories import Factories, Make

URL = f"{API}/households"
MEMBERS = {
    "id", "name", "slug", "locale", "unit_system", "currency", "time_zone", "week_start",
    "default_visibility", "version", "created_at", "updated_at",
}  # fmt: skip


class TestCreate:
    async def test_answers_every_member_with_its_default(self, as_ada: httpx2.AsyncClient) -> None:
        answer = await as_ada.post(URL, json={"name": "  Crème & Co  "})

        assert answer.status_code == 201
        made = answer.json()
        assert made.keys() == MEMBERS
        id, created_at = made.pop("id"), made.pop("created_at")
        assert made == {
            "name": "Crème & Co",
            "slug": "creme-co",
            "locale": "en",
            "unit_system": "original",
            "currency": "EUR",
            "time_zone": "UTC",
            "week_start": "monday",
            "default_visibility": "household",
            "version": 1,
            "updated_at": created_at,
        }
        assert created_at == "2026-03-01T12:00:00Z"
        assert answer.headers["Location"] == f"{URL}/{id}"
        read = await as_ada.get(answer.headers["Location"])
        assert (read.json(), read.headers["ETag"]) == (answer.json(), answer.headers["ETag"])

    async def test_the_caller_owns_it(self, ada: User, as_ada: httpx2.AsyncClient) -> None:
        made = (await as_ada.post(URL, json={"name": "Cabin"})).json()

        members = (await as_ada.get(f"{URL}/{made['id']}/members")).json()["items"]

        assert [(each["user_id"], each["role"]) for each in members] == [(str(ada.id), "owner")]

    @pytest.mark.usefixtures("vanishing")
    async def test_by_an_account_that_vanishes_meanwhile_is_refused(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        before = set(await session.scalars(select(Household.id)))
        await session.rollback()

        assert refusal(await as_ada.post(URL, json={"name": "Cabin"})) == (401, "invalid-token")

        assert set(await session.scalars(select(Household.id))) == before

    @pytest.mark.parametrize("name", ["味" * 100, "щ" * 100, "!!!"])
    async def test_every_name_gives_an_address_that_fits(
        self, as_ada: httpx2.AsyncClient, name: str
    ) -> None:
        answer = await as_ada.post(URL, json={"name": name})

        assert answer.status_code == 201
        assert 1 <= len(answer.json()["slug"]) <= 80

    async def test_a_name_without_letters_is_called_household(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        assert (await as_ada.post(URL, json={"name": "🍲"})).json()["slug"] == "household"

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("name", ""),
            ("name", "x" * 101),
            ("name", None),
            ("locale", "not a language"),
            ("unit_system", "imperial"),
            ("currency", "XYQ"),
            ("time_zone", "Europe/Atlantis"),
            ("week_start", "tuesday"),
            ("default_visibility", "public"),
        ],
    )
    async def test_what_is_out_of_bounds_is_named(
        self, as_ada: httpx2.AsyncClient, member: str, value: object
    ) -> None:
        answer = await as_ada.post(URL, json={"name": "Cabin"} | {member: value})

        assert answer.status_code == 422
        assert [each["pointer"] for each in answer.json()["errors"]] == [f"/{member}"]


class TestList:
    async def test_holds_the_callers_households_only(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User]
    ) -> None:
        await make_user(display_name="Bob")

        page = (await as_ada.get(URL)).json()

        assert [each["name"] for each in page["items"]] == ["Ada's kitchen"]
        assert page["next_cursor"] is None

    async def test_pages_hold_each_once(
        self, ada: User, as_ada: httpx2.AsyncClient, factories: Factories
    ) -> None:
        for name in "abcd":
            await factories.household(ada, name=name)
        pages, query = [], {"limit": "2"}

        for _ in range(3):
            page = (await as_ada.get(URL, params=query)).json()
            pages.append([each["name"] for each in page["items"]])
            query |= {"cursor": page["next_cursor"]}

        assert pages == [["d", "c"], ["b", "a"], ["Ada's kitchen"]]
        assert page["next_cursor"] is None

    async def test_a_cursor_of_another_list_is_refused(
        self, ada: User, as_ada: httpx2.AsyncClient, factories: Factories
    ) -> None:
        await factories.household(ada)
        cursor = (await as_ada.get(URL, params={"limit": 1})).json()["next_cursor"]

        elsewhere = await as_ada.get(f"{API}/tags", params={"limit": 1, "cursor": cursor})
        tampered = await as_ada.get(URL, params={"cursor": cursor[:-2] + "AA"})

        assert {elsewhere.status_code, tampered.status_code} == {400}
        assert elsewhere.json()["type"].endswith("/problems/invalid-cursor")

    async def test_is_not_sent_again_unchanged(self, as_ada: httpx2.AsyncClient) -> None:
        first = await as_ada.get(URL)

        again = await as_ada.get(URL, headers={"If-None-Match": first.headers["ETag"]})

        assert (again.status_code, again.content) == (304, b"")


class TestGet:
    async def test_is_not_sent_again_unchanged(self, ada: User, as_ada: httpx2.AsyncClient) -> None:
        url = f"{URL}/{ada.default_household_id}"
        etag = (await as_ada.get(url)).headers["ETag"]

        again = await as_ada.get(url, headers={"If-None-Match": f'"other", W/{etag}'})

        assert (again.status_code, again.headers["ETag"]) == (304, etag)

    async def test_takes_two_statements(
        self, ada: User, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        await as_ada.get(f"{URL}/{ada.default_household_id}")

        assert len(statements) == 2, "the caller, and the household"

    @pytest.mark.parametrize("id", ["1", "x", "00000000-0000-0000-0000-00000000000g"])
    async def test_an_id_that_is_none_is_not_valid(
        self, as_ada: httpx2.AsyncClient, id: str
    ) -> None:
        answer = await as_ada.get(f"{URL}/{id}")

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["in"] == "path"


class TestUpdate:
    async def test_replaces_the_members_sent(self, ada: User, as_ada: httpx2.AsyncClient) -> None:
        url = f"{URL}/{ada.default_household_id}"
        before = await as_ada.get(url)
        change = {"name": "The Ark", "time_zone": "Europe/Berlin", "currency": "USD"}

        answer = await as_ada.patch(url, json=change, headers={"If-Match": before.headers["ETag"]})

        assert answer.status_code == 200
        assert answer.json() == before.json() | change | {"slug": "the-ark", "version": 2}
        after = await as_ada.get(url)
        assert (after.json(), after.headers["ETag"]) == (answer.json(), answer.headers["ETag"])
        assert after.headers["ETag"] != before.headers["ETag"]

    async def test_saying_what_is_so_already_changes_nothing(
        self, ada: User, as_ada: httpx2.AsyncClient
    ) -> None:
        url = f"{URL}/{ada.default_household_id}"
        before = await as_ada.get(url)

        answer = await as_ada.patch(url, json={"currency": "EUR"}, headers={"If-Match": "*"})

        assert answer.json() == before.json()
        assert answer.headers["ETag"] == before.headers["ETag"]

    async def test_needs_the_state_it_changes(self, ada: User, as_ada: httpx2.AsyncClient) -> None:
        url = f"{URL}/{ada.default_household_id}"
        old = (await as_ada.get(url)).headers["ETag"]
        await as_ada.patch(url, json={"name": "Newer"}, headers={"If-Match": old})
        current = (await as_ada.get(url)).headers["ETag"]

        without = await as_ada.patch(url, json={"name": "Lost"})
        stale = await as_ada.patch(url, json={"name": "Lost"}, headers={"If-Match": old})

        assert (without.status_code, stale.status_code) == (428, 412)
        assert stale.json()["etag"] == current
        assert (await as_ada.get(url)).json()["name"] == "Newer"

    @pytest.mark.parametrize("body", [{}, {"name": None}, {"slug": "mine"}, [], "x"])
    async def test_what_cannot_be_set_is_refused(
        self, ada: User, as_ada: httpx2.AsyncClient, body: object
    ) -> None:
        url = f"{URL}/{ada.default_household_id}"

        answer = await as_ada.patch(url, json=body, headers={"If-Match": "*"})

        assert answer.status_code == 422

    async def test_shows_in_the_profile(self, ada: User, as_ada: httpx2.AsyncClient) -> None:
        before = await as_ada.get(f"{API}/auth/me")
        url = f"{URL}/{ada.default_household_id}"
        await as_ada.patch(url, json={"name": "The Ark"}, headers={"If-Match": "*"})

        after = await as_ada.get(
            f"{API}/auth/me", headers={"If-None-Match": before.headers["ETag"]}
        )

        assert after.status_code == 200
        assert after.json()["memberships"][0]["name"] == "The Ark"


class TestStrangers:
    @pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"name": "Mine"})])
    async def test_h01_anothers_household_is_not_there(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], method: str, body: object
    ) -> None:
        other = await make_user()
        as_ada.headers["If-Match"] = "*"

        foreign = await as_ada.request(method, f"{URL}/{other.default_household_id}", json=body)
        unknown = await as_ada.request(method, f"{URL}/{uuid4()}", json=body)

        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.json()["detail"] == unknown.json()["detail"]

    async def test_instance_administrators_see_no_more_than_others(
        self, ada: User, as_: As, make_user: Make[User]
    ) -> None:
        as_admin = await as_(await make_user(is_instance_admin=True))

        answer = await as_admin.get(f"{URL}/{ada.default_household_id}")

        assert answer.status_code == 404
        ids = [UUID(each["id"]) for each in (await as_admin.get(URL)).json()["items"]]
        assert ada.default_household_id not in ids
