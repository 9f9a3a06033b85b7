"""The pages of the audit: of administrators, and of people about their own account."""

import pytest

from potluck.domain.audit import Action
from potluck.models import User
from potluck.web.audit_words import WORDS
from tests.factories import Make
from tests.web.browser import Browser
from tests.web.conftest import OpenBrowser

AUDIT, SECURITY = "/admin/audit", "/account/security"


@pytest.fixture
async def roots(open_browser: OpenBrowser, make_user: Make[User]) -> Browser:
    """An administrator's browser."""
    return await open_browser(await make_user(is_instance_admin=True))


def told(browser: Browser) -> list[str]:
    """What was done, by the list of a person."""
    return [each.text for each in browser.page.find("h2")]


def rows(browser: Browser) -> list[str]:
    """What was done, by the table of administrators."""
    return [each.text for each in browser.page.find("th", scope="row")]


async def make_a_household(browser: Browser) -> None:
    await browser.open("/households")
    await browser.send("/households", name="Cabin", once="0190a0a0-0000-7000-8000-000000000001")


def test_every_action_has_words_of_its_own() -> None:
    assert WORDS.keys() == set(Action)
    assert len(set(WORDS.values())) == len(WORDS)


class TestAdministrators:
    async def test_see_what_was_done(self, roots: Browser, adas: Browser) -> None:
        await make_a_household(adas)
        await roots.open(AUDIT)
        assert "A household was made" in rows(roots)

    async def test_find_what_they_ask_for_without_script(
        self, roots: Browser, adas: Browser
    ) -> None:
        await make_a_household(adas)
        await roots.open(f"{AUDIT}?action=household.created&outcome=&actor_id=&since=2020-01-01")
        assert set(rows(roots)) == {"A household was made"}
        await roots.open(f"{AUDIT}?action=household.created&before=2020-01-01")
        assert rows(roots) == []
        assert "There is no such event." in roots.answer.text

    @pytest.mark.parametrize("asked", ["actor_id=x", "action=x", "since=x", "outcome=x"])
    async def test_are_told_what_is_wrong_with_a_filter(self, roots: Browser, asked: str) -> None:
        await roots.open(f"{AUDIT}?{asked}")
        assert roots.answer.status_code == 422
        assert [each.text for each in roots.page.find("a", href=f"#f-{asked[:-2]}")] != []
        assert rows(roots) == []

    async def test_nobody_else_does(self, adas: Browser, browser: Browser) -> None:
        await adas.open(AUDIT)
        assert adas.answer.status_code == 403
        await browser.open(AUDIT)
        assert browser.path == "/login"


class TestPeople:
    async def test_see_what_was_done_by_them_and_to_them(
        self, roots: Browser, adas: Browser, ada: User
    ) -> None:
        await make_a_household(adas)
        await roots.open(f"/admin/users/{ada.id}")
        await roots.send(f"/admin/users/{ada.id}/promote")
        await adas.open(SECURITY)
        assert told(adas)[:2] == ["The account was made an administrator's", "A household was made"]
        assert adas.page.find("time")

    async def test_the_menu_leads_there(self, adas: Browser) -> None:
        await adas.open("/")
        assert [each.text for each in adas.page.find("a", href=SECURITY)] == ["Security"]
