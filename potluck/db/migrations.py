"""Runs Alembic from inside the program, and tells how far a database is."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parents[1] / "alembic"
_IDENTIFIERS = re.compile(r"""^(revision|down_revision) = ["'](\w+)["']$""", re.MULTILINE)

SchemaState = Literal["ok", "behind", "ahead"]


def alembic_config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, wherever the package lies; migrates `connection` if given."""
    from alembic.config import Config  # noqa: PLC0415  see `upgrade`

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the schema behind `connection` up to `revision`."""
    from alembic import command  # noqa: PLC0415  90 ms, and most starts have nothing to migrate

    command.upgrade(alembic_config(connection), revision)


def is_mapped(item: Any, name: str | None, kind: str, is_reflected: bool, _of: Any) -> bool:
    """For Alembic's `include_object`: whether the models know of it.

    They leave out what only one engine has: the tables of FTS5, a generated `tsvector`, the queue
    of procrastinate.
    """
    if not is_reflected or name is None:
        return True
    if kind == "table":
        return not name.startswith(("recipe_fts", "procrastinate_"))
    if kind in {"column", "index"} and item.table.name == "recipe_words":
        return name not in {"words", "ix_recipe_words_words"}
    return True


@cache
def known_revisions() -> tuple[str, frozenset[str]]:
    """The newest revision this program knows, and all of them; read without Alembic."""
    known: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for script in (SCRIPTS / "versions").glob("*.py"):
        for kind, identifier in _IDENTIFIERS.findall(script.read_text(encoding="utf-8")):
            known[kind].add(identifier)
    (head,) = known["revision"] - known["down_revision"]
    return head, frozenset(known["revision"])


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
