"""The page of sessions: one's browsers and clients, ended without script."""

from datetime import timedelta
from uuid import UUID

import httpx2
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import User, WebSession
from potluck.resources import Resources
from potluck.services import web_sessions
from potluck.web.sessions import PATH as PAGE
from potluck.web.sessions import PER_PAGE
from tests.conftest import API, gather
from tests.doubles import FakeClock
from tests.factories import Factories
from tests.web.browser import Browser
from tests.web.conftest import OpenBrowser

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def id_of(session: AsyncSession, user: User) -> UUID:
    """The only web session of a person."""
    return (await session.scalars(select(WebSession.id).where(WebSession.user_id == user.id))).one()


def devices(browser: Browser) -> list[str]:
    [rows] = browser.page.find("ul", **{"class": "rows sessions"})
    return [each.text for each in rows.find("h2")]


def actions(browser: Browser) -> list[str]:
    """Where the forms lead that end one session."""
    forms = [each.attributes["action"] for each in browser.page.find("form", method="post")]
    return [each for each in forms if each.endswith("/end")]


class TestList:
    async def test_names_each_and_says_which_one_this_is(
        self, adas: Browser, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        clock.advance(timedelta(days=1))
        async with resources.database.transaction() as session:
            await web_sessions.start(
                session, ada, resources.settings.session, now=clock.now(), user_agent=FIREFOX
            )
        await adas.open(PAGE)
        words = " ".join(adas.page.text.split())
        assert devices(adas) == ["Firefox on Linux", "A browser"]
        assert "signed in on 2 Mar 2026 · last seen on 2 Mar 2026 Ends on 16 Mar 2026" in words
        assert words.count("This is where you are now.") == 1
        assert len(actions(adas)) == 1

    async def test_what_a_client_calls_itself_is_text(
        self, adas: Browser, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        async with resources.database.transaction() as session:
            await web_sessions.start(
                session, ada, resources.settings.session, now=clock.now(), user_agent="<b>Old</b>"
            )
        await adas.open(PAGE)
        assert "<b>Old<" in devices(adas)
        assert "&lt;b&gt;Old&lt;" in adas.answer.text

    async def test_alone_it_offers_nothing_to_end(self, adas: Browser) -> None:
        await adas.open(PAGE)
        assert devices(adas) == ["A browser"]
        assert actions(adas) == []
        assert not adas.page.find("form", action=f"{PAGE}/end-others")

    async def test_goes_on_behind_a_full_page(
        self, adas: Browser, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        clock.advance(timedelta(minutes=1))
        async with resources.database.transaction() as session:
            for _ in range(PER_PAGE):
                await web_sessions.start(
                    session, ada, resources.settings.session, now=clock.now(), user_agent=FIREFOX
                )
        await adas.open(PAGE)
        assert devices(adas) == ["Firefox on Linux"] * PER_PAGE
        [more] = adas.page.find("a", rel="next")
        await adas.open(more.attributes["href"])
        assert devices(adas) == ["A browser"]
        assert adas.page.find("form", action=f"{PAGE}/end-others")

    async def test_the_menu_of_the_account_leads_to_it(self, adas: Browser) -> None:
        await adas.open("/")
        assert [each.text for each in adas.page.find("a", href=PAGE)] == ["Sessions"]

    async def test_strangers_sign_in_first(self, browser: Browser) -> None:
        await browser.open(PAGE)
        assert (browser.path, browser.field("next")) == ("/login", PAGE)


class TestEnd:
    async def test_c09_the_other_browser_has_to_sign_in(
        self, adas: Browser, ada: User, open_browser: OpenBrowser
    ) -> None:
        other = await open_browser(ada)
        await adas.open(PAGE)
        [action] = actions(adas)
        await adas.send(action)

        assert (adas.path, adas.message) == (PAGE, "The session is ended.")
        assert actions(adas) == []
        await other.open("/trash")
        assert other.path == "/login"

    async def test_c09_a_client_of_the_api_is_401(
        self, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await adas.open(PAGE)
        assert "A program" in devices(adas)
        [action] = actions(adas)
        await adas.send(action)
        assert (await as_ada.get(f"{API}/auth/me")).status_code == 401

    async def test_h01_nobody_ends_that_of_another(
        self,
        adas: Browser,
        ada: User,
        open_browser: OpenBrowser,
        factories: Factories,
        session: AsyncSession,
    ) -> None:
        eves = await open_browser(await factories.user())
        await eves.open("/")
        token = {"csrf_token": eves.field("csrf_token")}
        path = f"{PAGE}/{await id_of(session, ada)}/end"
        assert (await eves.client.post(path, data=token)).status_code == 404
        await adas.open(PAGE)
        assert adas.path == PAGE

    async def test_c05_a_form_of_another_site_ends_nothing(
        self, adas: Browser, ada: User, open_browser: OpenBrowser
    ) -> None:
        other = await open_browser(ada)
        await adas.open(PAGE)
        token = {"csrf_token": adas.field("csrf_token")}
        headers = {"Sec-Fetch-Site": "cross-site"}
        for path in (*actions(adas), f"{PAGE}/end-others"):
            answer = await adas.client.post(path, data=token, headers=headers)
            assert answer.status_code == 403
            assert (await adas.client.post(path, data={"csrf_token": "x"})).status_code == 403
        await other.open("/trash")
        assert other.path == "/trash"

    async def test_twice_at_once_is_no_error_of_ours(
        self, adas: Browser, ada: User, open_browser: OpenBrowser
    ) -> None:
        await open_browser(ada)
        await adas.open(PAGE)
        [path] = actions(adas)
        token = {"csrf_token": adas.field("csrf_token")}
        answers = await gather(*[lambda: adas.client.post(path, data=token)] * 3)
        assert sorted(answer.status_code for answer in answers) == [303, 404, 404]


class TestEndOthers:
    async def test_c09_keeps_this_browser_alone(
        self, adas: Browser, ada: User, open_browser: OpenBrowser, as_ada: httpx2.AsyncClient
    ) -> None:
        other = await open_browser(ada)
        await adas.open(PAGE)
        assert len(actions(adas)) == 2
        await adas.send(f"{PAGE}/end-others")

        assert (adas.path, adas.message) == (PAGE, "All other sessions are ended.")
        assert actions(adas) == []
        await other.open("/trash")
        assert other.path == "/login"
        assert (await as_ada.get(f"{API}/auth/me")).status_code == 401
