"""What an archive of one's own data holds."""

import hashlib
import json

import httpx2

from potluck.core.actor import Actor
from potluck.domain.audit import Action
from potluck.models import User
from potluck.resources import Resources
from potluck.services import audit
from potluck.services.export_contents import PAGE
from potluck.worker import runner
from tests.api.export_calls import ask, exported, recipes
from tests.api.recipe_calls import create, delete, read
from tests.conftest import API
from tests.doubles import FakeClock
from tests.sent_pictures import put_cover


class TestContents:
    async def test_a_recipe_is_what_the_api_answers(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        lines = [{"original_text": "1/3 cup of flour", "food_text": "flour"}]
        made = await create(as_ada, ingredient_groups=[{"lines": lines}], tags=[{"name": "Sunday"}])
        archive = await exported(as_ada, resources)
        assert recipes(archive) == {"Cake": (await read(as_ada, made["id"])).json()}

    async def test_the_picture_lies_beside_its_recipe(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        made = await create(as_ada)
        image_url = (await put_cover(as_ada, made["id"])).json()["image_url"]
        shown = await as_ada.get("/media/" + image_url.partition("/media/")[2])
        archive = await exported(as_ada, resources)
        [path] = [each for each in archive.namelist() if each.endswith(".webp")]
        assert archive.read(path) == shown.content
        assert path.removesuffix(".webp") + ".json" in archive.namelist()

    async def test_the_account_comes_without_a_secret(
        self, as_ada: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        body = {"name": "Display", "scopes": ["recipes:read"]}
        token = (await as_ada.post(f"{API}/auth/tokens", json=body)).json()
        archive = await exported(as_ada, resources)
        account = json.loads(archive.read("account.json"))
        assert account["account"]["email"] == ada.email
        assert [each["name"] for each in account["tokens"]] == ["Display"]
        assert account["sessions"][0]["kind"] == "api"
        everything = b"".join(archive.read(name) for name in archive.namelist())
        assert token["token"].encode() not in everything
        assert b"argon2" not in everything

    async def test_the_manifest_has_the_checksum_of_every_other_file(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        made = await create(as_ada)
        await put_cover(as_ada, made["id"])
        archive = await exported(as_ada, resources)
        manifest = json.loads(archive.read("manifest.json"))
        assert (manifest["format"], manifest["version"]) == ("potluck-export", 1)
        assert manifest["recipe_count"] == 1
        assert {each["path"]: each["sha256"] for each in manifest["files"]} == {
            name: hashlib.sha256(archive.read(name)).hexdigest()
            for name in archive.namelist()
            if name != "manifest.json"
        }

    async def test_names_hold_nothing_that_was_typed_but_letters_and_digits(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        for title in ("../../etc/passwd", "CON", "a\\b:c", "Cake", "Cake", "🍰"):
            await create(as_ada, title=title)
        names = (await exported(as_ada, resources)).namelist()
        files = [name.rpartition("/")[2] for name in names if "/recipes/" in name]
        assert sorted(name[: -len("-0123456789ab.json")] for name in files) == sorted(
            ["etc-passwd", "con", "a-b-c", "cake", "cake", "recipe"]
        )
        assert all(".." not in name and "\\" not in name for name in names)
        assert len(set(names)) == len(names)

    async def test_what_lies_in_the_trash_stays_there(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        await delete(as_ada, (await create(as_ada))["id"])
        assert recipes(await exported(as_ada, resources)) == {}

    async def test_a_page_of_recipes_takes_one_statement_and_its_progress_two(
        self, as_ada: httpx2.AsyncClient, resources: Resources, statements: list[str]
    ) -> None:
        async def sent(count: int) -> int:
            for _ in range(count):
                await create(as_ada)
            await ask(as_ada)
            statements.clear()
            await runner.run_due(resources)
            return len(statements)

        few = await sent(2)
        assert await sent(PAGE - 2) == few

    async def test_recipes_of_several_pages_are_all_in_it(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        titles = {f"Cake {number}" for number in range(PAGE + 1)}
        for title in sorted(titles):
            await create(as_ada, title=title)
        assert set(recipes(await exported(as_ada, resources))) == titles

    async def test_what_happened_to_the_account_is_told_in_files_of_200(
        self,
        as_ada: httpx2.AsyncClient,
        ada: User,
        resources: Resources,
        clock: FakeClock,
    ) -> None:
        actor = Actor(user_id=ada.id)
        for _ in range(200):
            async with resources.database.transaction() as session:
                audit.record(session, Action.SIGNED_OUT, actor=actor, now=clock.now())
        archive = await exported(as_ada, resources)
        first, second = (
            json.loads(archive.read(f"events/{number}.json"))["events"]
            for number in ("0001", "0002")
        )
        assert len(first) == 200
        assert first[0]["action"] == "account.export-asked"
        assert len(second) >= 1
        assert first[-1]["at"] >= second[0]["at"]
        assert "events/0003.json" not in archive.namelist()
