"""Alembic's entry: runs migrations with the app's own settings, or on a connection handed in."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.util import CommandError
from sqlalchemy import Connection

from potluck.core import config_loading
from potluck.core.config_error import ConfigError
from potluck.db import migrations
from potluck.db.base import Base
from potluck.db.engines import open_migration_engine
from potluck.db.types import UtcDateTime


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A migration names plain types, so that it means the same when ours change."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    """All migrations in one transaction: it ends whole or not at all, on both engines."""
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # SQLite alters a table by building it anew; the same script must serve both engines.
        render_as_batch=True,
        render_item=render_item,
        include_object=migrations.is_mapped,
        # SQLite can, Alembic assumes it cannot; the engine begins the transaction itself.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if is_sqlite:
            # Foreign keys are off while tables are rebuilt, so this stands in for them.
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"the migration breaks {len(broken)} foreign keys")


def main() -> None:
    """Use the connection of `config.attributes`, else open one from the settings."""
    handed_in = context.config.attributes.get("connection")
    if handed_in is not None:
        run(handed_in)
        return
    try:
        settings = config_loading.load()
    except ConfigError as error:
        raise CommandError("; ".join(error.problems)) from None
    if settings.database_url.path is not None:
        settings.database_url.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_migration_engine(settings.database_url, settings.database)
    with engine.connect() as connection:
        run(connection)


main()
