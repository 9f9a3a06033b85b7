"""Browsers and people for the tests of pages."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Protocol

import httpx2
import pytest
from fastapi import FastAPI

from potluck.models import User
from potluck.resources import Resources
from potluck.web.assets import HashedStatic
from potluck.web.templating import STATIC, Templates
from tests.conftest import As
from tests.factories import Make
from tests.web.browser import Browser, new_browser


class OpenBrowser(Protocol):
    async def __call__(self, user: User | None = None) -> Browser: ...


@pytest.fixture
async def open_browser(app: FastAPI, resources: Resources) -> AsyncIterator[OpenBrowser]:
    """`await open_browser(user)`: a browser in which that person is signed in."""
    async with AsyncExitStack() as stack:

        async def start(user: User | None = None) -> Browser:
            browser = new_browser(resources, app)
            await stack.enter_async_context(browser.client)
            if user is not None:
                await browser.sign_in(user)
            return browser

        yield start


@pytest.fixture
async def browser(open_browser: OpenBrowser) -> Browser:
    """A stranger's."""
    return await open_browser()


@pytest.fixture
async def ada(make_user: Make[User]) -> User:
    """The owner of a household of her own."""
    return await make_user(display_name="Ada", email="ada@example.org")


@pytest.fixture
async def adas(open_browser: OpenBrowser, ada: User) -> Browser:
    """Ada's browser."""
    return await open_browser(ada)


@pytest.fixture
async def as_ada(as_: As, ada: User) -> httpx2.AsyncClient:
    """Ada at the API."""
    return await as_(ada)


@pytest.fixture(scope="module")
def templates() -> Templates:
    vendor = ("swagger-ui-bundle.js", "swagger-ui.css")
    stand_ins = {f"vendor/{name}": STATIC / "icon.svg" for name in vendor}
    return Templates(HashedStatic(STATIC, extra=stand_ins))
