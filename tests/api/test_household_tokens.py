"""A token for one household: what lies in the others is for it as if they were somebody else's."""

from dataclasses import dataclass
from uuid import UUID

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.resources import Resources
from tests.api.auth_calls import ME, change
from tests.api.operations import Json, Operation, World
from tests.api.recipe_calls import URL, create, delete, faults, refusal
from tests.api.test_access import foreign_bodies, named
from tests.api.test_scopes import OF_NO_TOKEN, counted
from tests.api.token_calls import WithToken
from tests.conftest import API, As
from tests.factories import Factories

VISIBILITIES = ("private", "household", "instance", "link", "public")
STATUSES = ("draft", "published", "archived")


def is_of_administrators(operation: Operation) -> bool:
    """Whether it is for administrators, whoever's token is for one household."""
    return operation.path.startswith(f"{API}/admin/")


@dataclass
class Cabin:
    """Ada's other household, and a token of hers that is for it alone."""

    id: UUID
    script: httpx2.AsyncClient


@pytest.fixture
async def cabin(world: World, factories: Factories, with_token: WithToken) -> Cabin:
    id = (await factories.household(world.ada, name="Cabin")).id
    return Cabin(id, await with_token(world.ada, household_id=id))


class TestOtherHouseholds:
    """As Eve, who is no member, in `test_access`: but here it is Ada's own home."""

    async def test_h01_their_ids_in_a_path_are_404_and_nothing_changes(
        self, every: list[Operation], world: World, cabin: Cabin, session: AsyncSession
    ) -> None:
        before = await counted(session)
        for each in every:
            if "{" in each.path and each.name not in OF_NO_TOKEN:
                for method in ("GET", "HEAD") if each.method == "GET" else (each.method,):
                    answer = await world.call(cabin.script, each, method=method)
                    expected = 403 if is_of_administrators(each) else 404
                    assert answer.status_code == expected, (each, answer.text)
        assert await counted(session) == before

    async def test_h02_their_ids_in_a_body_are_refused_and_nothing_changes(
        self, every: list[Operation], world: World, cabin: Cabin, session: AsyncSession
    ) -> None:
        own = await create(cabin.script, tags=[{"name": "Mine"}])
        mine = {"recipe_id": own["id"], "tag_id": own["tags"][0]["id"]}
        before = await counted(session)
        for name, _, body, fault in foreign_bodies(world.ids):
            if name in OF_NO_TOKEN:
                continue
            answer = await world.call(cabin.script, named(every, name), body=body, ids=mine)
            if name == "update_me":  # the default is none of its business at all
                assert refusal(answer) == (403, "forbidden")
            else:
                assert faults(answer) == [fault], name
        assert await counted(session) == before

    async def test_h02_their_ids_in_a_query_find_nothing(
        self, every: list[Operation], world: World, cabin: Cabin
    ) -> None:
        values = world.ids | {"tag": world.ids["tag_id"]}
        tried = set()
        for each in (one for one in every if not is_of_administrators(one)):
            for name in set(each.query) & values.keys() - {"author_id"}:
                tried.add((each.name, name))
                answer = await world.call(cabin.script, each, query={name: values[name]})
                assert answer.json()["items"] == [], (each, name)
        assert tried >= {("list_tags", "household_id"), ("list_recipes", "tag")}

    async def test_h01_lists_show_nothing_of_them(
        self, every: list[Operation], world: World, cabin: Cabin, as_: As
    ) -> None:
        await delete(await as_(world.ada), (await create(await as_(world.ada)))["id"])
        for each in every:
            if each.method == "GET" and "{" not in each.path and each.name not in OF_NO_TOKEN:
                answer = await world.call(cabin.script, each)
                assert answer.status_code == (403 if is_of_administrators(each) else 200)
                for name in ("household_id", "recipe_id", "tag_id", "user_id"):
                    assert world.ids[name] not in answer.text, (each, name)

    async def test_no_further_one_is_made(self, cabin: Cabin, session: AsyncSession) -> None:
        before = await counted(session)
        answer = await cabin.script.post(f"{API}/households", json={"name": "Third"})
        assert refusal(answer) == (403, "forbidden")
        assert await counted(session) == before

    async def test_of_their_recipes_it_reads_what_strangers_read(
        self, world: World, cabin: Cabin, as_: As, factories: Factories
    ) -> None:
        as_ada = await as_(world.ada)
        as_other = await as_(await factories.user())
        made = {
            (whose, visibility, status): await create(
                client, visibility=visibility, status=status, title=f"{visibility} {status}"
            )
            for whose, client in (("mine", as_ada), ("others", as_other))
            for visibility in VISIBILITIES
            for status in STATUSES
        }
        readable = {
            key
            for key, recipe in made.items()
            if (await cabin.script.get(f"{URL}/{recipe['id']}")).status_code == 200
        }
        assert readable == {(whose, "public", "published") for whose in ("mine", "others")}
        every = ",".join(recipe["id"] for recipe in made.values())
        for query in ({}, {"ids": every}, {"updated_since": "2026-03-01T00:00:00Z"}):
            answer = await cabin.script.get(URL, params=query | {"limit": "100"})
            found = {each["id"] for each in answer.json()["items"]}
            assert found == {made[key]["id"] for key in readable}, query

    async def test_what_it_reads_of_them_it_does_not_change(
        self, world: World, cabin: Cabin, as_: As
    ) -> None:
        recipe = await create(await as_(world.ada), visibility="public")
        path, headers = f"{URL}/{recipe['id']}", {"If-Match": "*"}
        answers = [
            await cabin.script.patch(path, json={"title": "x"}, headers=headers),
            await cabin.script.put(path, json={"title": "x"}, headers=headers),
            await cabin.script.delete(path, headers=headers),
            await cabin.script.post(f"{path}/restore"),
            await cabin.script.get(f"{path}/revisions"),
        ]
        assert [refusal(answer) for answer in answers] == [(403, "forbidden")] * 5


class TestItsHousehold:
    async def test_is_where_new_things_go_although_another_is_the_default(
        self, world: World, cabin: Cabin
    ) -> None:
        assert world.ada.default_household_id != cabin.id
        bodies: dict[str, Json] = {
            "/recipes": {"title": "Soup"},
            "/tags": {"name": "Winter"},
        }
        for path, body in bodies.items():
            made = (await cabin.script.post(API + path, json=body)).json()
            assert made["household_id"] == str(cabin.id)
        page = {"html": page_of("Stew")}
        imported = await cabin.script.post(f"{URL}/import", json=page)
        assert imported.json()["recipe"]["household_id"] == str(cabin.id)
        named = {"title": "Named", "household_id": str(cabin.id)}
        assert (await cabin.script.post(URL, json=named)).status_code == 201

    async def test_is_open_to_it_as_to_its_owner(self, cabin: Cabin) -> None:
        recipe = await create(cabin.script, visibility="private", tags=[{"name": "Mine"}])
        ids = {
            "recipe_id": recipe["id"],
            "tag_id": recipe["tags"][0]["id"],
            "household_id": str(cabin.id),
        }
        paths = ("/recipes/{recipe_id}", "/tags/{tag_id}", "/households/{household_id}/members",
                 "/recipes/{recipe_id}/revisions", "/households/{household_id}")  # fmt: skip
        for path in paths:
            assert (await cabin.script.get(API + path.format(**ids))).status_code == 200
        changed = await cabin.script.patch(
            f"{API}/households/{cabin.id}", json={"name": "Hut"}, headers={"If-Match": "*"}
        )
        assert changed.json()["name"] == "Hut"
        listed = (await cabin.script.get(f"{API}/households")).json()["items"]
        assert [each["id"] for each in listed] == [str(cabin.id)]
        await delete(cabin.script, recipe["id"])
        trash = (await cabin.script.get(f"{URL}/trash")).json()["items"]
        assert [each["id"] for each in trash] == [recipe["id"]]

    async def test_is_the_only_one_in_the_profile(
        self, world: World, cabin: Cabin, as_: As
    ) -> None:
        seen = (await cabin.script.get(ME)).json()
        assert seen["default_household_id"] == str(cabin.id)
        assert [each["household_id"] for each in seen["memberships"]] == [str(cabin.id)]
        etag = (await cabin.script.get(ME)).headers["ETag"]
        changed = await cabin.script.patch(
            ME, json={"display_name": "Ada L."}, headers={"If-Match": etag}
        )
        assert changed.json() == seen | {
            "display_name": "Ada L.",
            "version": changed.json()["version"],
        }
        whole = (await (await as_(world.ada)).get(ME)).json()
        assert whole["default_household_id"] == world.ids["household_id"]
        assert len(whole["memberships"]) == 2

    async def test_h06_left_it_is_closed_to_the_token_and_no_other_opens(
        self, world: World, with_token: WithToken, as_: As
    ) -> None:
        home = UUID(world.ids["household_id"])
        script = await with_token(world.bob, household_id=home)
        recipe = f"{URL}/{world.ids['recipe_id']}"
        assert (await script.get(recipe)).status_code == 200

        as_bob = await as_(world.bob)
        left = await as_bob.delete(f"{API}/households/{home}/members/{world.bob.id}")
        assert left.status_code == 204

        assert refusal(await script.get(recipe)) == (404, "not-found")
        assert (await script.get(URL)).json()["items"] == []
        refused = await script.post(URL, json={"title": "x"})
        assert faults(refused) == [("/household_id", "no_household")]
        me = (await script.get(ME)).json()
        assert (me["memberships"], me["default_household_id"]) == ([], None)


class TestWithoutHousehold:
    async def test_a_token_for_all_reaches_all_and_starts_with_the_default(
        self, world: World, factories: Factories, with_token: WithToken, resources: Resources
    ) -> None:
        other = await factories.household(world.ada)
        script = await with_token(world.ada)
        assert (await create(script))["household_id"] == world.ids["household_id"]
        await change(resources, world.ada, default_household_id=other.id)
        assert (await create(script))["household_id"] == str(other.id)
        assert len((await script.get(f"{API}/households")).json()["items"]) == 2

    async def test_what_is_shared_with_all_who_are_signed_in_is_for_it(
        self, world: World, with_token: WithToken, as_: As
    ) -> None:
        recipe = await create(await as_(world.ada), visibility="instance")
        script = await with_token(world.eve)
        assert (await script.get(f"{URL}/{recipe['id']}")).status_code == 200


def page_of(title: str) -> str:
    """A web page with one recipe."""
    return (
        '<html><script type="application/ld+json">{"@context": "https://schema.org",'
        f'"@type": "Recipe", "name": "{title}", "recipeIngredient": ["1 leek"],'
        '"recipeInstructions": ["Cook."]}</script><h1>x</h1></html>'
    )
