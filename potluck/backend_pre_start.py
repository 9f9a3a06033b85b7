"""Before serving: wait for the database, migrate it under a lock, add the initial data."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import anyio
import structlog
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from potluck import initial_data
from potluck.core.clock import SystemClock
from potluck.core.config import Settings
from potluck.core.config_error import ConfigError
from potluck.core.errors import StorageFull
from potluck.db import failures, migrations, statistics
from potluck.db.engines import open_migration_engine

log = structlog.get_logger(__name__)

#: Any number that no other program locks in the same database.
ADVISORY_LOCK = 0x706F_746C  # "potl"
KEPT_COPIES = 3


def prepare(settings: Settings, *, wait_s: float = 60.0) -> str | None:
    """Make the database ready for this version of the program; safe at every start.

    Waits up to `wait_s` seconds for the database. Gives the setup secret while there is no
    administrator. Raises `ConfigError` when the database cannot be reached, is newer than the
    program, or belongs to another master key, and when nothing can be written.
    """
    _make_places(settings)
    engine = open_migration_engine(settings.database_url, settings.database)
    wait_for(engine, wait_s)
    try:
        with _alone(settings, engine):
            migrate(settings, engine)
            statistics.settle(engine)
            return anyio.run(initial_data.ensure, settings)
    except OSError as error:
        place = error.filename or settings.data_dir
        raise ConfigError([f"{place} cannot be written: {error.strerror}"]) from None
    except DBAPIError as error:
        if not failures.is_full(error):
            raise
        reason = failures.reason(error, engine.url.password)
        raise ConfigError([f"the disk of the database is full: {reason}"]) from None
    except StorageFull as error:
        raise ConfigError([f"{settings.data_dir}: {error}"]) from None


def wait_for(engine: Engine, wait_s: float) -> None:
    """Return as soon as the database answers; tries again with growing pauses up to 5 s.

    Raises `ConfigError` with the database's own words when the time is over, or at once for what
    waiting does not mend.
    """
    deadline = time.monotonic() + wait_s
    pause_s = 0.1
    while True:
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError as error:
            reason = failures.reason(error, engine.url.password)
            if failures.is_full(error):
                raise ConfigError([f"the disk of the database is full: {reason}"]) from None
            if not failures.passes(error):
                raise ConfigError([f"the database cannot be used: {reason}"]) from None
            if time.monotonic() + pause_s > deadline:
                raise ConfigError(
                    [f"the database does not answer within {wait_s:g} s: {reason}"]
                ) from None
            log.info("database_away", reason=reason, next_try_s=pause_s)
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, 5.0)
        else:
            return


def migrate(settings: Settings, engine: Engine) -> None:
    """Upgrade the schema if it is behind, after setting a copy of the SQLite file aside."""
    with engine.connect() as connection:
        revision = _revision(connection)
    state = migrations.compare(revision)
    if state == "ahead":
        raise ConfigError(["the database was migrated by a newer version of Potluck; update it"])
    if state == "ok":
        return
    path = settings.database_url.path
    if path is not None and revision is not None:
        log.info("database_copied", path=str(copy_aside(path)))
    with engine.connect() as connection:
        migrations.upgrade(connection)
    log.info("database_migrated", revision=migrations.known_revisions()[0])


def copy_aside(path: Path) -> Path:
    """Copy a SQLite file through SQLite's own backup interface; keeps the newest three copies.

    A plain copy of a file in use was corrupt in 2 of 4 tries.
    """
    folder = path.parent / "before-migration"
    folder.mkdir(mode=0o700, exist_ok=True)
    stamp = SystemClock().now().strftime("%Y%m%dT%H%M%S%f")
    copy = folder / f"{path.name}.{stamp}"
    unfinished = copy.with_name(f"unfinished-{copy.name}")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    unfinished.rename(copy)
    for old in sorted(folder.glob(f"{path.name}.*"))[:-KEPT_COPIES]:
        old.unlink()
    return copy


def _make_places(settings: Settings) -> None:
    """The folders and the SQLite file, for the user of this process alone."""
    path = settings.database_url.path
    folders = [settings.data_dir, *([path.parent] if path else [])]
    for folder in folders:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError([f"the folder {folder} cannot be made: {error.strerror}"]) from None
    if path is not None:
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as error:
            raise ConfigError([f"the file {path} cannot be written: {error.strerror}"]) from None


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


@contextmanager
def _alone(settings: Settings, engine: Engine) -> Iterator[None]:
    """Only one process migrates; the others wait here and find the work done."""
    path = settings.database_url.path
    if path is None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
            yield
        return
    with path.with_name(path.name + ".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
