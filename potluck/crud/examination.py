"""What `potluck doctor` asks: nothing here writes, and every answer is bounded."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.crud.keyset import AnySelect
from potluck.models import IndexRequest, Job, Media, Recipe, RecipeRevision, RecipeWords

_WORDS = (
    RecipeWords.title,
    RecipeWords.labels,
    RecipeWords.lines,
    RecipeWords.steps,
    RecipeWords.readers,
)
_IS_WAITING = (
    select(IndexRequest.recipe_id).where(IndexRequest.recipe_id == Recipe.id).correlate(Recipe)
)


async def engine_version(session: AsyncSession) -> tuple[str, str]:
    """Which engine it is and its version, such as `("sqlite", "3.46.1")`."""
    name = session.get_bind().dialect.name
    sqlite, postgresql = "SELECT sqlite_version()", "SHOW server_version"
    version = await session.scalar(text(sqlite if name == "sqlite" else postgresql))
    return name, str(version)


async def sqlite_damage(session: AsyncSession, *, limit: int) -> list[str]:
    """What SQLite finds wrong with the structure of the file, in its own words."""
    rows = await session.scalars(text(f"PRAGMA integrity_check({limit:d})"))
    return [row for row in rows if row != "ok"]


async def broken_references(session: AsyncSession) -> list[tuple[str, str]]:
    """Tables of a SQLite file with rows whose parent, in the other table, is gone."""
    rows = await session.execute(text("PRAGMA foreign_key_check"))
    return sorted({(row[0], row[2]) for row in rows})


async def postgresql_checksums(session: AsyncSession) -> tuple[bool, int]:
    """Whether the server keeps checksums of its pages, and how many of ours it found wrong."""
    is_on = await session.scalar(text("SHOW data_checksums")) == "on"
    failures = await session.scalar(
        text(
            "SELECT coalesce(max(checksum_failures), 0) FROM pg_stat_database"
            " WHERE datname = current_database()"
        )
    )
    return is_on, int(failures or 0)


async def database_clock(session: AsyncSession) -> datetime | None:
    """The time of the database server; None on SQLite, which has no clock of its own."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    now: datetime | None = await session.scalar(select(func.clock_timestamp()))
    return now


async def newest_change_us(session: AsyncSession) -> int | None:
    """The newest `updated_at` of any recipe, in microseconds since 1970; None without any."""
    newest: int | None = await session.scalar(text("SELECT last_us FROM recipe_clock"))
    return newest


async def recipes(session: AsyncSession, after: UUID | None, *, limit: int) -> Sequence[Any]:
    """Recipes behind `after`, those in the trash as well: `id` alone, which damage leaves whole."""
    return (await session.execute(_page(select(Recipe.id), Recipe.id, after, limit))).all()


async def recipe_states(session: AsyncSession, ids: Collection[UUID]) -> Sequence[Any]:
    """Recipes with the fingerprint of their newest saved state, and whether both are the same."""
    statement = (
        select(
            Recipe,
            RecipeRevision.sha256,
            (RecipeRevision.document == Recipe.document).label("is_same"),
        )
        .outerjoin(
            RecipeRevision,
            (RecipeRevision.recipe_id == Recipe.id) & (RecipeRevision.number == Recipe.revision),
        )
        .where(Recipe.id.in_(ids))
        .order_by(Recipe.id)
    )
    return (await session.execute(statement)).all()


async def unindexed(session: AsyncSession, *, limit: int) -> tuple[list[UUID], int]:
    """Recipes that no search finds and that wait for nothing: the first few, and how many."""
    has_words = select(RecipeWords.id).where(RecipeWords.recipe_id == Recipe.id).correlate(Recipe)
    statement = (
        select(Recipe.id, func.count().over())
        .where(~has_words.exists(), ~_IS_WAITING.exists())
        .order_by(Recipe.id)
        .limit(limit)
    )
    rows = (await session.execute(statement)).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


async def not_in_full_text(session: AsyncSession) -> int:
    """How many recipes' words SQLite's full text table lacks, or has too many; else it has none."""
    if session.get_bind().dialect.name != "sqlite":
        return 0
    one_sided = text(
        "SELECT (SELECT count(*) FROM recipe_words"
        "        WHERE id NOT IN (SELECT id FROM recipe_fts_docsize))"
        " + (SELECT count(*) FROM recipe_fts_docsize"
        "    WHERE id NOT IN (SELECT id FROM recipe_words))"
    )
    return await session.scalar(one_sided) or 0


async def readers(session: AsyncSession, after: UUID | None, *, limit: int) -> Sequence[Any]:
    """Indexed recipes behind `after` with what says who finds them, and who is said to."""
    statement = (
        select(
            Recipe.id,
            Recipe.household_id,
            Recipe.visibility,
            Recipe.status,
            Recipe.deleted_at,
            RecipeWords.readers,
        )
        .join(RecipeWords, RecipeWords.recipe_id == Recipe.id)
        .where(~_IS_WAITING.exists())
    )
    return (await session.execute(_page(statement, Recipe.id, after, limit))).all()


async def random_recipe_ids(session: AsyncSession, *, limit: int) -> list[UUID]:
    """A few recipes, others each time."""
    return list(await session.scalars(select(Recipe.id).order_by(func.random()).limit(limit)))


async def indexed_words(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Any]:
    """The rows of the index by recipe, but for those that wait to be written anew."""
    statement = (
        select(RecipeWords.recipe_id, *_WORDS)
        .join(Recipe, Recipe.id == RecipeWords.recipe_id)
        .where(RecipeWords.recipe_id.in_(ids), ~_IS_WAITING.exists())
    )
    return {row.recipe_id: row for row in await session.execute(statement)}


async def pictures(session: AsyncSession, after: UUID | None, *, limit: int) -> Sequence[Any]:
    """Pictures behind `after`: `id`, `digest`, `widths`, `formats`."""
    statement = select(Media.id, Media.digest, Media.widths, Media.formats)
    return (await session.execute(_page(statement, Media.id, after, limit))).all()


async def overdue_jobs(session: AsyncSession, *, before: datetime) -> int:
    """Jobs that somebody should have taken on before this instant."""
    is_late = and_(Job.state == "queued", Job.run_at < before)
    return await session.scalar(select(func.count()).select_from(Job).where(is_late)) or 0


async def overdue_trash(session: AsyncSession, *, before: datetime) -> int:
    """Recipes that lie in the trash since before this instant."""
    late = select(func.count()).select_from(Recipe).where(Recipe.deleted_at < before)
    return await session.scalar(late) or 0


def _page(statement: AnySelect, id: Any, after: UUID | None, limit: int) -> AnySelect:
    if after is not None:
        statement = statement.where(id > after)
    return statement.order_by(id).limit(limit)
