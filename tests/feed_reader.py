"""A client that keeps a copy of the recipes it may see, in the simplest way there is."""

from datetime import datetime
from typing import Any

import httpx2
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Recipe, RecipeTag, Tag
from tests.conftest import API

Json = dict[str, Any]
URL = f"{API}/recipes"


class FeedReader:
    """Asks for what changed since the last item it was told, and keeps the newest of each.

    `told` are the ids of all items in the order in which they came, also those that came again.
    """

    def __init__(self, client: httpx2.AsyncClient, *, limit: int = 3) -> None:
        self.client, self.limit = client, limit
        self.since = "2000-01-01T00:00:00Z"
        self.known: dict[str, Json] = {}
        self.gone: set[str] = set()
        self.told: list[str] = []

    async def poll(self) -> None:
        """Read every page there is now."""
        wanted = {"updated_since": self.since, "limit": str(self.limit)}
        while True:
            answer = await self.client.get(URL, params=wanted)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            for item in page["items"]:
                self._take(item)
            if page["next_cursor"] is None:
                return
            wanted["cursor"] = page["next_cursor"]

    def _take(self, item: Json) -> None:
        self.since = item["updated_at"]
        self.told.append(item["id"])
        if "deleted_at" in item:
            self.known.pop(item["id"], None)
            self.gone.add(item["id"])
        else:
            self.known[item["id"]] = item
            self.gone.discard(item["id"])

    @property
    def copy(self) -> tuple[dict[str, Json], set[str]]:
        """The recipes as the client has them, and the ids of those it was told to be gone."""
        known = {
            id: {name: item[name] for name in ("title", "status", "version")}
            | {
                "updated_at": datetime.fromisoformat(item["updated_at"]),
                "tags": [tag["name"] for tag in item["tags"]],
            }
            for id, item in self.known.items()
        }
        return known, self.gone


async def truth(session: AsyncSession) -> tuple[dict[str, Json], set[str]]:
    """What `FeedReader.copy` should be: read row by row from the tables themselves."""
    await session.rollback()
    known: dict[str, Json] = {}
    gone: set[str] = set()
    for row in await session.scalars(select(Recipe).order_by(Recipe.id)):
        if row.deleted_at is not None:
            gone.add(str(row.id))
            continue
        carried = select(Tag.name).join(RecipeTag, RecipeTag.tag_id == Tag.id)
        ordered = carried.where(RecipeTag.recipe_id == row.id).order_by(RecipeTag.position)
        known[str(row.id)] = {
            "title": row.title,
            "status": row.status,
            "version": row.version,
            "updated_at": row.updated_at,
            "tags": list(await session.scalars(ordered)),
        }
    return known, gone
