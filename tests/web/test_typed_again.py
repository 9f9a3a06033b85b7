"""What was typed into the form of a recipe outlives a refusal that has nothing to do with it."""

from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from potluck.core.errors import Unavailable
from potluck.models import User
from potluck.providers import get_read_session
from tests.api.recipe_calls import create
from tests.conftest import API
from tests.doubles import FakeClock
from tests.web.browser import Browser

TYPED = {"title": "Stew", "steps": "Stir.\r\n\r\nWait."}


@pytest.fixture(params=["new", "edit"])
async def path(request: pytest.FixtureRequest, adas: Browser, as_ada: httpx2.AsyncClient) -> str:
    """The address of a form that Ada has open."""
    path = "/recipes/new"
    if request.param == "edit":
        path = f"/recipes/{(await create(as_ada, title='Soup'))['id']}/edit"
    await adas.open(path)
    return path


def assert_kept(browser: Browser, status: int, sentence: str) -> None:
    (box,) = browser.page.find("div", role="alert")
    assert browser.answer.status_code == status
    assert sentence in box.text
    assert {name: browser.field(name) for name in TYPED} == TYPED


class TestTypedAgain:
    async def test_after_another_sign_in_it_is_sent_once_more(
        self, adas: Browser, ada: User, path: str
    ) -> None:
        await adas.sign_in(ada)
        await adas.send(path, **TYPED)
        assert_kept(adas, 403, "The form has expired.")
        await adas.send(path)
        assert (adas.heading, adas.message) == ("Stew", "Saved.")

    async def test_a_session_that_ended_is_begun_again_beside_it(
        self, adas: Browser, ada: User, path: str, clock: FakeClock
    ) -> None:
        clock.advance(timedelta(days=400))
        await adas.send(path, **TYPED)
        assert_kept(adas, 403, "The form has expired.")
        await adas.send(path)
        assert_kept(adas, 401, "Sign in in another tab")
        await adas.sign_in(ada)
        await adas.send(path)
        assert_kept(adas, 403, "The form has expired.")
        await adas.send(path)
        assert adas.heading == "Stew"

    async def test_a_busy_database_can_be_tried_again(
        self, adas: Browser, path: str, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy() -> None:
            raise Unavailable("The database is busy.", retry_after_s=7)

        with monkeypatch.context() as patch:
            patch.setitem(app.dependency_overrides, get_read_session, busy)
            await adas.send(path, **TYPED)
        assert_kept(adas, 503, "The database is busy.")
        assert adas.answer.headers["Retry-After"] == "7"
        await adas.send(path)
        assert (adas.heading, adas.message) == ("Stew", "Saved.")

    async def test_a_recipe_that_went_away_leaves_what_was_typed(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        id = (await create(as_ada, title="Soup"))["id"]
        await adas.open(f"/recipes/{id}/edit")
        await as_ada.delete(f"{API}/recipes/{id}", headers={"If-Match": "*"})
        await adas.send(f"/recipes/{id}/edit", **TYPED)
        assert_kept(adas, 404, "What you typed is below.")

    async def test_c05_what_another_site_filled_in_is_not_shown(
        self, adas: Browser, path: str
    ) -> None:
        adas.client.headers["Sec-Fetch-Site"] = "cross-site"
        await adas.send(path, **TYPED)
        assert adas.answer.status_code == 403
        assert "Stew" not in adas.answer.text
