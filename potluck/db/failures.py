"""Turns what a database says into the refusals of `potluck.core.errors`.

A constraint that callers may break carries its refusal in `info["refusal"]` (an `AppError`
class or instance), so the last word on a rule and its message stand in one place: the model.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from potluck.core.errors import AppError, Stale, StorageFull, Unavailable
from potluck.db.base_class import Base

log = structlog.get_logger(__name__)

#: SQLSTATE codes (PostgreSQL, appendix A) that pass by themselves: serialization failure,
#: deadlock, lock not available, query cancelled by the time-out, server shutting down or
#: starting, too many connections.
PASSING_STATES = {"40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "53300"}
#: Primary result codes of SQLite: BUSY, LOCKED, CANTOPEN, IOERR, and INTERRUPT for the time-out.
PASSING_CODES = {5, 6, 14, 10, 9}
#: No room on the disk: SQLSTATE `disk_full`, and SQLite's FULL. Its WAL index is a file of its own,
#: which can fail to grow with an I/O error that says so (IOERR_SHMSIZE).
FULL_STATES = {"53100"}
FULL_CODES = {13, 10 | 19 << 8}


@contextmanager
def translated() -> Iterator[None]:
    """Raise refusals in place of the driver's errors; what is no refusal stays a bug (500)."""
    try:
        yield
    except StaleDataError as error:
        raise Stale("It was changed by someone else at the same moment. Read it again.") from error
    except PoolTimeout as error:
        log.warning("database_pool_exhausted")
        raise Unavailable("Every database connection is in use. Try again.") from error
    except IntegrityError as error:
        if refusal := _refusal(error):
            raise refusal from error
        raise
    except DBAPIError as error:
        if is_full(error):
            log.warning("database_disk_full", code=_code(error))
            raise StorageFull from error
        if passes(error):
            log.warning("database_failed", code=_code(error))
            raise Unavailable("The database is busy or away. Try again.") from error
        raise


def _refusal(error: IntegrityError) -> AppError | None:
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    said = str(error.orig)
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            refusal: AppError | type[AppError] | None = constraint.info.get("refusal")
            if refusal is None:
                continue
            if constraint.name == name or (
                isinstance(constraint, UniqueConstraint) and _sqlite_text(constraint) == said
            ):
                return _new(refusal)
    return None


def _new(refusal: AppError | type[AppError]) -> AppError:
    """One of its own for every raise: an exception raised twice keeps the frames of both."""
    if isinstance(refusal, type):
        return refusal()
    return type(refusal)(refusal.detail or "", **refusal.extra)


def _sqlite_text(constraint: UniqueConstraint) -> str:
    """SQLite names the columns of a broken constraint, not the constraint."""
    columns = ", ".join(f"{column.table.name}.{column.name}" for column in constraint.columns)
    return f"UNIQUE constraint failed: {columns}"


def passes(error: DBAPIError) -> bool:
    """Whether the same may succeed a little later: the database is busy, full, away or starting."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in PASSING_STATES | FULL_STATES or state.startswith("08")
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code in FULL_CODES or code & 0xFF in PASSING_CODES
    # psycopg has no SQLSTATE when the connection itself broke or could not be made.
    return error.connection_invalidated or isinstance(error, OperationalError)


def is_full(error: DBAPIError) -> bool:
    """Whether the disk of the database has no room for what was to be written."""
    state = getattr(error.orig, "sqlstate", None)
    return state in FULL_STATES or getattr(error.orig, "sqlite_errorcode", None) in FULL_CODES


def is_gone(error: DBAPIError) -> bool:
    """Whether the connection ended, or its server did, and what was sent may still be done."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(("08", "57P"))


def reason(error: BaseException, password: str | None = None) -> str:
    """The last line of what the driver says, for the operator; the log gets `_code`.

    `error` is the driver's, SQLAlchemy's around it, or the refusal that was made of that. It holds
    no password, and if it did, not here.
    """
    cause = getattr(error, "orig", None) or getattr(error.__cause__, "orig", None) or error
    lines = str(cause).strip().splitlines() or [type(cause).__name__]
    return lines[-1].strip().rstrip(".").replace(password or "\0", "***")


def _code(error: DBAPIError) -> str:
    """What the database calls the failure; its text may hold values and is not logged."""
    for name in ("sqlstate", "sqlite_errorname"):
        if code := getattr(error.orig, name, None):
            return str(code)
    return type(error.orig).__name__
