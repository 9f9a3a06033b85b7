"""Databases that a test may migrate up and down as it likes."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from potluck.core.config import Settings
from potluck.db.engines import open_migration_engine
from tests import databases
from tests.conftest import make_settings

COUNT = itertools.count()


@pytest.fixture
def place(engine: str, tmp_path: Path) -> Iterator[Settings]:
    """An instance with an empty database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"potluck_moved_{worker}_{os.getpid()}_{next(COUNT)}"
    with databases.database_url(engine, tmp_path, name) as url:
        yield make_settings(tmp_path, url)


@pytest.fixture
def migration_engine(place: Settings) -> Engine:
    """What migrations run on."""
    return open_migration_engine(place.database_url, place.database)


@pytest.fixture
def connection(migration_engine: Engine) -> Iterator[Connection]:
    """A connection to the empty database, as migrations get it."""
    with migration_engine.connect() as connection:
        yield connection
