"""`potluck reindex`: the search index comes back from the recipes alone."""

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.models import IndexRequest, RecipeWords, SearchVariant, User
from potluck.resources import Resources
from potluck.schemas.recipe import RecipeCreate
from potluck.services import recipe_index, recipe_search, recipes
from potluck.worker import search_index
from tests.cli.conftest import Command
from tests.doubles import FakeClock
from tests.factories import Make


@pytest.fixture
async def cook(make_user: Make[User], resources: Resources, clock: FakeClock) -> Actor:
    """Somebody with three recipes, whose index has been lost."""
    actor = Actor(user_id=(await make_user()).id)
    async with resources.database.transaction() as session:
        for title in ("Tomato soup", "Soupe à l'oignon", "Apple cake"):
            data = RecipeCreate.model_validate({"title": title, "tags": [{"name": "Good"}]})
            await recipes.create(session, actor, data, now=clock.now())
    async with resources.database.transaction() as session:
        await session.execute(delete(RecipeWords))
        await session.execute(delete(SearchVariant))
    return actor


async def titles(resources: Resources, cook: Actor, keyword: str) -> list[str]:
    async with resources.database.reading() as session:
        languages = await resources.languages.current(session)
        found = await recipe_search.find(session, cook, keyword, languages=languages, limit=20)
    return [row.title for row in found.rows]


async def test_everything_is_found_again(
    command: Command, resources: Resources, cook: Actor, session: AsyncSession
) -> None:
    assert await titles(resources, cook, "soup") == []

    first = await command("reindex")
    again = await command("reindex")

    assert first.stdout == "3 of 3\n3 recipes indexed.\n"
    assert again.stdout == first.stdout
    assert await titles(resources, cook, "soup") == ["Tomato soup", "Soupe à l'oignon"]
    assert await titles(resources, cook, "good cakes") == ["Apple cake"]
    assert await titles(resources, cook, "toamto") == ["Tomato soup"]
    assert list(await session.scalars(select(IndexRequest))) == []


async def test_what_an_ended_run_has_left_is_done_by_whoever_comes_next(
    resources: Resources, cook: Actor
) -> None:
    async with resources.database.transaction() as session:
        assert await recipe_index.request_all(session) == 3
    # Here the process ends; the next start, or housekeeping, finds the requests.
    await search_index.catch_up(resources.database)
    assert await titles(resources, cook, "soup") == ["Tomato soup", "Soupe à l'oignon"]


async def test_an_index_that_another_version_wrote_is_built_anew_at_the_start(
    resources: Resources, cook: Actor
) -> None:
    async with resources.database.transaction() as session:
        await session.execute(text("UPDATE instance SET search_version = 0"))
    await search_index.catch_up(resources.database)
    assert await titles(resources, cook, "cake") == ["Apple cake"]

    async with resources.database.transaction() as session:
        await session.execute(delete(RecipeWords))
    await search_index.catch_up(resources.database)
    assert await titles(resources, cook, "cake") == []
