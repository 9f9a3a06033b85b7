"""What a running service does for itself."""

from datetime import timedelta

import httpx2
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.actor import Actor
from potluck.core.ids import new_id
from potluck.crud.removal import BATCH
from potluck.models import (
    IdempotencyKey,
    OneTimeLink,
    PersonalToken,
    RateLimit,
    RefreshToken,
    SignInFailure,
    TokenFamily,
    User,
    WebSession,
)
from potluck.resources import Resources
from potluck.services import personal_tokens, web_sessions
from potluck.worker import housekeeping
from tests.api.token_calls import make_token
from tests.conftest import As
from tests.doubles import FakeClock
from tests.factories import Make


async def counts(session: AsyncSession) -> list[int | None]:
    kinds = (TokenFamily, RefreshToken, WebSession)
    return [await session.scalar(select(func.count()).select_from(kind)) for kind in kinds]


class TestOnce:
    async def test_sign_ins_stay_until_their_absolute_end_and_then_go(
        self,
        as_: As,
        make_user: Make[User],
        resources: Resources,
        clock: FakeClock,
        session: AsyncSession,
    ) -> None:
        user = await make_user()
        client: httpx2.AsyncClient = await as_(user)
        assert (await client.get("/api/v1/auth/me")).status_code == 200
        limits = resources.settings.session
        async with resources.database.transaction() as unit:
            await web_sessions.start(unit, user, limits, now=clock.now(), user_agent=None)

        clock.advance(timedelta(days=29, hours=23))
        await housekeeping.once(resources.database, resources.settings, clock)
        before = await counts(session)
        await session.rollback()
        clock.advance(timedelta(hours=1))
        await housekeeping.once(resources.database, resources.settings, clock)

        assert (before, await counts(session)) == ([1, 1, 1], [0, 0, 0])

    async def test_a_revoked_token_is_forgotten_after_90_days_and_no_other(
        self,
        make_user: Make[User],
        resources: Resources,
        clock: FakeClock,
        session: AsyncSession,
    ) -> None:
        user = await make_user()
        await make_token(resources, user, name="Expired", expires_at="2026-03-01T12:00:01Z")
        revoked = await make_token(resources, user, name="Revoked")
        async with resources.database.transaction() as unit:
            await personal_tokens.revoke(unit, Actor(user_id=user.id), revoked.id, now=clock.now())

        kept = []
        for _ in range(2):
            clock.advance(timedelta(days=45, seconds=1))
            await housekeeping.once(resources.database, resources.settings, clock)
            kept.append(set(await session.scalars(select(PersonalToken.name))))
            await session.rollback()

        assert kept == [{"Expired", "Revoked"}, {"Expired"}]

    async def test_s12_what_a_flood_has_left_goes_a_few_rows_at_a_time(
        self, resources: Resources, clock: FakeClock, session: AsyncSession, statements: list[str]
    ) -> None:
        ids = [str(number) for number in range(2 * BATCH + 1)]
        long_ago = clock.now() - timedelta(days=2)
        use = {"fingerprint": "", "claim_id": new_id(), "claimed_at": long_ago}
        link = {"kind": "reset", "address": "", "address_key": "", "created_at": long_ago}
        link |= {"expires_at": clock.now()}
        left = {
            RateLimit: [{"key": id, "arrives_us": 1} for id in ids],
            SignInFailure: [
                {"key": id, "attempts": 1, "blocked_until_us": 0, "last_at_us": 1} for id in ids
            ],
            IdempotencyKey: [use | {"id": id} for id in ids],
            OneTimeLink: [link | {"id": new_id(), "digest": id} for id in ids],
        }
        async with resources.database.transaction() as unit:
            for kind, rows in left.items():
                await unit.execute(insert(kind), rows)
        statements.clear()

        await housekeeping.once(resources.database, resources.settings, clock)

        for kind in left:
            assert await session.scalar(select(func.count()).select_from(kind)) == 0
            removing = ["DELETE", "FROM", kind.__tablename__]
            assert [each.split()[:3] for each in statements].count(removing) == 3

    async def test_the_refresh_tokens_of_a_sign_in_go_a_few_rows_at_a_time(
        self,
        make_user: Make[User],
        resources: Resources,
        clock: FakeClock,
        session: AsyncSession,
        statements: list[str],
    ) -> None:
        user, now = await make_user(), clock.now()
        family = {"id": new_id(), "user_id": user.id, "client_id": "api", "scope": ""}
        family |= {"created_at": now, "absolute_until": now}
        token = {"family_id": family["id"], "created_at": now, "idle_until": now}
        tokens = [token | {"id": new_id(), "digest": str(n)} for n in range(2 * BATCH + 1)]
        async with resources.database.transaction() as unit:
            await unit.execute(insert(TokenFamily), [family])
            await unit.execute(insert(RefreshToken), tokens)
        statements.clear()

        await housekeeping.once(resources.database, resources.settings, clock)

        assert await counts(session) == [0, 0, 0]
        removing = [each.split()[2] for each in statements if each.startswith("DELETE")]
        assert removing[:4] == ["refresh_token"] * 3 + ["token_family"]
