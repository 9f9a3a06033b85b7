"""Signing up, in and out in a browser, and the first administrator."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import event, select, text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core import opaque
from potluck.core.account_settings import SessionSettings, TokenSettings
from potluck.models import Membership, User
from potluck.resources import Resources
from potluck.services import setup
from tests.api.api_v1.test_sign_up_modes import invite
from tests.doubles import FakeClock
from tests.factories import PASSWORD
from tests.sign_up_modes import sign_up_mode
from tests.web.browser import Browser
from tests.web.conftest import OpenBrowser

ADA = {"display_name": "Ada", "email": "ada@example.org", "password": PASSWORD}
#: What is said beside the password.
CONTEXTUAL = (
    "Add words that are not in the name, the address or the household of the account,"
    " nor the name of this service."
)
BREACHED = (
    "This one is on a list of leaked passwords; a few words of your own make a good password."
)


async def sign_in(
    browser: Browser, email: str = "ada@example.org", password: str = PASSWORD
) -> None:
    await browser.open("/login")
    await browser.send("/login", email=email, password=password)


async def is_refused(open_browser: OpenBrowser, cookie: str) -> bool:
    """Whether a copy of the cookie is worth nothing."""
    thief = await open_browser()
    thief.client.cookies.set("__Host-potluck", cookie)
    await thief.open("/trash")
    return thief.path == "/login"


class TestSignup:
    async def test_makes_an_account_and_signs_in(self, browser: Browser) -> None:
        await browser.open("/signup")
        page = await browser.send("/signup", **ADA)
        assert (browser.path, browser.heading) == ("/", "Recipes")
        assert page.find("b")[0].text == "Ada"

    async def test_says_everything_that_is_wrong_and_keeps_the_rest(self, browser: Browser) -> None:
        await browser.open("/signup")
        await browser.send("/signup", display_name="Ada", email="ada", password="short")
        assert browser.answer.status_code == 422
        assert browser.errors == {
            "email": "Send an address like ada@example.org.",
            "password": "Use at least 15 characters; a few words make a good password.",
        }
        assert browser.field("display_name") == "Ada"
        assert browser.field("password") == ""

    @pytest.mark.parametrize(
        ("password", "said"),
        [("Ada's kitchen, Ada's kitchen", CONTEXTUAL), ("passwordpassword", BREACHED)],
    )
    async def test_a04_says_what_people_would_try_first(
        self, browser: Browser, password: str, said: str
    ) -> None:
        await browser.open("/signup")
        await browser.send("/signup", **ADA | {"password": password})
        assert browser.answer.status_code == 422
        assert browser.errors == {"password": said}
        assert password not in browser.answer.text
        assert browser.session_cookie is None

    @pytest.mark.usefixtures("ada")
    async def test_an_address_that_is_taken_is_refused(self, browser: Browser) -> None:
        await browser.open("/signup")
        await browser.send("/signup", **ADA | {"email": "ADA@example.org"})
        assert browser.answer.status_code == 409
        assert browser.errors == {"email": "An account with this address exists. Sign in instead."}
        assert browser.session_cookie is None

    async def test_who_is_signed_in_has_no_need_of_it(self, adas: Browser) -> None:
        await adas.open("/signup")
        assert adas.path == "/"


class TestLogin:
    async def test_leads_to_the_page_that_was_wanted(self, browser: Browser, ada: User) -> None:
        await browser.open("/import?url=https://example.org/cake")
        assert browser.path == "/login"
        await browser.send("/login", email=ada.email, password=PASSWORD)
        assert (browser.path, browser.heading) == ("/import", "Add a recipe")
        assert browser.field("url") == "https://example.org/cake"

    @pytest.mark.parametrize("next", ["//example.org", "https://example.org/", "/\\example.org"])
    async def test_e08_leads_to_no_other_site(self, browser: Browser, ada: User, next: str) -> None:
        await browser.open("/login", params={"next": next})
        await browser.send("/login", email=ada.email, password=PASSWORD, next=next)
        assert str(browser.answer.url) == "https://potluck.test/"

    @pytest.mark.usefixtures("ada")
    @pytest.mark.parametrize(
        ("email", "password"),
        [("ada@example.org", "x" * 15), ("eve@example.org", PASSWORD), ("", ""), ("x", "")],
    )
    async def test_every_failure_reads_the_same(
        self, browser: Browser, email: str, password: str
    ) -> None:
        await sign_in(browser, email, password)
        (box,) = browser.page.find("div", role="alert")
        assert browser.answer.status_code == 422
        assert box.find("li")[0].text.strip() == "The address or the password is not right."
        assert (browser.field("email"), browser.field("password")) == (email, "")
        assert browser.session_cookie is None

    async def test_c01_each_sign_in_has_a_new_id_and_ends_the_old_one(
        self, browser: Browser, open_browser: OpenBrowser, ada: User
    ) -> None:
        await sign_in(browser)
        first = str(browser.session_cookie)
        page = await browser.open("/trash")
        token = page.find("input", name="csrf_token")[0].attributes["value"]
        await browser.post(
            "/login", {"email": ada.email, "password": PASSWORD, "csrf_token": token}
        )
        assert browser.session_cookie not in {None, first}
        await browser.open("/trash")
        assert browser.path == "/trash"
        assert await is_refused(open_browser, first)

    @pytest.mark.usefixtures("ada")
    async def test_c01_a_cookie_that_was_planted_becomes_nobodys_session(
        self, browser: Browser, open_browser: OpenBrowser
    ) -> None:
        planted = opaque.issue(opaque.Prefix.SESSION)
        browser.client.cookies.set("__Host-potluck", planted, domain="potluck.test", path="/")
        await sign_in(browser)
        assert browser.session_cookie != planted
        assert await is_refused(open_browser, planted)

    @pytest.mark.usefixtures("ada")
    async def test_c01_the_database_holds_no_cookie(
        self, browser: Browser, session: AsyncSession
    ) -> None:
        await sign_in(browser)
        rows = (await session.execute(text("SELECT * FROM web_session"))).all()
        secret = str(browser.session_cookie).rpartition("_")[2]
        assert rows
        assert secret not in str(rows)


class TestLogout:
    async def test_c02_ends_the_session_on_the_server(
        self, adas: Browser, open_browser: OpenBrowser
    ) -> None:
        value = adas.session_cookie
        await adas.open("/")
        await adas.send("/logout")
        assert (adas.message, adas.session_cookie) == ("You are signed out.", None)
        assert await is_refused(open_browser, str(value))

    async def test_c05_ends_in_the_browser_what_has_ended_on_the_server(
        self, adas: Browser, clock: FakeClock
    ) -> None:
        await adas.open("/")
        clock.advance(timedelta(days=400))
        await adas.send("/logout")
        assert (adas.path, adas.session_cookie) == ("/", None)

    async def test_c11_tells_the_browser_to_forget_our_pages(self, adas: Browser) -> None:
        page = await adas.open("/")
        token = page.find("input", name="csrf_token")[0].attributes["value"]
        answer = await adas.client.post("/logout", data={"csrf_token": token})
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'

    async def test_c02_a_disabled_account_is_out_at_once(
        self, adas: Browser, ada: User, resources: Resources
    ) -> None:
        async with resources.database.transaction() as session:
            user = await session.get(User, ada.id)
            assert user
            user.disabled_at = resources.clock.now()
        await adas.open("/trash")
        assert adas.path == "/login"

    async def test_c02_raising_the_epoch_ends_every_session(
        self, adas: Browser, ada: User, resources: Resources
    ) -> None:
        async with resources.database.transaction() as session:
            user = await session.get(User, ada.id)
            assert user
            user.auth_epoch += 1
        await adas.open("/trash")
        assert adas.path == "/login"

    async def test_a_page_is_shown_although_its_use_cannot_be_noted(
        self, adas: Browser, clock: FakeClock, resources: Resources
    ) -> None:
        def away(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if statement.startswith("UPDATE"):
                raise PoolTimeout

        clock.advance(timedelta(days=1))
        engine = resources.database.engines.write.sync_engine
        event.listen(engine, "before_cursor_execute", away)
        try:
            await adas.open("/trash")
        finally:
            event.remove(engine, "before_cursor_execute", away)
        assert (adas.path, adas.answer.status_code) == ("/trash", 200)

    async def test_c03_an_idle_session_ends_and_one_in_use_goes_on(
        self, adas: Browser, clock: FakeClock
    ) -> None:
        for _ in range(3):
            clock.advance(timedelta(days=9))
            await adas.open("/trash")
            assert adas.path == "/trash"
        clock.advance(timedelta(days=14, seconds=1))
        await adas.open("/trash")
        assert adas.path == "/login"

    async def test_c03_the_idle_limit_is_exact(
        self, open_browser: OpenBrowser, ada: User, clock: FakeClock
    ) -> None:
        for seconds, path in ((-1, "/trash"), (0, "/login")):
            browser = await open_browser(ada)
            clock.advance(timedelta(days=14, seconds=seconds))
            await browser.open("/trash")
            assert browser.path == path

    async def test_c03_after_thirty_days_it_ends_however_much_it_was_used(
        self, adas: Browser, clock: FakeClock
    ) -> None:
        for _ in range(3):
            clock.advance(timedelta(days=9, hours=20))
            await adas.open("/trash")
            assert adas.path == "/trash"
        clock.advance(timedelta(hours=12, seconds=-1))
        await adas.open("/trash")
        assert adas.path == "/trash"
        clock.advance(timedelta(seconds=1))
        await adas.open("/trash")
        assert adas.path == "/login"

    async def test_c03_no_setting_allows_more_than_thirty_days(self) -> None:
        month_s = 30 * 86_400
        SessionSettings(idle_s=month_s, absolute_s=month_s)
        TokenSettings(refresh_idle_s=month_s, refresh_absolute_s=month_s)
        for member in ("idle_s", "absolute_s"):
            with pytest.raises(ValidationError):
                SessionSettings(**{member: month_s + 1})
            with pytest.raises(ValidationError):
                TokenSettings(**{f"refresh_{member}": month_s + 1})


class TestStayingSignedIn:
    async def test_a_weekly_visitor_stays_signed_in_for_sixty_days(
        self, browser: Browser, ada: User, clock: FakeClock
    ) -> None:
        await browser.open("/login")
        await browser.send("/login", email=ada.email, password=PASSWORD, remember="on")
        cookie = browser.session_cookie
        for _ in range(9):
            clock.advance(timedelta(days=7))
            await browser.open("/trash")
            assert browser.path == "/trash"
        assert browser.session_cookie == cookie

    async def test_without_the_box_it_is_thirty_days_at_most(
        self, browser: Browser, ada: User, clock: FakeClock
    ) -> None:
        await sign_in(browser, ada.email)
        for _ in range(4):
            clock.advance(timedelta(days=7))
            await browser.open("/trash")
            assert browser.path == "/trash"
        clock.advance(timedelta(days=7))
        await browser.open("/trash")
        assert browser.path == "/login"

    async def test_c03_left_alone_it_ends_as_early_as_any_other(
        self, browser: Browser, ada: User, clock: FakeClock
    ) -> None:
        await browser.open("/login")
        await browser.send("/login", email=ada.email, password=PASSWORD, remember="on")
        clock.advance(timedelta(days=14))
        await browser.open("/trash")
        assert browser.path == "/login"

    async def test_c03_after_a_year_it_ends_however_much_it_was_used(
        self, browser: Browser, ada: User, clock: FakeClock
    ) -> None:
        await browser.open("/login")
        await browser.send("/login", email=ada.email, password=PASSWORD, remember="on")
        for _ in range(36):
            clock.advance(timedelta(days=10))
            await browser.open("/trash")
            assert browser.path == "/trash"
        clock.advance(timedelta(days=5))
        await browser.open("/trash")
        assert browser.path == "/login"

    async def test_the_browser_keeps_the_cookie_for_as_long(
        self, browser: Browser, ada: User
    ) -> None:
        await browser.open("/login")
        fields = {"email": ada.email, "password": PASSWORD}
        fields |= {"csrf_token": browser.field("csrf_token")}
        for more, days in (({}, 30), ({"remember": "on"}, 365)):
            answer = await browser.client.post("/login", data=fields | more)
            [kept] = [
                each
                for each in answer.headers.get_list("set-cookie")
                if each.startswith("__Host-potluck=")
            ]
            assert f"Max-Age={days * 86_400};" in kept
            await browser.open("/")
            await browser.send("/logout")
            await browser.open("/login")
            fields["csrf_token"] = browser.field("csrf_token")

    async def test_a_form_that_was_refused_keeps_the_box_ticked(
        self, browser: Browser, ada: User
    ) -> None:
        await browser.open("/login")
        assert "checked" not in browser.page.find("input", type="checkbox")[0].attributes
        await browser.send("/login", email=ada.email, password="wrong", remember="on")
        assert "checked" in browser.page.find("input", type="checkbox")[0].attributes


class TestSetup:
    @pytest.fixture
    async def secret(self, resources: Resources) -> str:
        """The secret of the last start."""
        async with resources.database.transaction() as session:
            found = await setup.renew_secret(session, resources.clock)
        assert found
        return found

    @pytest.mark.usefixtures("reopen_setup")
    async def test_makes_the_administrator_once(
        self, browser: Browser, open_browser: OpenBrowser, secret: str
    ) -> None:
        await browser.open("/setup")
        await browser.send("/setup", secret=f" {secret} ", **ADA)
        assert (browser.path, browser.heading) == ("/", "Recipes")
        late = await open_browser()
        await late.open("/setup")
        assert late.answer.status_code == 410
        assert "Set-up is done" in late.page.text

    @pytest.mark.usefixtures("secret")
    async def test_wants_the_secret(self, browser: Browser) -> None:
        await browser.open("/setup")
        await browser.send("/setup", secret="pst_wrong", **ADA)
        assert browser.answer.status_code == 422
        assert browser.errors["secret"].startswith("Take the secret from the log")
        assert browser.field("email") == ADA["email"]

    async def test_wants_a_fit_account(self, browser: Browser, secret: str) -> None:
        await browser.open("/setup")
        await browser.send("/setup", secret=secret, display_name="", email="x", password="y")
        assert set(browser.errors) == {"display_name", "email", "password"}
        for password in ("Ada's kitchen 1815", "passwordpassword"):
            await browser.send("/setup", secret=secret, **ADA | {"password": password})
            assert set(browser.errors) == {"password"}

    @pytest.fixture
    async def reopen_setup(self, resources: Resources) -> AsyncIterator[None]:
        """The instance outlives the test: it has no administrator again afterwards."""
        yield
        async with resources.database.transaction() as session:
            await session.execute(text("UPDATE instance SET setup_done_at = NULL"))


class TestPlainHttp:
    @pytest.mark.parametrize("path", ["/login", "/signup"])
    async def test_says_why_and_where_to_go_on(self, browser: Browser, path: str) -> None:
        await browser.open(f"http://192.168.1.20:8000{path}")
        assert "Potluck over plain http, as 192.168.1.20:8000" in browser.page.text
        assert browser.page.find("main")[0].find("form") == []

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "a.localhost"])
    async def test_this_machine_itself_keeps_the_cookie(self, browser: Browser, host: str) -> None:
        await browser.open(f"http://{host}/login")
        assert browser.page.find("form", action="/login")

    async def test_signs_nobody_in_for_nothing(self, browser: Browser, ada: User) -> None:
        page = await browser.open("/login")
        token = page.find("input", name="csrf_token")[0].attributes["value"]
        form = {"email": ada.email, "password": PASSWORD, "csrf_token": token}
        await browser.post("http://192.168.1.20:8000/login", form)
        assert "cannot keep you signed in" in browser.page.text

    async def test_the_operator_may_lift_it(
        self, browser: Browser, resources: Resources, ada: User
    ) -> None:
        before = resources.settings
        resources.settings = before.model_copy(update={"insecure_local_http": True})
        try:
            await browser.open("http://192.168.1.20/login")
            await browser.send("/login", email=ada.email, password=PASSWORD)
            assert (browser.path, browser.session_cookie is not None) == ("/", True)
            (cookie,) = [c for c in browser.client.cookies.jar if c.name == "potluck"]
            assert (cookie.secure, cookie.path) == (False, "/")
        finally:
            resources.settings = before


class TestSignupOfTheInvited:
    async def test_says_how_to_be_invited(self, browser: Browser, resources: Resources) -> None:
        with sign_up_mode(resources, "invite"):
            for path in ("/signup", "/signup?next=/trash", "/signup?next=/invitations"):
                page = await browser.open(path)
                assert "Sign-up is for the invited" in page.text
                assert not page.find("form", action="/signup")

    async def test_who_comes_from_an_invitation_is_a_member_at_once(
        self, browser: Browser, resources: Resources, ada: User, session: AsyncSession
    ) -> None:
        token = await invite(resources, ada)
        new = ADA | {"email": "new@example.org", "display_name": "New"}
        with sign_up_mode(resources, "invite"):
            await browser.open("/signup", params={"next": f"/invitations?token={token}"})
            await browser.send("/signup", **new)
        assert (browser.path, browser.heading) == ("/", "New's kitchen")
        roles = select(Membership.role).where(Membership.household_id == ada.default_household_id)
        assert sorted(await session.scalars(roles)) == ["editor", "owner"]

    async def test_a_used_one_makes_no_account(
        self, browser: Browser, resources: Resources, session: AsyncSession
    ) -> None:
        with sign_up_mode(resources, "invite"):
            await browser.open("/signup", params={"next": "/invitations?token=piv_x"})
            await browser.send("/signup", **ADA)
        assert browser.answer.status_code == 422
        assert "This invitation is not valid" in browser.page.text
        assert list(await session.scalars(select(User.id))) == []


class TestClosedSignup:
    async def test_says_whom_to_ask(self, browser: Browser, resources: Resources) -> None:
        before = resources.settings
        closed = before.signup.model_copy(update={"mode": "closed"})
        page = await browser.open("/signup")
        token = page.find("input", name="csrf_token")[0].attributes["value"]
        resources.settings = before.model_copy(update={"signup": closed})
        try:
            await browser.post("/signup", ADA | {"csrf_token": token})
            assert browser.answer.status_code == 403
            assert "Sign-up is closed here" in browser.page.text
            page = await browser.open("/")
            assert page.find("a", href="/signup") == []
        finally:
            resources.settings = before
