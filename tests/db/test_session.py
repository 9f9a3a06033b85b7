"""The unit of work: what is committed, what is undone, and the connection afterwards."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from potluck.core.config import DatabaseSettings, Settings
from potluck.core.errors import Forbidden, OutcomeUnknown, Unavailable
from potluck.db.session import Database
from tests.db.conftest import Committed, checked_out
from tests.faults.tcp_proxy import TcpProxy, tcp_proxy

INSERT = text("INSERT INTO toy (id, name) VALUES (1, 'soup')")
ORPHAN = text("INSERT INTO toy (id, name, parent_id) VALUES (2, 'orphan', 99)")


class Kept(Forbidden):
    keeps_changes = True


async def insert(database: Database, statement: TextClause, error: Exception | None = None) -> None:
    """A unit of work that inserts a row, and then fails if there is an error."""
    async with database.transaction() as session:
        await session.execute(statement)
        if error is not None:
            raise error


class TestEnd:
    async def test_a_block_that_ends_is_committed(
        self, database: Database, committed: Committed
    ) -> None:
        async with database.transaction() as session:
            await session.execute(INSERT)
            assert await committed() == []
        assert await committed() == ["soup"]

    @pytest.mark.parametrize("error", [RuntimeError, Forbidden])
    async def test_an_error_undoes_everything(
        self, database: Database, committed: Committed, error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            await insert(database, INSERT, error())
        assert await committed() == []

    async def test_an_error_that_keeps_changes_is_raised_and_committed(
        self, database: Database, committed: Committed
    ) -> None:
        with pytest.raises(Kept):
            await insert(database, INSERT, Kept())
        assert await committed() == ["soup"]

    async def test_nothing_connects_before_the_first_statement(self, database: Database) -> None:
        async with database.transaction(), database.reading():
            assert checked_out(database) == 0


class TestFailedCommit:
    async def test_is_rolled_back_before_the_connection_is_used_again(
        self, database: Database, committed: Committed
    ) -> None:
        """SQLite leaves the transaction open; the next user would commit what was refused."""
        with pytest.raises(IntegrityError):
            await insert(database, ORPHAN)
        # pool_size is 1: this is the same connection.
        async with database.transaction() as session:
            await session.execute(INSERT)
        assert await committed() == ["soup"]

    async def test_is_no_less_a_failure_when_changes_were_to_be_kept(
        self, database: Database, committed: Committed
    ) -> None:
        with pytest.raises(IntegrityError):
            await insert(database, ORPHAN, Kept())
        assert await committed() == []


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
class TestSilence:
    """A server, or a way to it, that takes everything and says nothing."""

    @pytest.fixture
    async def proxy(self, settings: Settings) -> AsyncIterator[TcpProxy]:
        options = dict(settings.database_url.options)
        folder = options.get("host")
        url = settings.database_url
        target = Path(folder) / ".s.PGSQL.5432" if folder else (url.host or "", url.port or 5432)
        async with tcp_proxy(target) as proxy:
            yield proxy

    @pytest.fixture
    async def beyond(self, settings: Settings, proxy: TcpProxy) -> AsyncIterator[Database]:
        """The database at the other end of the proxy."""
        options = tuple(each for each in settings.database_url.options if each[0] != "host")
        url = replace(settings.database_url, host="127.0.0.1", port=proxy.port, options=options)
        limits = DatabaseSettings(pool_size=1, statement_timeout_s=0.2)
        database = Database(url, limits)
        yield database
        await database.dispose()

    async def test_n03_r07_is_not_waited_for_without_end(
        self, beyond: Database, proxy: TcpProxy
    ) -> None:
        async with beyond.reading() as session:
            await session.execute(text("SELECT 1"))
            proxy.mode = "black hole"
            with pytest.raises(DBAPIError, match="does not answer"):
                await session.execute(text("SELECT 2"))
        proxy.mode = "pass"
        async with beyond.reading() as session:
            assert await session.scalar(text("SELECT 3")) == 3

    async def test_r03_a_commit_that_is_not_answered_may_have_been_done(
        self, beyond: Database, proxy: TcpProxy, committed: Committed
    ) -> None:
        with pytest.raises(OutcomeUnknown) as unknown:
            await insert_and_silence(beyond, proxy)
        assert unknown.value.extra == {"outcome": "unknown"}
        assert await committed() == []  # this time it was not

    async def test_a_statement_that_is_not_answered_was_not_done(
        self, beyond: Database, proxy: TcpProxy, committed: Committed
    ) -> None:
        async with beyond.reading() as session:
            await session.execute(text("SELECT 1"))
        proxy.mode = "reset"
        with pytest.raises(Unavailable) as refusal:
            await insert(beyond, INSERT)
        assert not isinstance(refusal.value, OutcomeUnknown)
        assert await committed() == []


async def insert_and_silence(database: Database, proxy: TcpProxy) -> None:
    """A unit of work whose COMMIT gets nowhere."""
    async with database.transaction() as session:
        await session.execute(INSERT)
        proxy.mode = "black hole"


class TestReading:
    @pytest.mark.usefixtures("toys")
    @pytest.mark.parametrize("long", [False, True])
    async def test_the_database_refuses_every_write(self, database: Database, long: bool) -> None:
        for statement in (INSERT, text("DELETE FROM toy"), text("DROP TABLE toy")):
            with pytest.raises(DBAPIError, match=r"readonly|read-only"):
                async with database.reading(long=long) as session:
                    await session.execute(statement)

    async def test_the_connection_writes_again_in_the_next_unit_of_work(
        self, database: Database, committed: Committed
    ) -> None:
        async with database.reading() as session:
            await session.execute(text("SELECT 1"))
        async with database.transaction() as session:
            await session.execute(INSERT)
        assert await committed() == ["soup"]


#: By when a wait for a connection is over: these databases have 0.05 s for it.
SOON_S = 5


class TestWaiting:
    async def test_n03_who_waits_too_long_for_a_connection_is_sent_away(
        self, database: Database, committed: Committed
    ) -> None:
        async with database.transaction() as session:
            await session.execute(INSERT)
            with anyio.fail_after(SOON_S), pytest.raises(Unavailable, match="Every database conn"):
                async with database.transaction() as second:
                    await second.execute(text("SELECT 1"))
        assert await committed() == ["soup"]

    async def test_n03_readers_too(self, database: Database) -> None:
        async with database.reading() as session:
            await session.execute(text("SELECT 1"))
            with anyio.fail_after(SOON_S), pytest.raises(Unavailable, match="Every database conn"):
                async with database.reading() as second:
                    await second.execute(text("SELECT 1"))

    async def test_a_caller_who_goes_away_leaves_the_connection_to_the_next(
        self, database: Database, committed: Committed
    ) -> None:
        has_written = anyio.Event()

        async def write_and_stay() -> None:
            async with database.transaction() as session:
                await session.execute(INSERT)
                has_written.set()
                await anyio.sleep_forever()

        async with anyio.create_task_group() as group:
            group.start_soon(write_and_stay)
            await has_written.wait()
            group.cancel_scope.cancel()

        async with database.transaction() as session:
            await session.execute(text("INSERT INTO toy (id, name) VALUES (1, 'bread')"))
        assert await committed() == ["bread"]
        assert checked_out(database) == 0


class TestBusy:
    async def test_it_is_while_every_connection_that_writes_is_taken(
        self, database: Database
    ) -> None:
        seen = [database.is_busy]
        async with AsyncExitStack() as units:
            while not database.is_busy:
                session = await units.enter_async_context(database.transaction())
                await session.execute(text("SELECT 1"))
            seen.append(database.is_busy)
        assert [*seen, database.is_busy] == [False, True, False]
