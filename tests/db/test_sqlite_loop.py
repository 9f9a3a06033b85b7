"""What only the driver on the event loop can do wrong: threads it borrows, and tasks that end."""

import asyncio
import sqlite3
from contextlib import closing

import anyio
import pytest
from sqlalchemy import text

from potluck.db.session import Database
from tests.db.conftest import Committed, OpenDatabase, checked_out

INSERT = text("INSERT INTO toy (id, name) VALUES (:id, :name)")
ENDLESS = text(
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
)

pytestmark = [
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("toys"),
]


async def insert(database: Database, id: int) -> None:
    async with database.transaction() as session:
        await session.execute(INSERT, {"id": id, "name": f"soup {id}"})


async def test_a_long_read_that_nobody_waits_for_is_interrupted(database: Database) -> None:
    with anyio.move_on_after(0.1) as waited:
        async with database.reading(long=True) as session:
            await session.execute(ENDLESS)
    assert waited.cancelled_caught
    async with database.reading(long=True) as session:
        assert await session.scalar(text("SELECT 1")) == 1
    assert checked_out(database) == 0


async def test_the_loop_goes_on_while_a_long_read_runs(database: Database) -> None:
    async def read() -> None:
        async with database.reading(long=True) as session:
            await session.execute(ENDLESS)

    reading = asyncio.create_task(read())
    for id in range(5):
        await insert(database, id)
    assert not reading.done()
    reading.cancel()
    await asyncio.wait([reading])


@pytest.mark.parametrize("turns", range(12))
async def test_a_unit_of_work_that_is_cancelled_anywhere_is_whole_or_not_at_all(
    open_database: OpenDatabase, committed: Committed, turns: int
) -> None:
    database = open_database(pool_timeout_s=2)
    task = asyncio.create_task(insert(database, 1))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert await committed() in ([], ["soup 1"])
    assert checked_out(database) == 0
    await insert(database, 2)
    assert "soup 2" in await committed()


async def test_writers_wait_for_each_other_in_order(
    open_database: OpenDatabase, committed: Committed
) -> None:
    database = open_database(pool_timeout_s=5)
    async with anyio.create_task_group() as group:
        for id in range(40):
            group.start_soon(insert, database, id)
    assert sorted(await committed()) == sorted(f"soup {id}" for id in range(40))


async def test_a_unit_of_work_waits_for_another_program_without_holding_up_the_loop(
    open_database: OpenDatabase, committed: Committed
) -> None:
    database = open_database(lock_timeout_s=5)
    with closing(sqlite3.connect(str(database.url.path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(insert(database, 1))
        assert await committed() == []
        assert not writing.done()
        other.execute("COMMIT")
        await writing
    assert await committed() == ["soup 1"]


async def test_a_long_read_gives_its_rows_in_every_way(database: Database) -> None:
    async with database.transaction() as session:
        rows = [{"id": id, "name": f"soup {id}"} for id in range(5)]
        await session.execute(INSERT, rows)
    names = text("SELECT name FROM toy ORDER BY id")
    async with database.reading(long=True) as session:
        result = await session.execute(names)
        assert result.fetchone() == ("soup 0",)
        assert result.fetchmany(2) == [("soup 1",), ("soup 2",)]
        assert result.fetchall() == [("soup 3",), ("soup 4",)]


async def test_returning_and_savepoints(database: Database, committed: Committed) -> None:
    returning = text("INSERT INTO toy (name) VALUES ('soup') RETURNING id")
    async with database.transaction() as session:
        assert await session.scalar(returning) == 1
        async with session.begin_nested() as inner:
            await session.execute(INSERT, {"id": 2, "name": "stew"})
            await inner.rollback()
    assert await committed() == ["soup"]
