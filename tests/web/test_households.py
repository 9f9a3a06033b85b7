"""The pages of households: listed, made, chosen, and who belongs to them, all without script."""

from uuid import UUID

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import Household, Membership, User
from tests.api.recipe_calls import URL
from tests.conftest import API
from tests.factories import Factories
from tests.web.browser import Browser
from tests.web.conftest import OpenBrowser

PAGE = "/households"


@pytest.fixture
def home(ada: User) -> UUID:
    assert ada.default_household_id is not None
    return ada.default_household_id


@pytest.fixture
def url(home: UUID) -> str:
    return f"{PAGE}/{home}"


def words(browser: Browser) -> str:
    return " ".join(browser.page.text.split())


def actions(browser: Browser) -> set[str]:
    """Where the forms of the page lead."""
    return {each.attributes["action"] for each in browser.page.find("form", method="post")}


class TestList:
    async def test_says_which_one_new_recipes_go_to(
        self, adas: Browser, ada: User, factories: Factories
    ) -> None:
        await factories.household(ada, name="Cabin")
        await adas.open(PAGE)
        assert [each.text.strip() for each in adas.page.find("h2")][:2] == [
            "Ada's kitchen",
            "Cabin",
        ]
        assert words(adas).count("new recipes go here") == 1

    async def test_another_is_made_and_invites_on_its_page(
        self, adas: Browser, session: AsyncSession
    ) -> None:
        await adas.open(PAGE)
        await adas.send(PAGE, name="  Cabin ")

        made = (await session.scalars(select(Household).where(Household.name == "Cabin"))).one()
        assert (adas.path, adas.heading) == (f"{PAGE}/{made.id}", "Cabin")
        assert adas.message == "Cabin is yours. Invite who cooks with you."
        assert "You are: Owner." in words(adas)

    @pytest.mark.parametrize(
        ("name", "said"), [(" ", "This is needed."), ("x" * 101, "Use at most 100 characters.")]
    )
    async def test_a_name_that_does_not_fit_is_said_beside_it(
        self, adas: Browser, name: str, said: str
    ) -> None:
        await adas.open(PAGE)
        await adas.send(PAGE, name=name)
        assert (adas.answer.status_code, adas.errors) == (422, {"name": said})


class TestSwitch:
    async def test_in_the_menu_of_every_page(
        self, adas: Browser, ada: User, factories: Factories, as_ada: httpx2.AsyncClient
    ) -> None:
        await adas.open("/ideas")
        assert "/households/use" not in actions(adas), "there is nothing to choose"
        cabin = await factories.household(ada, name="Cabin")
        await adas.open("/ideas")
        names = [each.text for each in adas.form("/households/use").find("button")]
        assert names == ["Ada's kitchen", "Cabin"]

        await adas.send("/households/use", household_id=str(cabin.id))

        assert (adas.path, adas.heading) == ("/", "Cabin")
        assert adas.message == "New recipes now go to Cabin."
        me = (await as_ada.get(f"{API}/auth/me")).json()
        assert me["default_household_id"] == str(cabin.id)

    async def test_new_recipes_and_imports_go_there(
        self, adas: Browser, ada: User, factories: Factories, as_ada: httpx2.AsyncClient
    ) -> None:
        cabin = await factories.household(ada, name="Cabin")
        await adas.open("/recipes/new")
        await adas.send("/households/use", household_id=str(cabin.id))
        assert adas.path == "/recipes/new"
        assert adas.field("household_id") == str(cabin.id)
        html = (
            '<script type="application/ld+json">{"@type":"Recipe","name":"Soup",'
            '"recipeIngredient":["1 leek"],"recipeInstructions":"Boil."}</script>'
        )
        made = await as_ada.post(f"{URL}/import", json={"html": html})
        assert made.json()["recipe"]["household_id"] == str(cabin.id)

    @pytest.mark.parametrize("id", ["", "x", "0190a0a0-0000-7000-8000-000000000001"])
    async def test_to_one_that_is_not_theirs_changes_nothing(
        self, adas: Browser, ada: User, factories: Factories, as_ada: httpx2.AsyncClient, id: str
    ) -> None:
        await factories.household(ada)
        await adas.open("/")
        await adas.send("/households/use", household_id=id)
        assert adas.message == "Choose one of your households."
        me = (await as_ada.get(f"{API}/auth/me")).json()
        assert me["default_household_id"] == str(ada.default_household_id)


class TestMembers:
    async def test_are_listed_without_an_address(
        self, adas: Browser, factories: Factories, home: UUID, url: str
    ) -> None:
        await factories.member(home, "viewer", display_name="Bob", email="bob@example.org")
        await adas.open(url)
        assert "Ada (you)" in words(adas)
        assert "Viewer · since 1 Mar 2026" in words(adas)
        assert "bob@example.org" not in adas.answer.text

    async def test_get_another_role_and_are_removed(
        self, adas: Browser, factories: Factories, home: UUID, url: str, session: AsyncSession
    ) -> None:
        bob = await factories.member(home, "viewer", display_name="Bob")
        await adas.open(url)
        await adas.send(f"{url}/members/{bob.id}", role="editor")
        assert adas.message == "Bob is now Editor."
        await adas.send(f"{url}/members/{bob.id}/remove")
        assert adas.message == "They no longer belong to the household."
        left = select(Membership.user_id).where(Membership.household_id == home)
        assert bob.id not in set(await session.scalars(left))

    async def test_offer_to_each_what_the_own_role_may_do(
        self, open_browser: OpenBrowser, factories: Factories, ada: User, home: UUID, url: str
    ) -> None:
        admin = await factories.member(home, "admin")
        viewer = await factories.member(home, "viewer")
        own = {"/logout", "/households/use"}

        at_viewer = await open_browser(viewer)
        await at_viewer.open(url)
        assert actions(at_viewer) == own | {f"{url}/members/{viewer.id}/remove"}

        at_admin = await open_browser(admin)
        await at_admin.open(url)
        assert actions(at_admin) == own | {
            url,
            f"{url}/invitations",
            f"{url}/members/{admin.id}",
            f"{url}/members/{admin.id}/remove",
            f"{url}/members/{viewer.id}",
            f"{url}/members/{viewer.id}/remove",
        }
        assert f"{url}/members/{ada.id}" not in at_admin.answer.text

    async def test_h10_a_forged_form_gives_no_role_above_the_own(
        self, open_browser: OpenBrowser, factories: Factories, home: UUID, url: str
    ) -> None:
        admin = await factories.member(home, "admin")
        browser = await open_browser(admin)
        await browser.open(url)
        await browser.send(f"{url}/members/{admin.id}", role="owner")
        assert browser.answer.status_code == 403

    async def test_the_last_owner_stays(
        self, adas: Browser, ada: User, factories: Factories, home: UUID, url: str
    ) -> None:
        await factories.member(home, "admin")
        for path, fields in ((f"{url}/members/{ada.id}", {"role": "admin"}),
                             (f"{url}/members/{ada.id}/remove", {})):  # fmt: skip
            await adas.open(url)
            await adas.send(path, **fields)
            assert (adas.path, adas.message) == (url, "Make someone else an owner first.")

    async def test_h06_who_leaves_sees_it_no_more(
        self, open_browser: OpenBrowser, factories: Factories, home: UUID, url: str
    ) -> None:
        bob = await factories.member(home, "editor")
        browser = await open_browser(bob)
        await browser.open(url)
        await browser.send(f"{url}/members/{bob.id}/remove")
        assert (browser.path, browser.message) == (PAGE, "You have left the household.")
        await browser.open(url)
        assert browser.answer.status_code == 404

    async def test_h01_a_household_of_others_is_not_there(
        self, open_browser: OpenBrowser, factories: Factories, url: str
    ) -> None:
        browser = await open_browser(await factories.user())
        await browser.open(url)
        assert browser.answer.status_code == 404


class TestSettings:
    async def test_are_saved(
        self, adas: Browser, url: str, home: UUID, session: AsyncSession
    ) -> None:
        await adas.open(url)
        await adas.send(
            url,
            name="Home",
            locale="de-AT",
            unit_system="metric",
            currency="CHF",
            time_zone="Europe/Vienna",
            week_start="sunday",
            default_visibility="private",
        )
        assert (adas.message, adas.heading) == ("Saved.", "Home")
        row = await session.get_one(Household, home)
        assert (row.locale, row.unit_system, row.currency) == ("de-AT", "metric", "CHF")
        assert (row.time_zone, row.week_start) == ("Europe/Vienna", "sunday")
        assert row.default_visibility == "private"

    async def test_what_does_not_fit_is_said_beside_what_was_typed(
        self, adas: Browser, url: str
    ) -> None:
        await adas.open(url)
        await adas.send(url, name="", time_zone="Vienna")
        assert adas.answer.status_code == 422
        assert adas.errors.keys() == {"name", "time_zone"}
        assert adas.field("time_zone") == "Vienna"

    async def test_changed_meanwhile_by_somebody_else_are_shown_again(
        self, adas: Browser, url: str, home: UUID, as_ada: httpx2.AsyncClient
    ) -> None:
        await adas.open(url)
        await as_ada.patch(
            f"{API}/households/{home}", json={"name": "Hut"}, headers={"If-Match": "*"}
        )
        await adas.send(url, name="Home")
        assert (adas.answer.status_code, adas.heading) == (422, "Hut")
        assert "Someone else changed the settings meanwhile" in words(adas)


class TestOwner:
    async def test_hands_the_household_over(
        self, adas: Browser, factories: Factories, home: UUID, url: str
    ) -> None:
        bob = await factories.member(home, "viewer", display_name="Bob")
        await adas.open(url)
        await adas.send(f"{url}/transfer", user_id=str(bob.id))
        assert adas.message == "Bob is now the owner."
        assert "You are: Admin." in words(adas)
        assert f"{url}/delete" not in actions(adas)

    async def test_deletes_it_and_takes_it_back(
        self, adas: Browser, url: str, home: UUID, as_ada: httpx2.AsyncClient
    ) -> None:
        await adas.open(url)
        await adas.send(f"{url}/delete")
        assert (adas.path, adas.message) == (PAGE, "Ada's kitchen is in the trash.")
        assert "It is removed for good on 31 Mar 2026." in words(adas)
        assert (await as_ada.get(f"{API}/households/{home}")).status_code == 404
        await adas.send(f"{url}/restore")
        assert (adas.path, adas.message) == (url, "Ada's kitchen is back.")

    async def test_is_told_when_it_was_changed_meanwhile(
        self, adas: Browser, url: str, home: UUID, as_ada: httpx2.AsyncClient
    ) -> None:
        await adas.open(url)
        path, hut = f"{API}/households/{home}", {"name": "Hut"}
        await as_ada.patch(path, json=hut, headers={"If-Match": "*"})
        await adas.send(f"{url}/delete")
        assert adas.message == "Someone else changed the household meanwhile."
        assert (await as_ada.get(path)).status_code == 200
