"""Databases full of recipes, made once and used again by every measurement.

Half of the recipes belong to the household of `COOK`; the others are of five hundred households of
somebody else. Each has three tags. On SQLite a database is a file in the folder, on PostgreSQL one
of the server that POTLUCK_TEST_DATABASE_URL names.
"""

import asyncio
import os
import sys
import time
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks import search_shelf
from potluck import backend_pre_start
from potluck.core.actor import Actor
from potluck.core.clock import SystemClock
from potluck.core.config import Settings
from potluck.core.ids import new_id
from potluck.db.session import Database
from potluck.domain.text import fold
from potluck.models import Recipe, RecipeTag, RecipeWords, Tag
from potluck.resources import open_resources
from potluck.schemas.household import HouseholdCreate
from potluck.schemas.user import UserCreate
from potluck.services import accounts, documents, households, recipe_index
from tests.databases import postgresql_url
from tests.postgres import URL_VARIABLE

COOK = "cook@example.org"
HOUSEHOLDS = 501
BATCH = 1_000


@dataclass(frozen=True)
class Shelf:
    """A database full of recipes: where it lies, and the settings that open it."""

    url: str
    settings: Settings


async def filled(engine: str, folder: Path, size: int) -> Shelf:
    """A database with `size` recipes, which is made if it is not there yet."""
    url, is_new = _place(engine, folder, size)
    data_dir = folder / f"{engine}-{size}"
    settings = Settings(base_url="http://127.0.0.1", data_dir=data_dir, database={"url": url})
    if is_new:
        await asyncio.to_thread(backend_pre_start.prepare, settings, wait_s=30)
        start = time.perf_counter()
        # A thousand recipes at once may take longer than any statement of a request.
        patient = settings.database.model_copy(update={"statement_timeout_s": 120.0})
        async with open_resources(settings.model_copy(update={"database": patient})) as resources:
            await _Filling(resources.database).fill(size)
        if engine == "postgresql":
            # As its own housekeeping does; SQLite has none.
            with psycopg.connect(_address(size), autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
        sys.stderr.write(f"{engine} {size}: filled in {time.perf_counter() - start:.0f} s\n")
    return Shelf(url, settings)


class _Filling:
    """An empty database, while it is filled."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.households: list[UUID] = []
        self.author_id: UUID | None = None
        self.tags: dict[tuple[int, str], UUID] = {}
        self.learnt: set[int] = set()

    async def fill(self, count: int) -> None:
        async with self.database.transaction() as session:
            await self._move_in(session)
        rows = search_shelf.rows(count, HOUSEHOLDS)
        while batch := list(islice(rows, BATCH)):
            async with self.database.transaction() as session:
                await self._put(session, batch)

    async def _move_in(self, session: AsyncSession) -> None:
        """The cook, the stranger, and their households."""
        now = SystemClock().now()
        data = UserCreate(email=COOK, password="x" * 20, display_name="Cook")
        user = await accounts.create(session, data, "no hash", now=now)
        self.author_id = user.id
        self.households = [user.default_household_id]  # type: ignore[list-item]
        stranger = UserCreate(email="b@example.org", password="x" * 20, display_name="B")
        other = Actor(user_id=(await accounts.create(session, stranger, "no hash", now=now)).id)
        for number in range(HOUSEHOLDS - 1):
            named = HouseholdCreate(name=f"Household {number}")
            self.households.append((await households.create(session, other, named, now=now)).id)

    async def _put(self, session: AsyncSession, batch: list[search_shelf.Row]) -> None:
        new_tags = list(self._new_tags(batch))
        if new_tags:
            await session.execute(insert(Tag), new_tags)
        await session.execute(insert(Recipe), [self._recipe(row) for row in batch])
        await session.execute(insert(RecipeTag), [tag for row in batch for tag in self._on(row)])
        await session.execute(insert(RecipeWords), [self._words(row) for row in batch])
        new = [row.text for row in batch if id(row.text) not in self.learnt]
        self.learnt |= set(map(id, new))
        await recipe_index._learn(session, {"en"}, [each.indexed for each in new])  # noqa: SLF001

    def _new_tags(self, batch: list[search_shelf.Row]) -> list[dict[str, Any]]:
        found = []
        for row in batch:
            for name in row.text.tags:
                place = (row.household, name)
                if place in self.tags:
                    continue
                self.tags[place] = new_id()
                entity = {"version": 1, "created_at": row.created_at, "updated_at": row.created_at}
                own = {"id": self.tags[place], "household_id": self.households[row.household]}
                words = {"kind": "free", "name": name, "name_key": fold(name)}
                found.append(entity | own | words | {"parent_id": None, "colour": None})
        return found

    def _tag_ids(self, row: search_shelf.Row) -> list[UUID]:
        return [self.tags[row.household, name] for name in row.text.tags]

    def _recipe(self, row: search_shelf.Row) -> dict[str, Any]:
        document = row.text.document.model_copy(update={"tag_ids": self._tag_ids(row)})
        columns = row.text.columns | {"document": documents.canonical_json(document)}
        entity = {"version": 1, "created_at": row.created_at, "updated_at": row.created_at}
        household_id = self.households[row.household]
        own = {"id": row.id, "household_id": household_id, "author_id": self.author_id}
        return columns | entity | own | {"visibility": row.visibility, "revision": 1}

    def _on(self, row: search_shelf.Row) -> list[dict[str, Any]]:
        household_id = self.households[row.household]
        return [
            {"recipe_id": row.id, "tag_id": id, "household_id": household_id, "position": position}
            for position, id in enumerate(self._tag_ids(row))
        ]

    def _words(self, row: search_shelf.Row) -> dict[str, Any]:
        household_id = self.households[row.household]
        found = Recipe(household_id=household_id, visibility=row.visibility, status="published")
        return asdict(row.text.indexed) | {
            "recipe_id": row.id,
            "readers": recipe_index.readers_of(found),
        }


def _place(engine: str, folder: Path, size: int) -> tuple[str, bool]:
    if engine == "postgresql":
        return _address(size), _make_database(size)
    path = folder / f"shelf-{size}.db"
    return f"sqlite:///{path}", not path.exists()


def _address(size: int) -> str:
    return postgresql_url(f"potluck_shelf_{size}")


def _make_database(size: int) -> bool:
    name = f"potluck_shelf_{size}"
    with psycopg.connect(os.environ[URL_VARIABLE], autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is not None:
            return False
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return True
