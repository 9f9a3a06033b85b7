"""Databases for the tests: one per engine and process, migrated once, emptied after each test."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import psycopg
from psycopg import sql
from sqlalchemy import delete, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.database_url import DatabaseUrl
from potluck.core.hash_chain import GENESIS
from potluck.crud.dialect import is_postgresql
from potluck.db.base import Base
from potluck.models import AuditHead, Instance
from tests.postgres import URL_VARIABLE

ENGINES = ("sqlite", "postgresql")
#: Made by the initial data, and part of every installation.
KEPT_TABLES = {"instance", "signing_key", "audit_head"}


def postgresql_url(database: str) -> str:
    """The URL of a database on the test server."""
    parts = urlsplit(os.environ[URL_VARIABLE])

    host = parts.netloc
    query = f"?{parts.query}" if parts.query else ""
    return f"postgresql://{host}/{database}{query}"


@contextlib.contextmanager
def database_url(engine: str, folder: Path, name: str) -> Iterator[str]:
    """The URL of an empty database, gone afterwards; `name` must be its own in this test run."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / f'{name}.db'}"
        return
    identifier = sql.Identifier(name)
    with psycopg.connect(os.environ[URL_VARIABLE], autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            yield postgresql_url(name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def url_text(url: DatabaseUrl) -> str:
    """The whole URL again, as an operator writes it, password and options included."""
    if url.engine == "sqlite":
        return f"sqlite:///{url.path}"
    user = f"{quote(url.user or '', safe='')}:{quote(url.password or '', safe='')}@"
    port = f":{url.port}" if url.port else ""
    options = f"?{urlencode(url.options)}" if url.options else ""
    return f"postgresql://{user if url.user else ''}{url.host or ''}{port}/{url.name}{options}"


async def empty(session: AsyncSession) -> None:
    """Delete every row that a test can have made, and open the setup again."""
    # Audit events go only below a mark.
    await session.execute(update(AuditHead).values(pruned_seq=2**62))
    for table in reversed(Base.metadata.sorted_tables):
        if table.name not in KEPT_TABLES:
            await session.execute(delete(table))
    if is_postgresql(session):
        await session.execute(text("DELETE FROM procrastinate_jobs"))
    await session.execute(
        update(Instance).values(setup_done_at=None, setup_digest=None, setup_until=None)
    )
    beginning = {"seq": 0, "hash": GENESIS, "pruned_seq": 0, "pruned_hash": GENESIS}
    await session.execute(update(AuditHead).values(**beginning, pruned_mac=None))
