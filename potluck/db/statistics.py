"""What SQLite's planner knows of the tables; PostgreSQL gathers its statistics by itself.

Without any, SQLite takes the newest of 10,000 recipes by reading and sorting all that somebody may
see (30 ms) and not by walking the index of that order (1 ms).
"""

from potluck.core.config import DatabaseSettings
from potluck.core.database_url import DatabaseUrl
from potluck.db.engines import open_migration_engine
from potluck.db.failures import translated

#: Rows that are looked at for each index, from the 100 to 1,000 that sqlite.org proposes for
#: `PRAGMA analysis_limit`: 35 ms with 10,000 recipes.
LIMIT = 400


def gather(url: DatabaseUrl, settings: DatabaseSettings) -> None:
    """Look at a sample of every index; connections that open from now on plan by it.

    Raises `Unavailable` when another process writes for too long.
    """
    if url.engine != "sqlite":
        return
    with translated(), open_migration_engine(url, settings).begin() as connection:
        connection.exec_driver_sql(f"PRAGMA analysis_limit={LIMIT}")
        connection.exec_driver_sql("ANALYZE")
