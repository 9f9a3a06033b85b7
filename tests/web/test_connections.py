"""Pages take one database connection at a time, and none while something else takes its time."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import event

from potluck.core.passwords import PasswordHasher
from potluck.models import User
from potluck.resources import Resources
from tests.api.recipe_calls import create
from tests.conftest import checked_out
from tests.factories import PASSWORD
from tests.web.browser import Browser


@pytest.fixture
def most_held(resources: Resources) -> Iterator[list[int]]:
    """How many connections were in use whenever one was taken."""
    engines = resources.database.engines
    listened = {each.sync_engine for each in (engines.write, engines.read, engines.long_read)}
    held: list[int] = []

    def taken(*_: Any) -> None:
        held.append(checked_out(resources))

    for each in listened:
        event.listen(each, "checkout", taken)
    yield held
    for each in listened:
        event.remove(each, "checkout", taken)


class WatchingHasher(PasswordHasher):
    """Hashes as ever, and notes how many connections are in use meanwhile."""

    def __init__(self, resources: Resources) -> None:
        super().__init__()
        self.resources = resources
        self.held: list[int] = []

    async def hash(self, password: str) -> str:
        self.held.append(checked_out(self.resources))
        return await super().hash(password)

    async def verify(self, stored: str | None, password: str) -> tuple[bool, str | None]:
        self.held.append(checked_out(self.resources))
        return await super().verify(stored, password)


class TestConnections:
    async def test_no_request_holds_two(
        self, adas: Browser, as_ada: httpx2.AsyncClient, most_held: list[int]
    ) -> None:
        path = f"/recipes/{(await create(as_ada, title='Cake'))['id']}"
        for page in ("/", "/ideas", "/trash", path, "/import", "/setup", "/nope"):
            await adas.open(page)
        await adas.open("/recipes/new")
        await adas.send("/recipes/new", title="Soup")
        await adas.open(f"{path}/edit")
        await adas.send(f"{path}/edit", title="Better cake")
        await adas.send(f"{path}/delete")
        await adas.send(f"{path}/restore")
        await adas.send("/logout")
        assert set(most_held) == {1}

    async def test_none_is_held_while_a_password_is_hashed(
        self, browser: Browser, ada: User, resources: Resources
    ) -> None:
        before, watching = resources.passwords, WatchingHasher(resources)
        resources.passwords = watching
        try:
            await browser.open("/signup")
            await browser.send(
                "/signup", display_name="Bo", email="bo@example.org", password=PASSWORD
            )
            await browser.send("/logout")
            await browser.open("/login")
            await browser.send("/login", email=ada.email, password=PASSWORD)
            assert browser.path == "/"
        finally:
            resources.passwords = before
        assert watching.held == [0, 0]
