"""Adding a recipe from a page: look at it first, then save it."""

import json
from pathlib import Path

import httpx2
import pytest

from potluck.core.errors import FetchRefused, FetchTooLarge, FetchTooSlow, NotAPage
from potluck.models import User
from potluck.resources import Resources
from tests.api.recipe_calls import create, read
from tests.conftest import API, checked_out
from tests.doubles import FakeFetcher
from tests.web.browser import Browser

HTML = (Path(__file__).parent.parent / "pages" / "json-ld.html").read_text("utf-8")
URL = "https://kitchen.example/plum-crumble"


async def titles(client: httpx2.AsyncClient) -> list[str]:
    answer = await client.get(f"{API}/recipes", params={"sort": "created_at"})
    return [each["title"] for each in answer.json()["items"]]


@pytest.fixture
async def preview(adas: Browser, fetcher: FakeFetcher) -> Browser:
    """Ada's browser after she asked for the page's address."""
    fetcher.pages[URL] = HTML
    await adas.open("/import")
    await adas.send("/import", url=f" {URL} ")
    return adas


class TestPreview:
    async def test_shows_what_was_found_and_saves_nothing(
        self, preview: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        assert (preview.path, preview.heading) == ("/import", "Plum crumble")
        assert "Nothing is saved yet." in preview.page.text
        assert "800 g plums, halved" in preview.page.text
        assert await titles(as_ada) == []

    async def test_takes_a_pasted_page_and_asks_nobody(
        self, adas: Browser, fetcher: FakeFetcher, as_ada: httpx2.AsyncClient
    ) -> None:
        await adas.open("/import")
        (form,) = adas.page.find("form", enctype="multipart/form-data")
        token = form.find("input", name="csrf_token")[0].attributes["value"]
        fields = {"csrf_token": (None, token), "html": (None, HTML), "page_url": (None, URL)}
        adas._show(await adas.client.post("/import", files=fields))
        assert adas.heading == "Plum crumble"
        await adas.send("/import", action="save")
        recipe = (await read(as_ada, adas.path.split("/")[2])).json()
        assert (recipe["imported_via"], recipe["source"]["url_original"]) == ("html", URL)
        assert fetcher.asked == []

    async def test_a_page_of_several_megabytes_is_taken(self, adas: Browser) -> None:
        page = await adas.open("/import")
        token = page.find("input", name="csrf_token")[0].attributes["value"]
        long = HTML.replace("</body>", f"<p>{'é' * 1_500_000}</p></body>")
        fields = {"csrf_token": (None, token), "html": (None, long)}
        adas._show(await adas.client.post("/import", files=fields))
        assert adas.heading == "Plum crumble"

    async def test_no_connection_is_held_while_the_site_takes_its_time(
        self, adas: Browser, fetcher: FakeFetcher, resources: Resources
    ) -> None:
        held: list[int] = []

        async def meanwhile(_url: str, _asker: str) -> None:
            held.append(checked_out(resources))

        fetcher.pages[URL], fetcher.meanwhile = HTML, meanwhile
        await adas.open("/import")
        await adas.send("/import", url=URL)
        assert held == [0]

    async def test_an_address_may_come_with_the_link(self, adas: Browser) -> None:
        await adas.open("/import", params={"url": URL})
        assert adas.field("url") == URL


class TestRefusals:
    @pytest.mark.parametrize(
        "problem", [FetchRefused(), FetchTooLarge(), FetchTooSlow(), NotAPage("A picture.")]
    )
    async def test_what_went_wrong_and_what_to_try_next(
        self,
        adas: Browser,
        fetcher: FakeFetcher,
        problem: FetchRefused | FetchTooLarge | FetchTooSlow | NotAPage,
    ) -> None:
        fetcher.pages[URL] = problem
        await adas.open("/import")
        await adas.send("/import", url=URL)
        (box,) = adas.page.find("div", role="alert")
        assert adas.answer.status_code == 422
        assert problem.title in box.text
        assert problem.next_step in box.text
        assert adas.field("url") == URL

    async def test_a_page_without_a_recipe_says_so(
        self, adas: Browser, fetcher: FakeFetcher
    ) -> None:
        fetcher.pages[URL] = "<html><body><p>News of today</p></body></html>"
        await adas.open("/import")
        await adas.send("/import", url=URL)
        assert "No recipe was found on the page" in adas.page.text

    @pytest.mark.parametrize("url", ["", "cake", "javascript:alert(1)", "ftp://example.org/a"])
    async def test_what_is_no_address_is_told_beside_the_field(
        self, adas: Browser, url: str
    ) -> None:
        await adas.open("/import")
        await adas.send("/import", url=url)
        assert adas.answer.status_code == 422
        assert list(adas.errors) == ["url"]

    async def test_an_empty_page_is_told_beside_its_field(self, adas: Browser) -> None:
        page = await adas.open("/import")
        token = page.find("input", name="csrf_token")[0].attributes["value"]
        await adas.post("/import", {"csrf_token": token, "html": "", "page_url": "cake"})
        assert set(adas.errors) == {"html", "page_url"}

    @pytest.mark.parametrize(
        "draft", ["", "x", "[" * 100_000, "[]", "null", '{"title": 1}', '{"title": "a", "b": 1}']
    )
    async def test_a_draft_that_was_tampered_with_is_refused(
        self, adas: Browser, draft: str
    ) -> None:
        page = await adas.open("/import")
        token = page.find("input", name="csrf_token")[0].attributes["value"]
        for path in ("/import", "/recipes/new"):
            await adas.post(path, {"csrf_token": token, "draft": draft, "action": "save"})
            assert adas.answer.status_code == 400


class TestSave:
    async def test_stores_what_was_looked_at(
        self, preview: Browser, as_ada: httpx2.AsyncClient, fetcher: FakeFetcher
    ) -> None:
        draft = json.loads(preview.field("draft"))
        await preview.send("/import", action="save")
        assert (preview.heading, preview.message) == ("Plum crumble", "Saved.")
        recipe = (await read(as_ada, preview.path.split("/")[2])).json()
        assert {name: recipe[name] for name in draft if name != "tags"} == {
            name: value for name, value in draft.items() if name != "tags"
        }
        assert recipe["imported_via"] == "url"
        assert len(fetcher.asked) == 1

    async def test_a_second_copy_is_pointed_out_and_saved_only_when_wanted(
        self, preview: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await preview.send("/import", action="save")
        first = preview.path
        await preview.open("/import")
        page = await preview.send("/import", url=URL)
        assert "You have this one already" in page.text
        assert page.find("a", href=first)
        await preview.send("/import", action="save")
        assert preview.path != first
        assert await titles(as_ada) == ["Plum crumble", "Plum crumble"]

    async def test_a_copy_that_came_in_between_is_pointed_out(
        self, preview: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, title="Theirs", source={"url_canonical": URL})
        page = await preview.send("/import", action="save")
        assert preview.answer.status_code == 409
        assert "You have this one already" in page.text
        await preview.send("/import", action="save")
        assert await titles(as_ada) == ["Theirs", "Plum crumble"]

    async def test_may_be_changed_first_and_loses_nothing(
        self, preview: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        draft = json.loads(preview.field("draft"))
        await preview.send("/import", action="edit")
        assert preview.heading == "Write a recipe"
        assert preview.field("title") == "Plum crumble"
        await preview.send("/recipes/new", title="")
        assert preview.errors == {"title": "This is needed."}
        await preview.send("/recipes/new", title="Grandma's crumble")
        recipe = (await read(as_ada, preview.path.split("/")[2])).json()
        assert recipe["title"] == "Grandma's crumble"
        assert recipe["imported_via"] == "url"
        same = ("ingredient_groups", "sections", "times", "nutrition", "source", "equipment")
        assert {name: recipe[name] for name in same} == {name: draft[name] for name in same}

    async def test_who_may_not_write_in_the_household_is_told(
        self, preview: Browser, ada: User, resources: Resources, as_ada: httpx2.AsyncClient
    ) -> None:
        async with resources.database.transaction() as session:
            user = await session.get(User, ada.id)
            assert user
            user.default_household_id = None
        await preview.send("/import", action="save")
        assert preview.answer.status_code == 422
        assert "Name one of your households" in preview.page.text
        assert await titles(as_ada) == []
