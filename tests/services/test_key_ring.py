"""The signing keys as a process knows them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import lowlevel
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.errors import Unavailable
from potluck.resources import Resources
from potluck.services.signing_keys import KeyRing
from tests.doubles import FakeClock


def refused(_session: AsyncSession) -> AsyncSession:
    raise Unavailable("The database is busy or away. Try again.")


async def test_n03_while_the_database_is_away_all_wait_for_one_failure(
    resources: Resources, clock: FakeClock
) -> None:
    tries = 0

    @asynccontextmanager
    async def away() -> AsyncIterator[AsyncSession]:
        nonlocal tries
        tries += 1
        await lowlevel.checkpoint()
        async with resources.database.reading() as session:
            yield refused(session)

    ring = KeyRing(away, resources.master_key, clock, 600)
    asked = [ring.current() for _ in range(5)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert ([type(each) for each in found], tries) == ([Unavailable] * 5, 1)
