"""H-06: a membership that ended or was lowered holds from the next request on, everywhere."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from potluck.core.config import Settings
from potluck.main import create_app
from potluck.models import User
from potluck.resources import Resources
from tests.api.household_calls import Marked, channels, mark, shown
from tests.api.token_calls import bearing, make_token
from tests.conftest import API, As, client_of
from tests.doubles import FakeClock
from tests.factories import Factories
from tests.web.browser import Browser, new_browser


@pytest.fixture
async def replica(app: FastAPI, settings: Settings, clock: FakeClock) -> AsyncIterator[FastAPI]:
    """A second app over the same database."""
    assert app
    other: FastAPI = create_app(settings, clock=clock, works_in_background=False)
    async with other.router.lifespan_context(other):
        yield other


@pytest.fixture
async def bob(factories: Factories, home: UUID) -> User:
    return await factories.member(home, "editor", display_name="Bob")


@pytest.fixture
def home(ada: User) -> UUID:
    assert ada.default_household_id is not None
    return ada.default_household_id


@pytest.fixture
async def marked(as_ada: httpx2.AsyncClient, home: UUID) -> Marked:
    return await mark(as_ada, home)


@pytest.fixture
async def bobs(
    app: FastAPI, replica: FastAPI, as_: As, bob: User, home: UUID, resources: Resources
) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """Bob with an access token, a personal one, and one for this household, at both replicas."""
    access = (await as_(bob)).headers["Authorization"]
    everywhere = bearing((await make_token(resources, bob)).token)["Authorization"]
    here = bearing((await make_token(resources, bob, household_id=home)).token)["Authorization"]
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(client_of(each, headers={"Authorization": shown}))
            for each in (app, replica)
            for shown in (access, everywhere, here)
        ]


@pytest.fixture
async def browsers(
    app: FastAPI, replica: FastAPI, bob: User, resources: Resources
) -> AsyncIterator[list[Browser]]:
    async with AsyncExitStack() as stack:
        found = []
        for each in (app, replica):
            browser = new_browser(resources, each)
            await stack.enter_async_context(browser.client)
            await browser.sign_in(bob)
            found.append(browser)
        yield found


class TestH06Removed:
    async def test_sees_nothing_through_any_channel_with_any_credential_at_either_replica(
        self, as_ada: httpx2.AsyncClient, bob: User, home: UUID, marked: Marked,
        bobs: list[httpx2.AsyncClient],
    ) -> None:  # fmt: skip
        for each in bobs:
            assert await shown(each, marked) == channels(marked).keys()

        removed = await as_ada.delete(f"{API}/households/{home}/members/{bob.id}")

        assert removed.status_code == 204
        for each in bobs:
            assert await shown(each, marked) == set()
        assert (await as_ada.get(f"{API}/recipes/{marked.recipe_id}")).status_code == 200

    async def test_is_not_let_in_by_what_a_client_kept(
        self, as_ada: httpx2.AsyncClient, bob: User, home: UUID, marked: Marked,
        bobs: list[httpx2.AsyncClient],
    ) -> None:  # fmt: skip
        path = f"{API}/recipes/{marked.recipe_id}"
        etag = (await bobs[0].get(path)).headers["ETag"]
        await as_ada.delete(f"{API}/households/{home}/members/{bob.id}")
        for each in bobs:
            answer = await each.get(path, headers={"If-None-Match": etag})
            assert answer.status_code == 404

    async def test_sees_no_page_of_it(
        self, as_ada: httpx2.AsyncClient, bob: User, home: UUID, marked: Marked,
        browsers: list[Browser],
    ) -> None:  # fmt: skip
        paths = (f"/recipes/{marked.recipe_id}", f"/households/{home}", marked.picture)
        for browser in browsers:
            for path in paths:
                await browser.open(path)
                assert browser.answer.status_code == 200
        await as_ada.delete(f"{API}/households/{home}/members/{bob.id}")
        for browser in browsers:
            for path in paths:
                await browser.open(path)
                assert browser.answer.status_code == 404
            await browser.open("/")
            assert "Ada's kitchen" not in browser.answer.text

    async def test_leaves_the_recipes_behind(
        self, as_ada: httpx2.AsyncClient, bob: User, home: UUID, bobs: list[httpx2.AsyncClient]
    ) -> None:
        written = await mark(bobs[0], home)
        await bobs[0].delete(f"{API}/households/{home}/members/{bob.id}")
        kept = (await as_ada.get(f"{API}/recipes/{written.recipe_id}")).json()
        assert (kept["household_id"], kept["author_id"]) == (str(home), str(bob.id))
        assert await shown(bobs[0], written) == set()


class TestH06Lowered:
    async def test_to_viewer_reads_and_changes_nothing_from_then_on(
        self, as_ada: httpx2.AsyncClient, bob: User, home: UUID, marked: Marked,
        bobs: list[httpx2.AsyncClient],
    ) -> None:  # fmt: skip
        await as_ada.patch(f"{API}/households/{home}/members/{bob.id}", json={"role": "viewer"})
        for each in bobs:
            assert await shown(each, marked) == channels(marked).keys() - {"change", "create"}
