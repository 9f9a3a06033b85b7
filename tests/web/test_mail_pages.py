"""Pages that have a mail sent, and pages behind the links of mails, all without script."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI

from potluck.models import User
from potluck.resources import Resources
from tests.api.link_calls import NEW, links_in, verifying
from tests.conftest import ORIGIN, Outbox
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Make
from tests.limits import limited
from tests.web.browser import Browser


async def follow(browser: Browser, link: str) -> None:
    """Open the link of a mail."""
    assert link.startswith(ORIGIN)
    await browser.open(link.removeprefix(ORIGIN))


class TestForgot:
    async def test_a06_s27_says_the_same_whoever_has_the_address(
        self, browser: Browser, ada: User
    ) -> None:
        shown = []
        for email in (ada.email, "nobody@example.org"):
            await browser.open("/forgot")
            await browser.send("/forgot", email=email)
            shown.append((browser.answer.status_code, browser.page.text))
        assert shown[0] == shown[1]
        assert shown[0][0] == 202
        assert "If there is an account with this address" in shown[0][1]

    async def test_a07_from_the_sign_in_by_mail_to_a_new_password(
        self, browser: Browser, ada: User, outbox: Outbox
    ) -> None:
        await browser.open("/login")
        [link] = browser.page.find("a", href="/forgot")
        assert link.text == "Forgot your password?"
        await browser.open("/forgot")
        await browser.send("/forgot", email=ada.email)
        await follow(browser, links_in((await outbox())[0], "/reset")[0])
        await browser.send("/reset", password=NEW)
        await browser.send("/login", email=ada.email, password=NEW)
        assert browser.path == "/"

    async def test_b05_s28_mails_are_limited(self, browser: Browser, resources: Resources) -> None:
        with limited(resources, mail_per_account=1):
            for _ in range(2):
                await browser.open("/forgot")
                await browser.send("/forgot", email="nobody@example.org")
        assert browser.answer.status_code == 429
        assert "Retry-After" in browser.answer.headers

    async def test_what_is_no_address_is_told_at_the_field(self, browser: Browser) -> None:
        await browser.open("/forgot")
        await browser.send("/forgot", email="ada")
        assert (browser.answer.status_code, list(browser.errors)) == (422, ["email"])
        assert browser.field("email") == "ada"

    async def test_where_no_mail_leaves_it_says_so(
        self, browser: Browser, app: FastAPI, resources: Resources
    ) -> None:
        mail = resources.settings.mail.model_copy(update={"backend": "file"})
        settings = resources.settings.model_copy(update={"mail": mail})
        app.state.resources = replace(resources, settings=settings)
        try:
            await browser.open("/forgot")
        finally:
            app.state.resources = resources
        assert "This Potluck is not set up to send mail." in browser.page.text
        assert not browser.page.find("form", action="/forgot")


class TestVerify:
    async def test_a10_a_sign_up_goes_on_by_mail_and_the_link_makes_the_account(
        self, browser: Browser, app: FastAPI, resources: Resources, outbox: Outbox
    ) -> None:
        fields = {"display_name": "Bo", "email": "bo@example.org", "password": PASSWORD}
        with verifying(app, resources):
            await browser.open("/signup")
            await browser.send("/signup", **fields)
        assert (browser.answer.status_code, browser.heading) == (202, "Look into your mail")
        assert browser.session_cookie is None
        [mail] = await outbox()
        await follow(browser, links_in(mail, "/verify")[0])
        assert "An account for Bo is made with the address bo@example.org." in browser.page.text
        await browser.send("/verify")
        assert (browser.path, browser.message) == (
            "/login",
            "Your account is made. Sign in with your address and password.",
        )
        await browser.send("/login", email="bo@example.org", password=PASSWORD)
        assert browser.path == "/"

    async def test_a10_s27_a_taken_address_shows_the_same_page(
        self, browser: Browser, app: FastAPI, resources: Resources, ada: User
    ) -> None:
        shown = []
        with verifying(app, resources):
            for email in (ada.email, "bo@example.org"):
                await browser.open("/signup")
                await browser.send("/signup", display_name="Bo", email=email, password=PASSWORD)
                shown.append((browser.answer.status_code, browser.page.text))
        assert shown[0] == shown[1]

    async def test_a_link_that_has_expired_leads_to_another(
        self, browser: Browser, app: FastAPI, resources: Resources, outbox: Outbox,
        clock: FakeClock,
    ) -> None:  # fmt: skip
        with verifying(app, resources):
            await browser.open("/signup")
            await browser.send(
                "/signup", display_name="Bo", email="bo@example.org", password=PASSWORD
            )
        link = links_in((await outbox())[0], "/verify")[0]
        await browser.open("/verify/again")
        await browser.send("/verify/again", email="bo@example.org")
        assert browser.answer.status_code == 202
        again = links_in((await outbox())[1], "/verify")[0]
        await follow(browser, link)
        assert browser.answer.status_code == 404
        assert browser.page.find("a", href="/verify/again")
        clock.advance(timedelta(hours=23))
        await follow(browser, again)
        assert browser.answer.status_code == 200


class TestAddress:
    @pytest.fixture
    async def mailed(self, adas: Browser, outbox: Outbox) -> tuple[str, str]:
        """The links that confirm the change to NEW, and that take it back."""
        await adas.open("/account/email")
        assert "Your address now: ada@example.org" in " ".join(adas.page.text.split())
        await adas.send("/account/email", email="lovelace@example.org")
        assert (adas.answer.status_code, adas.heading) == (202, "Look into your mail")
        old, new = await outbox()
        return links_in(new, "/email-change")[0], links_in(old, "/email-change/cancel")[0]

    async def test_a09_confirmed_without_a_sign_in(
        self, adas: Browser, browser: Browser, mailed: tuple[str, str]
    ) -> None:
        await follow(browser, mailed[0])
        assert "Ada's account then has the address lovelace@example.org." in browser.page.text
        await browser.send("/email-change")
        assert browser.message == (
            "The address of your account is changed. Sign in with it from now on."
        )
        await adas.open("/account/email")
        assert "lovelace@example.org" in adas.page.text

    async def test_a09_taken_back_by_the_old_address(
        self, adas: Browser, browser: Browser, mailed: tuple[str, str]
    ) -> None:
        await follow(browser, mailed[0])
        await browser.send("/email-change")
        await follow(browser, mailed[1])
        await browser.send("/email-change/cancel")
        assert browser.path == "/forgot"
        assert "everything is signed out" in browser.message
        await adas.open("/trash")
        assert adas.path == "/login"

    async def test_a09_stopped_before_it_is_confirmed(
        self, browser: Browser, mailed: tuple[str, str]
    ) -> None:
        await follow(browser, mailed[1])
        await browser.send("/email-change/cancel")
        assert browser.message == "Your account keeps this address."
        await follow(browser, mailed[0])
        assert browser.answer.status_code == 404

    async def test_c06_opening_the_links_changes_nothing(
        self, browser: Browser, mailed: tuple[str, str], statements: list[str]
    ) -> None:
        statements.clear()
        for link in mailed * 2:
            await follow(browser, link)
            assert browser.answer.headers["Referrer-Policy"] == "no-referrer"
        assert {each.split()[0] for each in statements} == {"SELECT"}

    async def test_taken_meanwhile_it_says_so(
        self, browser: Browser, mailed: tuple[str, str], make_user: Make[User]
    ) -> None:
        await make_user(email="lovelace@example.org")
        await follow(browser, mailed[0])
        await browser.send("/email-change")
        assert browser.answer.status_code == 409

    async def test_c10_eleven_minutes_after_the_sign_in_the_password_is_asked_for(
        self, adas: Browser, clock: FakeClock, outbox: Outbox
    ) -> None:
        clock.advance(timedelta(minutes=11))
        await adas.open("/account/email")
        await adas.send("/account/email", email="lovelace@example.org")
        assert adas.path == "/account/confirm"
        await adas.send("/account/confirm", password=PASSWORD)
        assert (adas.path, adas.field("email")) == ("/account/email", "lovelace@example.org")
        assert await outbox() == []
