"""One recipe in the browser: its address, its page, the trash and the way back."""

import httpx2
import pytest

from potluck.models import User
from tests.api.recipe_calls import create, etag, patch
from tests.conftest import API, As
from tests.factories import Factories
from tests.web.browser import Browser
from tests.web.conftest import OpenBrowser


class TestAddress:
    @pytest.mark.parametrize("slug", ["", "/old-name", "/Apple-Cake", "/%C3%A9"])
    async def test_another_slug_or_none_leads_to_the_right_one(
        self, adas: Browser, as_ada: httpx2.AsyncClient, slug: str
    ) -> None:
        recipe = await create(as_ada, title="Apple cake")
        path = f"/recipes/{recipe['id']}"
        answer = await adas.client.get(f"{path}{slug}?from=mail&a=%26")
        assert answer.status_code == 308
        assert answer.headers["Location"] == f"{path}/apple-cake?from=mail&a=%26"

    @pytest.mark.parametrize(
        "suffix",
        [
            "/x.css", "/apple-cake.css", "/apple-cake/x.css", "/apple-cake;x.css",
            "/apple-cake%3Bx.css", "/apple-cake%2Fx.css", "/apple-cake%23x.css",
            "/apple-cake%3Fx.css", "/apple-cake.", "/apple-cake/", "/edit/x.js", "/edit.js",
            "/x.jpg", ".css", ";x.css",
        ],
    )  # fmt: skip
    async def test_j10_a_suffix_that_a_cache_may_take_for_a_file_is_404(
        self, adas: Browser, as_ada: httpx2.AsyncClient, suffix: str
    ) -> None:
        recipe = await create(as_ada, title="Apple cake", visibility="public")
        for browser in (adas.client, as_ada):
            answer = await browser.get(f"/recipes/{recipe['id']}{suffix}")
            assert answer.status_code == 404
            assert "Apple cake" not in answer.text
            assert answer.headers["Cache-Control"] == "no-store"

    async def test_a_recipe_called_like_the_form_has_an_address(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Edit")
        await adas.open(f"/recipes/{recipe['id']}")
        assert (adas.path.rpartition("/")[2], adas.heading) == ("edit-recipe", "Edit")

    @pytest.mark.parametrize("id", ["x", "0190a0a0-0000-7000-8000-000000000001", "a/b/c"])
    async def test_what_is_not_there_is_not_found(self, adas: Browser, id: str) -> None:
        await adas.open(f"/recipes/{id}")
        assert (adas.answer.status_code, adas.heading) == (404, "Nothing on this plate")

    async def test_a_recipe_of_others_is_not_there_under_any_slug(
        self, browser: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Secret cake")
        for slug in ("", "/secret-cake", "/x"):
            await browser.open(f"/recipes/{recipe['id']}{slug}")
            assert browser.answer.status_code == 404
            assert "Secret" not in browser.answer.text


class TestPage:
    async def test_strangers_read_what_is_public(
        self, browser: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Cake", visibility="public")
        await browser.open(f"/recipes/{recipe['id']}")
        assert browser.heading == "Cake"
        assert browser.page.find("main")[0].find("form") == []

    @pytest.mark.parametrize(
        ("role", "offered"),
        [
            ("viewer", []),
            ("editor", ["Edit", "Add a picture"]),
            ("admin", ["Edit", "Add a picture", "Delete"]),
        ],
    )
    async def test_offers_what_the_viewer_may_do(
        self,
        open_browser: OpenBrowser,
        as_ada: httpx2.AsyncClient,
        ada: User,
        factories: Factories,
        role: str,
        offered: list[str],
    ) -> None:
        recipe = await create(as_ada)
        assert ada.default_household_id
        theirs = await open_browser(await factories.member(ada.default_household_id, role))
        page = await theirs.open(f"/recipes/{recipe['id']}")
        acts = [each for each in page.find("div") if each.attributes.get("class") == "acts"]
        shown = [each.text for act in acts for each in [*act.find("a"), *act.find("button")]]
        assert shown == offered

    async def test_takes_three_statements(
        self, adas: Browser, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        recipe = await create(as_ada, tags=[{"name": "Vegan"}])
        statements.clear()
        await adas.open(f"/recipes/{recipe['id']}/cake")
        assert len(statements) == 3, "the viewer, the recipe, the rights"


class TestTrash:
    async def test_deleting_offers_to_undo_it(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Apple cake")
        path = f"/recipes/{recipe['id']}"
        await adas.open(path)
        await adas.send(f"{path}/delete")
        assert (adas.path, adas.message) == ("/", "“Apple cake” is in the trash.")
        assert (await as_ada.get(f"{API}{path}")).status_code == 404
        await adas.send(f"{path}/restore")
        assert (adas.path, adas.message) == (f"{path}/apple-cake", "It is back.")

    async def test_a_message_is_shown_once(self, adas: Browser, as_ada: httpx2.AsyncClient) -> None:
        path = f"/recipes/{(await create(as_ada))['id']}"
        await adas.open(path)
        await adas.send(f"{path}/delete")
        await adas.open("/")
        assert adas.message == ""

    async def test_a_recipe_that_changed_meanwhile_is_not_deleted(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, title="Cake")
        path = f"/recipes/{recipe['id']}"
        await adas.open(path)
        await patch(as_ada, recipe["id"], title="Better cake")
        await adas.send(f"{path}/delete")
        assert adas.message.startswith("Someone changed this recipe")
        assert (adas.path, adas.heading) == (f"{path}/better-cake", "Better cake")

    async def test_restores_from_the_list(self, adas: Browser, as_ada: httpx2.AsyncClient) -> None:
        recipe = await create(as_ada, title="Cake")
        path = f"/recipes/{recipe['id']}"
        await adas.open(path)
        await adas.send(f"{path}/delete")
        page = await adas.open("/trash")
        assert [each.text for each in page.find("h2")] == ["Cake"]
        assert "Deleted on 1 Mar 2026, kept until 31 Mar 2026" in page.text
        await adas.send(f"{path}/restore")
        assert adas.heading == "Cake"

    async def test_what_is_not_in_the_trash_cannot_come_back(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada)
        path = f"/recipes/{recipe['id']}"
        await adas.open(path)
        await adas.send(f"{path}/delete")
        undo = adas.page
        await adas.send(f"{path}/restore")
        adas.page = undo
        await adas.send(f"{path}/restore")
        assert adas.answer.status_code == 409

    async def test_is_empty_at_first(self, adas: Browser) -> None:
        await adas.open("/trash")
        assert "The trash is empty" in adas.page.text
        assert "for 30 days" in adas.page.text


class TestOthers:
    @pytest.mark.parametrize("verb", ["edit", "delete"])
    async def test_may_not_change_what_they_may_read(
        self,
        adas: Browser,
        as_: As,
        factories: Factories,
        verb: str,
    ) -> None:
        theirs = await as_(await factories.user())
        recipe = await create(theirs, title="Theirs", visibility="public")
        path = f"/recipes/{recipe['id']}"
        page = await adas.open("/")
        token = page.find("input", name="csrf_token")[0].attributes["value"]
        tag = await etag(theirs, recipe["id"])
        await adas.post(f"{path}/{verb}", {"csrf_token": token, "etag": tag, "title": "Mine"})
        assert adas.answer.status_code == 403
        await adas.open(f"{path}/edit")
        assert adas.answer.status_code == 403
