"""`potluck doctor`: says what is wrong, changes nothing, and ends accordingly."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from potluck import backend_pre_start
from potluck.core.config import Settings
from tests import databases, processes
from tests.conftest import make_settings
from tests.serving import serving

ALWAYS_OK = [
    "settings", "folders", "passwords", "mail", "schema", "master key", "clock", "audit",
    "recipes", "search index", "pictures", "background work",
]  # fmt: skip


@pytest.fixture
def installed(engine: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables of a new installation in a folder of its own, on either engine."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    name = f"potluck_doctor_{os.getpid()}"
    with databases.database_url(engine, folder, name) as url:
        prepared: Settings = make_settings(folder, url, base_url="https://recipes.example.org")
        backend_pre_start.prepare(prepared, wait_s=5)
        yield {
            "POTLUCK_DATA_DIR": str(folder),
            "POTLUCK_DATABASE__URL": url,
            "POTLUCK_BASE_URL": "https://recipes.example.org",
        }


def doctor(variables: dict[str, str], *options: str) -> tuple[int, dict[str, Any]]:
    """Exit status and what is printed for machines."""
    folder = Path(variables["POTLUCK_DATA_DIR"]).parent
    arguments = ("-m", "potluck", "doctor", "--json", *options)
    ended = processes.run(*arguments, folder=folder, settings=variables)
    return ended.returncode, json.loads(ended.stdout)


def levels(told: dict[str, Any]) -> dict[str, str]:
    return {each["check"]: each["level"] for each in told["findings"] if each["level"] != "ok"}


class TestDoctor:
    def test_finds_nothing_wrong_with_a_new_installation(
        self, engine: str, installed: dict[str, str]
    ) -> None:
        status, told = doctor(installed)
        assert status == 0
        assert [
            each["check"] for each in told["findings"] if each["check"] != "database"
        ] == ALWAYS_OK
        assert {each["level"] for each in told["findings"] if each["check"] != "database"} == {"ok"}
        assert told["counts"]["error"] == 0
        if engine == "sqlite":
            assert told["counts"] == {"ok": 13, "warning": 0, "error": 0}

    def test_changes_nothing(self, engine: str, installed: dict[str, str]) -> None:
        folder = Path(installed["POTLUCK_DATA_DIR"])
        before = contents(folder)
        doctor(installed, "--full")
        after = contents(folder)
        assert after == before
        assert engine != "sqlite" or "potluck" in "".join(before)

    def test_makes_nothing_where_there_is_nothing(self, tmp_path: Path) -> None:
        nowhere = tmp_path / "none"
        status, told = doctor({"POTLUCK_DATA_DIR": str(nowhere)})
        assert status == 1
        assert levels(told) == {"folders": "error", "master key": "error", "database": "error"}
        assert list(tmp_path.iterdir()) == []

    def test_tells_every_setting_that_is_wrong_at_once(self, tmp_path: Path) -> None:
        wrong = {
            "POTLUCK_DATA_DIR": str(tmp_path),
            "POTLUCK_DOCS": "perhaps",
            "POTLUCK_SERVER__PORT": "0",
            "POTLUCK_COLOUR": "red",
        }
        status, told = doctor(wrong)
        assert status == 1
        named = [each["what"].partition(" ")[0].rstrip(":") for each in told["findings"]]
        assert sorted(named) == ["POTLUCK_COLOUR", "POTLUCK_DOCS", "POTLUCK_SERVER__PORT"]

    def test_ends_with_1_for_warnings_only_when_told_to(self, installed: dict[str, str]) -> None:
        Path(installed["POTLUCK_DATA_DIR"]).chmod(0o750)
        assert doctor(installed)[0] == 0
        status, told = doctor(installed, "--strict")
        assert status == 1
        assert levels(told)["folders"] == "warning"

    def test_says_it_to_people_with_the_way_to_mend_it(self, installed: dict[str, str]) -> None:
        key = Path(installed["POTLUCK_DATA_DIR"], "keys", "master.key")
        key.unlink()
        folder = key.parents[2]
        ended = processes.run("-m", "potluck", "doctor", folder=folder, settings=installed)
        lines = ended.stdout.splitlines()
        place = lines.index(f"ERROR    master key: There is no master key at {key}.")
        assert lines[place + 1].startswith("         A new installation makes one with potluck")
        assert lines[-1].endswith(" 1 error")
        assert ended.returncode == 1

    def test_works_beside_the_running_service_and_asks_it(self, tmp_path: Path) -> None:
        settings = {"POTLUCK_DATA_DIR": str(tmp_path)}
        with serving(tmp_path, **settings) as server:
            own = f"http://127.0.0.1:{server.port}"
            variables = settings | {"POTLUCK_BASE_URL": own}
            status, told = doctor(variables, "--url", own)
            elsewhere = doctor(variables, "--url", f"http://localhost:{server.port}")[1]
        assert status == 0
        (asked,) = [each for each in told["findings"] if each["check"] == "address"]
        assert asked["what"] == (f"This installation answers at {own}, to requests from 127.0.0.1.")
        assert levels(elsewhere)["address"] == "warning"


def contents(folder: Path) -> dict[str, str]:
    """Every file with a digest; of a SQLite file what is in it, as its log may be worked in."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(("-wal", "-shm")):
            content = path.read_bytes()
            if path.suffix == ".db":
                with closing(sqlite3.connect(path)) as connection:
                    content = "\n".join(connection.iterdump()).encode()
            found[str(path.relative_to(folder))] = hashlib.sha256(content).hexdigest()
    return found
