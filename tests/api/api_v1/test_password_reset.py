"""A password is chosen with the link of a mail: once, soon, and then everything is signed out."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core import opaque
from potluck.core.opaque import Prefix
from potluck.models import OneTimeLink, User
from potluck.resources import Resources
from potluck.services import one_time_links
from potluck.services.sign_ins import RECHECK_S
from tests.api.auth_calls import (
    REFRESH,
    RecordingHasher,
    change,
    hash_of,
    login,
    me,
    refresh,
    signed_in,
)
from tests.api.link_calls import NEW, RESET_CONFIRM, reset, reset_token
from tests.api.recipe_calls import faults, refusal
from tests.api.token_calls import WithToken
from tests.conftest import API, checked_out, gather
from tests.doubles import FakeClock
from tests.factories import PASSWORD, Factories
from tests.limits import limited
from tests.web.browser import new_browser


class TestA07:
    async def test_a07_the_new_password_signs_in_and_the_link_signs_nobody_in(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        answer = await reset(client, await reset_token(resources, ada))
        assert (answer.status_code, answer.content) == (204, b"")
        assert "set-cookie" not in answer.headers
        assert (await login(client, ada.email, NEW)).status_code == 200
        assert refusal(await login(client, ada.email)) == (401, "invalid-credentials")

    async def test_a07_a_link_works_once(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        token = await reset_token(resources, ada)
        assert (await reset(client, token)).status_code == 204
        again = await reset(client, token, "seventeen limes in a bag")
        assert refusal(again) == (404, "not-found")
        assert (await login(client, ada.email, NEW)).status_code == 200

    async def test_a07_of_many_uses_at_once_one_is_done(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        token = await reset_token(resources, ada)
        answers = await gather(*[lambda: reset(client, token)] * 5)
        assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404, 404]

    async def test_a07_it_works_for_half_an_hour(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        late, later = [await reset_token(resources, ada) for _ in range(2)]
        clock.advance(timedelta(minutes=29, seconds=59))
        soon = await reset_token(resources, ada)
        clock.advance(timedelta(seconds=1))
        assert refusal(await reset(client, late)) == (404, "not-found")
        clock.advance(timedelta(minutes=1))
        assert refusal(await reset(client, later)) == (404, "not-found")
        assert (await reset(client, soon)).status_code == 204

    async def test_a07_old_cookie_access_and_refresh_token_are_worth_nothing(
        self, client: httpx2.AsyncClient, ada: User, app: FastAPI, resources: Resources
    ) -> None:
        pair, browser = await signed_in(client, ada), new_browser(resources, app)
        async with browser.client:
            await browser.sign_in(ada)
            assert (await reset(client, await reset_token(resources, ada))).status_code == 204
            await browser.open("/trash")
            assert browser.path == "/login"
        assert refusal(await me(client, pair["access_token"])) == (401, "invalid-token")
        assert refusal(await refresh(client, pair["refresh_token"])) == (401, "invalid-token")

    @pytest.mark.parametrize(
        ("wanted", "status"), [({}, 401), ({"revoke_personal_tokens": False}, 200)]
    )
    async def test_a07_personal_tokens_end_unless_they_are_to_stay(
        self,
        client: httpx2.AsyncClient,
        with_token: WithToken,
        ada: User,
        resources: Resources,
        wanted: dict[str, Any],
        status: int,
    ) -> None:
        script = await with_token(ada)
        assert (await reset(client, await reset_token(resources, ada), **wanted)).is_success
        assert (await script.get(f"{API}/recipes")).status_code == status

    async def test_a07_the_database_holds_a_digest_of_256_random_bits(
        self, ada: User, resources: Resources, session: AsyncSession
    ) -> None:
        tokens = [await reset_token(resources, ada) for _ in range(2)]
        rows = (await session.execute(select(OneTimeLink.__table__))).all()
        assert {len(token) for token in tokens} == {len("prs_") + 43}
        assert {row.digest for row in rows} == {opaque.digest(token) for token in tokens}
        assert not [token for token in tokens if token[4:] in str(rows)]

    async def test_a07_another_password_makes_older_links_worthless(
        self,
        client: httpx2.AsyncClient,
        ada: User,
        resources: Resources,
    ) -> None:
        older, old, used = [await reset_token(resources, ada) for _ in range(3)]
        assert (await reset(client, used)).status_code == 204
        assert refusal(await reset(client, old)) == (404, "not-found")

        client.headers["Authorization"] = (
            f"Bearer {(await login(client, ada.email, NEW)).json()['access_token']}"
        )
        newer = await reset_token(resources, ada)
        body = {"current_password": NEW, "new_password": PASSWORD}
        assert (await client.post(f"{API}/auth/password", json=body)).status_code == 200
        del client.headers["Authorization"]
        for token in (older, newer):
            assert refusal(await reset(client, token)) == (404, "not-found")

    async def test_a07_a_refused_password_leaves_the_link_as_it_was(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        token = await reset_token(resources, ada)
        assert faults(await reset(client, token, "short")) == [("/password", "password_too_short")]
        assert (await reset(client, token)).status_code == 204


class TestA04:
    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("x" * 257, "password_too_long"),
            ("The Navy Mess 2026", "password_contextual"),
            ("passwordpassword", "password_breached"),
        ],
    )
    async def test_a04_the_password_is_looked_at_as_at_sign_up(
        self,
        client: httpx2.AsyncClient,
        factories: Factories,
        resources: Resources,
        password: str,
        code: str,
    ) -> None:
        user = await factories.user()
        await factories.household(user, name="The Navy Mess")
        answer = await reset(client, await reset_token(resources, user), password)
        assert faults(answer) == [("/password", code)]


class TestRefused:
    @pytest.mark.parametrize(
        "token",
        ["", "prs_", "prs_x", "\U0001f372", opaque.issue(Prefix.RESET), "pve_" + "A" * 43],
        ids=["empty", "prefix", "short", "letters", "unknown", "other kind"],
    )
    async def test_every_token_that_does_nothing_is_refused_in_the_same_words(
        self, client: httpx2.AsyncClient, token: str
    ) -> None:
        answer = await reset(client, token)
        assert refusal(answer) == (404, "not-found")
        assert answer.json()["detail"] == str(one_time_links.not_open())
        assert not token or token not in answer.text

    async def test_a13_a_disabled_account_is_not_opened_by_a_link(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        token, before = await reset_token(resources, ada), await hash_of(resources, ada)
        await change(resources, ada, disabled_at=clock.now())
        assert refusal(await reset(client, token)) == (404, "not-found")
        assert await hash_of(resources, ada) == before

    async def test_d04_no_other_credential_resets_a_password_and_a_link_is_no_other(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        pair, token = await signed_in(client, ada), await reset_token(resources, ada)
        for other in (pair["access_token"], pair["refresh_token"], PASSWORD):
            assert refusal(await reset(client, other)) == (404, "not-found")
        assert (await me(client, token)).status_code == 401
        assert (await client.post(REFRESH, json={"refresh_token": token})).status_code == 401
        assert (await login(client, ada.email, token)).status_code == 401

    async def test_b05_trying_tokens_is_limited(
        self, client: httpx2.AsyncClient, resources: Resources
    ) -> None:
        with limited(resources, redemption_per_address=2):
            statuses = [(await reset(client, "prs_x")).status_code for _ in range(3)]
        assert statuses == [404, 404, 429]


class TestAfter:
    async def test_b01_an_account_that_an_attack_keeps_closed_is_open_again(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, clock: FakeClock
    ) -> None:
        wait_s = 0
        while wait_s < 60:
            clock.advance(timedelta(seconds=wait_s))
            while (closed := await login(client, ada.email, "wrong words")).status_code == 401:
                pass
            wait_s = int(closed.headers["Retry-After"])
        assert (await reset(client, await reset_token(resources, ada))).status_code == 204
        clock.advance(timedelta(seconds=RECHECK_S))
        assert (await login(client, ada.email, NEW)).status_code == 200

    async def test_the_address_counts_as_read(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, clock: FakeClock,
        session: AsyncSession,
    ) -> None:  # fmt: skip
        await reset(client, await reset_token(resources, ada))
        assert (await session.get_one(User, ada.id)).email_verified_at == clock.now()

    async def test_others_stay_signed_in(
        self,
        client: httpx2.AsyncClient,
        ada: User,
        as_bob: httpx2.AsyncClient,
        resources: Resources,
    ) -> None:
        await reset(client, await reset_token(resources, ada))
        assert (await as_bob.get(f"{API}/auth/me")).status_code == 200

    async def test_no_connection_is_held_while_the_password_is_hashed(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources, most_held: list[int]
    ) -> None:
        token, before = await reset_token(resources, ada), resources.passwords
        resources.passwords = watching = RecordingHasher(lambda: checked_out(resources))
        try:
            assert (await reset(client, token)).status_code == 204
        finally:
            resources.passwords = before
        assert (watching.seen, set(most_held)) == ([0], {1})

    async def test_the_same_request_again_is_answered_again(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        body = {"token": await reset_token(resources, ada), "password": NEW}
        headers = {"Idempotency-Key": "reset-1"}
        answers = [await client.post(RESET_CONFIRM, json=body, headers=headers) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [204, 204]
