"""What two units of work may do to a recipe at the same moment."""

from datetime import timedelta
from uuid import UUID

import anyio
import pytest
from sqlalchemy import func, select, text, update

from potluck.core.actor import Actor
from potluck.models import IndexRequest, Recipe, Tag, User
from potluck.resources import Resources
from potluck.services import recipe_index, recipes
from potluck.worker import trash
from tests.conftest import API, As
from tests.doubles import FakeClock
from tests.factories import Make


async def somebody_waits_for_a_lock(resources: Resources) -> None:
    """Returns as soon as a statement of another connection is held up by a row lock."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with anyio.fail_after(10):
        while True:
            async with resources.database.reading() as session:
                if await session.scalar(waiting):
                    return


class TestPurge:
    async def test_a_recipe_that_is_restored_meanwhile_stays(
        self, as_: As, make_user: Make[User], resources: Resources, clock: FakeClock, engine: str
    ) -> None:
        if engine == "sqlite":
            pytest.skip("SQLite has one writer: the purge begins when the restore has ended")
        cook = await make_user()
        client = await as_(cook)
        made = await client.post(f"{API}/recipes", json={"title": "Soup"})
        path, id = made.headers["Location"], UUID(made.json()["id"])
        await client.delete(path, headers={"If-Match": made.headers["ETag"]})
        clock.advance(timedelta(days=31))

        async def purge() -> None:
            await trash.empty(resources.database, resources.settings.trash, clock)

        async with anyio.create_task_group() as group, resources.database.transaction() as session:
            await recipes.restore(session, Actor(cook.id), id, now=clock.now())
            group.start_soon(purge)
            await somebody_waits_for_a_lock(resources)

        assert (await (await as_(cook)).get(path)).status_code == 200

    async def test_a_recipe_that_is_being_indexed_goes_when_that_is_done(
        self, as_: As, make_user: Make[User], resources: Resources, clock: FakeClock, engine: str
    ) -> None:
        if engine == "sqlite":
            pytest.skip("SQLite has one writer: the purge begins when the indexing has ended")
        client = await as_(await make_user())
        made = await client.post(f"{API}/recipes", json={"title": "Soup"})
        await client.delete(made.headers["Location"], headers={"If-Match": made.headers["ETag"]})
        clock.advance(timedelta(days=31))
        async with resources.database.transaction() as session:
            session.add(IndexRequest(recipe_id=UUID(made.json()["id"])))

        async def purge() -> None:
            await trash.empty(resources.database, resources.settings.trash, clock)

        async with anyio.create_task_group() as group, resources.database.transaction() as session:
            await session.execute(select(IndexRequest.recipe_id).with_for_update())
            group.start_soon(purge)
            await somebody_waits_for_a_lock(resources)
            assert await recipe_index.work_off(session) == 1

        async with resources.database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(Recipe)) == 0


class TestETag:
    async def test_m02_follows_the_words_of_the_tags_whoever_changed_them(
        self, as_: As, make_user: Make[User], resources: Resources
    ) -> None:
        """A recipe may gain a tag in the very moment in which the tag is renamed."""
        client = await as_(await make_user())
        made = await client.post(
            f"{API}/recipes", json={"title": "Borscht", "tags": [{"name": "Soup"}]}
        )

        async with resources.database.transaction() as session:
            await session.execute(update(Tag).values(name="Soups"))

        known = {"If-None-Match": made.headers["ETag"]}
        read = await client.get(made.headers["Location"], headers=known)
        assert (read.status_code, read.json()["tags"][0]["name"]) == (200, "Soups")
