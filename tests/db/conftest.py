"""Databases over the migrated schema of this test process, opened with settings of their own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from sqlalchemy import Engine, text

from potluck.core.config import DatabaseSettings, Settings
from potluck.db.engines import open_migration_engine
from potluck.db.session import Database

OpenDatabase = Callable[..., Database]
Committed = Callable[[], Awaitable[list[str]]]

TOY_PARENT = "CREATE TABLE toy_parent (id INTEGER PRIMARY KEY)"
#: Children whose parent is looked for at the commit alone.
TOY = """
CREATE TABLE toy (
    id INTEGER PRIMARY KEY,
    name VARCHAR(20) UNIQUE CHECK (name <> 'bad'),
    parent_id INTEGER REFERENCES toy_parent (id) DEFERRABLE INITIALLY DEFERRED
)
"""
DROP = ("DROP TABLE IF EXISTS toy", "DROP TABLE IF EXISTS toy_parent")


@pytest.fixture
def driver() -> str:
    """What drives SQLite, unless a test asks for both."""
    return "loop"


@pytest.fixture
async def open_database(settings: Settings, driver: str) -> AsyncIterator[OpenDatabase]:
    """`open_database(pool_size=1)`: closed again when the test ends."""
    opened: list[Database] = []

    def open_one(**values: float) -> Database:
        usual = {"pool_timeout_s": 0.05, "sqlite_driver": driver}
        limits = DatabaseSettings.model_validate(usual | values)
        database = Database(settings.database_url, limits)
        opened.append(database)
        return database

    yield open_one
    for database in opened:
        await database.dispose()


@pytest.fixture
def database(open_database: OpenDatabase) -> Database:
    """One that lets nobody wait long for its only connection of each kind."""
    return open_database(pool_size=1)


@pytest.fixture
def by_hand(settings: Settings) -> Engine:
    """Another program's way to the same database."""
    return open_migration_engine(settings.database_url, settings.database)


@pytest.fixture
def toys(by_hand: Engine) -> Iterator[Engine]:
    """Two tables that the app does not know."""
    with by_hand.begin() as connection:
        for statement in (*DROP, TOY_PARENT, TOY):
            connection.execute(text(statement))
    yield by_hand
    with by_hand.begin() as connection:
        for statement in DROP:
            connection.execute(text(statement))


@pytest.fixture
def committed(toys: Engine, open_database: OpenDatabase) -> Committed:
    """`await committed()`: the names of the toys, as another program sees them."""
    assert toys
    other = open_database()

    async def names() -> list[str]:
        async with other.reading() as session:
            return list(await session.scalars(text("SELECT name FROM toy ORDER BY name")))

    return names


def checked_out(database: Database) -> int:
    """How many of its connections are in somebody's hands."""
    engines = database.engines
    pools = {each.pool for each in (engines.write, engines.read, engines.long_read)}
    return sum(pool.checkedout() for pool in pools)  # type: ignore[attr-defined]
