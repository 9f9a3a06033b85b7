"""Tags through HTTP."""

from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Tag, User
from tests.api.recipe_calls import faults, refusal
from tests.api.tag_calls import ANY, URL, make
from tests.conftest import API, gather
from tests.doubles import FakeClock
from tests.factories import Factories, Make


class TestCreate:
    async def test_answers_every_member_with_its_default(
        self, as_ada: httpx2.AsyncClient, ada: User
    ) -> None:
        answer = await as_ada.post(URL, json={"name": " Cre\u0300me "})

        assert answer.status_code == 201
        made = answer.json()
        assert made == {
            "id": made["id"],
            "household_id": str(ada.default_household_id),
            "kind": "free",
            "name": "Crème",
            "parent_id": None,
            "colour": None,
            "version": 1,
            "created_at": "2026-03-01T12:00:00Z",
            "updated_at": "2026-03-01T12:00:00Z",
        }
        assert answer.headers["Location"] == f"{URL}/{made['id']}"
        read = await as_ada.get(answer.headers["Location"])
        assert (read.json(), read.headers["ETag"]) == (made, answer.headers["ETag"])

    async def test_in_the_household_named(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User
    ) -> None:
        cabin = await factories.household(ada)

        made = await make(as_ada, household_id=str(cabin.id), kind="course", colour="#A0b1C2")

        assert made["household_id"] == str(cabin.id)
        assert (made["kind"], made["colour"]) == ("course", "#A0b1C2")

    async def test_h02_anothers_household_is_none_of_ours(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User]
    ) -> None:
        other = await make_user()

        foreign, unknown = [
            await as_ada.post(URL, json={"name": "Soup", "household_id": str(id)})
            for id in (other.default_household_id, uuid4())
        ]

        assert faults(foreign) == faults(unknown) == [("/household_id", "no_household")]

    async def test_without_any_household_says_so(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User
    ) -> None:
        assert ada.default_household_id is not None
        await factories.member(ada.default_household_id, "owner")
        await as_ada.delete(f"{API}/households/{ada.default_household_id}/members/{ada.id}")

        answer = await as_ada.post(URL, json={"name": "Soup"})

        assert faults(answer) == [("/household_id", "no_household")]

    @pytest.mark.parametrize("name", ["crème", "CREME", "Creme", "cre\u0300me", " Crème\t"])
    async def test_a_name_is_there_once_whatever_its_case_and_accents(
        self, as_ada: httpx2.AsyncClient, name: str
    ) -> None:
        first = await make(as_ada, name="Crème")

        answer = await as_ada.post(URL, json={"name": name})

        assert refusal(answer) == (409, "tag-exists")
        assert answer.json()["tag_id"] == first["id"]

    async def test_another_kind_or_household_may_have_the_name(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User
    ) -> None:
        cabin = await factories.household(ada)
        await make(as_ada)

        await make(as_ada, kind="course")
        await make(as_ada, household_id=str(cabin.id))

    async def test_many_at_once_make_one(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        answers = await gather(*[lambda: as_ada.post(URL, json={"name": "Soup"})] * 8)

        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
        [id] = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        others = {answer.json()["tag_id"] for answer in answers if answer.status_code == 409}
        assert others == {id}
        assert await session.scalar(select(func.count()).select_from(Tag)) == 1

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("name", ""),
            ("name", "x" * 101),
            ("name", None),
            ("kind", "mood"),
            ("kind", None),
            ("colour", "red"),
            ("colour", "#12345"),
            ("colour", "#123456\n"),
            ("parent_id", "x"),
        ],
    )
    async def test_what_is_out_of_bounds_is_named(
        self, as_ada: httpx2.AsyncClient, member: str, value: object
    ) -> None:
        answer = await as_ada.post(URL, json={"name": "Soup"} | {member: value})

        assert [pointer for pointer, _ in faults(answer)] == [f"/{member}"]


class TestList:
    async def test_is_in_the_order_of_names(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], factories: Factories
    ) -> None:
        await factories.tag(await make_user(), name="Aspic")
        for name in ("zest", "Éclair", "apple", "Date"):
            await make(as_ada, name=name)

        first = (await as_ada.get(URL, params={"limit": 3})).json()
        rest = await as_ada.get(URL, params={"limit": 3, "cursor": first["next_cursor"]})

        assert [each["name"] for each in first["items"]] == ["apple", "Date", "Éclair"]
        assert [each["name"] for each in rest.json()["items"]] == ["zest"]
        assert rest.json()["next_cursor"] is None

    async def test_of_one_household_or_kind(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User, make_user: Make[User]
    ) -> None:
        cabin = await factories.household(ada)
        other = await make_user()
        await factories.tag(other, name="theirs")
        await make(as_ada, name="a", household_id=str(cabin.id), kind="diet")
        await make(as_ada, name="b", household_id=str(cabin.id))
        await make(as_ada, name="c", kind="diet")

        async def names(**query: object) -> list[str]:
            page = (await as_ada.get(URL, params={k: str(v) for k, v in query.items()})).json()
            return [each["name"] for each in page["items"]]

        assert await names(household_id=cabin.id) == ["a", "b"]
        assert await names(kind="diet") == ["a", "c"]
        assert await names(household_id=cabin.id, kind="diet") == ["a"]
        assert await names(household_id=other.default_household_id) == []

    @pytest.mark.parametrize("query", ["kind=mood", "household_id=1", "kind=diet&kind=free", "x=1"])
    async def test_a_filter_that_is_none_is_refused(
        self, as_ada: httpx2.AsyncClient, query: str
    ) -> None:
        answer = await as_ada.get(f"{URL}?{query}")

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["in"] == "query"

    async def test_is_not_sent_again_unchanged(self, as_ada: httpx2.AsyncClient) -> None:
        etag = (await as_ada.get(URL)).headers["ETag"]

        same = await as_ada.get(URL, headers={"If-None-Match": etag})
        await make(as_ada)
        other = await as_ada.get(URL, headers={"If-None-Match": etag})

        assert (same.status_code, other.status_code) == (304, 200)


class TestUpdate:
    async def test_replaces_the_members_sent(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        tag = await make(as_ada)
        url = f"{URL}/{tag['id']}"
        etag = (await as_ada.get(url)).headers["ETag"]
        clock.advance(timedelta(minutes=1))
        change = {"name": "Suppe", "colour": "#112233", "kind": "course"}

        answer = await as_ada.patch(url, json=change, headers={"If-Match": etag})

        assert answer.status_code == 200
        later = {"version": 2, "updated_at": "2026-03-01T12:01:00Z"}
        assert answer.json() == tag | change | later
        read = await as_ada.get(url)
        assert (read.json(), read.headers["ETag"]) == (answer.json(), answer.headers["ETag"])

    async def test_a_name_may_change_its_case(self, as_ada: httpx2.AsyncClient) -> None:
        tag = await make(as_ada, name="soup")

        answer = await as_ada.patch(f"{URL}/{tag['id']}", json={"name": "SOUP"}, headers=ANY)

        assert (answer.status_code, answer.json()["name"]) == (200, "SOUP")

    async def test_a_name_that_is_there_is_refused(self, as_ada: httpx2.AsyncClient) -> None:
        first, second = await make(as_ada, name="Soup"), await make(as_ada, name="Stew")
        url = f"{URL}/{second['id']}"

        answer = await as_ada.patch(url, json={"name": "SOUP"}, headers=ANY)

        assert refusal(answer) == (409, "tag-exists")
        assert answer.json()["tag_id"] == first["id"]
        assert (await as_ada.get(url)).json() == second

    async def test_needs_the_state_it_changes(self, as_ada: httpx2.AsyncClient) -> None:
        url = f"{URL}/{(await make(as_ada))['id']}"
        old = (await as_ada.get(url)).headers["ETag"]
        await as_ada.patch(url, json={"name": "Newer"}, headers={"If-Match": old})
        current = (await as_ada.get(url)).headers["ETag"]
        for method, body in [("PATCH", {"name": "Lost"}), ("DELETE", None)]:
            without = await as_ada.request(method, url, json=body)
            stale = await as_ada.request(method, url, json=body, headers={"If-Match": old})
            assert (without.status_code, stale.status_code) == (428, 412)
            assert stale.json()["etag"] == current
        assert (await as_ada.get(url)).json()["name"] == "Newer"

    @pytest.mark.parametrize(
        "body", [{}, {"name": None}, {"kind": None}, {"household_id": str(uuid4())}]
    )
    async def test_what_cannot_be_set_is_refused(
        self, as_ada: httpx2.AsyncClient, body: object
    ) -> None:
        tag = await make(as_ada)

        answer = await as_ada.patch(f"{URL}/{tag['id']}", json=body, headers=ANY)

        assert answer.status_code == 422


class TestStrangers:
    @pytest.mark.parametrize(
        ("method", "body"), [("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None)]
    )
    async def test_h01_anothers_tag_is_not_there(
        self, as_ada: httpx2.AsyncClient, make_user: Make[User], factories: Factories,
        session: AsyncSession, method: str, body: object,
    ) -> None:  # fmt: skip
        theirs = await factories.tag(await make_user(), name="Theirs")
        as_ada.headers.update(ANY)

        foreign = await as_ada.request(method, f"{URL}/{theirs.id}", json=body)
        unknown = await as_ada.request(method, f"{URL}/{uuid4()}", json=body)

        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.json()["detail"] == unknown.json()["detail"]
        assert list(await session.scalars(select(Tag.name))) == ["Theirs"]
