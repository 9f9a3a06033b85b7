"""The rules of each connection, asked of the connection itself."""

import sqlite3
from contextlib import closing
from typing import Any

import anyio
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from potluck.core import database_url
from potluck.core.config import DatabaseSettings, Settings
from potluck.core.errors import Unavailable
from potluck.db.engines import open_engines
from potluck.db.session import Database
from tests.databases import url_text
from tests.db.conftest import Committed, OpenDatabase

#: Counts on until it is interrupted.
ENDLESS = text(
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
)
#: 10 million instructions of SQLite, so that it asks whether the time is over.
COUNT_TO_A_MILLION = text(
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)"
    " SELECT max(i) FROM n"
)
ROW_LOCK = text("SELECT id FROM instance FOR UPDATE")

sqlite_only = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
postgresql_only = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def pool_of(engine: AsyncEngine) -> Any:
    """The pool, with its figures."""
    return engine.pool


async def asked(engine: AsyncEngine, question: str) -> Any:
    async with engine.connect() as connection:
        return await connection.scalar(text(question))


async def insert_endlessly(database: Database) -> None:
    """A unit of work whose second statement does not end by itself."""
    async with database.transaction() as session:
        await session.execute(text("INSERT INTO toy (id, name) VALUES (1, 'soup')"))
        await session.execute(text(f"INSERT INTO toy_parent {ENDLESS.text}"))


@sqlite_only
@pytest.mark.usefixtures("driver")
@pytest.mark.parametrize("driver", ["loop", "aiosqlite"])
class TestSqlite:
    async def test_one_file_has_a_writer_and_two_pools_of_readers(self, database: Database) -> None:
        engines = database.engines
        pools = [pool_of(each) for each in (engines.write, engines.read, engines.long_read)]
        assert len({id(pool) for pool in pools}) == 3
        assert [pool.size() for pool in pools] == [1, 1, 2]
        assert [pool._max_overflow for pool in pools] == [0, 0, 0]

    @pytest.mark.parametrize(
        ("pragma", "writer", "reader"),
        [
            ("journal_mode", "wal", "wal"),
            ("synchronous", 2, 2),
            ("foreign_keys", 1, 1),
            ("query_only", 0, 1),
            ("trusted_schema", 1, 0),
        ],
    )
    async def test_each_connection_has_its_pragmas(
        self, open_database: OpenDatabase, pragma: str, writer: object, reader: object
    ) -> None:
        engines = open_database(lock_timeout_s=1.5).engines
        assert await asked(engines.write, f"PRAGMA {pragma}") == writer
        assert await asked(engines.read, f"PRAGMA {pragma}") == reader
        assert await asked(engines.long_read, f"PRAGMA {pragma}") == reader

    async def test_a_statement_in_a_thread_waits_for_a_lock_and_one_on_the_loop_does_not(
        self, open_database: OpenDatabase, driver: str
    ) -> None:
        engines = open_database(lock_timeout_s=1.5).engines
        waited_ms = {"loop": 0, "aiosqlite": 1500}[driver]
        assert await asked(engines.write, "PRAGMA busy_timeout") == waited_ms
        assert await asked(engines.read, "PRAGMA busy_timeout") == waited_ms

    async def test_a_unit_of_work_takes_the_write_lock_with_its_first_statement(
        self, database: Database
    ) -> None:
        path = str(database.url.path)
        async with database.transaction() as session:
            with closing(sqlite3.connect(path, timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")
                other.rollback()  # nothing was asked yet: others may write
                await session.execute(text("SELECT 1"))
                with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                    other.execute("BEGIN IMMEDIATE")

    @pytest.mark.usefixtures("toys")
    async def test_reading_neither_waits_for_a_writer_nor_keeps_one_waiting(
        self, database: Database
    ) -> None:
        count = text("SELECT count(*) FROM toy")
        async with database.reading() as reader:
            assert await reader.scalar(count) == 0
            async with database.transaction() as session:
                await session.execute(text("INSERT INTO toy (name) VALUES ('soup')"))
                assert await reader.scalar(count) == 0
            assert await reader.scalar(count) == 0  # one snapshot from its first statement on
        async with database.reading() as reader:
            assert await reader.scalar(count) == 1

    async def test_a_long_read_keeps_no_short_one_waiting(self, database: Database) -> None:
        async with database.reading(long=True) as first, database.reading(long=True) as second:
            await first.execute(text("SELECT 1"))
            await second.execute(text("SELECT 1"))
            async with database.reading() as short:
                assert await short.scalar(text("SELECT 1")) == 1

    def test_migrations_run_without_foreign_keys(self, by_hand: Engine) -> None:
        with by_hand.connect() as connection:
            assert connection.scalar(text("PRAGMA foreign_keys")) == 0
            assert connection.scalar(text("PRAGMA synchronous")) == 2

    async def test_a_file_locked_by_another_program_is_unavailable(
        self, open_database: OpenDatabase, by_hand: Engine
    ) -> None:
        database = open_database(lock_timeout_s=0.05)
        with by_hand.connect() as other:
            other.execute(text("SELECT 1"))
            with pytest.raises(Unavailable, match="busy or away"):
                async with database.transaction() as session:
                    await session.execute(text("SELECT 1"))
        async with database.transaction() as session:
            assert await session.scalar(text("SELECT 1")) == 1

    @pytest.mark.parametrize("long", [False, True])
    async def test_n03_r07_a_read_that_takes_too_long_is_unavailable(
        self, open_database: OpenDatabase, long: bool
    ) -> None:
        database = open_database(statement_timeout_s=0.05)
        with pytest.raises(Unavailable, match="busy or away"):
            async with database.reading(long=long) as session:
                await session.execute(ENDLESS)
        async with database.reading(long=long) as session:
            assert await session.scalar(text("SELECT 1")) == 1

    @pytest.mark.usefixtures("toys")
    async def test_n03_r07_a_write_that_takes_too_long_is_undone(
        self, open_database: OpenDatabase, committed: Committed
    ) -> None:
        database = open_database(statement_timeout_s=0.05)
        with pytest.raises(Unavailable, match="busy or away"):
            await insert_endlessly(database)
        assert await committed() == []
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO toy (id, name) VALUES (1, 'bread')"))
        assert await committed() == ["bread"]

    async def test_a_unit_of_work_may_take_longer_than_each_of_its_statements(
        self, open_database: OpenDatabase
    ) -> None:
        database = open_database(statement_timeout_s=2)
        async with database.transaction() as session:
            end = anyio.current_time() + 2.2
            while anyio.current_time() < end:
                await session.execute(COUNT_TO_A_MILLION)

    def test_migrations_may_take_their_time(self, by_hand: Engine) -> None:
        with by_hand.connect() as connection:
            raw = connection.connection.driver_connection
            assert type(raw) is sqlite3.Connection


@postgresql_only
class TestPostgresql:
    async def test_everything_shares_one_pool(self, open_database: OpenDatabase) -> None:
        engines = open_database(pool_size=3).engines
        assert engines.write.pool is engines.read.pool is engines.long_read.pool
        assert isinstance(engines.write.pool, QueuePool)
        assert engines.write.pool.size() == 3
        assert engines.write.pool._max_overflow == 0

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("application_name", "potluck"),
            ("statement_timeout", "5s"),
            ("lock_timeout", "2s"),
            ("idle_in_transaction_session_timeout", "1min"),
            ("timezone", "UTC"),
        ],
    )
    async def test_n03_every_wait_has_an_end(
        self, database: Database, name: str, value: str
    ) -> None:
        assert await asked(database.engines.write, f"SHOW {name}") == value

    async def test_the_url_has_the_last_word(self, settings: Settings) -> None:
        plain = url_text(settings.database_url)
        more = "application_name=kitchen&options=-c%20statement_timeout%3D7000"
        url = database_url.parse(f"{plain}{'&' if '?' in plain else '?'}{more}")
        engines = open_engines(url, DatabaseSettings())
        assert await asked(engines.write, "SHOW application_name") == "kitchen"
        assert await asked(engines.write, "SHOW statement_timeout") == "7s"
        assert await asked(engines.write, "SHOW lock_timeout") == "2s"
        await engines.dispose()

    async def test_reads_run_in_read_only_transactions_of_the_same_connections(
        self, database: Database
    ) -> None:
        question = text("SELECT current_setting('transaction_read_only'), pg_backend_pid()")
        async with database.reading() as session:
            first = (await session.execute(question)).one()
        async with database.transaction() as session:
            second = (await session.execute(question)).one()
        assert [first[0], second[0]] == ["on", "off"]
        assert first[1] == second[1]

    async def test_n03_a_statement_that_takes_too_long_is_unavailable(
        self, open_database: OpenDatabase
    ) -> None:
        database = open_database(statement_timeout_s=0.05)
        with pytest.raises(Unavailable, match="busy or away"):
            async with database.reading() as session:
                await session.execute(text("SELECT pg_sleep(10)"))

    async def test_n03_a_lock_held_by_someone_else_is_unavailable(
        self, open_database: OpenDatabase, by_hand: Engine
    ) -> None:
        database = open_database(lock_timeout_s=0.05)
        with by_hand.connect() as other:
            other.execute(ROW_LOCK)
            with pytest.raises(Unavailable, match="busy or away"):
                async with database.transaction() as session:
                    await session.execute(ROW_LOCK)

    async def test_a_connection_that_the_server_closed_is_replaced(
        self, database: Database, by_hand: Engine
    ) -> None:
        backend = text("SELECT pg_backend_pid()")
        async with database.reading() as session:
            first = await session.scalar(backend)
        with by_hand.begin() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
        async with database.reading() as session:
            assert await session.scalar(backend) != first

    def test_migrations_may_take_their_time_but_wait_for_locks_briefly(
        self, by_hand: Engine
    ) -> None:
        with by_hand.connect() as connection:
            assert connection.scalar(text("SHOW statement_timeout")) == "0"
            assert connection.scalar(text("SHOW lock_timeout")) == "2s"
