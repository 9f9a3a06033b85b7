"""Pages take one database connection at a time, and none while something else takes its time."""

import httpx2

from potluck.core.passwords import PasswordHasher
from potluck.models import User
from potluck.resources import Resources
from tests.api.recipe_calls import create
from tests.conftest import checked_out
from tests.factories import PASSWORD
from tests.web.browser import Browser


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
        await adas.open("/account/sessions")
        await adas.send("/account/sessions/end-others")
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
