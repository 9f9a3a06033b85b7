"""The page that asks for the password once more, before what a browser left open must not do."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import User, WebSession
from tests.conftest import As
from tests.doubles import START, FakeClock
from tests.factories import PASSWORD
from tests.web.browser import Browser, values
from tests.web.conftest import OpenBrowser

CONFIRM, TOKENS, SESSIONS = "/account/confirm", "/account/tokens", "/account/sessions"
TYPED = {"name": "Bread & butter {x}", "recipes:write": "on", "household_id": "", "days": "30"}


@pytest.fixture
async def left_open(adas: Browser, clock: FakeClock) -> Browser:
    """Ada's browser, eleven minutes after she signed in."""
    clock.advance(timedelta(minutes=11))
    return adas


class TestRecentLogin:
    async def test_c10_a_token_is_made_once_the_password_was_given_and_nothing_typed_is_lost(
        self, left_open: Browser
    ) -> None:
        await left_open.open(TOKENS)
        await left_open.send(TOKENS, **TYPED | {"recipes:read": None})
        assert (left_open.path, left_open.heading) == (CONFIRM, "Confirm it is you")

        await left_open.send(CONFIRM, password=PASSWORD)
        assert left_open.path == TOKENS
        assert left_open.field("name") == TYPED["name"]
        assert left_open.field("days") == "30"
        assert left_open.field("recipes:write") == "on"
        with pytest.raises(KeyError):
            left_open.field("recipes:read")

        await left_open.send(TOKENS)
        assert left_open.answer.status_code == 201

    async def test_c10_all_other_sessions_are_ended_once_the_password_was_given(
        self, left_open: Browser, open_browser: OpenBrowser, ada: User
    ) -> None:
        other = await open_browser(ada)
        await left_open.open(SESSIONS)
        await left_open.send(f"{SESSIONS}/end-others")
        assert left_open.path == CONFIRM
        assert (await other.open("/trash")).find("h1")[0].text == "Trash"

        await left_open.send(CONFIRM, password=PASSWORD)
        assert left_open.path == SESSIONS
        await left_open.send(f"{SESSIONS}/end-others")
        assert left_open.message == "All other sessions are ended."

    async def test_c10_another_session_is_ended_once_the_password_was_given(
        self, left_open: Browser, as_: As, ada: User
    ) -> None:
        client = await as_(ada)
        [id] = [
            each["id"]
            for each in (await client.get("/api/v1/auth/sessions")).json()["items"]
            if each["is_current"]
        ]
        end = f"{SESSIONS}/{id}/end"
        await left_open.open(SESSIONS)
        await left_open.send(end)
        assert left_open.path == CONFIRM

        await left_open.send(CONFIRM, password=PASSWORD)
        await left_open.send(end)
        assert left_open.message == "The session is ended."
        assert (await client.get("/api/v1/auth/me")).status_code == 401


class TestConfirm:
    async def test_c01_goes_on_in_a_session_of_a_new_id_and_the_old_one_has_ended(
        self, left_open: Browser, open_browser: OpenBrowser
    ) -> None:
        before = left_open.session_cookie
        await left_open.open(CONFIRM)
        await left_open.send(CONFIRM, password=PASSWORD)
        assert left_open.session_cookie not in {None, before}

        thief = await open_browser()
        thief.client.cookies.update({"__Host-potluck": before or ""})
        await thief.open("/trash")
        assert thief.path == "/login"

    async def test_puts_the_end_of_the_session_off_no_further(
        self, left_open: Browser, session: AsyncSession
    ) -> None:
        await left_open.open(CONFIRM)
        await left_open.send(CONFIRM, password=PASSWORD)
        ends = (await session.scalars(select(WebSession.absolute_until))).all()
        assert set(ends) == {START + timedelta(days=30)}
        assert len(ends) == 2

    async def test_a_remembered_session_stays_remembered(self, browser: Browser, ada: User) -> None:
        await browser.open("/login")
        await browser.send("/login", email=ada.email, password=PASSWORD, remember="on")
        await browser.open(CONFIRM)
        form = values(browser.form(CONFIRM)) | {"password": PASSWORD}
        answer = await browser.client.post(CONFIRM, data=form)
        [kept] = [
            each
            for each in answer.headers.get_list("set-cookie")
            if each.startswith("__Host-potluck=")
        ]
        assert f"Max-Age={365 * 86_400}" in kept

    async def test_says_that_the_password_is_wrong_and_keeps_the_way_back(
        self, left_open: Browser
    ) -> None:
        before = left_open.session_cookie
        await left_open.open(f"{CONFIRM}?next=/trash")
        await left_open.send(CONFIRM, password="wrong")
        assert left_open.answer.status_code == 422
        assert left_open.errors == {"password": "The password is not right."}
        assert left_open.session_cookie == before
        await left_open.send(CONFIRM, password=PASSWORD)
        assert left_open.path == "/trash"

    @pytest.mark.parametrize("next", ["https://evil.test/", "//evil.test", "/\\evil.test", "x"])
    async def test_sends_nobody_to_another_site(self, left_open: Browser, next: str) -> None:
        await left_open.open(CONFIRM, params={"next": next})
        assert "evil" not in left_open.answer.text
        token = left_open.field("csrf_token")
        await left_open.post(CONFIRM, {"csrf_token": token, "next": next, "password": PASSWORD})
        assert str(left_open.answer.url) == "https://potluck.test/"

    async def test_is_for_who_is_signed_in(self, browser: Browser) -> None:
        await browser.open(f"{CONFIRM}?next=/trash")
        assert browser.path == "/login"

    async def test_is_slowed_down_by_wrong_passwords(self, left_open: Browser) -> None:
        await left_open.open(CONFIRM)
        for _ in range(7):
            await left_open.send(CONFIRM, password="wrong")
        assert left_open.answer.status_code == 429
        assert left_open.heading == "Confirm it is you"
