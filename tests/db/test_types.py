"""Column types that mean the same on both engines."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from potluck.db.json_rows import json_objects
from potluck.db.session import Database
from potluck.db.types import UtcDateTime, sort_key

TOYS = Table(
    "toy_types",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime),
    Column("key", sort_key(20)),
)


@pytest.fixture
def toys(database: Database, by_hand: Engine) -> Iterator[Database]:
    """A database with an empty table of these types."""
    TOYS.metadata.create_all(by_hand)
    yield database
    TOYS.metadata.drop_all(by_hand)


class TestInstant:
    async def test_it_comes_back_in_utc_to_the_microsecond(self, toys: Database) -> None:
        there = timezone(timedelta(hours=-3, minutes=-30))
        at = datetime(2026, 3, 1, 23, 59, 59, 123456, tzinfo=there)
        async with toys.transaction() as session:
            await session.execute(insert(TOYS).values(id=1, at=at))
            found = await session.scalar(select(TOYS.c.at))
            assert await session.scalar(select(TOYS.c.id).where(TOYS.c.at == at)) == 1
        assert found == at
        assert found is not None
        assert found.tzinfo is UTC
        assert found.isoformat() == "2026-03-02T03:29:59.123456+00:00"

    async def test_nothing_is_nothing(self, toys: Database) -> None:
        async with toys.transaction() as session:
            await session.execute(insert(TOYS).values(id=1, at=None))
            assert await session.scalar(select(TOYS.c.at)) is None

    async def test_without_a_time_zone_it_is_refused(self, toys: Database) -> None:
        naive = datetime(2026, 3, 1)  # noqa: DTZ001
        with pytest.raises(StatementError, match="an instant needs a time zone"):
            async with toys.transaction() as session:
                await session.execute(insert(TOYS).values(id=1, at=naive))


class TestSortKey:
    async def test_it_sorts_by_code_point_whatever_the_language_of_the_server(
        self, toys: Database
    ) -> None:
        keys = ["B", "_", "a b", "ab", "b", "é", "中", "\N{PIE}"]
        rows = [{"id": id, "key": key} for id, key in enumerate(keys)]
        async with toys.transaction() as session:
            await session.execute(insert(TOYS), rows[::-1])
            found = list(await session.scalars(select(TOYS.c.key).order_by(TOYS.c.key)))
            below = select(TOYS.c.key).where(TOYS.c.key < "a").order_by(TOYS.c.key)
            assert list(await session.scalars(below)) == ["B", "_"]
        assert found == sorted(keys) == keys


class TestJsonObjects:
    async def test_rows_become_a_list_of_objects(self, toys: Database) -> None:
        objects = select(json_objects("id", TOYS.c.id, "words", TOYS.c.key))
        async with toys.transaction() as session:
            assert await session.scalar(objects) == []
            await session.execute(insert(TOYS).values(id=1, key='"soup"'))
            assert await session.scalar(objects) == [{"id": 1, "words": '"soup"'}]
