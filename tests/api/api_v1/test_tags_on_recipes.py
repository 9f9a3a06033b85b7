"""Tags as recipes carry them."""

from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import RecipeTag, User
from tests.api.recipe_calls import faults
from tests.api.tag_calls import ANY, RECIPES, URL, cook, make
from tests.conftest import As, gather
from tests.factories import Factories, Make


class TestOnRecipes:
    async def test_are_found_or_made_each_once_in_their_order(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        soup = await make(as_ada, name="Soup")

        recipe = await cook(
            as_ada,
            {"name": "Winter", "kind": "occasion"},
            {"name": "SOUP"},
            {"name": "winter", "kind": "occasion"},
            {"id": soup["id"]},
            {"name": "Winter"},
        )

        assert [(tag["kind"], tag["name"]) for tag in recipe["tags"]] == [
            ("occasion", "Winter"),
            ("free", "Soup"),
            ("free", "Winter"),
        ]
        assert recipe["tags"][1]["id"] == soup["id"]

    async def test_an_id_counts_more_than_the_name_beside_it(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        soup = await make(as_ada, name="Soup")

        recipe = await cook(as_ada, {"id": soup["id"], "name": "Stew", "kind": "diet"})

        assert [tag["name"] for tag in recipe["tags"]] == ["Soup"]
        assert len((await as_ada.get(URL)).json()["items"]) == 1

    async def test_h02_ids_of_other_households_are_refused(
        self, as_ada: httpx2.AsyncClient, factories: Factories, ada: User, make_user: Make[User]
    ) -> None:
        own = await make(as_ada)
        cabin = await factories.household(ada)
        foreign = [
            await factories.tag(await make_user()),
            await factories.tag(ada, household_id=cabin.id),
        ]
        ids = [own["id"], *[str(tag.id) for tag in foreign], str(uuid4())]

        answer = await as_ada.post(
            RECIPES, json={"title": "Borscht", "tags": [{"id": id} for id in ids]}
        )

        assert faults(answer) == [(f"/tags/{n}/id", "no_such_tag") for n in (1, 2, 3)]

    async def test_cost_the_same_statements_however_many_they_are(
        self, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        counts = []
        for many in (1, 50):
            statements.clear()
            await cook(as_ada, *[{"name": f"{many}-{n}"} for n in range(many)])
            counts.append(len([each for each in statements if "tag" in each.split("WHERE")[0]]))

        assert counts[0] == counts[1]

    async def test_many_recipes_at_once_make_a_tag_once(self, as_ada: httpx2.AsyncClient) -> None:
        tags = [{"name": name} for name in "abcdef"]

        recipes = await gather(
            *[lambda n=n: cook(as_ada, *tags[n:], *tags[:n]) for n in range(len(tags))]
        )

        assert len({tag["id"] for recipe in recipes for tag in recipe["tags"]}) == len(tags)

    async def test_contributors_make_them_through_a_recipe_only(
        self, factories: Factories, ada: User, as_: As
    ) -> None:
        assert ada.default_household_id is not None
        as_bob = await as_(await factories.member(ada.default_household_id, "contributor"))
        place = {"household_id": str(ada.default_household_id)}

        alone = await as_bob.post(URL, json={"name": "Soup"} | place)
        within = await as_bob.post(
            RECIPES, json={"title": "Borscht", "tags": [{"name": "Soup"}]} | place
        )

        assert (alone.status_code, within.status_code) == (403, 201)

    @pytest.mark.parametrize("change", [{"name": "Suppe"}, {"kind": "course"}])
    async def test_a_change_of_words_shows_at_the_next_read(
        self, as_ada: httpx2.AsyncClient, change: dict[str, str]
    ) -> None:
        recipe = await cook(as_ada, {"name": "Soup"})
        other = await cook(as_ada, {"name": "Cake"})
        url, other_url = f"{RECIPES}/{recipe['id']}", f"{RECIPES}/{other['id']}"
        etag = (await as_ada.get(url)).headers["ETag"]
        other_etag = (await as_ada.get(other_url)).headers["ETag"]
        tag = recipe["tags"][0]

        await as_ada.patch(f"{URL}/{tag['id']}", json=change, headers=ANY)

        after = await as_ada.get(url, headers={"If-None-Match": etag})
        assert after.status_code == 200
        assert after.json()["tags"] == [tag | change]
        assert after.json()["version"] == recipe["version"] + 1
        unchanged = await as_ada.get(other_url, headers={"If-None-Match": other_etag})
        assert unchanged.status_code == 304

    @pytest.mark.parametrize("change", [{"name": "Soup"}, {"colour": "#000000"}])
    async def test_what_recipes_do_not_show_leaves_them_as_they_are(
        self, as_ada: httpx2.AsyncClient, change: dict[str, str]
    ) -> None:
        recipe = await cook(as_ada, {"name": "Soup"})
        url = f"{RECIPES}/{recipe['id']}"
        etag = (await as_ada.get(url)).headers["ETag"]

        await as_ada.patch(f"{URL}/{recipe['tags'][0]['id']}", json=change, headers=ANY)

        assert (await as_ada.get(url, headers={"If-None-Match": etag})).status_code == 304

    async def test_deleting_one_takes_it_off(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await cook(as_ada, {"name": "Soup"}, {"name": "Winter"})
        url = f"{RECIPES}/{recipe['id']}"
        etag = (await as_ada.get(url)).headers["ETag"]
        gone, stays = recipe["tags"]

        answer = await as_ada.delete(f"{URL}/{gone['id']}", headers=ANY)

        assert answer.status_code == 204
        after = await as_ada.get(url, headers={"If-None-Match": etag})
        assert after.json()["tags"] == [stays]
        assert (await as_ada.get(f"{URL}/{gone['id']}")).status_code == 404
        left = select(func.count()).where(RecipeTag.recipe_id == UUID(recipe["id"]))
        assert await session.scalar(left) == 1

    async def test_a_save_while_one_is_renamed_waits_for_nobody(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await cook(as_ada, {"name": "Soup"})
        tag_url = f"{URL}/{recipe['tags'][0]['id']}"
        recipe_url = f"{RECIPES}/{recipe['id']}"
        calls = [
            call
            for n in range(6)
            for call in (
                lambda n=n: as_ada.patch(tag_url, json={"name": f"Soup {n}"}, headers=ANY),
                lambda n=n: as_ada.patch(
                    recipe_url,
                    json={"title": f"Borscht {n}", "tags": recipe["tags"]},
                    headers=ANY,
                ),
            )
        ]

        answers = await gather(*calls)

        assert {answer.status_code for answer in answers} == {200}
