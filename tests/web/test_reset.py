"""The page behind the link of a mail: a password is chosen there, without script."""

from datetime import timedelta

import httpx2
import pytest

from potluck.models import User
from potluck.resources import Resources
from potluck.web.resets import PATH as PAGE
from tests.api.link_calls import NEW, reset_token
from tests.api.recipe_calls import URL
from tests.api.token_calls import bearing, make_token
from tests.doubles import FakeClock
from tests.factories import PASSWORD
from tests.limits import limited
from tests.web.browser import Browser


async def open_link(browser: Browser, token: str) -> None:
    await browser.open(f"{PAGE}?token={token}")


class TestReset:
    async def test_a07_a_password_is_chosen_and_signs_in(
        self, browser: Browser, ada: User, resources: Resources
    ) -> None:
        await open_link(browser, await reset_token(resources, ada))
        assert browser.heading == "Choose a new password"
        await browser.send(PAGE, password=NEW)
        assert (browser.path, browser.message) == (
            "/login",
            "Your password is changed. Sign in with it.",
        )
        assert browser.session_cookie is None
        await browser.send("/login", email=ada.email, password=NEW)
        assert browser.path == "/"

    async def test_a07_a_browser_that_was_signed_in_is_no_more(
        self, adas: Browser, ada: User, resources: Resources
    ) -> None:
        await open_link(adas, await reset_token(resources, ada))
        await adas.send(PAGE, password=NEW)
        assert (adas.path, adas.message) == ("/login", "Your password is changed. Sign in with it.")

    async def test_c06_opening_the_link_uses_nothing_up(
        self, browser: Browser, ada: User, resources: Resources, statements: list[str]
    ) -> None:
        token = await reset_token(resources, ada)
        statements.clear()
        for _ in range(3):
            await open_link(browser, token)
            await browser.client.head(f"{PAGE}?token={token}")
        assert {each.split()[0] for each in statements} == {"SELECT"}
        await browser.send(PAGE, password=NEW)
        assert browser.path == "/login"

    @pytest.mark.parametrize(("box", "status"), [("on", 401), (None, 200)])
    async def test_a07_scripts_end_unless_the_tick_is_taken_away(
        self,
        browser: Browser,
        client: httpx2.AsyncClient,
        ada: User,
        resources: Resources,
        box: str | None,
        status: int,
    ) -> None:
        made = await make_token(resources, ada)
        await open_link(browser, await reset_token(resources, ada))
        assert browser.field("revoke_personal_tokens") == "on"
        await browser.send(PAGE, password=NEW, revoke_personal_tokens=box)
        assert (await client.get(URL, headers=bearing(made.token))).status_code == status

    async def test_a08_no_other_site_learns_the_address_of_the_page(
        self, browser: Browser, ada: User, resources: Resources
    ) -> None:
        await open_link(browser, await reset_token(resources, ada))
        assert browser.answer.headers["Referrer-Policy"] == "no-referrer"
        assert browser.answer.headers["Cache-Control"] == "no-store"


class TestRefused:
    async def test_a_password_that_does_not_do_may_be_chosen_anew(
        self, browser: Browser, ada: User, resources: Resources
    ) -> None:
        await open_link(browser, await reset_token(resources, ada))
        await browser.send(PAGE, password="short")
        assert browser.answer.status_code == 422
        assert list(browser.errors) == ["password"]
        await browser.send(PAGE, password=NEW)
        assert browser.path == "/login"

    async def test_a07_a_used_or_old_link_says_so_and_shows_no_form(
        self, browser: Browser, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        token = await reset_token(resources, ada)
        clock.advance(timedelta(minutes=31))
        for each in (token, "", "prs_x"):
            await open_link(browser, each)
            assert browser.answer.status_code == 404
            assert "This link is not valid" in browser.page.text
            assert not browser.page.find("form", action=PAGE)

    async def test_a07_of_two_open_pages_the_second_is_too_late(
        self, browser: Browser, ada: User, resources: Resources
    ) -> None:
        token = await reset_token(resources, ada)
        await open_link(browser, token)
        fields = {"token": token, "csrf_token": browser.field("csrf_token")}
        await browser.send(PAGE, password=NEW)
        await browser.post(PAGE, fields | {"password": PASSWORD})
        assert browser.answer.status_code == 404
        assert "This link is not valid" in browser.page.text

    async def test_b05_trying_is_limited(self, browser: Browser, resources: Resources) -> None:
        await browser.open("/login")
        fields = {"token": "prs_x", "password": NEW, "csrf_token": browser.field("csrf_token")}
        with limited(resources, redemption_per_address=1):
            statuses = []
            for _ in range(2):
                await browser.post(PAGE, fields)
                statuses.append(browser.answer.status_code)
        assert statuses == [404, 429]
        assert "That was often in a short while." in browser.page.text
