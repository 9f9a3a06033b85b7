"""Sessions: browsers and API clients in one list, ended by their owner."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.account_settings import SessionSettings
from potluck.models import TokenFamily, User
from potluck.resources import Resources
from potluck.services import web_sessions
from tests.api.auth_calls import LOGIN, ME, change, family_of, refresh, signed_in
from tests.api.recipe_calls import all_pages, refusal
from tests.api.token_calls import TOKENS, WithToken, create_token
from tests.conftest import API, As, gather
from tests.doubles import FakeClock
from tests.factories import PASSWORD
from tests.web.browser import Browser, new_browser

SESSIONS = f"{API}/auth/sessions"
OTHERS = f"{SESSIONS}/end-others"
Json = dict[str, Any]


async def listed(client: httpx2.AsyncClient) -> list[Json]:
    answer = await client.get(SESSIONS)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def own_id(client: httpx2.AsyncClient) -> str:
    """The session of this client."""
    [found] = [each["id"] for each in await listed(client) if each["is_current"]]
    return str(found)


async def status_of(client: httpx2.AsyncClient) -> int:
    return (await client.get(ME)).status_code


async def open_page(browser: Browser) -> str:
    """Where a browser ends up that wants a page for members."""
    await browser.open("/trash")
    return browser.path


async def start_browser(resources: Resources, user: User, user_agent: str | None = None) -> str:
    """A browser's session; gives its cookie."""
    async with resources.database.transaction() as session:
        return await web_sessions.start(
            session, user, SessionSettings(), now=resources.clock.now(), user_agent=user_agent
        )


class TestList:
    async def test_shows_browsers_and_api_clients_last_signed_in_first(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        await start_browser(resources, ada, "Firefox")
        clock.advance(timedelta(minutes=1))
        form = {"username": ada.email, "password": PASSWORD}
        answer = await client.post(LOGIN, data=form, headers={"User-Agent": "Kitchen/1"})
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

        found = await listed(client)
        assert found == [
            {
                "id": found[0]["id"],
                "kind": "api",
                "user_agent": "Kitchen/1",
                "created_at": "2026-03-01T12:01:00Z",
                "last_seen_at": "2026-03-01T12:01:00Z",
                "ends_at": "2026-03-15T12:01:00Z",
                "is_current": True,
            },
            {
                "id": found[1]["id"],
                "kind": "browser",
                "user_agent": "Firefox",
                "created_at": "2026-03-01T12:00:00Z",
                "last_seen_at": "2026-03-01T12:00:00Z",
                "ends_at": "2026-03-15T12:00:00Z",
                "is_current": False,
            },
        ]

    async def test_a_refresh_is_a_use_and_makes_no_second_session(
        self, client: httpx2.AsyncClient, as_: As, ada: User, clock: FakeClock
    ) -> None:
        pair = await signed_in(client, ada)
        clock.advance(timedelta(days=10))
        assert (await refresh(client, pair["refresh_token"])).status_code == 200
        reader = await as_(ada)

        [used] = [each for each in await listed(reader) if not each["is_current"]]
        assert used["created_at"] == "2026-03-01T12:00:00Z"
        assert used["last_seen_at"] == "2026-03-11T12:00:00Z"
        assert used["ends_at"] == "2026-03-25T12:00:00Z"

    async def test_c03_no_use_puts_the_end_off_for_more_than_thirty_days(
        self, client: httpx2.AsyncClient, as_: As, ada: User, clock: FakeClock
    ) -> None:
        pair = await signed_in(client, ada)
        for _ in range(2):
            clock.advance(timedelta(days=10))
            pair = (await refresh(client, pair["refresh_token"])).json()
        [used] = [each for each in await listed(await as_(ada)) if not each["is_current"]]
        assert used["ends_at"] == "2026-03-31T12:00:00Z"

    async def test_gives_a_page_at_a_time_whatever_the_kinds(
        self, as_ada: httpx2.AsyncClient, as_: As, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        for is_browser in (True, True, False, True, False):
            clock.advance(timedelta(seconds=1))
            await (start_browser(resources, ada) if is_browser else as_(ada))
        kinds = ["api", "browser", "api", "browser", "browser", "api"]
        for limit in (1, 2, 4):
            pages = await all_pages(as_ada, SESSIONS, limit)
            assert [each["kind"] for page in pages for each in page] == kinds
            assert {len(page) for page in pages[:-1]} <= {limit}
            assert len({each["id"] for page in pages for each in page}) == len(kinds)

    async def test_leaves_out_what_was_left_alone_too_long(
        self, as_: As, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        await start_browser(resources, ada)
        await as_(ada)
        clock.advance(timedelta(days=14) - timedelta(seconds=1))
        client = await as_(ada)
        assert len(await listed(client)) == 3
        clock.advance(timedelta(seconds=1))
        assert [each["is_current"] for each in await listed(client)] == [True]

    async def test_leaves_out_browsers_of_before_everything_was_signed_out(
        self, as_: As, ada: User, resources: Resources
    ) -> None:
        await start_browser(resources, ada)
        await change(resources, ada, auth_epoch=1)
        ada.auth_epoch = 1
        assert [each["kind"] for each in await listed(await as_(ada))] == ["api"]

    async def test_h01_shows_nobody_those_of_others(
        self, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient
    ) -> None:
        assert await own_id(as_ada) not in [each["id"] for each in await listed(as_bob)]

    async def test_a_cursor_of_somebody_elses_shows_one_ones_own(
        self, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient, as_: As, ada: User
    ) -> None:
        await as_(ada)
        cursor = (await as_ada.get(SESSIONS, params={"limit": 1})).json()["next_cursor"]
        answer = await as_bob.get(SESSIONS, params={"limit": 1, "cursor": cursor})
        mine = {each["id"] for each in await listed(as_ada)}
        assert mine.isdisjoint(each["id"] for each in answer.json()["items"])


class TestEnd:
    async def test_c09_session_b_ended_from_a_is_401(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, ada: User
    ) -> None:
        pair = await signed_in(client, ada)
        client.headers["Authorization"] = f"Bearer {pair['access_token']}"
        assert await status_of(client) == 200

        answer = await as_ada.delete(f"{SESSIONS}/{await own_id(client)}")

        assert (answer.status_code, answer.content) == (204, b"")
        assert refusal(await client.get(ME)) == (401, "invalid-token")
        del client.headers["Authorization"]
        assert (await refresh(client, pair["refresh_token"])).status_code == 401
        assert await status_of(as_ada) == 200

    async def test_c09_a_browser_ended_from_the_api_has_to_sign_in(
        self, as_ada: httpx2.AsyncClient, ada: User, resources: Resources, app: FastAPI
    ) -> None:
        browser = new_browser(resources, app)
        async with browser.client:
            await browser.sign_in(ada)
            assert await open_page(browser) == "/trash"
            [found] = [each for each in await listed(as_ada) if each["kind"] == "browser"]
            assert (await as_ada.delete(f"{SESSIONS}/{found['id']}")).status_code == 204
            assert await open_page(browser) == "/login"

    async def test_is_listed_no_more_and_ended_only_once(
        self, as_ada: httpx2.AsyncClient, as_: As, ada: User
    ) -> None:
        other = await own_id(await as_(ada))
        path = f"{SESSIONS}/{other}"
        answers = await gather(*[lambda: as_ada.delete(path)] * 4)
        assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404]
        assert refusal(await as_ada.delete(path)) == (404, "not-found")
        assert other not in [each["id"] for each in await listed(as_ada)]

    async def test_may_be_the_one_that_asks(self, as_ada: httpx2.AsyncClient) -> None:
        assert (await as_ada.delete(f"{SESSIONS}/{await own_id(as_ada)}")).status_code == 204
        assert await status_of(as_ada) == 401

    async def test_h01_that_of_another_is_404_and_goes_on(
        self, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient
    ) -> None:
        answer = await as_bob.delete(f"{SESSIONS}/{await own_id(as_ada)}")
        assert refusal(answer) == (404, "not-found")
        assert await status_of(as_ada) == 200

    async def test_one_that_was_left_alone_too_long_is_404(
        self, as_: As, ada: User, clock: FakeClock
    ) -> None:
        idle = await own_id(await as_(ada))
        clock.advance(timedelta(days=14))
        answer = await (await as_(ada)).delete(f"{SESSIONS}/{idle}")
        assert refusal(answer) == (404, "not-found")

    async def test_of_two_that_end_each_other_at_once_one_stays(self, as_: As, ada: User) -> None:
        one, two = await as_(ada), await as_(ada)
        first, second = await own_id(one), await own_id(two)
        answers = await gather(
            lambda: one.delete(f"{SESSIONS}/{second}"), lambda: two.delete(f"{SESSIONS}/{first}")
        )
        assert sorted(answer.status_code for answer in answers) == [204, 401]
        assert sorted([await status_of(one), await status_of(two)]) == [200, 401]

    async def test_says_in_the_row_that_the_owner_did_it(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, ada: User,
        resources: Resources, clock: FakeClock,
    ) -> None:  # fmt: skip
        pair = await signed_in(client, ada)
        clock.advance(timedelta(seconds=5))
        family, _ = await family_of(resources, pair["refresh_token"])
        await as_ada.delete(f"{SESSIONS}/{family.id}")
        family, _ = await family_of(resources, pair["refresh_token"])
        assert (family.revoked_at, family.revoked_because) == (clock.now(), "ended")


class TestEndOthers:
    async def test_c09_ends_browsers_and_clients_and_keeps_the_one_that_asks(
        self, as_ada: httpx2.AsyncClient, as_: As, ada: User, resources: Resources, app: FastAPI
    ) -> None:
        other, browser = await as_(ada), new_browser(resources, app)
        async with browser.client:
            await browser.sign_in(ada)
            answer = await as_ada.post(OTHERS)
            assert (answer.status_code, answer.content) == (204, b"")
            assert await open_page(browser) == "/login"
        assert refusal(await other.get(ME)) == (401, "invalid-token")
        assert [each["is_current"] for each in await listed(as_ada)] == [True]

    async def test_again_is_204_as_well(self, as_ada: httpx2.AsyncClient) -> None:
        assert [(await as_ada.post(OTHERS)).status_code for _ in range(2)] == [204, 204]

    async def test_leaves_those_of_others_and_ones_own_scripts(
        self, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient
    ) -> None:
        token = await create_token(as_ada)
        await as_ada.post(OTHERS)
        assert await status_of(as_bob) == 200
        assert [each["id"] for each in (await as_ada.get(TOKENS)).json()["items"]] == [token["id"]]

    async def test_of_two_at_once_one_stays(self, as_: As, ada: User) -> None:
        one, two = await as_(ada), await as_(ada)
        answers = await gather(lambda: one.post(OTHERS), lambda: two.post(OTHERS))
        assert sorted(answer.status_code for answer in answers) == [204, 401]
        assert sorted([await status_of(one), await status_of(two)]) == [200, 401]

    async def test_keeps_the_day_on_which_one_had_ended_before(
        self, as_ada: httpx2.AsyncClient, as_: As, ada: User, clock: FakeClock,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        other = await own_id(await as_(ada))
        await as_ada.delete(f"{SESSIONS}/{other}")
        before = clock.now()
        clock.advance(timedelta(minutes=1))
        await as_ada.post(OTHERS)
        family = await session.get_one(TokenFamily, UUID(other))
        assert family.revoked_at == before


class TestGuard:
    @pytest.mark.parametrize(
        ("method", "path"), [("GET", SESSIONS), ("POST", OTHERS), ("DELETE", f"{SESSIONS}/{{id}}")]
    )
    async def test_g04_no_personal_token_lists_or_ends_sessions(
        self, as_ada: httpx2.AsyncClient, with_token: WithToken, ada: User, method: str, path: str
    ) -> None:
        script = await with_token(ada)
        answer = await script.request(method, path.format(id=await own_id(as_ada)))
        assert refusal(answer) == (403, "insufficient-scope")
        assert answer.json()["needs"] == ["account:security"]
        assert await status_of(as_ada) == 200
