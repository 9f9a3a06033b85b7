"""Refresh tokens through HTTP: rotation, reuse, ends."""

import hashlib
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.core.config import Settings
from potluck.db.session import Database
from potluck.models import RefreshToken, TokenFamily, User
from potluck.resources import Resources
from potluck.worker import housekeeping
from tests.api.auth_calls import LOGOUT, REFRESH, change, family_of, me, refresh, signed_in
from tests.api.recipe_calls import faults, refusal
from tests.conftest import gather
from tests.doubles import FakeClock

GRACE = timedelta(seconds=20)
BAD = (401, "invalid-token")


class TestRotation:
    async def test_e01_every_use_gives_the_next_pair(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        first = await signed_in(client, ada)

        answer = await refresh(client, first["refresh_token"])

        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        second = answer.json()
        assert second["refresh_token"] != first["refresh_token"]
        assert second | {"access_token": "", "refresh_token": ""} == {
            "access_token": "",
            "refresh_token": "",
            "token_type": "bearer",
            "expires_in": 600,
            "scope": first["scope"],
        }
        for pair in (first, second):
            assert (await me(client, pair["access_token"])).status_code == 200
        third = await refresh(client, second["refresh_token"])
        assert third.status_code == 200

    async def test_e02_the_same_use_within_the_grace_gives_the_same_successor(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock, resources: Resources
    ) -> None:
        first = (await signed_in(client, ada))["refresh_token"]
        successor = (await refresh(client, first)).json()["refresh_token"]
        clock.advance(GRACE)

        again = await refresh(client, first)

        assert again.json()["refresh_token"] == successor
        family, tokens = await family_of(resources, first)
        assert (family.revoked_at, tokens) == (None, 2)

    async def test_e02_fifty_parallel_uses_make_one_successor(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        token = (await signed_in(client, ada))["refresh_token"]

        answers = await gather(*[lambda: refresh(client, token)] * 50)

        assert {answer.status_code for answer in answers} == {200}
        [successor] = {answer.json()["refresh_token"] for answer in answers}
        family, tokens = await family_of(resources, token)
        assert (family.revoked_at, tokens) == (None, 2)
        assert (await refresh(client, successor)).status_code == 200


class TestReuse:
    async def test_e01_after_the_grace_ends_the_family_for_good(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock, settings: Settings
    ) -> None:
        first = await signed_in(client, ada)
        second = (await refresh(client, first["refresh_token"])).json()
        other = await signed_in(client, ada)
        clock.advance(GRACE + timedelta(seconds=1))

        answer = await refresh(client, first["refresh_token"])

        assert refusal(answer) == BAD
        assert refusal(await refresh(client, second["refresh_token"])) == BAD
        for pair in (first, second):
            assert refusal(await me(client, pair["access_token"])) == BAD
        assert (await me(client, other["access_token"])).status_code == 200
        assert await ended_because(settings) == {"reuse": 1, None: 1}

    async def test_e01_of_a_token_whose_successor_was_used_ends_the_family(
        self, client: httpx2.AsyncClient, ada: User, settings: Settings
    ) -> None:
        first = (await signed_in(client, ada))["refresh_token"]
        second = (await refresh(client, first)).json()["refresh_token"]
        third = (await refresh(client, second)).json()

        answer = await refresh(client, first)

        assert refusal(answer) == BAD
        assert refusal(await me(client, third["access_token"])) == BAD
        assert refusal(await refresh(client, third["refresh_token"])) == BAD
        assert await ended_because(settings) == {"reuse": 1}

    async def test_e01_after_its_idle_time_a_spent_token_still_ends_the_family(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock, settings: Settings
    ) -> None:
        first = (await signed_in(client, ada))["refresh_token"]
        clock.advance(timedelta(days=8))
        second = (await refresh(client, first)).json()["refresh_token"]
        clock.advance(timedelta(days=8))
        third = (await refresh(client, second)).json()["refresh_token"]

        assert refusal(await refresh(client, first)) == BAD
        assert refusal(await refresh(client, third)) == BAD
        assert await ended_because(settings) == {"reuse": 1}

    @pytest.mark.parametrize(("left_s", "told"), [(1, {"reuse": 1}), (0, {}), (-3600, {})])
    async def test_d10_a_spent_token_is_known_as_spent_for_as_long_as_it_could_count(
        self,
        client: httpx2.AsyncClient,
        ada: User,
        clock: FakeClock,
        resources: Resources,
        left_s: int,
        told: dict[str, int],
    ) -> None:
        """Housekeeping forgets it with its sign-in, not before."""
        first = (await signed_in(client, ada))["refresh_token"]
        await refresh(client, first)
        clock.advance(timedelta(days=30, seconds=-left_s))
        await housekeeping.once(resources.database, resources.settings, clock)

        assert refusal(await refresh(client, first)) == BAD
        assert await ended_because(resources.settings) == told

    async def test_e01_many_at_once_are_all_refused(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock, settings: Settings
    ) -> None:
        token = (await signed_in(client, ada))["refresh_token"]
        await refresh(client, token)
        clock.advance(GRACE * 2)

        answers = await gather(*[lambda: refresh(client, token)] * 10)

        assert {refusal(answer) for answer in answers} == {BAD}
        assert await ended_because(settings) == {"reuse": 1}


class TestLimits:
    async def test_e03_c03_unused_for_two_weeks_it_ends(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock
    ) -> None:
        kept, left = [(await signed_in(client, ada))["refresh_token"] for _ in range(2)]
        clock.advance(timedelta(days=14, seconds=-1))
        assert (await refresh(client, kept)).status_code == 200
        clock.advance(timedelta(seconds=1))

        assert refusal(await refresh(client, left)) == BAD

    async def test_e03_c03_after_thirty_days_it_ends_however_much_it_was_used(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock
    ) -> None:
        token = (await signed_in(client, ada))["refresh_token"]
        for _ in range(3):
            clock.advance(timedelta(days=9))
            token = (await refresh(client, token)).json()["refresh_token"]
        clock.advance(timedelta(days=3, seconds=-1))
        last = (await refresh(client, token)).json()
        clock.advance(timedelta(seconds=1))

        assert refusal(await refresh(client, last["refresh_token"])) == BAD
        assert refusal(await me(client, last["access_token"])) == BAD

    async def test_who_stays_signed_in_comes_by_every_week_for_sixty_days(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock
    ) -> None:
        token = (await signed_in(client, ada, remember="true"))["refresh_token"]
        for _ in range(9):
            clock.advance(timedelta(days=7))
            pair = (await refresh(client, token)).json()
            token = pair["refresh_token"]
        assert (await me(client, pair["access_token"])).status_code == 200

    async def test_c03_who_stays_signed_in_is_out_after_two_weeks_without_a_sign(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock
    ) -> None:
        token = (await signed_in(client, ada, remember="true"))["refresh_token"]
        clock.advance(timedelta(days=14))
        assert refusal(await refresh(client, token)) == BAD

    async def test_c03_who_stays_signed_in_is_asked_again_after_a_year(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock
    ) -> None:
        token = (await signed_in(client, ada, remember="true"))["refresh_token"]
        for _ in range(36):
            clock.advance(timedelta(days=10))
            token = (await refresh(client, token)).json()["refresh_token"]
        clock.advance(timedelta(days=5))
        assert refusal(await refresh(client, token)) == BAD

    async def test_e01_a_spent_token_is_known_as_stolen_for_thirty_days(
        self, client: httpx2.AsyncClient, ada: User, clock: FakeClock, resources: Resources
    ) -> None:
        """Then it is forgotten, and as any token that nobody knows it ends nothing."""
        for days, is_ended in ((29, True), (31, False)):
            first = (await signed_in(client, ada, remember="true"))["refresh_token"]
            token = (await refresh(client, first)).json()["refresh_token"]
            for _ in range(3):
                clock.advance(timedelta(days=days) / 3)
                token = (await refresh(client, token)).json()["refresh_token"]
            async with resources.database.transaction() as session:
                assert not await crud.credential.remove_ended(session, clock.now())
            assert refusal(await refresh(client, first)) == BAD
            status = (await refresh(client, token)).status_code
            assert status == (401 if is_ended else 200)

    async def test_e03_scopes_never_grow(self, client: httpx2.AsyncClient, ada: User) -> None:
        token = (await signed_in(client, ada, scope="recipes:read"))["refresh_token"]
        body = {"refresh_token": token, "scope": "recipes:read recipes:write"}

        asked = await client.post(REFRESH, json=body)
        renewed = await refresh(client, token)

        assert faults(asked) == [("/scope", "extra_forbidden")]
        assert renewed.json()["scope"] == "recipes:read"

    async def test_e03_is_taken_from_a_posted_body_alone(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        token = (await signed_in(client, ada))["refresh_token"]
        for path in (REFRESH, LOGOUT):
            got = await client.get(path, params={"refresh_token": token})
            query = await client.post(path, params={"refresh_token": token})
            form = await client.post(path, data={"refresh_token": token})
            assert [each.status_code for each in (got, query, form)] == [405, 422, 415]
            assert not any(token in each.text for each in (got, query, form))
        assert (await refresh(client, token)).status_code == 200

    async def test_e03_no_table_holds_one(
        self, client: httpx2.AsyncClient, ada: User, session: AsyncSession
    ) -> None:
        first = await signed_in(client, ada)
        second = (await refresh(client, first["refresh_token"])).json()
        stored: list[str] = []
        for model in (RefreshToken, TokenFamily, User):
            for row in await session.execute(select(*model.__table__.columns)):
                stored += map(str, row)

        for token in (first["refresh_token"], second["refresh_token"], second["access_token"]):
            assert not any(token in cell or token[4:] in cell for cell in stored)
        assert hashlib.sha256(second["refresh_token"].encode()).hexdigest() in stored

    async def test_a_disabled_account_gets_none(
        self, client: httpx2.AsyncClient, ada: User, resources: Resources
    ) -> None:
        token = (await signed_in(client, ada))["refresh_token"]
        await change(resources, ada, disabled_at=resources.clock.now())

        assert refusal(await refresh(client, token)) == BAD

    @pytest.mark.parametrize(
        "token", ["", "x", "prt_", f"prt_{'A' * 43}", f"prt_{'!' * 43}", "\ud83d", "x" * 100_000]
    )
    async def test_what_is_no_token_is_refused_alike(
        self, client: httpx2.AsyncClient, ada: User, token: str
    ) -> None:
        spent = await signed_in(client, ada)
        await client.post(LOGOUT, json={"refresh_token": spent["refresh_token"]})
        client.headers["X-Request-ID"] = "the-same"

        answer = await refresh(client, token)

        assert refusal(answer) == BAD
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        assert answer.content == (await refresh(client, spent["refresh_token"])).content


class TestLogout:
    async def test_ends_this_sign_in_at_once_and_no_other(
        self, client: httpx2.AsyncClient, ada: User
    ) -> None:
        first = await signed_in(client, ada)
        second = (await refresh(client, first["refresh_token"])).json()
        other = await signed_in(client, ada)

        answer = await client.post(LOGOUT, json={"refresh_token": second["refresh_token"]})

        assert (answer.status_code, answer.content) == (204, b"")
        for pair in (first, second):
            assert refusal(await me(client, pair["access_token"])) == BAD
            assert refusal(await refresh(client, pair["refresh_token"])) == BAD
        assert (await me(client, other["access_token"])).status_code == 200

    async def test_takes_a_spent_token_too(self, client: httpx2.AsyncClient, ada: User) -> None:
        first = await signed_in(client, ada)
        second = (await refresh(client, first["refresh_token"])).json()

        await client.post(LOGOUT, json={"refresh_token": first["refresh_token"]})

        assert refusal(await me(client, second["access_token"])) == BAD

    @pytest.mark.parametrize("token", ["", "x", f"prt_{'A' * 43}", "x" * 100_000])
    async def test_says_nothing_about_others(self, client: httpx2.AsyncClient, token: str) -> None:
        for _ in range(2):
            answer = await client.post(LOGOUT, json={"refresh_token": token})
            assert (answer.status_code, answer.content) == (204, b"")


async def ended_because(settings: Settings) -> dict[str | None, int]:
    """How many families ended for which reason, as a connection of its own sees it."""
    database = Database(settings.database_url, settings.database)
    async with database.reading() as session:
        statement = select(TokenFamily.revoked_because, func.count()).group_by(
            TokenFamily.revoked_because
        )
        found = {row[0]: row[1] for row in await session.execute(statement)}
    await database.dispose()
    return found
