"""What only the driver on the event loop can do wrong: threads it borrows, and tasks that end."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import anyio
import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.exc import OperationalError

from potluck.db.session import Database
from potluck.db.sqlite_loop import IN_THREAD
from tests.db.conftest import Committed, OpenDatabase, checked_out

INSERT = text("INSERT INTO toy (id, name) VALUES (:id, :name)")
ENDLESS = text(
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
)

#: So many rows take some 40 ms to count.
MANY = 300_000


def counted(count: int, what: str = "max(i)") -> TextClause:
    """`what` of the numbers from 1 to `count`."""
    numbers = f"n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"  # noqa: S608
    return text(f"WITH RECURSIVE {numbers} SELECT {what} FROM n")  # noqa: S608


class Threads(ThreadPoolExecutor):
    """Counts what is sent to it."""

    calls = 0

    def submit(self, *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        return super().submit(*arguments, **options)


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


@pytest.mark.parametrize("long", [False, True])
async def test_only_what_reads_long_goes_to_a_thread(database: Database, long: bool) -> None:
    engines = database.engines
    dialect = (engines.long_read if long else engines.read).sync_engine.dialect
    threads = dialect.threads = Threads()  # type: ignore[attr-defined]
    async with database.reading(long=long) as session:
        assert await session.scalar(text("SELECT 1")) == 1
        opened = threads.calls
        assert await session.scalar(text("SELECT 2")) == 2
        assert threads.calls == opened
        assert await session.scalar(counted(MANY)) == MANY
        assert threads.calls == opened + 1
        known = text("SELECT 3").execution_options(**{IN_THREAD: True})
        assert await session.scalar(known) == 3
        assert threads.calls == opened + 2
        assert await session.scalar(text("SELECT 4")) == 4
        assert threads.calls == opened + 2


@pytest.mark.parametrize("count", [5, MANY])
async def test_a_read_gives_its_rows_in_every_way(database: Database, count: int) -> None:
    rows = counted(count, "i")
    async with database.reading() as session:
        result = await session.execute(rows)
        assert result.fetchone() == (1,)
        assert result.fetchmany(2) == [(2,), (3,)]
        assert result.fetchall() == [(i,) for i in range(4, count + 1)]


async def test_a_read_that_fails_says_so_here_and_in_a_thread(database: Database) -> None:
    late = counted(MANY, f"CASE i WHEN {MANY} THEN json('no JSON') ELSE i END")
    async with database.reading() as session:
        for statement in (text("SELECT json('no JSON')"), late):
            with pytest.raises(OperationalError, match="malformed JSON"):
                await session.execute(statement)


async def test_text_that_is_no_utf8_is_an_error_of_the_database(database: Database) -> None:
    async with database.reading() as session:
        with pytest.raises(OperationalError, match="decode"):
            await session.execute(text("SELECT CAST(x'ff' AS TEXT)"))


async def test_a_commit_waits_for_no_reader(database: Database, committed: Committed) -> None:
    async def read() -> None:
        async with database.reading() as session:
            await session.execute(ENDLESS)

    readers = [asyncio.create_task(read()) for _ in range(20)]
    await insert(database, 1)
    assert not any(reader.done() for reader in readers)
    for reader in readers:
        reader.cancel()
    await asyncio.wait(readers)
    assert await committed() == ["soup 1"]
    assert checked_out(database) == 0


async def test_a_long_read_sees_what_the_quick_one_before_it_saw(database: Database) -> None:
    quick = text("SELECT count(*) FROM toy")
    slow = text(f"SELECT count(*) FROM toy WHERE ({counted(MANY).text}) > 0")  # noqa: S608
    async with database.reading() as session:
        assert await session.scalar(quick) == 0
        await insert(database, 1)
        assert await session.scalar(slow) == 0


async def test_returning_and_savepoints(database: Database, committed: Committed) -> None:
    returning = text("INSERT INTO toy (name) VALUES ('soup') RETURNING id")
    async with database.transaction() as session:
        assert await session.scalar(returning) == 1
        async with session.begin_nested() as inner:
            await session.execute(INSERT, {"id": 2, "name": "stew"})
            await inner.rollback()
    assert await committed() == ["soup"]
