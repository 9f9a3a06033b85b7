"""Another password: by who knows the current one, and then everything else is signed out."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from potluck.core.scopes import Scope
from potluck.models import User
from potluck.resources import Resources
from tests.api.auth_calls import (
    RecordingHasher,
    family_of,
    hash_of,
    login,
    me,
    refresh,
    signed_in,
)
from tests.api.recipe_calls import faults, refusal
from tests.api.token_calls import WithToken
from tests.conftest import API, As, checked_out, gather
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Factories
from tests.limits import limited
from tests.web.browser import new_browser

PATH = f"{API}/auth/password"
NEW = "sixteen lemons in a bowl"
Json = dict[str, Any]


async def changed(
    client: httpx2.AsyncClient, current: str | None = PASSWORD, **members: Any
) -> httpx2.Response:
    body = {"current_password": current, "new_password": NEW} | members
    sent = {name: value for name, value in body.items() if value is not None}
    return await client.post(PATH, json=sent)


class TestChange:
    async def test_the_new_password_signs_in_and_the_old_one_no_more(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User
    ) -> None:
        assert (await changed(as_ada)).status_code == 200
        assert (await login(client, ada.email, NEW)).status_code == 200
        assert refusal(await login(client, ada.email)) == (401, "invalid-credentials")

    async def test_c01_who_asks_goes_on_with_a_new_pair_in_a_new_session(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        before = await signed_in(client, ada, scope="account:security profile:read")
        clock.advance(timedelta(minutes=5))
        client.headers["Authorization"] = f"Bearer {before['access_token']}"
        answer = await client.post(
            PATH,
            json={"current_password": PASSWORD, "new_password": NEW},
            headers={"User-Agent": "Kitchen/1"},
        )
        pair: Json = answer.json()
        del client.headers["Authorization"]

        assert answer.headers["Cache-Control"] == "no-store"
        assert pair["scope"] == "account:security profile:read"
        assert (await me(client, pair["access_token"])).status_code == 200
        old, _ = await family_of(resources, before["refresh_token"])
        new, _ = await family_of(resources, pair["refresh_token"])
        assert new.id != old.id
        assert (old.revoked_at, old.revoked_because) == (clock.now(), "password change")
        assert (new.created_at, new.revoked_at) == (clock.now(), None)
        assert new.user_agent == "Kitchen/1"
        assert (await refresh(client, pair["refresh_token"])).status_code == 200

    @pytest.mark.parametrize(("remember", "days"), [("true", 365), ("false", 30)])
    async def test_it_ends_when_the_sign_in_before_would_have(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, clock: FakeClock,
        remember: str, days: int,
    ) -> None:  # fmt: skip
        signed_in_at = clock.now()
        before = await signed_in(client, ada, remember=remember)
        clock.advance(timedelta(minutes=5))
        client.headers["Authorization"] = f"Bearer {before['access_token']}"
        pair = (await changed(client)).json()
        family, _ = await family_of(resources, pair["refresh_token"])
        assert family.absolute_until == signed_in_at + timedelta(days=days)

    async def test_what_is_not_asked_for_stays_as_it_was(
        self, as_ada: httpx2.AsyncClient, as_bob: httpx2.AsyncClient
    ) -> None:
        before = (await as_ada.get(f"{API}/auth/me")).json()
        pair = (await changed(as_ada)).json()
        after = (await me(as_ada, pair["access_token"])).json()
        assert {**after, "version": 0, "updated_at": 0} == {**before, "version": 0, "updated_at": 0}
        assert (await as_bob.get(f"{API}/auth/me")).status_code == 200


class TestA03:
    @pytest.mark.parametrize("current", [None, "", "eleven wrong words", PASSWORD.upper()])
    async def test_a03_without_the_current_password_it_is_403_and_nothing_changes(
        self, as_ada: httpx2.AsyncClient, ada: User, resources: Resources, current: str | None
    ) -> None:
        before = await hash_of(resources, ada)
        answer = await changed(as_ada, current)
        assert refusal(answer) == (403, "forbidden")
        assert answer.json()["detail"] == "The current password is not right."
        assert await hash_of(resources, ada) == before
        assert (await as_ada.get(f"{API}/auth/me")).status_code == 200

    async def test_a03_an_account_without_a_password_has_none_to_show(
        self, as_: As, factories: Factories, resources: Resources
    ) -> None:
        user = await factories.user()
        async with resources.database.transaction() as session:
            (await session.get_one(User, user.id)).password_hash = None
        assert refusal(await changed(await as_(user))) == (403, "forbidden")

    async def test_a03_a_lone_surrogate_is_a_wrong_password(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        body = b'{"current_password": "\\ud800", "new_password": "sixteen lemons in a bowl"}'
        headers = {"Content-Type": "application/json"}
        answer = await as_ada.post(PATH, content=body, headers=headers)
        assert refusal(answer) == (403, "forbidden")


class TestA04:
    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("x" * 14, "password_too_short"),
            ("x" * 257, "password_too_long"),
            ("Potluck-Potluck-1", "password_contextual"),
            ("The Navy Mess 2026", "password_contextual"),
            ("passwordpassword", "password_breached"),
        ],
    )
    async def test_a04_the_new_one_is_looked_at_as_at_sign_up(
        self, as_: As, factories: Factories, password: str, code: str
    ) -> None:
        user = await factories.user()
        await factories.household(user, name="The Navy Mess")
        answer = await changed(await as_(user), new_password=password)
        assert faults(answer) == [("/new_password", code)]
        assert password not in answer.text


class TestEnds:
    async def test_c02_d09_every_other_cookie_access_and_refresh_token_is_worth_nothing_at_once(
        self,
        client: httpx2.AsyncClient,
        as_ada: httpx2.AsyncClient,
        ada: User,
        app: FastAPI,
        resources: Resources,
    ) -> None:
        other = await signed_in(client, ada)
        browser = new_browser(resources, app)
        async with browser.client:
            await browser.sign_in(ada)
            assert (await changed(as_ada)).status_code == 200
            await browser.open("/trash")
            assert browser.path == "/login"
        assert refusal(await me(client, other["access_token"])) == (401, "invalid-token")
        assert refusal(await refresh(client, other["refresh_token"])) == (401, "invalid-token")

    async def test_c01_the_tokens_that_asked_end_as_well(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        mine = await signed_in(client, ada)
        client.headers["Authorization"] = f"Bearer {mine['access_token']}"
        assert (await changed(client)).status_code == 200
        del client.headers["Authorization"]
        assert refusal(await me(client, mine["access_token"])) == (401, "invalid-token")
        assert refusal(await refresh(client, mine["refresh_token"])) == (401, "invalid-token")

    @pytest.mark.parametrize(
        ("wanted", "status"), [({}, 200), ({"revoke_personal_tokens": True}, 401)]
    )
    async def test_a07_personal_tokens_end_when_that_is_asked_for(
        self, as_ada: httpx2.AsyncClient, with_token: WithToken, ada: User, wanted: Json,
        status: int,
    ) -> None:  # fmt: skip
        script = await with_token(ada)
        assert (await changed(as_ada, **wanted)).status_code == 200
        assert (await script.get(f"{API}/recipes")).status_code == status

    async def test_of_two_changes_at_once_one_is_done(
        self, as_: As, ada: User, client: httpx2.AsyncClient
    ) -> None:
        one, two = await as_(ada), await as_(ada)
        passwords = ("sixteen lemons in a bowl", "seventeen limes in a bag")
        answers = await gather(
            lambda: changed(one, new_password=passwords[0]),
            lambda: changed(two, new_password=passwords[1]),
        )
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(200) == 1
        assert set(statuses) <= {200, 401, 403}
        signs_in = [(await login(client, ada.email, each)).status_code for each in passwords]
        assert signs_in == [200 if status == 200 else 401 for status in statuses]


class TestC10:
    async def test_c10_eleven_minutes_after_the_sign_in_it_is_confirmed_first(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock
    ) -> None:
        pair = await signed_in(client, ada)
        clock.advance(timedelta(minutes=11))
        pair = (await refresh(client, pair["refresh_token"])).json()
        client.headers["Authorization"] = f"Bearer {pair['access_token']}"
        assert refusal(await changed(client)) == (403, "reauth-required")


class TestThrottled:
    async def test_b05_wrong_current_passwords_slow_down_the_next_as_at_a_sign_in(
        self, as_ada: httpx2.AsyncClient, clock: FakeClock
    ) -> None:
        wrong = [(await changed(as_ada, "eleven wrong words")).status_code for _ in range(6)]
        refused = await changed(as_ada)
        assert (wrong, refused.status_code) == ([403] * 6, 429)
        assert refused.headers["Retry-After"] == "1"
        clock.advance(timedelta(seconds=2))
        assert (await changed(as_ada)).status_code == 200

    async def test_b05_tries_at_the_password_spend_the_budget_of_the_address(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        with limited(resources, login_per_address=2):
            statuses = [(await changed(as_ada, "eleven wrong words")).status_code for _ in range(3)]
        assert statuses == [403, 403, 429]

    async def test_b02_the_owner_can_change_it_while_strangers_keep_the_account_closed(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient, ada: User
    ) -> None:
        for _ in range(7):
            closed = await login(client, ada.email, "eleven wrong words")
        assert closed.status_code == 429
        assert (await changed(as_ada)).status_code == 200

    async def test_a_weak_new_password_is_no_try(self, as_ada: httpx2.AsyncClient) -> None:
        for _ in range(8):
            assert (await changed(as_ada, new_password="short")).status_code == 422
        assert (await changed(as_ada)).status_code == 200


class TestGuard:
    async def test_g04_no_personal_token_changes_it(
        self, with_token: WithToken, ada: User, client: httpx2.AsyncClient
    ) -> None:
        answer = await changed(await with_token(ada))
        assert refusal(answer) == (403, "insufficient-scope")
        assert (await login(client, ada.email)).status_code == 200

    async def test_g05_a_sign_in_without_the_scope_does_not_either(
        self, as_: As, ada: User
    ) -> None:
        answer = await changed(await as_(ada, frozenset({Scope.PROFILE_WRITE})))
        assert answer.json()["needs"] == ["account:security"]

    async def test_no_connection_is_held_while_passwords_are_hashed(
        self, as_ada: httpx2.AsyncClient, resources: Resources, most_held: list[int]
    ) -> None:
        before = resources.passwords
        resources.passwords = watching = RecordingHasher(lambda: checked_out(resources))
        try:
            assert (await changed(as_ada)).status_code == 200
        finally:
            resources.passwords = before
        assert watching.seen == [0, 0]
        assert set(most_held) == {1}

    async def test_neither_password_is_in_a_refusal(self, as_ada: httpx2.AsyncClient) -> None:
        answer = await changed(as_ada, "eleven wrong words", new_password=["no", "text"])
        assert faults(answer) == [("/new_password", "string_type")]
        assert "eleven wrong words" not in answer.text
