"""The pages on which people delete their account, and keep it after all."""

import io
import re
import zipfile
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import User
from tests.api.recipe_calls import create
from tests.conftest import Outbox
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Factories
from tests.web.browser import Browser, values
from tests.web.conftest import OpenBrowser

DATA, DELETE, RESTORE = "/account/data", "/account/data/delete", "/account/restore"
EXPORT = "/account/data/export"


async def leave(browser: Browser) -> None:
    await browser.open(DATA)
    await browser.send(DELETE, sure="on")


async def sign_in(browser: Browser, user: User, next: str = "/") -> None:
    await browser.open("/login", params={"next": next})
    await browser.send("/login", email=user.email, password=PASSWORD)


class TestDelete:
    async def test_signs_out_and_says_until_when_it_can_be_undone(
        self, adas: Browser, ada: User, session: AsyncSession, clock: FakeClock
    ) -> None:
        await adas.open(DATA)
        assert "Ada's kitchen" in adas.page.text
        await adas.send(DELETE, sure="on")
        assert (adas.path, adas.session_cookie) == ("/", None)
        assert adas.message.startswith("You are signed out, and your account will be deleted")
        user = await session.get_one(User, ada.id)
        assert user.deletion_at == clock.now() + timedelta(days=7)

    async def test_does_nothing_without_the_box(
        self, adas: Browser, ada: User, session: AsyncSession
    ) -> None:
        await adas.open(DATA)
        await adas.send(DELETE)
        assert adas.answer.status_code == 422
        assert adas.errors == {"sure": "Tick the box if you want your account to be deleted."}
        assert (await session.get_one(User, ada.id)).deletion_at is None

    async def test_c10_asks_for_the_password_that_was_given_long_ago(
        self, adas: Browser, ada: User, clock: FakeClock, session: AsyncSession
    ) -> None:
        clock.advance(timedelta(minutes=11))
        await leave(adas)
        assert adas.path == "/account/confirm"
        await adas.send("/account/confirm", password=PASSWORD)
        assert adas.path == DATA
        assert (await session.get_one(User, ada.id)).deletion_at is None
        await adas.send(DELETE, sure="on")
        assert adas.session_cookie is None

    async def test_shows_the_households_that_need_an_owner_in_place_of_the_form(
        self, adas: Browser, ada: User, factories: Factories
    ) -> None:
        assert ada.default_household_id is not None
        await adas.open(DATA)
        await factories.member(ada.default_household_id, "viewer")
        await adas.send(DELETE, sure="on")
        assert adas.answer.status_code == 409
        assert f"/households/{ada.default_household_id}" in adas.answer.text
        with pytest.raises(StopIteration):
            adas.form(DELETE)

    async def test_tells_the_last_administrator_why_not(
        self, factories: Factories, browser: Browser
    ) -> None:
        root = await factories.user(is_instance_admin=True)
        await browser.sign_in(root)
        await leave(browser)
        assert browser.answer.status_code == 409
        assert "This is the last administrator" in browser.answer.text

    async def test_is_for_who_is_signed_in(self, browser: Browser) -> None:
        for path in (DATA, RESTORE):
            await browser.open(path)
            assert browser.path == "/login"


class TestRestore:
    @pytest.mark.parametrize("path", ["/", "/recipes/new", "/account/password", DATA, "/trash"])
    async def test_every_page_leads_to_the_question_alone(
        self, adas: Browser, ada: User, path: str
    ) -> None:
        await leave(adas)
        await sign_in(adas, ada)
        await adas.open(path)
        assert (adas.path, adas.heading) == (RESTORE, "Keep your account?")
        assert "8 Mar 2026" in adas.answer.text

    async def test_every_form_leads_there_as_well_and_does_nothing(
        self, adas: Browser, ada: User
    ) -> None:
        await leave(adas)
        await sign_in(adas, ada)
        token = adas.field("csrf_token")
        await adas.post("/recipes/new", {"csrf_token": token, "title": "Cake"})
        assert adas.path == RESTORE

    async def test_the_button_keeps_the_account(
        self, adas: Browser, ada: User, session: AsyncSession
    ) -> None:
        await leave(adas)
        await sign_in(adas, ada, next=RESTORE)
        await adas.send(RESTORE)
        assert (adas.path, adas.message) == ("/", "Your account stays.")
        assert (await session.get_one(User, ada.id)).deletion_at is None
        await adas.open("/trash")
        assert adas.path == "/trash"

    async def test_the_other_one_signs_out_and_changes_nothing(
        self, adas: Browser, ada: User, session: AsyncSession
    ) -> None:
        await leave(adas)
        await sign_in(adas, ada)
        await adas.send("/logout")
        assert adas.session_cookie is None
        assert (await session.get_one(User, ada.id)).deletion_at is not None

    async def test_who_stays_has_no_such_page(self, adas: Browser) -> None:
        await adas.open(RESTORE)
        assert adas.path == DATA

    async def test_programs_are_told_in_their_own_words(self, adas: Browser, ada: User) -> None:
        await leave(adas)
        await sign_in(adas, ada)
        answer = await adas.client.get("/trash", headers={"Accept": "application/json"})
        assert answer.status_code == 403
        assert answer.json()["type"].endswith("/problems/account-deletion-scheduled")


class TestExport:
    async def test_is_put_together_and_then_downloaded(
        self, adas: Browser, as_ada: httpx2.AsyncClient, outbox: Outbox
    ) -> None:
        await create(as_ada)
        await adas.open(DATA)
        await adas.send(EXPORT)
        assert (adas.path, adas.message) == (
            DATA,
            "Your data is being put together. A mail tells you when it is ready.",
        )
        assert "It is about to begin." in adas.page.text
        assert EXPORT not in adas.answer.text

        await outbox()
        await adas.open(DATA)
        assert "1 recipe, " in adas.page.text
        [path] = re.findall(r"/account/data/exports/[0-9a-f-]{36}", adas.answer.text)
        await adas.open(path)
        assert adas.answer.headers["Content-Type"] == "application/zip"
        names = zipfile.ZipFile(io.BytesIO(adas.answer.content)).namelist()
        assert "account.json" in names

    async def test_c10_asks_for_the_password_that_was_given_long_ago(
        self, adas: Browser, clock: FakeClock
    ) -> None:
        clock.advance(timedelta(minutes=11))
        await adas.open(DATA)
        await adas.send(EXPORT)
        assert adas.path == "/account/confirm"

    async def test_is_refused_when_it_was_asked_for_often(self, adas: Browser) -> None:
        await adas.open(DATA)
        fields = values(adas.form(EXPORT))
        for _ in range(7):
            await adas.post(EXPORT, fields)
        assert adas.answer.status_code == 429
        assert "Try again in" in adas.page.text

    async def test_that_of_somebody_else_is_not_found(
        self, adas: Browser, open_browser: OpenBrowser, factories: Factories, outbox: Outbox
    ) -> None:
        await adas.open(DATA)
        await adas.send(EXPORT)
        await outbox()
        await adas.open(DATA)
        [path] = re.findall(r"/account/data/exports/[0-9a-f-]{36}", adas.answer.text)
        eves = await open_browser(await factories.user())
        await eves.open(path)
        assert eves.answer.status_code == 404
