"""Runs Alembic from inside the program, and tells how far a database is."""

from functools import cache
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

SCRIPTS = Path(__file__).parents[1] / "alembic"

SchemaState = Literal["ok", "behind", "ahead"]


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, wherever the package lies; migrates `connection` if given."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the schema behind `connection` up to `revision`."""
    command.upgrade(alembic_config(connection), revision)


def is_mapped(item: Any, name: str | None, kind: str, is_reflected: bool, _of: Any) -> bool:
    """For Alembic's `include_object`: whether the models know of it.

    They leave out what only one engine has: the tables of FTS5, a generated `tsvector`.
    """
    if not is_reflected or name is None:
        return True
    if kind == "table":
        return not name.startswith("recipe_fts")
    if kind in {"column", "index"} and item.table.name == "recipe_words":
        return name not in {"words", "ix_recipe_words_words"}
    return True


@cache
def known_revisions() -> tuple[str, frozenset[str]]:
    """The newest revision this program knows, and all of them."""
    scripts = ScriptDirectory.from_config(alembic_config())
    head = scripts.get_current_head()
    if head is None:
        raise RuntimeError("the package carries no migrations")
    return head, frozenset(script.revision for script in scripts.walk_revisions())


def compare(revision: str | None) -> SchemaState:
    """What a database at `revision` (None: never migrated) is to this program."""
    head, known = known_revisions()
    if revision == head:
        return "ok"
    return "behind" if revision is None or revision in known else "ahead"


async def schema_state(session: AsyncSession) -> SchemaState:
    """How the schema of an open database compares; a missing version table is `behind`."""
    try:
        revision = await session.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as error:
        if _is_missing_table(error):
            return "behind"
        raise
    return compare(revision)


def _is_missing_table(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == "42P01" or "no such table" in str(error.orig)
