"""Units of work and connections as requests meet them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import event, text

from potluck.core.config import Settings
from potluck.core.errors import InvalidToken
from potluck.main import create_app
from potluck.providers import ReadSession, Session
from potluck.resources import Resources
from tests.conftest import API, As, client_of
from tests.db.conftest import Committed
from tests.factories import PASSWORD, Factories

INSERT = text("INSERT INTO toy (id, name) VALUES (1, 'soup')")
ANY = {"If-Match": "*"}


class KeptRefusal(InvalidToken):
    keeps_changes = True


async def insert_in_a_get(session: ReadSession) -> None:
    await session.execute(INSERT)


async def insert_and_refuse(session: Session) -> None:
    await session.execute(INSERT)
    raise InvalidToken


async def insert_refuse_and_keep(session: Session) -> None:
    await session.execute(INSERT)
    raise KeptRefusal


async def insert_twice(session: Session) -> None:
    await session.execute(INSERT)
    await session.execute(INSERT)


ROUTES = {
    "/toys/get": ("GET", insert_in_a_get),
    "/toys/refuse": ("POST", insert_and_refuse),
    "/toys/keep": ("POST", insert_refuse_and_keep),
    "/toys/twice": ("POST", insert_twice),
}


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[tuple[httpx2.AsyncClient, Resources]]:
    """The app with these settings and a few routes more."""
    app: FastAPI = create_app(settings, works_in_background=False)
    for path, (method, endpoint) in ROUTES.items():
        app.add_api_route(path, endpoint, methods=[method])
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client, app.state.resources


@pytest.fixture
async def toy_client(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with served(settings) as (client, _):
        yield client


class TestUnitOfWork:
    async def test_a_get_cannot_write(
        self, toy_client: httpx2.AsyncClient, committed: Committed
    ) -> None:
        assert (await toy_client.get("/toys/get")).status_code == 500
        assert await committed() == []

    async def test_a_refusal_undoes_what_was_written(
        self, toy_client: httpx2.AsyncClient, committed: Committed
    ) -> None:
        assert (await toy_client.post("/toys/refuse")).status_code == 401
        assert await committed() == []

    async def test_a_refusal_that_keeps_changes_is_answered_and_committed(
        self, toy_client: httpx2.AsyncClient, committed: Committed
    ) -> None:
        assert (await toy_client.post("/toys/keep")).status_code == 401
        assert await committed() == ["soup"]

    async def test_a_broken_constraint_that_nobody_speaks_for_is_our_bug(
        self, toy_client: httpx2.AsyncClient, committed: Committed
    ) -> None:
        answer = await toy_client.post("/toys/twice")
        assert (answer.status_code, answer.json()["type"]) == (
            500,
            "http://potluck.test/problems/internal",
        )
        assert await committed() == []


@pytest.mark.usefixtures("app")
class TestBusy:
    async def test_n03_who_waits_too_long_for_the_database_hears_when_to_come_back(
        self, settings: Settings
    ) -> None:
        limits = settings.database.model_copy(update={"pool_size": 1, "pool_timeout_s": 0.05})
        busy = settings.model_copy(update={"database": limits})
        account = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}
        async with served(busy) as (client, resources):
            async with resources.database.transaction() as session:
                await session.execute(text("SELECT 1"))
                answer = await client.post(f"{API}/auth/signup", json=account)
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "1"
            assert answer.json()["type"] == "http://potluck.test/problems/unavailable"
            assert (await client.post(f"{API}/auth/signup", json=account)).status_code == 201


class Connections:
    """Counts the connections that are out of their pools."""

    def __init__(self) -> None:
        self.now = self.most = 0

    def take(self, *_: Any) -> None:
        self.now += 1
        self.most = max(self.most, self.now)

    def give(self, *_: Any) -> None:
        self.now -= 1


@pytest.fixture
def connections(resources: Resources) -> Iterator[Connections]:
    """The connections of the app, counted from now on."""
    counted = Connections()
    engines = resources.database.engines
    pools = {each.pool for each in (engines.write, engines.read, engines.long_read)}
    for pool in pools:
        event.listen(pool, "checkout", counted.take)
        event.listen(pool, "checkin", counted.give)
    yield counted
    for pool in pools:
        event.remove(pool, "checkout", counted.take)
        event.remove(pool, "checkin", counted.give)


class TestConnections:
    async def test_no_request_holds_two_at_any_moment(
        self, as_: As, factories: Factories, connections: Connections
    ) -> None:
        user = await factories.user(email="ada@example.org")
        client = await as_(user)
        household = f"{API}/households/{user.default_household_id}"
        form = {"username": "ada@example.org", "password": PASSWORD}
        token = (await client.post(f"{API}/auth/login", data=form)).json()["refresh_token"]
        recipe = (await client.post(f"{API}/recipes", json={"title": "Soup"})).json()
        path = f"{API}/recipes/{recipe['id']}"
        page = '<script type="application/ld+json">{"@type": "Recipe", "name": "Pie"}</script>'
        connections.most = connections.now

        answers = [
            await client.post(f"{API}/auth/refresh", json={"refresh_token": token}),
            await client.get(f"{API}/auth/me"),
            await client.patch(f"{API}/auth/me", json={"locale": "nl"}, headers=ANY),
            await client.post(f"{API}/households", json={"name": "Boat"}),
            await client.patch(household, json={"name": "Home"}, headers=ANY),
            await client.post(f"{API}/tags", json={"name": "Quick"}),
            await client.get(f"{API}/recipes"),
            await client.patch(path, json={"title": "Bread"}, headers=ANY),
            await client.put(path, json={"title": "Bread"}, headers=ANY),
            await client.get(path),
            await client.delete(path, headers=ANY),
            await client.post(f"{path}/restore"),
            await client.post(f"{API}/recipes/import", json={"html": page}),
            await client.post(f"{API}/auth/logout", json={"refresh_token": token}),
        ]

        statuses = [answer.status_code for answer in answers]
        assert statuses == [200, 200, 200, 201, 200, 201, 200, 200, 200, 200, 204, 200, 422, 204]
        assert connections.most == 1
        assert connections.now == 0
