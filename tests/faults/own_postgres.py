"""A PostgreSQL of our own that experiments may stop, kill and start again; it keeps its data.

Unlike the server of the other tests it is as durable as it is delivered: fsync stays on.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from tests.postgres import NoPostgres, installed_folders, wheel_package
from tests.postgres_keeper import address, reachable, unprivileged, work_folder

CONFIGURATION = "\nmax_connections = 250\njit = off\n"


@dataclass
class OwnPostgres:
    """A server in a temporary folder. `url` opens its maintenance database."""

    programs: Path
    work: Path
    url: str = ""

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.work / ".s.PGSQL.5432"

    def prepare(self) -> None:
        """Make an empty cluster."""
        self._run("initdb", "-U", "potluck", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        listening, self.url = address(self.work)
        with (self.work / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(CONFIGURATION + listening)

    def start(self) -> None:
        """Start, and return when it takes connections."""
        self._run("pg_ctl", "-w", "-t", "60", "-l", str(self.work / "log"), "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop: `fast` says goodbye, `immediate` is a crash that needs recovery."""
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def kill_a_backend(self, database: str) -> None:
        """Kill -9 one process that serves a database; the server then restarts all of them."""
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        with psycopg.connect(self.url, autocommit=True) as connection:
            found = connection.execute(asked + " ORDER BY state_change DESC LIMIT 1", [database])
            row = found.fetchone()
        assert row, f"nobody is connected to {database}"
        os.kill(int(row[0]), signal.SIGKILL)

    def connections(self, database: str) -> int:
        """How many connections to a database are in the middle of a transaction."""
        asked = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
            " AND state <> 'idle'"
        )
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(asked, [database]).fetchone()
        return int(row[0]) if row else 0

    def url_of(self, database: str) -> str:
        """The URL of a database."""
        return self.url.replace("/postgres?", f"/{database}?").removesuffix("/postgres")

    @contextlib.contextmanager
    def database(self, name: str, tablespace: str = "pg_default") -> Iterator[str]:
        """An empty database, gone afterwards; gives its URL."""
        self._execute("CREATE DATABASE {} TABLESPACE {}", name, tablespace)
        try:
            yield self.url_of(name)
        finally:
            self._execute("DROP DATABASE {} WITH (FORCE)", name)

    @contextlib.contextmanager
    def tablespace(self, name: str, folder: Path) -> Iterator[None]:
        """A tablespace in an empty folder of the server's user, until the block ends."""
        self._execute("CREATE TABLESPACE {} LOCATION {}", name, sql.Literal(str(folder)))
        try:
            yield
        finally:
            self._execute("DROP TABLESPACE {}", name)

    def _execute(self, statement: LiteralString, *names: str | sql.Literal) -> None:
        parts = [sql.Identifier(each) if isinstance(each, str) else each for each in names]
        composed = sql.SQL(statement).format(*parts)
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(composed)

    def _run(self, program: str, *arguments: str) -> None:
        command: list[str | Path] = [self.programs / program, "-D", self.work / "data", *arguments]
        environment = {name: text for name, text in os.environ.items() if name[:2] != "PG"}
        subprocess.run(
            command,
            cwd=self.work,
            env=environment,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **unprivileged(),
        )


def programs() -> Path:
    """The folder with the programs of a server; NoPostgres when there is none."""
    if folders := installed_folders():
        return folders[0]
    package = wheel_package()
    found = sorted(path.parent for path in package.glob("*/bin/initdb")) if package else []
    if not found:
        raise NoPostgres("no PostgreSQL is installed, and no package carries one")
    return found[0]


@contextlib.contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """A running server until the block ends."""
    with work_folder() as work:
        server = OwnPostgres(reachable(programs(), work), work)
        server.prepare()
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):
                server.stop("immediate")
