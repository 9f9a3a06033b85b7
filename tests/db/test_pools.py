"""Pools tell who waits for a connection."""

import asyncio

import pytest
from sqlalchemy import text

from potluck.core.errors import Unavailable
from potluck.db.pools import PoolUse
from potluck.db.session import Database
from tests.db.conftest import OpenDatabase


def writers(database: Database) -> PoolUse:
    """The pool that units of work come from."""
    return database.engines.use()[0]


async def work(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("SELECT 1"))


class TestUse:
    async def test_there_is_a_pool_for_each_kind_of_sqlite_and_one_of_postgresql(
        self, database: Database, engine: str
    ) -> None:
        sizes = {pool.name: pool.size for pool in database.engines.use()}

        assert sizes == (
            {"write": 1, "read": 1, "long-read": 2} if engine == "sqlite" else {"shared": 1}
        )

    async def test_connections_in_use_are_counted_until_they_are_given_back(
        self, database: Database
    ) -> None:
        async with database.transaction() as session:
            await session.execute(text("SELECT 1"))
            assert writers(database).in_use == 1
        assert writers(database).in_use == 0

    async def test_who_finds_a_connection_does_not_wait(self, database: Database) -> None:
        await work(database)
        await work(database)

        assert (writers(database).waits, writers(database).waited_s) == (0, 0.0)

    async def test_who_waits_is_counted_while_it_waits_and_afterwards(
        self, open_database: OpenDatabase
    ) -> None:
        database = open_database(pool_size=1, pool_timeout_s=30)
        async with database.transaction() as session:
            await session.execute(text("SELECT 1"))
            waiter = asyncio.create_task(work(database))
            await asyncio.sleep(0)
            assert writers(database).waiting == 1
        await waiter

        after = writers(database)
        assert (after.waiting, after.waits, after.timeouts) == (0, 1, 0)
        assert after.waited_s > 0

    async def test_who_waits_in_vain_is_counted_as_well(self, database: Database) -> None:
        async with database.transaction() as session:
            await session.execute(text("SELECT 1"))
            with pytest.raises(Unavailable):
                await work(database)

        after = writers(database)
        assert (after.waiting, after.waits, after.timeouts) == (0, 1, 1)
        assert after.waited_s > 0
