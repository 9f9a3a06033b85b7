"""The engines behind a database, and the rules of each connection.

SQLite takes one writer at a time, so one file gets three engines: *write* (one connection; its
pool is the writers' queue), *read* (several, `query_only`) and *long reads* (a few more, so that
an unbounded list never keeps the short reads waiting). PostgreSQL gets one pool; reads run in
read-only transactions of it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolResetState

from potluck.core.config import DatabaseSettings
from potluck.core.database_url import DatabaseUrl
from potluck.db.pools import PoolUse, WatchedPool
from potluck.db.sqlite_loop import LoopDialect
from potluck.db.statement_limit import limited

APPLICATION_NAME = "potluck"
LONG_READERS = 2
#: Older libraries can corrupt a WAL file when connections of different processes checkpoint at
#: the same moment (sqlite.org, "WAL-reset bug", fixed in 3.51.3).
SAFE_SQLITE = (3, 51, 3)
#: Errors name the statement without its values: those are people's addresses and hashes.
HIDE_PARAMETERS = True


@dataclass(frozen=True)
class Engines:
    """What a process holds open; on PostgreSQL the three share one pool."""

    write: AsyncEngine
    read: AsyncEngine
    long_read: AsyncEngine

    def use(self) -> list[PoolUse]:
        """The state of each pool; `shared` is the one pool of PostgreSQL."""
        named = {"write": self.write, "read": self.read, "long-read": self.long_read}
        if self.write.pool is self.read.pool:
            named = {"shared": self.write}
        pools = [(name, engine.pool) for name, engine in named.items()]
        return [pool.use(name) for name, pool in pools if isinstance(pool, WatchedPool)]

    async def dispose(self) -> None:
        """Close every connection."""
        for engine in (self.write, self.read, self.long_read):
            await engine.dispose()


def open_engines(url: DatabaseUrl, settings: DatabaseSettings) -> Engines:
    """The engines of a serving process; nothing connects before the first statement."""
    if url.engine == "postgresql":
        from potluck.db.bounded_connection import bounded  # noqa: PLC0415  psycopg, 20 ms

        creator = {"async_creator_fn": bounded(settings.statement_timeout_s)}
        engine = create_async_engine(
            _postgresql_url(url),
            poolclass=WatchedPool,
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=settings.pool_timeout_s,
            pool_pre_ping=True,
            hide_parameters=HIDE_PARAMETERS,
            connect_args=_postgresql_arguments(url, settings) | creator,
        )
        reading = engine.execution_options(postgresql_readonly=True)
        return Engines(engine, reading, reading)
    return Engines(
        _sqlite(url, settings, pool_size=1, read_only=False),
        _sqlite(url, settings, pool_size=settings.pool_size, read_only=True),
        _sqlite(url, settings, pool_size=LONG_READERS, read_only=True),
    )


def open_migration_engine(url: DatabaseUrl, settings: DatabaseSettings) -> Engine:
    """A synchronous engine that keeps no connection, for Alembic.

    On SQLite foreign keys are not enforced while a migration runs: a batch rebuild of a parent
    would delete every child row. `potluck.alembic.env` checks them before it commits.
    """
    if url.engine == "postgresql":
        # No statement time-out: a migration may rewrite a table. Locks are waited for briefly.
        arguments = _postgresql_arguments(url, settings, statements=False)
        return create_engine(_postgresql_url(url), poolclass=NullPool, connect_args=arguments)
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(url.path)), poolclass=NullPool
    )
    pragmas = _pragmas(settings, read_only=False, foreign_keys=False)
    _own_transactions(engine, pragmas, "BEGIN IMMEDIATE")
    return engine


def _sqlite(
    url: DatabaseUrl, settings: DatabaseSettings, *, pool_size: int, read_only: bool
) -> AsyncEngine:
    pragmas = _pragmas(settings, read_only=read_only, foreign_keys=True)
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
    options: dict[str, Any] = {
        "poolclass": WatchedPool,
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": settings.pool_timeout_s,
        "hide_parameters": HIDE_PARAMETERS,
    }
    if settings.sqlite_driver == "loop":
        return create_async_engine(
            URL.create(f"sqlite+{LoopDialect.driver}", database=str(url.path)),
            **options,
            pragmas=pragmas,
            begin=begin,
            begin_timeout_s=settings.lock_timeout_s,
            limit_s=settings.statement_timeout_s,
            threads=pool_size,
        )
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(url.path)),
        **options,
        connect_args={"factory": limited(settings.statement_timeout_s)},
    )
    _own_transactions(engine.sync_engine, pragmas, begin)
    return engine


def _pragmas(settings: DatabaseSettings, *, read_only: bool, foreign_keys: bool) -> list[str]:
    return [
        f"PRAGMA busy_timeout={int(settings.lock_timeout_s * 1000)}",
        # Only the writer may change the mode; readers find it in the file.
        *([] if read_only else ["PRAGMA journal_mode=WAL"]),
        # NORMAL acknowledged 200 commits with 8 disk syncs, FULL with 209: only FULL keeps the
        # promise that what was answered is on disk.
        "PRAGMA synchronous=FULL",
        f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}",
        # Triggers of ours keep the full text index, and before 3.41 SQLite lets none write to a
        # virtual table, FTS5's among them, unless it trusts the schema.
        f"PRAGMA trusted_schema={'OFF' if read_only else 'ON'}",
        f"PRAGMA query_only={'ON' if read_only else 'OFF'}",
    ]


def _own_transactions(engine: Engine, pragmas: list[str], begin: str) -> None:
    """We say when a transaction begins; the driver would begin it late and without the lock."""

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(engine, "reset")
    def end(connection: Any, _record: ConnectionPoolEntry, state: PoolResetState) -> None:
        # A refused COMMIT (a deferred constraint, a full disk) leaves the transaction open, and
        # SQLAlchemy takes every commit as the end of it.
        if not state.terminate_only:
            connection.rollback()


def _postgresql_url(url: DatabaseUrl) -> URL:
    return URL.create(
        "postgresql+psycopg",
        username=url.user,
        password=url.password,
        host=url.host,
        port=url.port,
        database=url.name,
        query=dict(url.options),
    )


def libpq_arguments(url: DatabaseUrl, settings: DatabaseSettings) -> dict[str, Any]:
    """What `psycopg.connect` takes, for who speaks to PostgreSQL without SQLAlchemy."""
    named = {
        "host": url.host,
        "port": url.port,
        "user": url.user,
        "password": url.password,
        "dbname": url.name,
    }
    given = {name: value for name, value in named.items() if value is not None}
    return given | dict(url.options) | _postgresql_arguments(url, settings)


def _postgresql_arguments(
    url: DatabaseUrl, settings: DatabaseSettings, *, statements: bool = True
) -> dict[str, Any]:
    """Our name, and limits to every wait; what the URL says about them wins."""
    limits = {
        "lock_timeout": int(settings.lock_timeout_s * 1000),
        "statement_timeout": int(settings.statement_timeout_s * 1000) if statements else 0,
        "idle_in_transaction_session_timeout": 60_000 if statements else 0,
        "timezone": "UTC",
    }
    given = dict(url.options)
    options = [f"-c {name}={value}" for name, value in limits.items()]
    return {
        "application_name": given.get("application_name", APPLICATION_NAME),
        "connect_timeout": given.get("connect_timeout", 3),
        "options": " ".join([*options, given.get("options", "")]).rstrip(),
    }
