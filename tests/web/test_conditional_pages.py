"""M-02 and M-06 of everything that the web UI answers: pages, feeds, site maps, pictures, files."""

import httpx2
import pytest

from tests import validators
from tests.api.recipe_calls import create
from tests.conftest import API
from tests.sent_pictures import put_cover
from tests.web.browser import Browser
from tests.web.test_every_page import filled, routes

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE")


@pytest.fixture
async def recipe(as_ada: httpx2.AsyncClient) -> dict[str, str]:
    """A public recipe with a picture."""
    made = await create(as_ada, title="Cake", visibility="public")
    found: dict[str, str] = (await put_cover(as_ada, made["id"], headers={"If-Match": "*"})).json()
    return found


def addresses(recipe: dict[str, str]) -> set[str]:
    """One address for every page, feed and file, but the static ones."""
    found = {
        filled(route.path, recipe["household_id"] if "household" in route.path else recipe["id"])
        for route in routes()
    }
    found = {path for path in found if "{" not in path}  # the path of a picture comes from it
    return found | {httpx2.URL(recipe["image_url"]).path}


def taken(path: str) -> set[str]:
    """The methods of every route that an address matches."""
    path = path.removeprefix(API)
    found = [route.methods for route in routes() if route.path_regex.fullmatch(path)]
    return set().union(*found) | ({"HEAD"} if any("GET" in each for each in found) else set())


class TestM02:
    async def test_m02_get_and_head_agree_and_what_is_known_is_304(
        self, browser: Browser, adas: Browser, recipe: dict[str, str]
    ) -> None:
        wrong, validated = {}, set()
        for name, client in (("stranger", browser.client), ("ada", adas.client)):
            for path in sorted(addresses(recipe)):
                # Packed, two pages with different nonces have different lengths.
                if found := await validators.faults(client, path, "identity"):
                    wrong[name, path] = found
                if "ETag" in (await client.get(path)).headers:
                    validated.add(path)
        assert wrong == {}
        feed = {f"/households/{recipe['household_id']}/recipes.atom", "/sitemap.xml"}
        assert validated >= feed | {httpx2.URL(recipe["image_url"]).path}


class TestM06:
    async def test_m06_every_other_method_is_405_with_those_that_are_taken(
        self, adas: Browser, recipe: dict[str, str]
    ) -> None:
        for path in sorted(addresses(recipe)):
            for method in sorted(set(METHODS) - taken(path)):
                answer = await adas.client.request(method, path)
                assert answer.status_code == 405, (method, path)
                assert set(answer.headers["Allow"].split(", ")) == taken(path), (method, path)
