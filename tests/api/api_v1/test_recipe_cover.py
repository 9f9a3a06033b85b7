"""PUT and DELETE /recipes/{recipe_id}/cover."""

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Media, Recipe
from tests.api.recipe_calls import URL, create, etag, faults, patch, read, refusal, writable
from tests.conftest import API, ORIGIN
from tests.sent_pictures import cover_url, of, picture, put_cover


async def media(session: AsyncSession) -> list[Media]:
    await session.rollback()
    return list(await session.scalars(select(Media).order_by(Media.id)))


class TestPut:
    async def test_answers_the_recipe_with_the_picture_its_etag_and_where_it_is(
        self, as_ada: httpx2.AsyncClient, session: AsyncSession
    ) -> None:
        recipe = await create(as_ada, image_url="https://site.example/cake.jpg")
        before = await etag(as_ada, recipe["id"])

        answer = await put_cover(as_ada, recipe["id"])

        (stored,) = await media(session)
        assert answer.status_code == 200
        assert answer.headers["Content-Location"] == f"{API}/recipes/{recipe['id']}"
        shown = answer.json()["image_url"]
        assert shown == f"{ORIGIN}/media/{recipe['id']}/{stored.id}/cover.webp"
        now = await read(as_ada, recipe["id"])
        assert now.json() == answer.json()
        assert now.headers["ETag"] == answer.headers["ETag"] != before
        assert (answer.json()["version"], answer.json()["revision"]) == (2, 1)
        listed = (await as_ada.get(URL)).json()["items"]
        assert [item["image_url"] for item in listed] == [shown]
        assert (stored.width, stored.height, stored.origin_url) == (640, 480, None)
