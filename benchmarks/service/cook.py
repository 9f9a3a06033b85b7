"""Who asks: the cook of a shelf, signed in, and the recipes that are asked for."""

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from benchmarks import search_shelf, shelves
from potluck import crud
from potluck.core.clock import SystemClock
from potluck.core.config import Settings
from potluck.models import Recipe, User
from potluck.resources import open_resources

PASSWORD = "correct horse battery staple"  # noqa: S105 - of an account of this measurement
RECIPES = 1_000
BODIES = 500


@dataclass(frozen=True)
class Cook:
    """Recipes of the household, chosen all over it, and bodies of new ones."""

    user_id: UUID
    household_id: UUID
    recipe_ids: list[UUID]
    bodies: list[bytes]


async def prepared(settings: Settings) -> Cook:
    """Give the cook a password that opens, and look at the shelf."""
    async with open_resources(settings) as resources:
        hashed = await resources.passwords.hash(PASSWORD)
        async with resources.database.transaction() as session:
            user = await session.scalar(select(User).where(User.email == shelves.COOK))
            assert user is not None  # noqa: S101 - every shelf has one
            changes = {"password_hash": hashed}
            await crud.user.update(session, user, changes, now=SystemClock().now())
        household_id = user.default_household_id
        async with resources.database.reading(long=True) as session:
            mine = select(Recipe.id).where(Recipe.household_id == household_id)
            chosen = mine.order_by(func.random()).limit(RECIPES)
            ids = list(await session.scalars(chosen))
    assert household_id is not None  # noqa: S101
    return Cook(user.id, household_id, ids, [_body(row) for row in search_shelf.rows(BODIES, 2)])


def _body(row: search_shelf.Row) -> bytes:
    """What a client sends to make a recipe like those of the shelf."""
    tags = [{"name": name} for name in row.text.tags]
    return json.dumps(search_shelf.as_sent(row.text.document) | {"tags": tags}).encode()
