"""What `make bench` asks of the service, and of the raw limit beside it, on both engines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import func, select, text

from benchmarks.service import raw, raw_statements, recorded
from benchmarks.service.cook import Cook
from benchmarks.service.raw_requests import COPIES
from benchmarks.service.scenarios import Asker, Scenario
from benchmarks.shelves import COOK
from potluck.models import Recipe, RecipeRevision
from potluck.resources import Resources
from tests import databases
from tests.conftest import As, client_of
from tests.factories import Make

READ = sorted(raw_statements.reading(raw_statements.SQLITE))
#: A dish for each word that the scenarios search for.
DISHES = (
    "Salt sugar butter garlic onion", "Chicken lemon eggs milk", "Chocolate cinnamon mushrooms",
    "Tomato rhubarb",
)  # fmt: skip


@pytest.fixture
async def asker(as_: As, make_user: Make[Any]) -> Asker:
    """A cook with four recipes at home, and one more in a household where nobody is at home."""
    user = await make_user(email=COOK)
    client = await as_(user)
    ids = [(await client.post("/api/v1/recipes", json={"title": each})).json() for each in DISHES]
    other = (await client.post("/api/v1/households", json={"name": "Elsewhere"})).json()
    sent = {"title": "Copied", "household_id": other["id"], "visibility": "household"}
    assert (await client.post("/api/v1/recipes", json=sent)).status_code == 201
    recipes = [UUID(each["id"]) for each in ids]
    cook = Cook(user.id, user.default_household_id, recipes, [b"{}"])
    return Asker(cook, token="token", cookie="", etags={})


@pytest.fixture
def url(resources: Resources) -> str:
    """The database of the app, as the raw limit is told it."""
    return databases.url_text(resources.settings.database_url)


def scenario(asker: Asker, name: str) -> Scenario:
    return next(each for each in asker.all() if each.name == name)


async def counted(resources: Resources) -> tuple[int, int]:
    """Recipes and revisions."""
    async with resources.database.reading() as session:
        recipes = await session.scalar(select(func.count()).select_from(Recipe))
        revisions = await session.scalar(select(func.count()).select_from(RecipeRevision))
    return recipes or 0, revisions or 0


class TestTheRawLimit:
    async def test_has_a_counterpart_of_every_scenario(self, asker: Asker, url: str) -> None:
        async with raw.opened_from(url) as limit:
            assert set(limit.works) == {each.name for each in asker.all()}

    @pytest.mark.parametrize("name", sorted(set(READ) - {"static bytes"}))
    async def test_finds_what_the_answer_is_made_of(
        self, asker: Asker, url: str, name: str
    ) -> None:
        async with raw.opened_from(url) as limit:
            for key in scenario(asker, name).keys:
                last = raw_statements.reading(limit.dialect)[name][-1]
                assert await limit.driver.read(last, key), key

    async def test_looks_for_the_word_that_was_meant(self, asker: Asker, url: str) -> None:
        async with raw.opened_from(url) as limit:
            typed, variants, _ = raw_statements.reading(limit.dialect)["search, one typo"]
            key = scenario(asker, "search, one typo").keys[0]
            assert await limit.driver.read(typed, key) == []
            assert ("chocolate",) in await limit.driver.read(variants, key)

    async def test_verifies_the_password(self, asker: Asker, url: str) -> None:
        key = dict(scenario(asker, "login").keys[0])
        async with raw.opened_from(url) as limit:
            await limit.works["login"](key)
            with pytest.raises(VerifyMismatchError):
                await limit.works["login"](key | {"password": "another"})

    @pytest.mark.usefixtures("asker")
    async def test_writes_a_recipe_and_its_revision(self, url: str, resources: Resources) -> None:
        async with raw.opened_from(url) as limit:
            recipes, revisions = await counted(resources)
            await limit.create({})
            assert await counted(resources) == (recipes + 1, revisions + 1)

    async def test_updates_a_recipe_of_its_own(self, asker: Asker, url: str) -> None:
        key = dict(scenario(asker, "update").keys[7])
        async with raw.opened_from(url) as limit:
            await limit.update(key)
            changed = "SELECT title, version FROM recipe WHERE id = :id"
            assert await limit.driver.read(changed, key) == [("Soup of day 7", 2)]

    @pytest.mark.usefixtures("asker")
    async def test_takes_away_what_it_wrote(self, url: str, resources: Resources) -> None:
        before = await counted(resources)
        async with raw.opened_from(url) as limit:
            await limit.create({})
            assert (await counted(resources))[0] == before[0] + COPIES + 1
        assert await counted(resources) == before

    @pytest.mark.usefixtures("asker")
    async def test_waits_for_the_disk_as_we_do(
        self, url: str, resources: Resources, engine: str
    ) -> None:
        asked = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}[engine]
        async with resources.database.transaction() as session:
            ours = await session.scalar(text(asked))
        async with raw.opened_from(url) as limit:
            assert await limit.driver.read(asked, {}) == [(ours,)]

    async def test_answers_with_the_bytes_that_were_recorded(
        self, asker: Asker, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "answers.json"
        answer = recorded.Answer(200, "application/json", '{"title":"Crème brûlée"}')
        recorded.write(file, {"GET recipe": answer})
        monkeypatch.setenv("RAW_ANSWERS", str(file))
        monkeypatch.setenv("POTLUCK_DATABASE__URL", url)
        async with served() as client:
            asked = next(scenario(asker, "GET recipe").of_raw.requests()).split()[1].decode()
            found = await client.get(asked)
        assert (found.status_code, found.text) == (200, '{"title":"Crème brûlée"}')
        assert found.headers["content-type"] == "application/json"


@asynccontextmanager
async def served() -> AsyncIterator[Any]:
    """A client of the raw limit."""
    app = raw.create()
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client
