"""When a personal token was last used: noted after the answer, and never in anybody's way."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.scopes import Scope
from potluck.models import PersonalToken, User
from potluck.resources import Resources
from tests.api.recipe_calls import URL
from tests.api.token_calls import TOKENS, WithToken
from tests.conftest import checked_out, gather
from tests.doubles import FakeClock


class TestLastUse:
    async def last_use(self, session: AsyncSession) -> str | None:
        await session.rollback()
        found = await session.scalar(select(PersonalToken.last_used_at))
        return found and f"{found:%H:%M:%S}"

    async def test_g03_is_noted_at_most_once_a_minute(
        self, with_token: WithToken, ada: User, clock: FakeClock, session: AsyncSession
    ) -> None:
        script = await with_token(ada)
        seen = [await self.last_use(session)]
        for wait_s in (0, 59, 1, 30, 30):
            clock.advance(timedelta(seconds=wait_s))
            await script.get(URL)
            seen.append(await self.last_use(session))
        assert seen == [None, "12:00:00", "12:00:00", "12:01:00", "12:01:00", "12:02:00"]

    async def test_is_noted_when_the_clock_is_set_back(
        self, with_token: WithToken, ada: User, clock: FakeClock, session: AsyncSession
    ) -> None:
        """A little is what the clocks of two servers differ by, and no reason to write."""
        script = await with_token(ada)
        seen = []
        for later in (timedelta(hours=1), timedelta(seconds=-59), timedelta(minutes=-30)):
            clock.advance(later)
            await script.get(URL)
            seen.append(await self.last_use(session))
        assert seen == ["13:00:00", "13:00:00", "12:29:01"]

    async def test_of_refused_requests_too(
        self, with_token: WithToken, ada: User, clock: FakeClock, session: AsyncSession
    ) -> None:
        script = await with_token(ada, frozenset({Scope.RECIPES_READ}))
        for path, status in ((TOKENS, 403), (f"{URL}/{ada.id}", 404)):
            clock.advance(timedelta(minutes=1))
            assert (await script.get(path)).status_code == status
            assert await self.last_use(session) == f"{clock.now():%H:%M:%S}"

    async def test_of_many_at_once_is_noted_once(
        self, with_token: WithToken, ada: User, session: AsyncSession, statements: list[str]
    ) -> None:
        script = await with_token(ada)
        answers = await gather(*[lambda: script.get(URL)] * 8)
        assert {answer.status_code for answer in answers} == {200}
        assert await self.last_use(session) == "12:00:00"
        statements.clear()
        await script.get(URL)
        assert [each for each in statements if each.startswith("UPDATE")] == []

    async def test_no_request_holds_two_connections_for_it(
        self, with_token: WithToken, ada: User, app: FastAPI, resources: Resources
    ) -> None:
        del app
        script = await with_token(ada)
        held: list[int] = []
        before = resources.database.transaction

        def watched() -> object:
            held.append(checked_out(resources))
            return before()

        resources.database.transaction = watched  # type: ignore[assignment, method-assign]
        try:
            await script.get(URL)
        finally:
            del resources.database.transaction
        assert held == [0]

    @pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
    async def test_a_read_does_not_wait_for_it_while_somebody_writes(
        self, with_token: WithToken, ada: User, resources: Resources, session: AsyncSession
    ) -> None:
        script = await with_token(ada)
        async with resources.database.transaction() as writer:
            await writer.execute(text("SELECT 1"))
            assert (await script.get(URL)).status_code == 200
            assert await self.last_use(session) is None
        await script.get(URL)
        assert await self.last_use(session) == "12:00:00"
