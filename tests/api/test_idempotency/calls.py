"""POSTs under a key, and what is known of them afterwards."""

from typing import Any

import httpx2
from sqlalchemy import func, select

from potluck.models import IdempotencyKey, Recipe
from potluck.resources import Resources
from tests.api.recipe_calls import URL

KEY = "7f0e6d5c-0b1a-4c2d-8e3f-9a8b7c6d5e4f"
CAKE = {"title": "Cake"}
#: Of the answer itself; the others are added on its way and are of the request it is sent to.
KEPT = ("Content-Type", "Content-Length", "ETag", "Location", "Cache-Control")
PAGE = (
    '<script type="application/ld+json">'
    '{"@type": "Recipe", "name": "Pie", "recipeIngredient": ["1 apple"]}</script>'
)


async def post(
    client: httpx2.AsyncClient, body: Any = CAKE, *, key: str = KEY, path: str = URL
) -> httpx2.Response:
    """A POST with a body under a key; a recipe called Cake unless something else is said."""
    return await client.post(path, json=body, headers={"Idempotency-Key": key})


def told(answer: httpx2.Response) -> tuple[int, bytes, dict[str, str | None]]:
    """What must be the same when an answer is given again."""
    return answer.status_code, answer.content, {name: answer.headers.get(name) for name in KEPT}


def is_replayed(answer: httpx2.Response) -> bool:
    return answer.headers.get("Idempotency-Replayed") == "true"


async def count(resources: Resources, model: type = Recipe) -> int:
    """How many rows there are; of recipes unless another model is named."""
    async with resources.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def uses(resources: Resources) -> list[IdempotencyKey]:
    """What is stored of keys."""
    async with resources.database.reading() as session:
        return list(await session.scalars(select(IdempotencyKey)))
