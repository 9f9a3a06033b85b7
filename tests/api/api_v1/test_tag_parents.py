"""The tree of a household's tags of one kind."""

from uuid import uuid4

import httpx2

from potluck.models import User
from tests.api.recipe_calls import faults
from tests.api.tag_calls import ANY, URL, make
from tests.conftest import gather
from tests.factories import Factories, Make


class TestParent:
    async def test_is_a_tag_of_the_same_household_and_kind(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User, make_user: Make[User]
    ) -> None:
        cabin = await factories.household(ada)
        wrong = [
            await factories.tag(ada, kind="course"),
            await factories.tag(ada, household_id=cabin.id),
            await factories.tag(await make_user()),
        ]
        own = await make(as_ada)
        for id in [*[tag.id for tag in wrong], uuid4()]:
            body = {"name": "Stew", "parent_id": str(id)}
            made = await as_ada.post(URL, json=body)
            moved = await as_ada.patch(
                f"{URL}/{own['id']}", json={"parent_id": str(id)}, headers=ANY
            )
            assert faults(made) == faults(moved) == [("/parent_id", "no_such_parent")]

        right = await as_ada.post(URL, json={"name": "Stew", "parent_id": own["id"]})

        assert (right.status_code, right.json()["parent_id"]) == (201, own["id"])

    async def test_nothing_is_above_itself(self, as_ada: httpx2.AsyncClient) -> None:
        top = await make(as_ada, name="top")
        middle = await make(as_ada, name="middle", parent_id=top["id"])
        low = await make(as_ada, name="low", parent_id=middle["id"])
        for below in (top, middle, low):
            answer = await as_ada.patch(
                f"{URL}/{top['id']}", json={"parent_id": below["id"]}, headers=ANY
            )
            assert faults(answer) == [("/parent_id", "parent_circle")]

    async def test_two_who_move_at_once_make_no_circle(self, as_ada: httpx2.AsyncClient) -> None:
        a, b = await make(as_ada, name="a"), await make(as_ada, name="b")

        answers = await gather(
            *[
                lambda x=x, y=y: as_ada.patch(
                    f"{URL}/{x['id']}", json={"parent_id": y["id"]}, headers=ANY
                )
                for x, y in [(a, b), (b, a)]
            ]
        )

        assert sorted(answer.status_code for answer in answers) == [200, 422]

    async def test_is_taken_away_by_null(self, as_ada: httpx2.AsyncClient) -> None:
        top = await make(as_ada, name="top")
        low = await make(as_ada, name="low", parent_id=top["id"])

        answer = await as_ada.patch(f"{URL}/{low['id']}", json={"parent_id": None}, headers=ANY)

        assert (answer.status_code, answer.json()["parent_id"]) == (200, None)

    async def test_of_another_kind_is_left_with_the_kind(self, as_ada: httpx2.AsyncClient) -> None:
        top = await make(as_ada, name="top")
        low = await make(as_ada, name="low", parent_id=top["id"])
        url = f"{URL}/{low['id']}"

        kept = await as_ada.patch(url, json={"kind": "diet"}, headers=ANY)
        left = await as_ada.patch(url, json={"kind": "diet", "parent_id": None}, headers=ANY)

        assert faults(kept) == [("/parent_id", "no_such_parent")]
        assert (left.status_code, left.json()["kind"]) == (200, "diet")

    async def test_keeps_its_kind_while_there_are_tags_below(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        top = await make(as_ada, name="top")
        await make(as_ada, name="low", parent_id=top["id"])

        answer = await as_ada.patch(f"{URL}/{top['id']}", json={"kind": "diet"}, headers=ANY)

        assert faults(answer) == [("/kind", "has_children")]

    async def test_that_is_deleted_leaves_its_children_at_the_top(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        top = await make(as_ada, name="top")
        low = await make(as_ada, name="low", parent_id=top["id"])
        before = await as_ada.get(f"{URL}/{low['id']}")

        assert (await as_ada.delete(f"{URL}/{top['id']}", headers=ANY)).status_code == 204

        after = await as_ada.get(f"{URL}/{low['id']}")
        assert after.json() == low | {"parent_id": None, "version": 2}
        assert after.headers["ETag"] != before.headers["ETag"]
