"""SQLite's planner is told the same in every database, whatever somebody has found out."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from potluck.core.config import Settings
from potluck.db import statistics
from potluck.db.engines import open_migration_engine

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def connection(settings: Settings) -> Iterator[Connection]:
    engine = open_migration_engine(settings.database_url, settings.database)
    with engine.connect() as connection:
        yield connection
        connection.rollback()


def told(connection: Connection) -> list[tuple[str, str, str]]:
    rows = connection.exec_driver_sql("SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY idx")
    return [(row.tbl, row.idx, row.stat) for row in rows]


def test_a_prepared_database_has_them(connection: Connection) -> None:
    found = told(connection)
    assert {table for table, _, _ in found} == {"recipe"}
    assert ("recipe", "ix_recipe_created_at_id", "10000 1 1") in found
    assert ("recipe", "ix_recipe_household_id_created_at_id", "10000 1000 1 1") in found


def test_what_analyze_found_is_gone_after_the_next_start(connection: Connection) -> None:
    before = told(connection)
    connection.exec_driver_sql("ANALYZE")
    assert told(connection) != before
    statistics.write(connection)
    assert told(connection) == before


def test_an_index_that_is_new_is_told_of(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE INDEX ix_toy ON recipe (household_id, title)")
    statistics.write(connection)
    assert ("recipe", "ix_toy", "10000 1000 1") in told(connection)
