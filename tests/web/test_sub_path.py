"""Pages below a sub-path of a proxy, whether it strips the path or not."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from potluck.core.config import Settings
from potluck.main import create_app
from tests.api.recipe_calls import create
from tests.conftest import ORIGIN
from tests.doubles import FakeClock
from tests.factories import PASSWORD
from tests.web.browser import Browser, new_browser
from tests.web.feed_reader import ATOM, addresses, read_xml


@pytest.fixture(params=["/kitchen", ""], ids=["kept", "stripped"])
async def browser(
    app: FastAPI, settings: Settings, clock: FakeClock, request: pytest.FixtureRequest
) -> AsyncIterator[Browser]:
    """A browser at an instance below /kitchen; the proxy keeps or strips that."""
    del app  # it empties the database afterwards
    server = settings.server.model_copy(update={"root_path": "/kitchen"})
    changes = {"server": server, "base_url": f"{ORIGIN}/kitchen"}
    moved = create_app(settings.model_copy(update=changes), clock=clock, works_in_background=False)
    async with moved.router.lifespan_context(moved):
        browser = new_browser(moved.state.resources, moved)
        browser.client.headers["X-Prefix"] = request.param
        async with browser.client:
            yield browser


def asked(browser: Browser, path: str) -> str:
    """The path as the app gets it."""
    return f"{browser.client.headers['X-Prefix']}{path}"


class TestSubPath:
    async def test_every_address_of_a_page_is_below_it(self, browser: Browser) -> None:
        page = await browser.open(asked(browser, "/login"))
        addresses = [
            each.attributes[name]
            for each in page.inside
            for name in ("href", "src", "action")
            if name in each.attributes
        ]
        assert [each for each in addresses if not each.startswith(("/kitchen/", "#"))] == []
        for address in addresses:
            if "/static/" in address:
                found = await browser.client.get(asked(browser, address.removeprefix("/kitchen")))
                assert found.status_code == 200, address

    async def test_leads_to_sign_in_and_back_below_it(self, browser: Browser) -> None:
        answer = await browser.client.get(asked(browser, "/trash"))
        assert answer.headers["Location"] == "/kitchen/login?next=%2Ftrash"

    async def test_marks_the_place(self, browser: Browser) -> None:
        page = await browser.open(asked(browser, "/signup"))
        token = page.find("input", name="csrf_token")[0].attributes["value"]
        form = {"display_name": "Ada", "email": "ada@example.org", "password": PASSWORD}
        answer = await browser.client.post(
            asked(browser, "/signup"), data=form | {"csrf_token": token}
        )
        assert answer.headers["Location"] == "/kitchen/"
        page = await browser.open(asked(browser, "/trash"))
        current = page.find("a", **{"aria-current": "page"})
        assert {each.attributes["href"] for each in current} == {"/kitchen/trash"}

    async def test_programs_are_told_addresses_below_it(
        self, browser: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Apple cake", visibility="public")
        home = f"{ORIGIN}/kitchen"
        address = f"{home}/recipes/{recipe['id']}/apple-cake"
        page = await browser.open(asked(browser, f"/recipes/{recipe['id']}/apple-cake"))
        (canonical,) = page.find("link", rel="canonical")
        (alternate,) = page.find("link", rel="alternate")
        feed = f"/kitchen/households/{recipe['household_id']}/recipes.atom"
        assert canonical.attributes["href"] == address
        assert alternate.attributes["href"] == feed

        entries = await browser.client.get(asked(browser, feed.removeprefix("/kitchen")))
        links = read_xml(entries.content).iter(f"{ATOM}link")
        assert {each.get("href") for each in links} == {f"{ORIGIN}{feed}", f"{home}/", address}
        site_map = await browser.client.get(asked(browser, "/sitemap-1.xml"))
        assert set(addresses(site_map.content, "urlset")) == {f"{home}/", address}
        index = await browser.client.get(asked(browser, "/sitemap.xml"))
        assert set(addresses(index.content, "sitemapindex")) == {f"{home}/sitemap-1.xml"}
        robots = (await browser.client.get(asked(browser, "/robots.txt"))).text.splitlines()
        rules = [each.partition(": ")[2] for each in robots if each.startswith("Disallow")]
        assert [each for each in rules if not each.startswith("/kitchen/")] == []
        assert robots[-1] == f"Sitemap: {home}/sitemap.xml"
