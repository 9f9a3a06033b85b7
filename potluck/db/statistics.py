"""What SQLite's planner is told of the tables; PostgreSQL gathers its statistics by itself.

Without any, SQLite takes the newest of 10,000 recipes by reading and sorting all that somebody may
see (30 ms) and not by walking the index of that order (1 ms). What `ANALYZE` finds in a new
database is worse than nothing: its two rows of the full text index made SQLite read the whole of
it for every recipe that was added later (25 ms each with 40,000). So it is told the same
everywhere: of `recipe` how a well-filled one looks, of the others nothing. The rows are those of
`ANALYZE` (sqlite.org, "The SQLITE_STAT1 Table"), which everybody may write.
"""

from sqlalchemy import Connection, Engine

TABLE = "recipe"
ROWS = 10_000
#: How many rows have the same value; one where nothing is said.
SAME = {"visibility": 3_000, "household_id": 1_000, "author_id": 1_000, "source_key": 2}


def settle(engine: Engine) -> None:
    """Write what the planner goes by, unless it is there; new connections read it."""
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            write(connection)


def write(connection: Connection) -> None:
    """As `settle`, in the transaction of a connection to SQLite."""
    wanted = _wanted(connection)
    if _present(connection) == wanted:
        return
    # Makes the table, and what else it finds does not matter.
    connection.exec_driver_sql("PRAGMA analysis_limit=1")
    connection.exec_driver_sql(f"ANALYZE {TABLE}")
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    connection.exec_driver_sql(
        "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", sorted(wanted)
    )


def _present(connection: Connection) -> set[tuple[str, str, str]]:
    if not connection.dialect.has_table(connection, "sqlite_stat1"):
        return set()
    rows = connection.exec_driver_sql("SELECT tbl, idx, stat FROM sqlite_stat1")
    return {(row[0], row[1], row[2]) for row in rows}


def _wanted(connection: Connection) -> set[tuple[str, str, str]]:
    """For each index that holds every row: all rows, and those left after each of its columns."""
    found = set()
    for index in connection.exec_driver_sql(f"PRAGMA index_list({TABLE})").mappings().all():
        if not index["partial"]:
            numbers = [ROWS]
            for column in connection.exec_driver_sql(f"PRAGMA index_info({index['name']})"):
                numbers.append(min(numbers[-1], SAME.get(column.name, 1)))
            found.add((TABLE, index["name"], " ".join(map(str, numbers))))
    return found
