"""SQLite under SQLAlchemy's asyncio API without a thread for each connection.

aiosqlite sends every call of every cursor to a thread and back, which costs more than most
statements of ours take. Here statements run on the event loop: one by primary key takes tens of
microseconds, a thread hop several hundred. What may wait does not run there: opening a connection
(it reads the schema and may replay a write-ahead log), COMMIT (it waits for the disk, and sometimes
checkpoints), and what turns out to be long to read (search, filtered lists, export).
"""

import asyncio
import contextlib
import functools
import random
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from sqlalchemy import URL, pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util.concurrency import await_

from potluck.db.statement_limit import ASKED_EVERY, LimitedConnection, LimitedCursor, limited

#: Another process that writes is waited for in steps of so many seconds, at random between.
RETRY_S = (0.002, 0.02)
#: What reads longer moves to a thread. A page of 50 recipes takes 1.1 ms, a thread for it 1.5.
QUICK_S = 0.004
PATIENCE_S = 0.02
#: Execution option of a statement that is known to read longer, and goes to a thread at once.
IN_THREAD = "potluck_in_thread"
#: In instructions of SQLite's machine: 0.1 ms where rows are short, 2 ms where each is fetched.
QUICK_ASKED_EVERY = 1_000
T = TypeVar("T")


class _AtOnce:
    """Awaited without a turn of the loop: tells SQLAlchemy that the driver is asynchronous."""

    def __await__(self) -> Any:
        return
        yield


_AT_ONCE = _AtOnce()


async def _in_thread(
    connection: "LoopConnection", call: Callable[..., T], *arguments: Any, is_stopped: bool
) -> T:
    """Run `call` in a thread of the connection's engine.

    SQLite cannot be left in the middle of a call: when this task is cancelled and `is_stopped`,
    the statement does not begin or is interrupted; in any case it is seen to its end.
    """
    job = connection.threads.submit(call, *arguments)
    future = asyncio.wrap_future(job)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        if is_stopped and not job.cancel():
            connection.interrupt()
        while not future.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([future])
        if not future.cancelled():
            future.exception()  # retrieved, so that asyncio does not log it
        raise


class LoopCursor(LimitedCursor):
    """Runs its statements where it stands."""

    server_side = False

    def execute(self, *arguments: Any) -> "LoopCursor":
        await_(_AT_ONCE)
        super().execute(*arguments)
        return self

    def executemany(self, *arguments: Any) -> "LoopCursor":
        await_(_AT_ONCE)
        super().executemany(*arguments)
        return self

    async def _async_soft_close(self) -> None:
        """SQLAlchemy's hook at the end of a result: there is nothing to wait for."""


class ReadingCursor(LoopCursor):
    """Runs a statement and fetches its rows: here while that is quick, else in a thread.

    A statement that reads can be begun again. So nobody has to know beforehand which are quick,
    and none holds up the loop for long.
    """

    connection: "ReadingConnection"

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._rows: deque[Any] = deque()

    def execute(self, *arguments: Any) -> "ReadingCursor":
        await_(_AT_ONCE)
        try:
            with self.connection.tried():
                self._rows = self._run(sqlite3.Cursor.execute, arguments)
        except sqlite3.OperationalError as error:
            # Only errors of SQLite itself have a code; text that is no UTF-8 has none.
            if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_INTERRUPT:
                raise
            self.execute_in_thread(*arguments)
        return self

    def execute_in_thread(self, *arguments: Any) -> None:
        """For a statement that is known to be long."""
        call = LimitedCursor.execute, arguments
        self._rows = await_(_in_thread(self.connection, self._run, *call, is_stopped=True))

    def _run(self, execute: Callable[..., Any], arguments: Any) -> deque[Any]:
        execute(self, *arguments)
        return deque(sqlite3.Cursor.fetchall(self)) if self.description else deque()

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        count = min(size or self.arraysize, len(self._rows))
        return [self._rows.popleft() for _ in range(count)]

    def fetchall(self) -> list[Any]:
        rows, self._rows = list(self._rows), deque()
        return rows


class LoopConnection(LimitedConnection):
    """A connection in autocommit mode; `LoopDialect` says when a transaction begins and ends."""

    cursor_class: type[LoopCursor] = LoopCursor
    is_autocommit = False
    threads: ThreadPoolExecutor
    """Of this engine alone: a commit, which holds the lock of all writers, waits for no reader."""

    def cursor(self, _factory: object = None) -> LimitedCursor:  # type: ignore[override]
        return self.cursor_class(self)

    def at_once(self, statement: str) -> None:
        """Run a statement here and now, without SQLAlchemy."""
        sqlite3.Cursor(self).execute(statement)


class ReadingConnection(LoopConnection):
    """A connection that only reads."""

    cursor_class = ReadingCursor

    @contextlib.contextmanager
    def tried(self) -> Iterator[None]:
        """A statement in the block is interrupted once it took `QUICK_S` of this thread's time.

        One that waits for the disk takes none: it is interrupted after `PATIENCE_S`.
        """
        until, end = time.thread_time() + QUICK_S, time.monotonic() + PATIENCE_S
        self.set_progress_handler(
            lambda: time.thread_time() > until or time.monotonic() > end, QUICK_ASKED_EVERY
        )
        try:
            yield
        finally:
            self.set_progress_handler(self.is_over, ASKED_EVERY)


class LoopDialect(SQLiteDialect_pysqlite):
    """`sqlite+loop://`; the options are those of `create_async_engine`.

    `pragmas` are run when a connection opens, `begin` starts a transaction and may wait
    `begin_timeout_s` for another process, `limit_s` is the longest run of a statement. `threads`
    calls run at a time, as many as there are connections.
    """

    driver = "loop"
    is_async = True
    has_terminate = True
    supports_statement_cache = True

    def __init__(
        self,
        # Not by keyword alone: `create_engine` looks for its options among the others.
        pragmas: Sequence[str] = (),
        begin: str = "BEGIN",
        begin_timeout_s: float = 2.0,
        limit_s: float = 5.0,
        threads: int = 1,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.pragmas = pragmas
        self.begin = begin
        self.is_reader = begin == "BEGIN"
        self.begin_timeout_s = begin_timeout_s
        kind = ReadingConnection if self.is_reader else LoopConnection
        self.factory = limited(limit_s, kind)
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="sqlite")

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:
        del url
        return pool.AsyncAdaptedQueuePool

    def connect(self, *arguments: Any, **options: Any) -> Any:
        opening = functools.partial(self._open, *arguments, **options)
        return await_(asyncio.get_running_loop().run_in_executor(self.threads, opening))

    def _open(self, *arguments: Any, **options: Any) -> LoopConnection:
        own = {"factory": self.factory, "isolation_level": None, "check_same_thread": False}
        connection = cast(LoopConnection, super().connect(*arguments, **options | own))
        connection.threads = self.threads
        for pragma in self.pragmas:
            connection.at_once(pragma)
        # Opening may wait for another process to finish its recovery, a statement on the loop may
        # not: BEGIN is tried again by `do_begin`.
        connection.at_once("PRAGMA busy_timeout=0")
        return connection

    def do_execute(
        self, cursor: Any, statement: str, parameters: Any, context: Any | None = None
    ) -> None:
        is_long = context is not None and context.execution_options.get(IN_THREAD, False)
        if is_long and isinstance(cursor, ReadingCursor):
            cursor.execute_in_thread(statement, parameters)
        else:
            cursor.execute(statement, parameters)

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin; wait for another process that writes. Raises SQLITE_BUSY when that takes long."""
        if dbapi_connection.is_autocommit:
            return
        deadline = time.monotonic() + self.begin_timeout_s
        while True:
            try:
                dbapi_connection.at_once(self.begin)
            except sqlite3.OperationalError as error:
                is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not is_busy or time.monotonic() > deadline:
                    raise
                await_(asyncio.sleep(random.uniform(*RETRY_S)))  # noqa: S311 - no secret
            else:
                return

    def do_commit(self, dbapi_connection: Any) -> None:
        """Commit in a thread: it waits for the disk. One that is refused is rolled back."""
        if not dbapi_connection.in_transaction:
            return
        try:
            if self.is_reader:
                dbapi_connection.commit()
            else:
                commit = dbapi_connection.commit
                await_(_in_thread(dbapi_connection, commit, is_stopped=False))
        except sqlite3.Error:
            # A deferred constraint or a full disk leaves the transaction open, and SQLAlchemy
            # takes every commit as the end of it.
            self.do_rollback(dbapi_connection)
            raise

    def do_rollback(self, dbapi_connection: Any) -> None:
        if dbapi_connection.in_transaction:
            dbapi_connection.rollback()

    def do_terminate(self, dbapi_connection: Any) -> None:
        dbapi_connection.close()

    def set_isolation_level(self, dbapi_connection: Any, level: Any) -> None:
        dbapi_connection.is_autocommit = level == "AUTOCOMMIT"

    def detect_autocommit_setting(self, dbapi_conn: Any) -> bool:
        return bool(dbapi_conn.is_autocommit)

    def get_driver_connection(self, connection: Any) -> Any:
        return connection


registry.register("sqlite.loop", __name__, "LoopDialect")
