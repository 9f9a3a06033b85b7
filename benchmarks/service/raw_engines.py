"""The drivers of the raw limit: SQLite's of the standard library on the event loop, and psycopg."""

import asyncio
import functools
import re
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

CONNECTIONS = 8
#: Of a writer of ours: what is answered is on disk.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000")
_NAME = re.compile(r"(?<!:):(\w+)")
Values = Mapping[str, Any]


class Driver(Protocol):
    """Runs statements of text, with values by name (`:name`)."""

    async def read(self, statement: str, values: Values) -> list[Any]:
        """The rows of one statement, in no transaction of its own."""

    async def write(self, *wanted: tuple[str, Values]) -> None:
        """All of these in one transaction, which is on disk afterwards."""


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    async def read(self, statement: str, values: Values) -> list[Any]:
        return self.connection.execute(statement, values).fetchall()

    async def write(self, *wanted: tuple[str, Values]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        with self.connection:  # commits, or rolls back
            for statement, values in wanted:
                self.connection.execute(statement, values)


class _Postgresql:
    def __init__(self, connections: list[psycopg.AsyncConnection[Any]]) -> None:
        self.free: asyncio.Queue[psycopg.AsyncConnection[Any]] = asyncio.Queue()
        for each in connections:
            self.free.put_nowait(each)

    async def read(self, statement: str, values: Values) -> list[Any]:
        connection = await self.free.get()
        try:
            return await (await connection.execute(_named(statement), values)).fetchall()
        finally:
            self.free.put_nowait(connection)

    async def write(self, *wanted: tuple[str, Values]) -> None:
        connection = await self.free.get()
        try:
            async with connection.transaction():
                for statement, values in wanted:
                    await connection.execute(_named(statement), values)
        finally:
            self.free.put_nowait(connection)


@functools.cache
def _named(statement: str) -> str:
    """As psycopg wants it."""
    return _NAME.sub(r"%(\1)s", statement)


@asynccontextmanager
async def on_sqlite(path: Path) -> AsyncIterator[Driver]:
    """One connection: on the event loop no two statements run at once."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    try:
        yield _Sqlite(connection)
    finally:
        connection.close()


@asynccontextmanager
async def on_postgresql(url: str) -> AsyncIterator[Driver]:
    """A connection for each client that asks. Statements are planned for their values."""
    async with AsyncExitStack() as stack:
        connections = []
        for _ in range(CONNECTIONS):
            connection = await psycopg.AsyncConnection.connect(
                url, autocommit=True, options="-c plan_cache_mode=force_custom_plan"
            )
            connections.append(await stack.enter_async_context(connection))
        yield _Postgresql(connections)
