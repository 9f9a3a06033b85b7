"""The pages of administration: they work without script and open for administrators alone."""

import re
from datetime import timedelta

import httpx2
import pytest

from potluck.models import User
from potluck.resources import Resources
from tests.api.job_calls import make_job
from tests.api.token_calls import make_token
from tests.conftest import API
from tests.doubles import FakeClock
from tests.factories import Make
from tests.web.browser import Browser
from tests.web.conftest import OpenBrowser

PAGE = "/admin/users"


@pytest.fixture
async def root(make_user: Make[User]) -> User:
    return await make_user(display_name="Root", email="root@example.net", is_instance_admin=True)


@pytest.fixture
async def roots(open_browser: OpenBrowser, root: User) -> Browser:
    """The administrator's browser."""
    return await open_browser(root)


def names(browser: Browser) -> list[str]:
    return [each.text for each in browser.page.find("h2") if each.find("a")]


def pairs(browser: Browser) -> dict[str, str]:
    terms, values = browser.page.find("dt"), browser.page.find("dd")
    return {term.text: value.text for term, value in zip(terms, values, strict=True)}


class TestGuard:
    @pytest.mark.parametrize("path", ["/admin", "/admin/jobs", PAGE, f"{PAGE}/{{}}"])
    async def test_everybody_else_is_refused(
        self, adas: Browser, browser: Browser, root: User, path: str
    ) -> None:
        await adas.open(path.format(root.id))
        assert adas.answer.status_code == 403
        assert "root@example.net" not in adas.answer.text
        await browser.open(path.format(root.id))
        assert browser.path == "/login"

    async def test_the_menu_leads_there_for_administrators_alone(
        self, adas: Browser, roots: Browser
    ) -> None:
        await adas.open("/")
        assert not adas.page.find("a", href="/admin")
        await roots.open("/")
        assert [each.text for each in roots.page.find("a", href="/admin")] == ["Administration"]

    @pytest.mark.parametrize("act", ["disable", "promote", "end-sessions"])
    async def test_h03_nobody_else_changes_an_account(
        self, adas: Browser, roots: Browser, root: User, ada: User, act: str
    ) -> None:
        await adas.open("/")
        token = {"csrf_token": adas.field("csrf_token")}
        for user in (root, ada):
            answer = await adas.client.post(f"{PAGE}/{user.id}/{act}", data=token)
            assert answer.status_code == 403
        await roots.open(f"{PAGE}/{ada.id}")
        assert roots.heading == "Ada"
        assert f"{PAGE}/{ada.id}/disable" in roots.answer.text
        assert f"{PAGE}/{ada.id}/promote" in roots.answer.text

    @pytest.mark.parametrize("act", ["disable", "promote", "end-sessions"])
    async def test_c05_a_form_of_another_site_changes_nothing(
        self, roots: Browser, adas: Browser, ada: User, act: str
    ) -> None:
        await roots.open(f"{PAGE}/{ada.id}")
        token = {"csrf_token": roots.field("csrf_token")}
        headers = {"Sec-Fetch-Site": "cross-site"}
        answer = await roots.client.post(f"{PAGE}/{ada.id}/{act}", data=token, headers=headers)
        assert answer.status_code == 403
        await adas.open("/admin")
        assert (adas.path, adas.answer.status_code) == ("/admin", 403)


class TestOverview:
    async def test_says_what_is_here_and_how_it_runs(
        self, roots: Browser, ada: User, resources: Resources
    ) -> None:
        await roots.open("/admin")
        assert roots.heading == "Administration"
        found = pairs(roots)
        assert (found["Accounts"], found["Administrators"], found["Disabled"]) == ("2", "1", "0")
        assert (found["Households"], found["Recipes"], found["Pictures"]) == ("2", "0", "0")
        assert found["Schema"] == "as this version needs it"
        assert found["Sign-up"] == "open to everybody"
        assert re.fullmatch(r"(sqlite|postgresql) [0-9.]+.*", found["Database"])
        assert found["Address"] == resources.settings.public_url
        assert ada.display_name not in roots.page.text


class TestList:
    async def test_finds_by_name_or_address_and_narrows(
        self, roots: Browser, ada: User, root: User
    ) -> None:
        await roots.open(PAGE)
        assert names(roots) == ["Ada", "Root"]
        await roots.open(PAGE, params={"q": "example.net"})
        assert (names(roots), roots.field("q")) == (["Root"], "example.net")
        await roots.open(PAGE, params={"show": "administrators"})
        assert names(roots) == ["Root"]
        await roots.open(PAGE, params={"show": "disabled", "q": "<b>"})
        assert names(roots) == []
        assert "There is no such account." in roots.page.text
        assert [ada.id, root.id]

    async def test_goes_on_behind_a_full_page(self, roots: Browser, make_user: Make[User]) -> None:
        for _ in range(24):
            await make_user()
        await roots.open(PAGE)
        assert len(names(roots)) == 24
        [more] = roots.page.find("a", rel="next")
        await roots.open(more.attributes["href"])
        assert names(roots) == ["Root"]


class TestOne:
    async def test_a13_disabling_signs_out_and_enabling_lets_in_again(
        self, roots: Browser, adas: Browser, ada: User
    ) -> None:
        await roots.open(f"{PAGE}/{ada.id}")
        await roots.send(f"{PAGE}/{ada.id}/disable")
        assert roots.message == "The account is disabled and signed out everywhere."
        assert "disabled on" in roots.page.text
        await adas.open("/trash")
        assert adas.path == "/login"
        await roots.send(f"{PAGE}/{ada.id}/enable")
        assert roots.message == "The account can be signed in to again."

    async def test_an_administrator_is_made_and_unmade(
        self, roots: Browser, adas: Browser, ada: User
    ) -> None:
        await roots.open(f"{PAGE}/{ada.id}")
        await roots.send(f"{PAGE}/{ada.id}/promote")
        await adas.open("/admin")
        assert adas.answer.status_code == 200
        await roots.send(f"{PAGE}/{ada.id}/demote")
        await adas.open("/admin")
        assert adas.answer.status_code == 403

    @pytest.mark.parametrize("act", ["disable", "demote"])
    async def test_the_last_administrator_stays_and_is_told_why(
        self, roots: Browser, root: User, act: str
    ) -> None:
        await roots.open(f"{PAGE}/{root.id}")
        await roots.send(f"{PAGE}/{root.id}/{act}")
        assert roots.message == "This is the last administrator: promote somebody else first."
        assert roots.path == f"{PAGE}/{root.id}"

    async def test_who_steps_down_is_led_away(
        self, roots: Browser, root: User, make_user: Make[User]
    ) -> None:
        await make_user(is_instance_admin=True)
        await roots.open(f"{PAGE}/{root.id}")
        await roots.send(f"{PAGE}/{root.id}/demote")
        assert (roots.path, roots.message) == ("/", "The account is no administrator any more.")

    async def test_c09_sessions_are_ended_one_by_one_and_all_at_once(
        self, roots: Browser, adas: Browser, ada: User, open_browser: OpenBrowser
    ) -> None:
        other = await open_browser(ada)
        await roots.open(f"{PAGE}/{ada.id}")
        actions = [each.attributes["action"] for each in roots.page.find("form", method="post")]
        ends = [each for each in actions if each.endswith("/end")]
        assert len(ends) == 2
        await roots.send(ends[0])
        assert roots.message == "The session is ended."
        await roots.send(f"{PAGE}/{ada.id}/end-sessions")
        assert roots.message == "All its sessions are ended."
        assert "It is signed in nowhere." in roots.page.text
        for browser in (adas, other):
            await browser.open("/trash")
            assert browser.path == "/login"

    async def test_a_token_is_revoked(
        self, roots: Browser, ada: User, resources: Resources, client: httpx2.AsyncClient
    ) -> None:
        made = await make_token(resources, ada, name="<i>Scale</i>")
        await roots.open(f"{PAGE}/{ada.id}")
        assert "&lt;i&gt;Scale" in roots.answer.text
        await roots.send(f"{PAGE}/{ada.id}/tokens/{made.id}/revoke")
        assert roots.message == "The token is revoked."
        client.headers["Authorization"] = f"Bearer {made.token}"
        assert (await client.get(f"{API}/auth/me")).status_code == 401


class TestJobs:
    async def test_are_listed_cancelled_and_tried_again(
        self, roots: Browser, ada: User, resources: Resources
    ) -> None:
        id = await make_job(resources, ada)
        await roots.open("/admin/jobs?state=queued")
        assert "Fetch cover" in roots.page.text
        await roots.send(f"/admin/jobs/{id}/cancel")
        assert roots.message == "It is cancelled."
        await roots.send(f"/admin/jobs/{id}/retry")
        assert roots.message == "It is tried anew."
        assert "queued" in roots.page.text

    async def test_c10_changing_them_asks_for_the_password_that_was_given_long_ago(
        self, roots: Browser, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        id = await make_job(resources, ada)
        clock.advance(timedelta(minutes=11))
        await roots.open("/admin/jobs")
        await roots.send(f"/admin/jobs/{id}/cancel")
        assert roots.path == "/account/confirm"

    async def test_the_overview_counts_what_waits_and_what_failed(
        self, roots: Browser, ada: User, resources: Resources
    ) -> None:
        await make_job(resources, ada)
        await roots.open("/admin")
        assert [pairs(roots)[name] for name in ("Queued", "Running", "Failed")] == ["1", "0", "0"]
