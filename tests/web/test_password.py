"""The page of the password: changed without script, and everything else signed out."""

import httpx2
import pytest

from potluck.models import User
from potluck.resources import Resources
from potluck.web import cookies
from potluck.web.passwords import PATH as PAGE
from tests.api.recipe_calls import URL
from tests.api.token_calls import bearing, make_token
from tests.conftest import API
from tests.factories import PASSWORD
from tests.limits import limited
from tests.web.browser import Browser, values
from tests.web.conftest import OpenBrowser

NEW = "sixteen lemons in a bowl"
RIGHT = {"current_password": PASSWORD, "new_password": NEW}


async def signs_in(browser: Browser, user: User, password: str) -> bool:
    await browser.open("/login")
    await browser.send("/login", email=user.email, password=password)
    return browser.path == "/"


class TestChange:
    async def test_the_new_password_signs_in_and_the_old_one_no_more(
        self, adas: Browser, ada: User, browser: Browser
    ) -> None:
        await adas.open(PAGE)
        await adas.send(PAGE, **RIGHT)
        assert (adas.path, adas.heading) == (PAGE, "Change your password")
        assert adas.message == "Your password is changed, and you are signed out everywhere else."
        assert not await signs_in(browser, ada, PASSWORD)
        assert await signs_in(browser, ada, NEW)

    async def test_c01_this_browser_goes_on_under_another_cookie(
        self, adas: Browser, open_browser: OpenBrowser
    ) -> None:
        before = adas.session_cookie
        assert before is not None
        await adas.open(PAGE)
        await adas.send(PAGE, **RIGHT)
        assert adas.session_cookie not in {None, before}
        await adas.open("/trash")
        assert adas.path == "/trash"

        copy = await open_browser()
        name = cookies.name(adas.resources.settings)
        copy.client.cookies.set(name, before, domain="potluck.test", path="/")
        await copy.open("/trash")
        assert copy.path == "/login"

    @pytest.mark.parametrize(
        ("ticked", "days"), [({"remember": "on"}, 365), ({}, 30)], ids=["remembered", "not"]
    )
    async def test_this_browser_is_remembered_as_long_as_it_was(
        self, browser: Browser, ada: User, ticked: dict[str, str], days: int
    ) -> None:
        await browser.open("/login")
        await browser.send("/login", email=ada.email, password=PASSWORD, **ticked)
        await browser.open(PAGE)
        form = values(browser.form(PAGE)) | RIGHT
        answer = await browser.client.post(PAGE, data=form)
        [kept] = [
            each
            for each in answer.headers.get_list("set-cookie")
            if each.startswith("__Host-potluck=")
        ]
        assert f"Max-Age={days * 86_400};" in kept

    async def test_c02_other_browsers_and_clients_of_the_api_are_signed_out(
        self, adas: Browser, ada: User, open_browser: OpenBrowser, as_ada: httpx2.AsyncClient
    ) -> None:
        other = await open_browser(ada)
        await adas.open(PAGE)
        await adas.send(PAGE, **RIGHT)
        await other.open("/trash")
        assert other.path == "/login"
        assert (await as_ada.get(f"{API}/auth/me")).status_code == 401

    async def test_a02_blanks_and_signs_are_kept_as_they_are_typed(
        self, adas: Browser, ada: User, browser: Browser
    ) -> None:
        odd = " sixteen\tlemons \x7f in a bowl "
        await adas.open(PAGE)
        await adas.send(PAGE, **RIGHT | {"new_password": odd})
        await adas.open(PAGE)
        await adas.send(PAGE, current_password=odd, new_password=NEW)
        assert await signs_in(browser, ada, NEW)

    @pytest.mark.parametrize(
        ("ticked", "status"), [({}, 200), ({"revoke_personal_tokens": "on"}, 401)]
    )
    async def test_a07_the_tokens_of_scripts_are_named_and_end_when_the_box_is_ticked(
        self,
        adas: Browser,
        ada: User,
        resources: Resources,
        client: httpx2.AsyncClient,
        ticked: dict[str, str],
        status: int,
    ) -> None:
        made = await make_token(resources, ada, name="Kitchen display")
        await adas.open(PAGE)
        assert "1 token: Kitchen display" in " ".join(adas.page.text.split())
        await adas.send(PAGE, **RIGHT | ticked)
        assert (await client.get(URL, headers=bearing(made.token))).status_code == status

    async def test_without_tokens_there_is_no_question(self, adas: Browser) -> None:
        await adas.open(PAGE)
        assert not adas.page.find("fieldset")


class TestRefused:
    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            (
                {"current_password": "eleven wrong words"},
                {"current_password": "The current password is not right."},
            ),
            ({"current_password": ""}, {"current_password": "The current password is not right."}),
            (
                {"new_password": "short"},
                {"new_password": ("Use at least 15 characters; a few words make a good password.")},
            ),
        ],
        ids=["wrong", "empty", "short"],
    )
    async def test_a03_it_says_why_and_nothing_changes(
        self,
        adas: Browser,
        ada: User,
        browser: Browser,
        fields: dict[str, str],
        said: dict[str, str],
    ) -> None:
        await adas.open(PAGE)
        await adas.send(PAGE, **RIGHT | fields)
        assert (adas.answer.status_code, adas.errors) == (422, said)
        assert adas.answer.headers["Cache-Control"] == "no-store"
        assert PASSWORD not in adas.answer.text
        assert NEW not in adas.answer.text
        assert await signs_in(browser, ada, PASSWORD)

    async def test_a_ticked_box_stays_ticked(
        self, adas: Browser, ada: User, resources: Resources
    ) -> None:
        await make_token(resources, ada)
        await adas.open(PAGE)
        await adas.send(PAGE, **RIGHT | {"new_password": "short", "revoke_personal_tokens": "on"})
        assert adas.field("revoke_personal_tokens") == "on"

    async def test_b05_tries_are_slowed_down_and_it_says_for_how_long(
        self, adas: Browser, resources: Resources
    ) -> None:
        with limited(resources, login_per_address=1):
            for _ in range(2):
                await adas.open(PAGE)
                await adas.send(PAGE, **RIGHT | {"current_password": "eleven wrong words"})
        assert adas.answer.status_code == 429
        assert "Retry-After" in adas.answer.headers
        assert "That was often in a short while." in adas.page.text

    async def test_c05_a_form_of_another_site_changes_nothing(
        self, adas: Browser, ada: User, browser: Browser
    ) -> None:
        await adas.open(PAGE)
        fields = RIGHT | {"csrf_token": adas.field("csrf_token")}
        headers = {"Sec-Fetch-Site": "cross-site"}
        answer = await adas.client.post(PAGE, data=fields, headers=headers)
        assert answer.status_code == 403
        assert (await adas.client.post(PAGE, data=RIGHT)).status_code == 403
        assert await signs_in(browser, ada, PASSWORD)

    async def test_strangers_sign_in_first(self, browser: Browser) -> None:
        await browser.open(PAGE)
        assert (browser.path, browser.field("next")) == ("/login", PAGE)


async def test_the_menu_of_the_account_leads_to_it(adas: Browser) -> None:
    await adas.open("/")
    assert [each.text for each in adas.page.find("a", href=PAGE)] == ["Password"]
