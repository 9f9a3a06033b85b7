"""PostgreSQL connections on which no answer is waited for without end.

`statement_timeout` is kept by the server. A server that hangs, or a network that swallows what is
sent, keeps nothing: behind a proxy that passed nothing on, a request of ours hung until the proxy
ended. So the client counts as well, and hangs up a little later than the server should have.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

Result = TypeVar("Result")

#: How much later than the server we give up: its own refusal gets here first.
GRACE_S = 1.0


class BoundedConnection(psycopg.AsyncConnection[Any]):
    """Hangs up when an answer takes longer than `limit_s`."""

    limit_s: float | None = None

    async def wait(
        self,
        gen: PQGen[Result],
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Result:
        """As psycopg's; raises OperationalError when nothing came in time."""
        limit_s = self.limit_s if timeout is None else timeout
        try:
            return await super().wait(gen, interval, limit_s)
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 - psycopg asks its callers to convert it
            self.pgconn.finish()
            raise psycopg.OperationalError("the server does not answer") from None


def bounded(limit_s: float) -> Callable[..., Awaitable[BoundedConnection]]:
    """For SQLAlchemy's `async_creator_fn`: connects; `limit_s` is the server's own limit."""

    async def connect(*arguments: Any, **options: Any) -> BoundedConnection:
        connection = await BoundedConnection.connect(*arguments, **options)
        connection.limit_s = limit_s + GRACE_S
        return connection

    return connect
