"""What programs that search the web are told."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from potluck.resources import Resources
from potluck.web import sitemaps
from tests.api.recipe_calls import create, delete, patch
from tests.conftest import ORIGIN
from tests.doubles import FakeClock
from tests.web.browser import Browser
from tests.web.feed_reader import addresses
from tests.web.test_every_page import filled, routes

#: Ways of not being public, by name.
HIDDEN: dict[str, dict[str, Any]] = {
    "private": {"visibility": "private"},
    "household": {"visibility": "household"},
    "instance": {"visibility": "instance"},
    "link": {"visibility": "link"},
    "draft": {"visibility": "public", "status": "draft"},
    "archived": {"visibility": "public", "status": "archived"},
}


@pytest.fixture
def is_denied(resources: Resources) -> Any:
    """The operator keeps search engines away."""
    before = resources.settings
    resources.settings = before.model_copy(update={"robots": "deny"})
    yield
    resources.settings = before


async def sitemap(client: httpx2.AsyncClient, number: int = 1) -> dict[str, str | None]:
    answer = await client.get(f"/sitemap-{number}.xml")
    assert answer.status_code == 200, answer.text
    return addresses(answer.content, "urlset")


def second(recipe: dict[str, Any]) -> str:
    """When a recipe last changed, in whole seconds."""
    return f"{recipe['updated_at'][:19]}Z"


async def index(client: httpx2.AsyncClient) -> dict[str, str | None]:
    return addresses((await client.get("/sitemap.xml")).content, "sitemapindex")


def is_hidden(path: str, rules: list[str]) -> bool:
    """Whether a path without `*` is meant; `$` is its end (RFC 9309, 2.2.3)."""
    return any(path == rule[:-1] if rule.endswith("$") else path.startswith(rule) for rule in rules)


class TestRobots:
    async def test_name_the_site_map_and_what_is_of_no_use_to_a_search(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get("/robots.txt")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        group, _, rest = answer.text.partition("\n\n")
        agent, *rules = group.splitlines()
        assert agent == "User-agent: *"
        hidden = {rule.removeprefix("Disallow: ") for rule in rules}
        assert {"/api/v1/", "/login", "/signup", "/import", "/recipes/*/edit$", "/?"} <= hidden
        assert not {"/", "/recipes/", "/households/", "/media/", "/static/"} & hidden
        assert rest == f"Sitemap: {ORIGIN}/sitemap.xml\n"

    async def test_keep_programs_from_every_page_that_is_not_listed_anyway(
        self, browser: Browser
    ) -> None:
        text = (await browser.client.get("/robots.txt")).text
        hidden = [line[10:] for line in text.splitlines() if line.startswith("Disallow: ")]
        plain = [each for each in routes() if "GET" in each.methods and "{" not in each.path]
        listed = []
        for path in (filled(each.path, "") for each in plain):
            answer = await browser.client.get(path)
            is_listed = answer.status_code == 200 and "X-Robots-Tag" not in answer.headers
            assert is_listed is not is_hidden(path, hidden), path
            listed += [path] * is_listed
        assert sorted(listed) == ["/", "/robots.txt", "/sitemap.xml"]

    @pytest.mark.usefixtures("is_denied")
    async def test_may_read_nothing_where_the_operator_says_so(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, visibility="public")
        assert (await client.get("/robots.txt")).text == "User-agent: *\nDisallow: /\n"
        feed = f"/households/{recipe['household_id']}/recipes.atom"
        for path in ("/", f"/recipes/{recipe['id']}/cake", "/robots.txt", feed):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex"), path
        for path in ("/sitemap.xml", "/sitemap-1.xml"):
            assert (await client.get(path)).status_code == 404


class TestSitemap:
    async def test_names_the_home_page_and_every_public_recipe(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        cake = await create(as_ada, title="Apple cake", visibility="public")
        clock.advance(timedelta(minutes=5))
        edit = await create(as_ada, title="Edit", visibility="public")
        assert await sitemap(client) == {
            f"{ORIGIN}/": None,
            f"{ORIGIN}/recipes/{cake['id']}/apple-cake": second(cake),
            f"{ORIGIN}/recipes/{edit['id']}/edit-recipe": second(edit),
        }

    async def test_every_address_answers_a_stranger_at_once(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="Æbleskiver & más", visibility="public")
        for address in await sitemap(client):
            answer = await client.get(address)
            assert (answer.status_code, "X-Robots-Tag" in answer.headers) == (200, False)

    @pytest.mark.parametrize("hidden", HIDDEN)
    async def test_h08_names_nothing_else(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, hidden: str
    ) -> None:
        await create(as_ada, title="Marker", **HIDDEN[hidden])
        trashed = await create(as_ada, title="Marker in the trash", visibility="public")
        await delete(as_ada, trashed["id"])
        assert await sitemap(client) == {f"{ORIGIN}/": None}
        assert await index(client) == {f"{ORIGIN}/sitemap-1.xml": None}

    async def test_what_is_no_longer_public_is_gone(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, visibility="public")
        assert len(await sitemap(client)) == 2
        await patch(as_ada, recipe["id"], visibility="household")
        assert len(await sitemap(client)) == 1


class TestPages:
    @pytest.fixture(autouse=True)
    def two_a_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sitemaps, "PER_PAGE", 2)

    async def test_hold_each_recipe_once_and_keep_it_while_others_come(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        made = []
        for number in range(5):
            clock.advance(timedelta(seconds=1))
            made.append(await create(as_ada, title=f"Cake {number}", visibility="public"))
        pages = [list(await sitemap(client, number)) for number in (1, 2, 3)]
        ids = [
            [address.split("/")[-2] for address in page if "recipes" in address] for page in pages
        ]
        expected = [recipe["id"] for recipe in made]
        assert ids == [expected[0:2], expected[2:4], expected[4:]]
        await create(as_ada, title="Cake 5", visibility="public")
        assert [list(await sitemap(client, number)) for number in (1, 2)] == pages[:2]

    async def test_the_index_names_them_with_their_last_change(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        made = []
        for number in range(3):
            clock.advance(timedelta(seconds=1))
            made.append(await create(as_ada, title=f"Cake {number}", visibility="public"))
        clock.advance(timedelta(minutes=1))
        first = await patch(as_ada, made[0]["id"], title="Better cake")
        assert await index(client) == {
            f"{ORIGIN}/sitemap-1.xml": second(first),
            f"{ORIGIN}/sitemap-2.xml": second(made[2]),
        }

    @pytest.mark.parametrize("number", ["0", "2", "50001", "99999999999999999999", "-1", "x"])
    async def test_there_are_no_others(self, client: httpx2.AsyncClient, number: str) -> None:
        assert (await client.get(f"/sitemap-{number}.xml")).status_code == 404

    async def test_take_one_statement_each(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        for number in range(4):
            await create(as_ada, title=f"Cake {number}", visibility="public")
        for path in ("/sitemap.xml", "/sitemap-1.xml", "/sitemap-2.xml"):
            statements.clear()
            await client.get(path)
            assert len(statements) == 1, path
        statements.clear()
        await client.get("/robots.txt")
        assert statements == []


class TestCaching:
    @pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml", "/sitemap-1.xml"])
    async def test_any_cache_may_keep_them_for_a_while(
        self, client: httpx2.AsyncClient, path: str
    ) -> None:
        answer = await client.get(path, headers={"Cookie": "__Host-potluck=x"})
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        known = {"If-None-Match": answer.headers["ETag"]}
        again = await client.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Cache-Control"] == "public, max-age=300"
