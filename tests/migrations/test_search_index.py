"""Recipes that were saved before there was a search index are found after the update."""

import anyio
from sqlalchemy import Connection

from potluck import backend_pre_start
from potluck.core.actor import Actor
from potluck.core.clock import SystemClock
from potluck.core.config import Settings
from potluck.db.session import Database
from potluck.schemas.recipe import RecipeCreate
from potluck.schemas.user import UserCreate
from potluck.services import accounts, recipe_search, recipes
from tests.factories import PASSWORD
from tests.migrations.test_migrations import go


def test_old_recipes_are_found_after_the_first_start(
    place: Settings, connection: Connection
) -> None:
    backend_pre_start.prepare(place, wait_s=5)
    cook = anyio.run(saved, place)
    go(connection, "0002")

    backend_pre_start.prepare(place, wait_s=5)

    assert anyio.run(found, place, cook, "good soups") == ["Tomato soup"]
    assert anyio.run(found, place, cook, "toamto") == ["Tomato soup"]


async def saved(place: Settings) -> Actor:
    """Somebody with a recipe."""
    database, now = Database(place.database_url, place.database), SystemClock().now()
    data = UserCreate(email="cook@example.org", password=PASSWORD, display_name="Cook")
    body = {"title": "Tomato soup", "tags": [{"name": "Good"}], "visibility": "public"}
    async with database.transaction() as session:
        user = await accounts.create(session, data, "no hash", now=now)
        cook = Actor(user_id=user.id)
        await recipes.create(session, cook, RecipeCreate.model_validate(body), now=now)
    await database.dispose()
    return cook


async def found(place: Settings, cook: Actor, keyword: str) -> list[str]:
    database = Database(place.database_url, place.database)
    async with database.reading() as session:
        hits = await recipe_search.find(session, cook, keyword, languages=["en"], limit=20)
    await database.dispose()
    return [row.title for row in hits.rows]
