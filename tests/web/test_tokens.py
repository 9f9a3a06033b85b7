"""The page of tokens: made, shown once, revoked, all without script."""

from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.scopes import SCOPES_OF_TOKENS, Scope
from potluck.models import PersonalToken, User
from potluck.resources import Resources
from potluck.web.tokens import WORDS
from tests.api.recipe_calls import URL
from tests.api.token_calls import bearing, make_token
from tests.conftest import gather
from tests.doubles import FakeClock
from tests.factories import Factories, Make
from tests.web.browser import Browser
from tests.web.conftest import OpenBrowser

PAGE = "/account/tokens"
TOKEN = {"class": "token"}
DISPLAY = {"name": "Display", "recipes:read": "on", "household_id": "", "days": "90"}


def shown(browser: Browser) -> list[str]:
    """The tokens that the page shows in full."""
    return [each.text for place in browser.page.find("p", **TOKEN) for each in place.find("code")]


class TestMake:
    async def test_g01_the_token_is_shown_once_and_works(
        self, adas: Browser, client: httpx2.AsyncClient
    ) -> None:
        await adas.open(PAGE)
        await adas.send(PAGE, **DISPLAY)

        [token] = shown(adas)
        assert adas.answer.status_code == 201
        assert adas.answer.headers["Cache-Control"] == "no-store"
        assert "set-cookie" not in adas.answer.headers
        assert token not in str(adas.answer.url)
        assert (await client.get(URL, headers=bearing(token))).status_code == 200

        await adas.open(PAGE)
        assert "Display" in adas.page.text
        assert token not in adas.answer.text
        assert f"Ends in {token[-4:]}." in " ".join(adas.page.text.split())

    async def test_it_may_do_what_was_ticked_where_it_was_chosen_and_as_long(
        self, adas: Browser, ada: User, factories: Factories, session: AsyncSession
    ) -> None:
        cabin = await factories.household(ada, name="Cabin")
        await adas.open(PAGE)
        chosen = {"recipes:write": "on", "household_id": str(cabin.id), "days": "30"}
        await adas.send(PAGE, **DISPLAY | chosen)
        await adas.open(PAGE)
        await adas.send(PAGE, **DISPLAY | {"name": "Endless", "days": ""})

        rows = list(await session.scalars(select(PersonalToken).order_by(PersonalToken.name)))
        assert [(row.scope, row.household_id) for row in rows] == [
            ("recipes:read recipes:write", cabin.id),
            ("recipes:read", None),
        ]
        assert rows[0].expires_at == rows[0].created_at + timedelta(days=30)
        assert rows[1].expires_at is None
        words = " ".join(adas.page.text.split())
        assert "Read recipes and tags · Add and change recipes and tags · only in Cabin" in words
        assert "Expires on 31 Mar 2026. Never used." in words
        assert "Does not expire. Never used." in words

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"name": " "}, "This is needed."),
            ({"name": "x" * 101}, "Use at most 100 characters."),
            ({"days": "31"}, "Choose one of the list."),
            ({"household_id": "x"}, "Choose one of the list."),
            (
                {"household_id": "0190a0a0-0000-7000-8000-000000000001"},
                "Name one of your households.",
            ),
        ],
        ids=["blank", "long", "days", "no id", "foreign"],
    )
    async def test_what_does_not_fit_is_said_beside_what_was_typed(
        self, adas: Browser, fields: dict[str, str], said: str, session: AsyncSession
    ) -> None:
        await adas.open(PAGE)
        await adas.send(PAGE, **DISPLAY | {"imports:run": "on"} | fields)

        assert adas.answer.status_code == 422
        assert said in adas.page.text
        [ticked] = adas.page.find("input", name="imports:run")
        assert "checked" in ticked.attributes
        assert await session.scalar(select(func.count()).select_from(PersonalToken)) == 0

    async def test_one_that_may_do_nothing_is_not_made(self, adas: Browser) -> None:
        await adas.open(PAGE)
        fields = DISPLAY | {"csrf_token": adas.field("csrf_token")}
        del fields["recipes:read"]
        answer = await adas.client.post(PAGE, data=fields)
        assert answer.status_code == 422
        assert "Choose at least one." in answer.text

    async def test_g03_without_a_life_it_ends_in_90_days(
        self, adas: Browser, session: AsyncSession
    ) -> None:
        """Not what the page sends, but nobody gets a token for ever by saying nothing."""
        await adas.open(PAGE)
        fields = DISPLAY | {"csrf_token": adas.field("csrf_token")}
        del fields["days"]
        assert (await adas.client.post(PAGE, data=fields)).status_code == 201
        made = (await session.scalars(select(PersonalToken))).one()
        assert made.expires_at == made.created_at + timedelta(days=90)

    async def test_it_is_never_offered_to_guard_the_account(self, adas: Browser) -> None:
        await adas.open(PAGE)
        boxes = {each.attributes["name"] for each in adas.page.find("input", type="checkbox")}
        of_administrators = {Scope.ADMIN_READ, Scope.ADMIN_WRITE}
        assert boxes == SCOPES_OF_TOKENS - of_administrators
        assert WORDS.keys() == SCOPES_OF_TOKENS
        fields = DISPLAY | {"csrf_token": adas.field("csrf_token"), Scope.ACCOUNT_SECURITY: "on"}
        answer = await adas.client.post(PAGE, data=fields)
        assert answer.status_code == 422

    async def test_administrators_may_have_one_for_administration(
        self, open_browser: OpenBrowser, make_user: Make[User]
    ) -> None:
        browser = await open_browser(await make_user(is_instance_admin=True))
        await browser.open(PAGE)
        boxes = {each.attributes["name"] for each in browser.page.find("input", type="checkbox")}
        assert boxes == SCOPES_OF_TOKENS


class TestRevoke:
    async def test_ends_it_at_once(
        self, adas: Browser, ada: User, resources: Resources, client: httpx2.AsyncClient
    ) -> None:
        made = await make_token(resources, ada, name="<b>Old</b>")
        await adas.open(PAGE)
        await adas.send(f"{PAGE}/{made.id}/revoke")

        assert adas.path == PAGE
        assert "<b>Old</b>: the token is revoked." in adas.page.text
        assert not adas.page.find("ul", **{"class": "rows tokens"})
        assert (await client.get(URL, headers=bearing(made.token))).status_code == 401

    async def test_g03_nobody_revokes_that_of_another(
        self, open_browser: OpenBrowser, ada: User, resources: Resources, factories: Factories
    ) -> None:
        made = await make_token(resources, ada)
        eves = await open_browser(await factories.user())
        await eves.open(PAGE)
        token = {"csrf_token": eves.field("csrf_token")}
        answer = await eves.client.post(f"{PAGE}/{made.id}/revoke", data=token)
        assert answer.status_code == 404
        assert str(made.id) not in (await eves.client.get(PAGE)).text

    async def test_twice_at_once_is_no_error_of_ours(
        self, adas: Browser, ada: User, resources: Resources
    ) -> None:
        made = await make_token(resources, ada)
        await adas.open(PAGE)
        token = {"csrf_token": adas.field("csrf_token")}
        path = f"{PAGE}/{made.id}/revoke"
        answers = await gather(*[lambda: adas.client.post(path, data=token)] * 3)
        assert sorted(answer.status_code for answer in answers) == [303, 404, 404]


class TestList:
    async def test_says_which_has_expired_and_which_is_used(
        self, adas: Browser, ada: User, resources: Resources, clock: FakeClock,
        client: httpx2.AsyncClient,
    ) -> None:  # fmt: skip
        short = await make_token(resources, ada, expires_at="2026-03-02T12:00:00Z")
        await client.get(URL, headers=bearing(short.token))
        clock.advance(timedelta(days=2))
        await adas.open(PAGE)
        words = " ".join(adas.page.text.split())
        assert "Everything a token may" in words
        assert "Expired on 2 Mar 2026. Last used on 1 Mar 2026." in words

    async def test_the_menu_of_the_account_leads_to_it(self, adas: Browser) -> None:
        await adas.open("/")
        assert [each.text for each in adas.page.find("a", href=PAGE)] == ["Tokens"]

    async def test_strangers_sign_in_first(self, browser: Browser) -> None:
        await browser.open(PAGE)
        assert (browser.path, browser.field("next")) == ("/login", PAGE)
