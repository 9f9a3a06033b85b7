"""The database: whether it answers, which it is, and whether its file or pages are whole."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.config import Settings
from potluck.core.errors import Unavailable
from potluck.crud import examination
from potluck.db import failures
from potluck.db.engines import SAFE_SQLITE
from potluck.services.doctor.finding import NAMED, Finding, Patient, tally

CHECK = "database"
OLDEST_POSTGRESQL = 15
_BRING_BACK = (
    "Stop the service, set the file aside, and bring back your last good copy; what can still be"
    " read of this one, sqlite3 FILE .recover shows."
)


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """Everything about the database that needs no table of ours."""
    url = patient.settings.database_url
    if url.path is not None and not url.path.exists():
        yield Finding(
            CHECK,
            "error",
            f"There is no database at {url.path}.",
            "For a new installation run potluck migrate; else bring the file back from your copy.",
            stops=True,
        )
        return
    try:
        async with patient.reading() as session:
            engine, version = await examination.engine_version(session)
    except (SQLAlchemyError, Unavailable) as error:
        yield Finding(
            CHECK,
            "error",
            f"The database {url} does not answer: {failures.reason(error, url.password)}.",
            "See that it runs, that POTLUCK_DATABASE__URL is right, and that this user may open it;"
            " then ask again.",
            stops=True,
        )
        return
    async with patient.reading(long=True) as session:
        if engine == "sqlite":
            damage = [finding async for finding in _sqlite(session)]
            several = writers_at_risk(patient.settings, sqlite3.sqlite_version_info, url.path)
            damage += several
        else:
            damage = [finding async for finding in _postgresql(session, version)]
    for finding in damage:
        yield finding
    if not damage:
        name = "SQLite" if engine == "sqlite" else "PostgreSQL"
        yield Finding(CHECK, "ok", f"{name} {version} answers, and nothing in it is damaged.")


def writers_at_risk(
    settings: Settings, version: tuple[int, ...], path: Path | None
) -> list[Finding]:
    """Several processes on one file, with a library that can damage it then."""
    workers = settings.server.workers
    others = workers if workers > 1 else len(open_elsewhere(path)) if path is not None else 0
    if version >= SAFE_SQLITE or others < 2:
        return []
    shown, safe = (".".join(map(str, each)) for each in (version, SAFE_SQLITE))
    return [
        Finding(
            CHECK,
            "error" if workers > 1 else "warning",
            f"{others} processes have the file open, and SQLite {shown} can damage it then.",
            f"Let one process serve, use SQLite {safe} or newer, or PostgreSQL.",
        )
    ]


def open_elsewhere(path: Path, processes: Path = Path("/proc")) -> list[int]:
    """The ids of other processes of this user that have a file open; none where nobody can tell."""
    wanted = str(path.resolve())
    found = []
    for process in processes.glob("[0-9]*"):
        try:
            has_it = any(str(each.readlink()) == wanted for each in (process / "fd").iterdir())
        except OSError:  # another user's, or gone meanwhile
            continue
        if has_it:
            found.append(int(process.name))
    return sorted(set(found) - {_own_id(processes)})


def _own_id(processes: Path) -> int:
    return int((processes / "self").readlink().name)


async def _sqlite(session: AsyncSession) -> AsyncIterator[Finding]:
    try:
        damage = await examination.sqlite_damage(session, limit=NAMED)
        orphans = await examination.broken_references(session)
    except SQLAlchemyError as error:
        yield Finding(
            CHECK,
            "error",
            f"The file is damaged: {failures.reason(error)}.",
            _BRING_BACK,
            stops=True,
        )
        return
    if damage:
        yield Finding(CHECK, "error", f"The file is damaged: {tally(damage)}.", _BRING_BACK)
    if orphans:
        pairs = [f"{child} without its {parent}" for child, parent in orphans]
        yield Finding(
            CHECK, "error", f"Rows have lost what they belong to: {tally(pairs)}.", _BRING_BACK
        )


async def _postgresql(session: AsyncSession, version: str) -> AsyncIterator[Finding]:
    if int(version.partition(".")[0]) < OLDEST_POSTGRESQL:
        yield Finding(
            CHECK,
            "warning",
            f"PostgreSQL {version} is older than what Potluck is tested on.",
            f"Move to PostgreSQL {OLDEST_POSTGRESQL} or newer.",
        )
    has_checksums, failures = await examination.postgresql_checksums(session)
    if failures:
        yield Finding(
            CHECK,
            "error",
            f"PostgreSQL found {failures} damaged pages in this database.",
            "Look at its log for the tables, and bring them back from your last good copy.",
        )
    elif not has_checksums:
        yield Finding(
            CHECK,
            "warning",
            "PostgreSQL keeps no checksums, so damage on its disk goes unseen.",
            "Stop the server and run pg_checksums --enable on its folder.",
        )
