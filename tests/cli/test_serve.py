"""`potluck serve`: what it says, when it refuses, and how it ends."""

import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from potluck.cli.greeting import greeting
from potluck.cli.serving import check_port, check_workers
from potluck.core.config import Settings
from potluck.core.config_error import ConfigError
from tests import databases, processes
from tests.serving import Server, serving

PG = {"url": "postgresql://cook:hunter2@db.example.org/potluck"}
WARNING = "Warning: anyone who reaches this address can make an account."


class TestGreeting:
    def test_it_says_where_to_go_and_where_the_data_are(self) -> None:
        said = list(greeting(Settings(data_dir=Path("/kitchen"))))
        assert said[0].endswith(", data in /kitchen")
        assert said[1] == (
            f"Database sqlite:////kitchen/potluck.db (SQLite {sqlite3.sqlite_version})"
        )
        assert said[2:] == ["Open http://127.0.0.1:8000"]

    def test_a_password_does_not_show(self) -> None:
        said = "\n".join(greeting(Settings(database=PG)))
        assert "postgresql://cook:***@db.example.org/potluck" in said
        assert "hunter2" not in said

    def test_on_every_address_each_is_named_and_strangers_are_warned_of(self) -> None:
        said = list(greeting(Settings(server={"host": "0.0.0.0", "port": 80, "root_path": "/x"})))
        assert said[2] == "Open http://127.0.0.1:80/x"
        assert all(line.endswith(":80/x") for line in said[2:-1])
        assert said[-1].startswith(WARNING)

    @pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
    def test_on_loopback_there_is_no_warning(self, host: str) -> None:
        assert WARNING not in "".join(greeting(Settings(server={"host": host})))

    def test_a_closed_instance_needs_no_warning(self) -> None:
        closed = Settings(server={"host": "0.0.0.0"}, signup={"mode": "closed"})
        assert WARNING not in "".join(greeting(closed))

    def test_the_address_that_people_type_is_the_one_to_open(self) -> None:
        public = Settings(server={"host": "0.0.0.0"}, base_url="https://recipes.example.org")
        assert "Open https://recipes.example.org" in list(greeting(public))


class TestWorkers:
    MANY = Settings(server={"workers": 2})

    def test_several_on_a_sqlite_that_can_damage_the_file_are_refused(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
        with pytest.raises(ConfigError, match="use one worker, or PostgreSQL"):
            check_workers(self.MANY)

    def test_several_on_a_newer_sqlite_may_serve(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
        check_workers(self.MANY)

    def test_one_may_serve_on_any_sqlite(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 0))
        check_workers(Settings())

    def test_several_on_postgresql_may_serve(self) -> None:
        check_workers(Settings(server={"workers": 2}, database=PG))


#: uvicorn ends by the signal that it was sent, once everything is closed.
TERMINATED = {0, -signal.SIGTERM}


def test_told_to_stop_it_is_not_ready_and_still_answers_before_it_closes(tmp_path: Path) -> None:
    with serving(tmp_path, POTLUCK_SERVER__DRAIN_S="2") as server:
        server.terminate()
        told_at = time.monotonic()
        while server.get("/health/ready")[0] == 200:
            assert time.monotonic() < told_at + 2
        status, problem = server.get("/health/ready")
        assert status == 503
        assert isinstance(problem, dict)
        assert problem["checks"]["shutdown"] == "draining"
        assert server.get("/health/live")[0] == 200
        assert server.end() in TERMINATED
        assert time.monotonic() > told_at + 1.9


@contextmanager
def two_workers(folder: Path, *, drain_s: int) -> Iterator[Server]:
    """Two serving processes over one database, and the one that looks after them."""
    name = f"potluck_serving_{os.getpid()}"
    with (
        databases.database_url("postgresql", folder, name) as url,
        serving(
            folder,
            *("--workers", "2"),
            POTLUCK_DATABASE__URL=url,
            POTLUCK_SERVER__DRAIN_S=str(drain_s),
            POTLUCK_LOG__LEVEL="error",
        ) as server,
    ):
        yield server


def test_r13_several_processes_drain_as_one_does(tmp_path: Path) -> None:
    with two_workers(tmp_path, drain_s=2) as server:
        assert server.get("/api/v1/recipes")[0] == 200
        server.terminate()
        told_at = time.monotonic()
        while server.get("/health/ready")[0] == 200:
            assert time.monotonic() < told_at + 2
        assert server.get("/health/live")[0] == 200
        assert server.end() in TERMINATED
        assert time.monotonic() > told_at + 1.9


def workers_of(process: "subprocess.Popen[bytes]") -> set[int]:
    """The ids of its serving processes (Linux); others look after what these share."""
    tasks = Path(f"/proc/{process.pid}/task").iterdir()
    numbers = [number for task in tasks for number in (task / "children").read_text().split()]
    return {int(each) for each in numbers if "spawn_main" in command_of(each)}


def command_of(number: str) -> str:
    try:
        return Path(f"/proc/{number}/cmdline").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""  # it has ended meanwhile


def test_r13_a_hangup_replaces_every_one_of_several_processes(tmp_path: Path) -> None:
    with two_workers(tmp_path, drain_s=0) as server:
        before = workers_of(server.process)
        server.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 60
        while before & workers_of(server.process):
            assert time.monotonic() < end
            assert server.get("/health/live")[0] == 200
            time.sleep(0.1)
        assert len(workers_of(server.process)) == len(before) == 2


class Handed:
    """A socket that a parent listens on, as systemd does."""

    def __init__(self, listening: socket.socket) -> None:
        self.socket = listening
        self.port: int = listening.getsockname()[1]

    def start(self, folder: Path) -> "subprocess.Popen[bytes]":
        """`potluck serve`, with the socket as its third descriptor."""
        script = 'LISTEN_PID=$$ exec "$0" -m potluck serve --migrate 3<&"$1"'
        number = self.socket.fileno()
        return subprocess.Popen(
            ["bash", "-c", script, sys.executable, str(number)],
            cwd=folder,
            env=processes.environment(processes.ROOT, {"LISTEN_FDS": "1"}),
            pass_fds=[number],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def test_r13_who_comes_during_a_restart_waits_at_a_socket_that_was_handed_over(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        handed = Handed(listening)
        for _ in range(2):
            connection = http.client.HTTPConnection("127.0.0.1", handed.port, timeout=60)
            connection.connect()  # nobody serves yet
            process = handed.start(tmp_path)
            try:
                connection.request("GET", "/health/ready")
                assert connection.getresponse().status == 200
            finally:
                connection.close()
                process.terminate()
                process.wait(timeout=20)


class TestPort:
    def test_one_that_is_taken_is_told_before_anything_else(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(ConfigError, match=f"127.0.0.1:{port} cannot be listened on"):
                check_port(Settings(server={"port": port}))

    def test_a_free_one_is_fine(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as once:
            port = once.getsockname()[1]

        check_port(Settings(server={"port": port}))
