"""Invitations on pages: made with a QR code, looked at, accepted by the way of signing up or in."""

from uuid import UUID

import httpx2
import pytest

from potluck.models import User
from potluck.resources import Resources
from potluck.web import qr
from tests.api.invitation_calls import invite, token_of
from tests.conftest import API, ORIGIN
from tests.factories import PASSWORD, Factories
from tests.limits import limited
from tests.web.browser import Browser
from tests.web.conftest import OpenBrowser

VOID = "This invitation lets nobody in"


@pytest.fixture
def home(ada: User) -> UUID:
    assert ada.default_household_id is not None
    return ada.default_household_id


@pytest.fixture
def url(home: UUID) -> str:
    return f"/households/{home}"


async def link_of(client: httpx2.AsyncClient, home: UUID, role: str = "editor", **more: str) -> str:
    """The path of a new invitation's page."""
    return f"/invitations?token={token_of(await invite(client, home, role, **more))}"


async def role_of(client: httpx2.AsyncClient, home: UUID, name: str) -> str | None:
    page = (await client.get(f"{API}/households/{home}/members")).json()
    return next((each["role"] for each in page["items"] if each["display_name"] == name), None)


class TestMade:
    async def test_the_link_is_shown_once_with_its_code(
        self, adas: Browser, url: str, browser: Browser
    ) -> None:
        await adas.open(url)
        await adas.send(f"{url}/invitations", role="viewer")

        assert adas.answer.status_code == 201
        assert adas.answer.headers["Cache-Control"] == "no-store"
        [link] = [each.text for each in adas.page.find("code")]
        assert link.startswith(f"{ORIGIN}/invitations?token=pin_")
        assert qr.svg(link) in adas.answer.text
        await adas.open(url)
        assert link not in adas.answer.text
        assert "Viewer" in adas.page.find("h3")[1].text
        await browser.open(link.removeprefix(ORIGIN))
        assert browser.heading == "Join Ada's kitchen"

    async def test_a_form_that_is_sent_twice_makes_one(
        self, adas: Browser, url: str, home: UUID, as_ada: httpx2.AsyncClient
    ) -> None:
        await adas.open(url)
        form = adas.page
        for _ in range(2):
            adas.page = form
            await adas.send(f"{url}/invitations", role="viewer")
        found = (await as_ada.get(f"{API}/households/{home}/invitations")).json()
        assert len(found["items"]) == 1

    async def test_an_address_that_is_none_is_said_beside_it(self, adas: Browser, url: str) -> None:
        await adas.open(url)
        await adas.send(f"{url}/invitations", role="viewer", email="bob")
        assert adas.answer.status_code == 422
        assert adas.errors.keys() == {"email"}
        assert adas.field("email") == "bob"

    async def test_b05_too_many_are_told_to_wait(
        self, adas: Browser, url: str, resources: Resources
    ) -> None:
        with limited(resources, invitation_per_user=1):
            for status in (201, 429):
                await adas.open(url)
                await adas.send(f"{url}/invitations", role="viewer")
                assert adas.answer.status_code == status

    async def test_one_is_withdrawn(
        self, adas: Browser, url: str, home: UUID, as_ada: httpx2.AsyncClient, browser: Browser
    ) -> None:
        made = await invite(as_ada, home)
        await adas.open(url)
        await adas.send(f"{url}/invitations/{made['id']}/revoke")
        assert adas.message == "The invitation is withdrawn."
        await browser.open(f"/invitations?token={token_of(made)}")
        assert browser.answer.status_code == 404
        assert VOID in browser.page.text


class TestAccepted:
    async def test_by_somebody_who_is_signed_in(
        self, open_browser: OpenBrowser, factories: Factories, as_ada: httpx2.AsyncClient,
        home: UUID, url: str,
    ) -> None:  # fmt: skip
        browser = await open_browser(await factories.user(display_name="Bob"))
        link = await link_of(as_ada, home)

        await browser.open(link)
        assert browser.answer.headers["Cache-Control"] == "no-store"
        assert await role_of(as_ada, home, "Bob") is None, "looking at it is not joining"
        await browser.send("/invitations")

        assert (browser.path, browser.message) == (url, "Welcome to Ada's kitchen.")
        assert await role_of(as_ada, home, "Bob") == "editor"
        await browser.open(link)
        assert browser.answer.status_code == 404

    async def test_by_a_stranger_who_signs_in_on_the_way(
        self, browser: Browser, factories: Factories, as_ada: httpx2.AsyncClient, home: UUID
    ) -> None:
        await factories.user(email="bob@example.org", display_name="Bob")
        await browser.open(await link_of(as_ada, home))
        [way] = [each for each in browser.page.find("a") if each.text == "I have an account"]
        await browser.open(way.attributes["href"])
        await browser.send("/login", email="bob@example.org", password=PASSWORD)
        assert browser.heading == "Join Ada's kitchen"
        await browser.send("/invitations")
        assert await role_of(as_ada, home, "Bob") == "editor"

    async def test_by_a_stranger_who_signs_up_on_the_way(
        self, browser: Browser, as_ada: httpx2.AsyncClient, home: UUID
    ) -> None:
        await browser.open(await link_of(as_ada, home, "contributor"))
        [way] = [each for each in browser.page.find("a") if each.text == "Make an account"]
        await browser.open(way.attributes["href"])
        await browser.send(
            "/signup", display_name="Bob", email="bob@example.org", password=PASSWORD
        )
        assert browser.heading == "Join Ada's kitchen"
        await browser.send("/invitations")
        assert await role_of(as_ada, home, "Bob") == "contributor"

    async def test_who_is_a_member_already_is_told_so(
        self, adas: Browser, as_ada: httpx2.AsyncClient, home: UUID
    ) -> None:
        await adas.open(await link_of(as_ada, home))
        await adas.send("/invitations")
        assert adas.answer.status_code == 409
        assert "You are a member of this household already." in adas.page.text

    async def test_one_for_another_address_is_refused_without_naming_it(
        self,
        open_browser: OpenBrowser,
        factories: Factories,
        as_ada: httpx2.AsyncClient,
        home: UUID,
    ) -> None:
        browser = await open_browser(await factories.user())
        await browser.open(await link_of(as_ada, home, email="bob@example.org"))
        assert "bob@example.org" not in browser.answer.text
        await browser.send("/invitations")
        assert browser.answer.status_code == 403
        assert "meant for another address" in browser.page.text

    @pytest.mark.parametrize("query", ["", "?token=", "?token=pin_none", "?token=%00"])
    async def test_without_a_good_token_nothing_is_said(self, browser: Browser, query: str) -> None:
        await browser.open(f"/invitations{query}")
        assert browser.answer.status_code == 404
        assert VOID in browser.page.text

    async def test_b05_looking_at_many_is_slowed_down(
        self, browser: Browser, resources: Resources
    ) -> None:
        with limited(resources, redemption_per_address=2):
            statuses = []
            for _ in range(3):
                await browser.open("/invitations?token=pin_none")
                statuses.append(browser.answer.status_code)
        assert statuses == [404, 404, 429]
