"""The API under another prefix, and the whole behind a proxy's sub-path."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from potluck.core.config import Settings
from potluck.main import create_app
from tests.api.recipe_calls import refusal
from tests.conftest import ORIGIN
from tests.doubles import FakeClock, FakeFetcher
from tests.factories import PASSWORD

NEW = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}


@asynccontextmanager
async def served(settings: Settings, root_path: str = "") -> AsyncIterator[httpx2.AsyncClient]:
    """A second app over the same database, as a proxy calls it."""
    app = create_app(settings, clock=FakeClock(), fetcher=FakeFetcher(), works_in_background=False)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app, root_path=root_path, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            yield client


async def sign_up(client: httpx2.AsyncClient, prefix: str) -> httpx2.Response:
    """Make an account and sign the client in."""
    answer = await client.post(f"{prefix}/auth/signup", json=NEW)
    assert answer.status_code == 201, answer.text
    login = {"username": NEW["email"], "password": PASSWORD}
    token = await client.post(f"{prefix}/auth/login", data=login)
    client.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
    return answer


@pytest.mark.usefixtures("app")
class TestPrefix:
    async def test_another_one_moves_the_api_and_nothing_else(self, settings: Settings) -> None:
        moved = settings.model_copy(update={"api_v1_prefix": "/kitchen/v1"})
        async with served(moved) as client:
            account = await sign_up(client, "/kitchen/v1")
            assert account.headers["Location"] == "/kitchen/v1/auth/me"
            made = await client.post("/kitchen/v1/recipes", json={"title": "Cake"})
            assert made.headers["Location"] == f"/kitchen/v1/recipes/{made.json()['id']}"
            assert (await client.get(made.headers["Location"])).json() == made.json()

            gone = await client.get("/api/v1/recipes")
            assert refusal(gone) == (404, "not-found")
            document = (await client.get("/kitchen/v1/openapi.json")).json()
            paths = {path for path in document["paths"] if not path.startswith("/kitchen/v1/")}
            assert paths == {"/health/live", "/health/ready", "/.well-known/jwks.json"}
            assert (await client.get("/kitchen/v1/docs")).status_code == 200

    async def test_the_large_bodies_of_an_import_move_along(self, settings: Settings) -> None:
        moved = settings.model_copy(update={"api_v1_prefix": "/kitchen/v1"})
        html = "<title>" + "x" * 2_000_000
        async with served(moved) as client:
            await sign_up(client, "/kitchen/v1")
            answer = await client.post("/kitchen/v1/recipes/import", json={"html": html})
            assert refusal(answer) == (422, "no-recipe-found")
            answer = await client.post("/kitchen/v1/recipes", json={"title": html})
            assert refusal(answer) == (413, "body-too-large")


def behind(settings: Settings) -> Settings:
    """Settings of an instance that people reach below `/recipes` of their site."""
    server = settings.server.model_copy(update={"root_path": "/recipes"})
    return settings.model_copy(update={"server": server, "base_url": f"{ORIGIN}/recipes"})


@pytest.mark.usefixtures("app")
class TestSubPath:
    @pytest.mark.parametrize("stripped", [True, False])
    async def test_addresses_are_those_that_people_reach(
        self, settings: Settings, stripped: bool
    ) -> None:
        """A proxy may cut the sub-path off, or leave it in."""
        api = "/api/v1" if stripped else "/recipes/api/v1"
        async with served(behind(settings), root_path="/recipes") as client:
            account = await sign_up(client, api)
            assert account.headers["Location"] == "/recipes/api/v1/auth/me"
            made = await client.post(f"{api}/recipes", json={"title": "Cake"})
            location = f"/recipes/api/v1/recipes/{made.json()['id']}"
            assert made.headers["Location"] == location

            problem: dict[str, Any] = (await client.get(f"{api}/recipes/1")).json()
            assert problem["instance"] == "/recipes/api/v1/recipes/1"
            assert problem["type"] == f"{ORIGIN}/recipes/problems/invalid"

            document = (await client.get(f"{api}/openapi.json")).json()
            assert document["servers"] == [{"url": "/recipes"}]
            page = await client.get(f"{api}/docs")
            assert page.status_code == 200
            assert "/recipes/api/v1/openapi.json" in page.text

    async def test_a_cursor_goes_on_whichever_way_the_proxy_calls(self, settings: Settings) -> None:
        async with served(behind(settings), root_path="/recipes") as client:
            await sign_up(client, "/api/v1")
            for title in ("a", "b"):
                await client.post("/api/v1/recipes", json={"title": title})
            first = (await client.get("/api/v1/recipes?limit=1")).json()
            cursor = {"limit": 1, "cursor": first["next_cursor"]}
            second = await client.get("/recipes/api/v1/recipes", params=cursor)
            assert [item["title"] for item in second.json()["items"]] == ["a"]
