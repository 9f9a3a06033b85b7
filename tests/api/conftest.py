"""People and recipes that the tests of the API share."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.config import Settings
from potluck.core.scopes import SCOPES_OF_TOKENS, Scope
from potluck.main import create_app
from potluck.models import User
from potluck.providers import get_read_session
from potluck.resources import Resources
from tests.api.job_calls import make_export, make_job
from tests.api.operations import Operation, World, operations
from tests.api.recipe_calls import Json, create
from tests.api.token_calls import WithToken, bearing, make_token
from tests.conftest import API, ORIGIN, As, Override, client_of
from tests.factories import Factories, Make

#: Gives the client of somebody who may call an operation.
ClientFor = Callable[[Operation], httpx2.AsyncClient]


@pytest.fixture
async def client_for(world: World, as_: As) -> ClientFor:
    """Ada's, and Root's for what is an administrator's."""
    clients = {user.id: await as_(user) for user in (world.ada, world.root)}
    return lambda operation: clients[world.caller(operation).id]


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What the app says of itself in OpenAPI; it takes no database to ask."""
    folder = tmp_path_factory.mktemp("described")
    described: Json = create_app(Settings(base_url=ORIGIN, data_dir=folder)).openapi()
    return described


@pytest.fixture(scope="session")
def every(document: Json) -> list[Operation]:
    """Every operation of the app."""
    return operations(document)


@pytest.fixture
async def ada(make_user: Make[User]) -> User:
    """The owner of a household of her own."""
    return await make_user(display_name="Ada")


@pytest.fixture
async def as_ada(as_: As, ada: User) -> httpx2.AsyncClient:
    return await as_(ada)


@pytest.fixture
async def as_bob(as_: As, factories: Factories, ada: User) -> httpx2.AsyncClient:
    """An editor in Ada's household."""
    assert ada.default_household_id
    return await as_(await factories.member(ada.default_household_id, "editor"))


@pytest.fixture
async def as_eve(as_: As, make_user: Make[User]) -> httpx2.AsyncClient:
    """Somebody of another household."""
    return await as_(await make_user(display_name="Eve"))


@pytest.fixture
async def with_token(app: FastAPI, resources: Resources) -> AsyncIterator[WithToken]:
    async with AsyncExitStack() as stack:

        async def make(
            user: User,
            scopes: frozenset[Scope] = SCOPES_OF_TOKENS,
            household_id: UUID | None = None,
        ) -> httpx2.AsyncClient:
            made = await make_token(
                resources, user, scopes=sorted(scopes), household_id=household_id
            )
            return await stack.enter_async_context(client_of(app, headers=bearing(made.token)))

        yield make


@pytest.fixture
async def world(as_: As, factories: Factories, resources: Resources) -> World:
    """A household with a recipe, a tag and two people, and somebody who is not in it."""
    ada = await factories.user(email="ada@example.org", display_name="Ada")
    home = ada.default_household_id
    assert home
    bob = await factories.member(home, "editor", email="bob@example.org", display_name="Bob")
    eve = await factories.user(email="eve@example.org", display_name="Eve")
    root = await factories.user(
        email="root@example.org", display_name="Root", is_instance_admin=True
    )
    as_ada = await as_(ada)
    recipe = await create(as_ada, tags=[{"name": "Soup"}])
    [signed_in] = (await as_ada.get(f"{API}/auth/sessions")).json()["items"]
    invited = await as_ada.post(f"{API}/households/{home}/invitations", json={"role": "viewer"})
    ids = {
        "household_id": str(home),
        "user_id": str(bob.id),
        "recipe_id": recipe["id"],
        "tag_id": recipe["tags"][0]["id"],
        "number": "1",
        "token_id": str((await make_token(resources, ada)).id),
        "invitation_id": invited.json()["id"],
        "session_id": signed_in["id"],
        "job_id": str(await make_job(resources, ada)),
        "export_id": str(await make_export(resources, ada)),
    }
    return World(ada, bob, eve, root, ids)


@pytest.fixture
def vanishing(ada: User, resources: Resources, override: Override) -> None:
    """Ada's account goes when a request has found it, before anything is written."""

    class Last(AsyncSession):
        async def close(self) -> None:
            await super().close()
            async with resources.database.transaction() as unit:
                await unit.execute(delete(User).where(User.id == ada.id))

    async def reading() -> AsyncIterator[AsyncSession]:
        yield Last(resources.database.engines.read)

    override(get_read_session, reading)
