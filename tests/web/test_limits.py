"""Limits as people meet them: a page of its own kind, and an owner who is never locked out."""

from datetime import timedelta

import httpx2
import pytest

from potluck.models import User
from potluck.resources import Resources
from potluck.services.sign_ins import DEVICE
from tests.conftest import API
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Make
from tests.limits import limited
from tests.sent_pictures import picture
from tests.web.browser import Browser, values
from tests.web.conftest import OpenBrowser
from tests.web.test_covers import upload

COOKIE = "__Host-potluck-device"
WRONG = "another long password"


async def sign_in(browser: Browser, email: str, password: str = PASSWORD) -> int:
    if browser.session_cookie is not None:
        browser.client.cookies.delete("__Host-potluck")
    await browser.open("/login")
    await browser.send("/login", email=email, password=password)
    return browser.answer.status_code


async def attack(client: httpx2.AsyncClient, email: str) -> None:
    """Wrong passwords until the account is closed to strangers."""
    form = {"username": email, "password": WRONG}
    statuses = [(await client.post(f"{API}/auth/login", data=form)).status_code for _ in range(8)]
    assert statuses[-1] == 429


class TestB02KnownDevice:
    async def test_b02_the_owner_signs_in_while_the_account_is_attacked(
        self, browser: Browser, client: httpx2.AsyncClient, ada: User
    ) -> None:
        assert await sign_in(browser, ada.email) == 200
        await attack(client, ada.email)
        assert await sign_in(browser, ada.email) == 200
        assert browser.heading == "Recipes"

    async def test_b02_no_limit_that_others_use_up_stops_the_owner(
        self, browser: Browser, client: httpx2.AsyncClient, resources: Resources, ada: User
    ) -> None:
        assert await sign_in(browser, ada.email) == 200
        with limited(resources, login_per_address=1, login_global=1):
            await attack(client, "somebody@example.org")
            assert await sign_in(browser, ada.email) == 200

    async def test_b02_a_stranger_waits(
        self, open_browser: OpenBrowser, client: httpx2.AsyncClient, ada: User
    ) -> None:
        await attack(client, ada.email)
        assert await sign_in(await open_browser(), ada.email) == 429

    async def test_b02_signing_in_from_a_known_device_does_not_help_the_attack(
        self, browser: Browser, client: httpx2.AsyncClient, ada: User
    ) -> None:
        await sign_in(browser, ada.email)
        await attack(client, ada.email)
        await sign_in(browser, ada.email)
        form = {"username": ada.email, "password": WRONG}
        assert (await client.post(f"{API}/auth/login", data=form)).status_code == 429

    async def test_b02_a_known_device_has_a_small_budget(
        self, browser: Browser, client: httpx2.AsyncClient, clock: FakeClock, ada: User
    ) -> None:
        await sign_in(browser, ada.email)
        await attack(client, ada.email)
        tries = [await sign_in(browser, ada.email, WRONG) for _ in range(DEVICE.quota + 1)]
        assert tries == [422] * DEVICE.quota + [429]
        clock.advance(timedelta(seconds=90))
        assert await sign_in(browser, ada.email) == 200

    async def test_b02_a_device_is_known_to_the_accounts_that_it_signed_in_to(
        self,
        browser: Browser,
        client: httpx2.AsyncClient,
        make_user: Make[User],
        ada: User,
    ) -> None:
        bob, eve = await make_user(), await make_user()
        await sign_in(browser, ada.email)
        await sign_in(browser, bob.email)
        for user in (ada, bob, eve):
            await attack(client, user.email)
        assert [await sign_in(browser, user.email) for user in (ada, bob, eve)] == [200, 200, 429]

    @pytest.mark.parametrize("change", [lambda value: value[:-1] + "!", lambda _: "", str.upper])
    async def test_b02_a_cookie_that_we_did_not_make_is_nobodys(
        self, browser: Browser, client: httpx2.AsyncClient, change: object, ada: User
    ) -> None:
        assert callable(change)
        await sign_in(browser, ada.email)
        value = browser.client.cookies[COOKIE]
        browser.client.cookies.set(COOKIE, change(value), domain="potluck.test", path="/")
        await attack(client, ada.email)
        assert await sign_in(browser, ada.email) == 429

    async def test_b02_the_cookie_has_the_flags_of_the_session_and_opens_nothing(
        self, browser: Browser, open_browser: OpenBrowser, ada: User
    ) -> None:
        await browser.open("/login")
        fields = values(browser.form("/login")) | {"email": ada.email, "password": PASSWORD}
        answer = await browser.client.post("/login", data=fields)
        (cookie,) = [each for each in answer.headers.get_list("set-cookie") if COOKIE in each]
        assert cookie.split("; ")[1:] == [
            "HttpOnly", "Max-Age=31536000", "Path=/", "SameSite=lax", "Secure",
        ]  # fmt: skip
        thief = await open_browser()
        thief.client.cookies.set(COOKIE, answer.cookies[COOKIE], domain="potluck.test", path="/")
        await thief.open("/trash")
        assert thief.path == "/login"


class TestPages:
    async def test_b03_the_sign_in_page_keeps_the_address_and_says_when(
        self, browser: Browser, client: httpx2.AsyncClient, ada: User
    ) -> None:
        await attack(client, ada.email)
        assert await sign_in(browser, ada.email) == 429
        (box,) = browser.page.find("div", role="alert")
        assert "Try again in a few seconds." in box.text
        assert (browser.field("email"), browser.field("password")) == (ada.email, "")
        assert browser.answer.headers["Retry-After"] == "1"

    async def test_b03_the_sign_up_page_keeps_what_was_typed(
        self, browser: Browser, resources: Resources
    ) -> None:
        typed = {"display_name": "Ada", "email": "ada@example.org", "password": "short"}
        with limited(resources, signup_per_address=1):
            for _ in range(2):
                await browser.open("/signup")
                await browser.send("/signup", **typed)
        assert browser.answer.status_code == 429
        assert (browser.field("email"), browser.field("password")) == ("ada@example.org", "")
        (box,) = browser.page.find("div", role="alert")
        assert "Try again in 60 minutes." in box.text

    async def test_n04_the_import_page_keeps_the_address(
        self, adas: Browser, resources: Resources
    ) -> None:
        with limited(resources, import_per_user=1):
            for _ in range(2):
                await adas.open("/import")
                await adas.send("/import", url="https://kitchen.example/cake")
        assert adas.answer.status_code == 429
        assert adas.field("url") == "https://kitchen.example/cake"
        assert adas.answer.headers["RateLimit"] == '"import";r=0;t=3600'

    async def test_n04_the_home_page_keeps_the_words(
        self, adas: Browser, resources: Resources
    ) -> None:
        with limited(resources, search_per_caller=1):
            for _ in range(2):
                page = await adas.open("/", params={"q": "soup"})
        assert adas.answer.status_code == 429
        assert adas.field("q") == "soup"
        assert "One at a time" in page.text
        assert adas.answer.headers["Retry-After"] == "60"

    async def test_n04_searches_of_the_page_and_of_the_api_spend_one_budget(
        self, adas: Browser, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        with limited(resources, search_per_caller=2):
            await adas.open("/", params={"q": "soup"})
            statuses = [
                (await as_ada.get(f"{API}/recipes/search?keyword=soup")).status_code
                for _ in range(2)
            ]
        assert statuses == [200, 429]

    async def test_n04_making_tokens_keeps_what_was_typed(
        self, adas: Browser, resources: Resources
    ) -> None:
        with limited(resources, token_per_user=1):
            for name in ("First", "Second"):
                await adas.open("/account/tokens")
                await adas.send("/account/tokens", name=name)
        assert adas.answer.status_code == 429
        assert adas.field("name") == "Second"

    async def test_n04_a_recipe_says_why_its_picture_is_not_changed(
        self, adas: Browser, resources: Resources
    ) -> None:
        await adas.open("/recipes/new")
        await adas.send("/recipes/new", title="Cake")
        id = adas.path.split("/")[2]
        with limited(resources, upload_per_user=1):
            for colour in ("#c05020", "#204060"):
                await adas.open(f"/recipes/{id}")
                await upload(adas, id, picture(colour=colour))
        assert adas.message == "That was often in a short while. Try again in 60 minutes."
