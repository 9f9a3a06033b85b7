"""What a process needs before it can serve."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.errors import NotReady, Unavailable
from potluck.db import migrations


async def check(
    reading: Callable[[], AbstractAsyncContextManager[AsyncSession]], *, is_draining: bool
) -> dict[str, str]:
    """State of `database` (ok, failed), `schema` (ok, behind, ahead) and, while stopping,
    `shutdown` (draining). Raises `NotReady` with these `checks` unless all is well.
    """
    checks = {"database": "ok"}
    try:
        async with reading() as session:
            checks["schema"] = await migrations.schema_state(session)
    except (SQLAlchemyError, Unavailable):
        checks["database"] = "failed"
    if is_draining:
        checks["shutdown"] = "draining"
    if any(state != "ok" for state in checks.values()):
        raise NotReady("Not ready to serve; checks says why.", checks=checks)
    return checks
