"""A limit to how long one SQLite statement may run; PostgreSQL has its own, `statement_timeout`.

SQLite asks a *progress handler* now and then whether to go on. It is asked every 4 million
instructions of its virtual machine, some 50 ms: measured on 3.40.1, a query of 20 million took
0.36 s with and without. Each call needs the interpreter's lock, and may wait 5 ms for it while the
event loop is busy: asked every 10,000 instructions the same query took 3.6 s beside a busy thread,
every million 0.59 s. A short statement pays 0.7 microseconds for its deadline.
"""

import sqlite3
import time
from collections.abc import Callable
from math import inf
from typing import Any

ASKED_EVERY = 4_000_000


class LimitedCursor(sqlite3.Cursor):
    """Each statement of it ends within the limit of its connection, or is interrupted."""

    connection: "LimitedConnection"

    def execute(self, *arguments: Any) -> "LimitedCursor":
        """As sqlite3; raises OperationalError with SQLITE_INTERRUPT when the time is over."""
        self.connection.begin()
        return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> "LimitedCursor":
        """As `execute`; the limit holds for all of them together."""
        self.connection.begin()
        return super().executemany(*arguments)


class LimitedConnection(sqlite3.Connection):
    """Interrupts statements, but neither a commit nor a rollback."""

    limit_s = inf
    _until = inf

    def begin(self) -> None:
        """A statement begins: its time runs."""
        self._until = time.monotonic() + self.limit_s

    def is_over(self) -> bool:
        """Whether the time of the statement is over; true interrupts it."""
        return time.monotonic() > self._until

    def cursor(self, _factory: object = None) -> LimitedCursor:  # type: ignore[override]
        """A cursor whose statements are limited."""
        return super().cursor(LimitedCursor)

    def commit(self) -> None:
        """Takes as long as the disk does."""
        self._until = inf
        super().commit()

    def rollback(self) -> None:
        """Takes as long as the disk does."""
        self._until = inf
        super().rollback()


def limited(
    limit_s: float, kind: type[LimitedConnection] = LimitedConnection
) -> Callable[..., LimitedConnection]:
    """For `sqlite3.connect(factory=...)`: connections whose statements run so long at most."""

    def connect(*arguments: Any, **options: Any) -> LimitedConnection:
        connection = kind(*arguments, **options)
        connection.limit_s = limit_s
        connection.set_progress_handler(connection.is_over, ASKED_EVERY)
        return connection

    return connect
