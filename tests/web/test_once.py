"""M-04 on pages: a double click does it once, and everybody lands where it was done."""

import httpx2
import pytest

from potluck.models import PersonalToken, User, WebSession
from potluck.resources import Resources
from potluck.web import once
from tests.api.test_idempotency.calls import count, uses
from tests.conftest import gather
from tests.doubles import FakeFetcher
from tests.factories import PASSWORD, Make
from tests.web.browser import Browser, values
from tests.web.conftest import OpenBrowser
from tests.web.test_importing import HTML, URL

NEW, TOKENS, SIGNUP = "/recipes/new", "/account/tokens", "/signup"
ACCOUNT = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}
DISPLAY = {"name": "Display", "recipes:read": "on", "household_id": "", "days": "90"}


def filled(browser: Browser, action: str, /, **fields: str) -> dict[str, str]:
    """The form of the page that posts to `action`, with these fields filled in."""
    return values(browser.form(action)) | fields


async def clicked(
    browser: Browser, action: str, fields: dict[str, str], times: int = 2
) -> list[httpx2.Response]:
    """The answers to that many posts of the same form at the same time."""
    return await gather(*[lambda: browser.client.post(action, data=fields)] * times)


class TestM04DoubleClick:
    async def test_on_save_of_a_new_recipe_makes_one_and_both_land_on_it(
        self, adas: Browser, resources: Resources
    ) -> None:
        await adas.open(NEW)
        answers = await clicked(adas, NEW, filled(adas, NEW, title="Cake"))
        assert [answer.status_code for answer in answers] == [303, 303]
        [address] = {answer.headers["Location"] for answer in answers}
        assert (await adas.open(address)).find("h1")[0].text == "Cake"
        assert adas.message == "Saved."
        assert await count(resources) == 1

    async def test_on_save_of_an_import_makes_one_and_both_land_on_it(
        self, adas: Browser, resources: Resources, fetcher: FakeFetcher
    ) -> None:
        fetcher.pages[URL] = HTML
        await adas.open("/import")
        await adas.send("/import", url=URL)
        answers = await clicked(adas, "/import", filled(adas, "/import", action="save"))
        assert [answer.status_code for answer in answers] == [303, 303]
        assert len({answer.headers["Location"] for answer in answers}) == 1
        assert await count(resources) == 1

    async def test_on_make_the_token_makes_one_and_shows_it_twice(
        self, adas: Browser, resources: Resources
    ) -> None:
        await adas.open(TOKENS)
        answers = await clicked(adas, TOKENS, filled(adas, TOKENS, **DISPLAY))
        assert [answer.status_code for answer in answers] == [201, 201]
        tokens = [
            code.text
            for answer in answers
            for place in adas._show(answer).find("p", **{"class": "token"})
            for code in place.find("code")
        ]
        assert len(tokens) == 2
        assert len(set(tokens)) == 1
        assert await count(resources, PersonalToken) == 1

    async def test_on_make_account_makes_one_and_both_are_signed_in(
        self, browser: Browser, resources: Resources
    ) -> None:
        await browser.open(SIGNUP)
        answers = await clicked(browser, SIGNUP, filled(browser, SIGNUP, **ACCOUNT))
        assert [answer.status_code for answer in answers] == [303, 303]
        assert (await browser.open("/")).find("h1")
        assert "Ada" in browser.page.text
        assert (await count(resources, User), await count(resources, WebSession)) == (1, 1)


class TestM04SameForm:
    async def test_sent_again_from_the_history_leads_to_the_same_recipe(
        self, adas: Browser, resources: Resources
    ) -> None:
        await adas.open(NEW)
        form = filled(adas, NEW, title="Cake")
        first, second = [await adas.client.post(NEW, data=form) for _ in range(2)]
        assert first.headers["Location"] == second.headers["Location"]
        assert await count(resources) == 1

    async def test_with_another_recipe_typed_into_it_makes_a_second(
        self, adas: Browser, resources: Resources
    ) -> None:
        await adas.open(NEW)
        form = filled(adas, NEW, title="Cake")
        first = await adas.client.post(NEW, data=form)
        second = await adas.client.post(NEW, data=form | {"title": "Pie"})
        assert (first.status_code, second.status_code) == (303, 303)
        assert first.headers["Location"] != second.headers["Location"]
        assert await count(resources) == 2

    async def test_shown_again_after_an_error_keeps_its_name(self, adas: Browser) -> None:
        await adas.open(NEW)
        name = adas.field("once")
        await adas.send(NEW, title="")
        assert adas.answer.status_code == 422
        assert adas.field("once") == name
        await adas.send(NEW, title="Cake", csrf_token="expired")
        assert adas.answer.status_code == 403
        assert adas.field("once") == name

    async def test_opened_anew_has_a_name_of_its_own(self, adas: Browser) -> None:
        names = set()
        for path in (NEW, NEW, TOKENS):
            await adas.open(path)
            names.add(adas.field("once"))
        assert len(names) == 3

    async def test_after_an_error_can_be_sent_again(
        self, adas: Browser, resources: Resources
    ) -> None:
        await adas.open(NEW)
        for household in ("0192f0a1-7c5e-7d3a-9b1c-000000000001", ""):
            await adas.send(NEW, title="Cake", household_id=household)
        assert adas.heading == "Cake"
        assert len(await uses(resources)) == 1

    async def test_without_a_name_works_as_ever(self, adas: Browser, resources: Resources) -> None:
        await adas.open(NEW)
        form = filled(adas, NEW, title="Cake")
        del form["once"]
        for _ in range(2):
            assert (await adas.client.post(NEW, data=form)).status_code == 303
        assert (await count(resources), await uses(resources)) == (2, [])

    async def test_of_another_person_is_another_use(
        self, adas: Browser, open_browser: OpenBrowser, resources: Resources, make_user: Make[User]
    ) -> None:
        bobs = await open_browser(await make_user(display_name="Bob"))
        await adas.open(NEW)
        name = adas.field("once")
        for each in (adas, bobs):
            await each.open(NEW)
            await each.send(NEW, title="Cake", once=name)
            assert each.heading == "Cake"
        assert await count(resources) == 2


class TestM04FirstPostThatTakesLong:
    async def test_is_waited_for_and_then_the_form_comes_back_with_what_was_typed(
        self, adas: Browser, resources: Resources, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(once, "WAIT_S", 0.2)
        await adas.open(NEW)
        form = filled(adas, NEW, title="Cake")
        await adas.client.post(NEW, data=form)
        await begin_again(resources)
        adas._show(await adas.client.post(NEW, data=form))
        assert adas.answer.status_code == 503
        assert adas.answer.headers["Retry-After"] == "1"
        assert (adas.field("title"), adas.field("once")) == ("Cake", form["once"])
        assert "It is still being saved. What you typed is below." in adas.page.text


async def begin_again(resources: Resources) -> None:
    """As if the use that is stored were still being worked on."""
    async with resources.database.transaction() as session:
        [row] = await uses(resources)
        (await session.merge(row)).answer = None
