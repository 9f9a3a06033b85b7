"""Writing and changing a recipe with a plain form."""

from typing import Any

import httpx2
import pytest

from potluck.models import User
from tests.api.recipe_calls import create, patch, read
from tests.conftest import API
from tests.factories import Factories
from tests.recipe_bodies import full_body
from tests.sent_pictures import put_cover
from tests.web.browser import Browser

Json = dict[str, Any]


async def revisions(client: httpx2.AsyncClient, id: str) -> list[int]:
    answer = await client.get(f"{API}/recipes/{id}/revisions")
    return [each["number"] for each in answer.json()["items"]]


async def open_form(browser: Browser, recipe: Json) -> str:
    path = f"/recipes/{recipe['id']}/edit"
    await browser.open(path)
    return path


class TestUntouched:
    async def test_saving_what_nobody_changed_makes_no_revision(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, **full_body())
        before = await read(as_ada, recipe["id"])
        await adas.send(await open_form(adas, recipe))
        assert (adas.heading, adas.message) == ("Apple cake", "Saved.")
        after = await read(as_ada, recipe["id"])
        assert (after.json(), after.headers["ETag"]) == (before.json(), before.headers["ETag"])
        assert await revisions(as_ada, recipe["id"]) == [1]

    async def test_what_the_form_does_not_show_survives_an_edit(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, **full_body())
        path = await open_form(adas, recipe)
        shown = adas.field("ingredients")
        await adas.send(path, ingredients=f"{shown}\r\n1 lemon", title="Lemon cake")
        after = (await read(as_ada, recipe["id"])).json()
        assert after["title"] == "Lemon cake"
        lines = after["ingredient_groups"][1]["lines"]
        assert [each["original_text"] for each in lines][-1:] == ["1 lemon"]
        after["ingredient_groups"][1]["lines"] = lines[:-1]
        changed = {name for name in recipe if after[name] != recipe[name]}
        assert changed == {"title", "slug", "version", "revision", "updated_at"}


class TestLong:
    async def test_a_recipe_that_the_api_takes_can_be_edited(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        texts = [letter * 9_900 for letter in "абвгдежзиклмнопрстуф"]
        recipe = await create(as_ada, sections=[{"steps": [{"text": text} for text in texts]}])
        await adas.send(await open_form(adas, recipe), title="Long", summary="ы" * 2000)
        assert adas.heading == "Long"
        after = (await read(as_ada, recipe["id"])).json()
        assert [each["text"] for each in after["sections"][0]["steps"]] == texts

    async def test_a_form_may_be_sent_as_simple_fields(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        path = await open_form(adas, await create(as_ada))
        token = adas.page.find("input", name="csrf_token")[0].attributes["value"]
        etag = adas.field("etag")
        fields = {"csrf_token": token, "etag": etag, "steps": "ы" * 200_000}
        await adas.post(path, fields)
        assert adas.errors["steps"] == "Step 1: Use at most 10000 characters."


class TestRefusals:
    async def test_every_fault_stands_beside_its_field_and_nothing_is_lost(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, **full_body())
        path = await open_form(adas, recipe)
        typed = {
            "title": "",
            "prep": "soon",
            "servings": "many",
            "language": "no language",
            "source_url": "not an address",
            "ingredients": "2 eggs\r\n" + "x" * 1001,
            "steps": "Mix.\r\n\r\n" + "y" * 10_001,
            "tags": "a, " + "b" * 101,
            "summary": "z" * 2001,
            "status": "lost",
        }
        await adas.send(path, **typed)
        assert adas.answer.status_code == 422
        assert adas.errors == {
            "title": "This is needed.",
            "prep": "Write a time like 45 min or 1 h 30 min.",
            "servings": "Write a number, like 4 or 2 1/2, or what it makes, like 24 cookies.",
            "language": 'Send a BCP 47 tag, like "en" or "pt-BR".',
            "source_url": "Send an http or https address.",
            "ingredients": "Ingredient 2: Use at most 1000 characters.",
            "steps": "Step 2: Use at most 10000 characters.",
            "tags": "Tag 2: Use at most 100 characters.",
            "summary": "Use at most 2000 characters.",
            "status": "Choose one of the list.",
        }
        kept = {name: adas.field(name) for name in typed if name != "status"}
        assert kept == {name: text for name, text in typed.items() if name != "status"}
        assert await revisions(as_ada, recipe["id"]) == [1]

    async def test_a_reference_to_nothing_is_told_where_it_stands(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        path = await open_form(adas, await create(as_ada))
        token = "{{line:0190a0a0-0000-7000-8000-000000000001}}"
        await adas.send(path, steps=f"Mix.\r\n\r\nAdd {token}.")
        assert adas.errors == {"steps": "Step 2: The recipe has no line of this id."}
        assert adas.field("steps") == f"Mix.\r\n\r\nAdd {token}."

    async def test_invisible_characters_from_other_programs_are_left_out(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada)
        await adas.send(
            await open_form(adas, recipe), title="Apple\x0bcake\x00", summary="a\x0cb\rc"
        )
        after = (await read(as_ada, recipe["id"])).json()
        assert (after["title"], after["summary"]) == ("Applecake", "ab\nc")


class TestConflict:
    async def test_who_saves_second_is_told_and_keeps_what_was_typed(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Cake", summary="Old.")
        path = await open_form(adas, recipe)
        await patch(as_ada, recipe["id"], summary="Theirs.")
        await adas.send(path, summary="Mine.")
        assert adas.answer.status_code == 412
        assert "Someone else saved this recipe" in adas.page.text
        assert adas.field("summary") == "Mine."
        assert (await read(as_ada, recipe["id"])).json()["summary"] == "Theirs."

    async def test_saving_again_puts_mine_over_theirs_and_keeps_both_in_the_history(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Cake")
        path = await open_form(adas, recipe)
        await patch(as_ada, recipe["id"], title="Their cake")
        await adas.send(path, title="My cake")
        await adas.send(path)
        assert adas.heading == "My cake"
        assert await revisions(as_ada, recipe["id"]) == [3, 2, 1]

    async def test_a_picture_that_comes_while_somebody_types_is_no_conflict(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Cake", image_url="https://site.example/cake.jpg")
        path = await open_form(adas, recipe)
        shown = (await put_cover(as_ada, recipe["id"])).json()["image_url"]
        await adas.send(path, title="Apple cake")
        assert (adas.heading, adas.message) == ("Apple cake", "Saved.")
        assert (await read(as_ada, recipe["id"])).json()["image_url"] == shown
        stored = await as_ada.get(f"{API}/recipes/{recipe['id']}/revisions/2")
        assert stored.json()["recipe"]["image_url"] == "https://site.example/cake.jpg"

    async def test_a_form_without_its_state_is_refused(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Cake")
        await adas.send(await open_form(adas, recipe), title="x", etag=None)
        assert adas.answer.status_code == 428


class TestNew:
    async def test_writes_a_recipe(self, adas: Browser, as_ada: httpx2.AsyncClient) -> None:
        await adas.open("/recipes/new")
        await adas.send(
            "/recipes/new",
            title="Pancakes",
            ingredients="2 eggs\r\n# Batter\r\n1 cup milk",
            steps="Whisk.\r\n\r\nFry.",
            servings="4",
            total="20 min",
            tags="Breakfast, Quick",
        )
        assert (adas.heading, adas.message) == ("Pancakes", "Saved.")
        id = adas.path.split("/")[2]
        recipe = (await read(as_ada, id)).json()
        assert [group["name"] for group in recipe["ingredient_groups"]] == [None, "Batter"]
        assert [each["text"] for each in recipe["sections"][0]["steps"]] == ["Whisk.", "Fry."]
        assert recipe["times"]["total"]["max_s"] == 1200
        assert [tag["name"] for tag in recipe["tags"]] == ["Breakfast", "Quick"]
        assert (recipe["language"], recipe["status"], recipe["visibility"]) == (
            "en",
            "published",
            "household",
        )

    async def test_a_title_is_all_it_takes(self, adas: Browser) -> None:
        await adas.open("/recipes/new")
        await adas.send("/recipes/new", title="Toast", language="", visibility=None, status=None)
        assert adas.heading == "Toast"

    async def test_without_a_title_it_comes_back_as_typed(self, adas: Browser) -> None:
        await adas.open("/recipes/new")
        await adas.send("/recipes/new", title=" ", steps="Mix.\r\n\r\n\r\nBake.")
        assert adas.errors == {"title": "This is needed."}
        assert adas.field("steps") == "Mix.\r\n\r\n\r\nBake."

    async def test_goes_to_the_household_that_is_chosen(
        self, adas: Browser, as_ada: httpx2.AsyncClient, ada: User, factories: Factories
    ) -> None:
        club = await factories.household(ada, name="Supper club")
        page = await adas.open("/recipes/new")
        offered = [each.text for each in page.find("select", name="household_id")[0].find("option")]
        assert offered == ["Ada's kitchen", "Supper club"]
        await adas.send("/recipes/new", title="Stew", household_id=str(club.id))
        recipe = (await read(as_ada, adas.path.split("/")[2])).json()
        assert recipe["household_id"] == str(club.id)

    @pytest.mark.parametrize("id", ["x", "0190a0a0-0000-7000-8000-000000000001"])
    async def test_a_household_of_others_is_refused(self, adas: Browser, id: str) -> None:
        page = await adas.open("/recipes/new")
        token = page.find("input", name="csrf_token")[0].attributes["value"]
        await adas.post("/recipes/new", {"csrf_token": token, "title": "x", "household_id": id})
        (box,) = adas.page.find("div", role="alert")
        assert adas.answer.status_code == 422
        assert box.find("li")

    async def test_a_viewer_may_not_write(
        self, adas: Browser, ada: User, factories: Factories, as_ada: httpx2.AsyncClient
    ) -> None:
        owner = await factories.user()
        assert owner.default_household_id
        await factories.membership(owner.default_household_id, ada, "viewer")
        await as_ada.patch(
            f"{API}/auth/me",
            json={"default_household_id": str(owner.default_household_id)},
            headers={"If-Match": "*"},
        )
        await adas.open("/recipes/new")
        assert adas.answer.status_code == 403
