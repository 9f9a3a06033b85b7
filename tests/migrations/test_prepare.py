"""`potluck migrate`: what happens before a new version serves."""

import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from potluck import backend_pre_start
from potluck.core.config import Settings
from potluck.core.config_error import ConfigError
from potluck.core.database_url import DatabaseUrl
from potluck.db import migrations
from tests import processes
from tests.conftest import make_settings
from tests.databases import url_text
from tests.migrations.rows import insert_rows

SECRET = re.compile(r"pst_[\w-]{43}")


def mark_as(engine: Engine, revision: str) -> None:
    """The database says of itself that it is at `revision`."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


def rows(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


class TestPrepare:
    def test_a11_a_fresh_instance_has_no_account_and_secrets_of_its_own(
        self, place: Settings, migration_engine: Engine
    ) -> None:
        secret = backend_pre_start.prepare(place, wait_s=5)

        assert secret is not None
        assert SECRET.fullmatch(secret)
        assert rows(migration_engine, 'SELECT count(*) FROM "user"') == [(0,)]
        assert rows(migration_engine, "SELECT count(*) FROM signing_key") == [(1,)]
        assert rows(migration_engine, "SELECT setup_done_at FROM instance") == [(None,)]

    def test_o01_what_it_writes_is_for_its_user_alone(self, place: Settings) -> None:
        folder = place.data_dir / "new"
        url = place.database_url
        if url.engine == "sqlite":
            url = DatabaseUrl("sqlite", path=folder / "potluck.db")
        settings = make_settings(folder, url_text(url))

        secret = backend_pre_start.prepare(settings, wait_s=5)

        assert (folder / "setup-secret").read_text().strip() == secret
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert (modes["keys"], modes["master.key"], modes["setup-secret"]) == (0o700, 0o600, 0o600)
        if url.engine == "sqlite":
            assert modes["potluck.db"] == 0o600

    def test_the_second_time_only_the_setup_secret_is_new(
        self, place: Settings, migration_engine: Engine
    ) -> None:
        everything = "SELECT kid, private_sealed FROM signing_key"
        first = backend_pre_start.prepare(place, wait_s=5)
        before = rows(migration_engine, everything)

        second = backend_pre_start.prepare(place, wait_s=5)

        assert rows(migration_engine, everything) == before
        assert first != second
        assert not (place.data_dir / "before-migration").exists()

    def test_two_processes_on_an_empty_database_do_the_work_once(
        self, place: Settings, migration_engine: Engine
    ) -> None:
        settings = {
            "POTLUCK_DATABASE__URL": url_text(place.database_url),
            "POTLUCK_DATA_DIR": str(place.data_dir),
        }
        folder = place.data_dir
        both = [
            processes.start("-m", "potluck", "migrate", folder=folder, settings=settings)
            for _ in range(2)
        ]
        said = [process.communicate(timeout=60) for process in both]

        assert [process.returncode for process in both] == [0, 0], said
        assert sum(errors.count("Running upgrade  -> 0001") for _, errors in said) == 1
        assert all("is up to date" in output for output, _ in said)
        assert rows(migration_engine, "SELECT id FROM instance") == [(1,)]
        assert rows(migration_engine, "SELECT count(*) FROM signing_key") == [(1,)]

    def test_a_database_newer_than_the_program_is_refused_and_stays(
        self, place: Settings, migration_engine: Engine
    ) -> None:
        backend_pre_start.prepare(place, wait_s=5)
        mark_as(migration_engine, "ffff")
        with pytest.raises(ConfigError, match="migrated by a newer version of Potluck"):
            backend_pre_start.prepare(place, wait_s=5)
        assert rows(migration_engine, "SELECT version_num FROM alembic_version") == [("ffff",)]

    def test_a_database_of_another_master_key_is_refused(
        self, place: Settings, tmp_path: Path
    ) -> None:
        backend_pre_start.prepare(place, wait_s=5)
        elsewhere = make_settings(tmp_path / "elsewhere", url_text(place.database_url))
        with pytest.raises(ConfigError, match="belongs to another master key"):
            backend_pre_start.prepare(elsewhere, wait_s=5)


class TestCopy:
    """A SQLite file is set aside before it is changed."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> Settings:
        return make_settings(tmp_path, f"sqlite:///{tmp_path / 'potluck.db'}")

    def test_it_is_whole_with_what_is_still_in_the_write_ahead_log(
        self, place: Settings, connection: Connection
    ) -> None:
        migrations.upgrade(connection, "0001")
        insert_rows(connection)
        migrations.upgrade(connection)
        path = place.database_url.path
        assert path is not None
        copy = backend_pre_start.copy_aside(path)

        with closing(sqlite3.connect(copy)) as opened:
            assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert opened.execute("SELECT title FROM recipe").fetchone() == ("Soup",)
        assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700

    def test_the_newest_three_copies_are_kept(
        self, place: Settings, connection: Connection
    ) -> None:
        migrations.upgrade(connection)
        path = place.database_url.path
        assert path is not None
        copies = [backend_pre_start.copy_aside(path) for _ in range(4)]
        assert sorted((path.parent / "before-migration").iterdir()) == copies[1:]


class TestWaiting:
    """Nobody listens, nothing can be opened: told in the database's own words."""

    def refusal_of(self, folder: Path, url: str) -> str:
        with pytest.raises(ConfigError) as refusal:
            backend_pre_start.prepare(make_settings(folder, url), wait_s=0.05)
        assert "hunter2" not in str(refusal.value)
        return str(refusal.value)

    def test_a_server_that_is_away_is_waited_for_and_named(self, tmp_path: Path) -> None:
        url = "postgresql://cook:hunter2@127.0.0.1:1/potluck"
        said = self.refusal_of(tmp_path, url)
        assert said.startswith("the database does not answer within 0.05 s: ")
        assert "Connection refused" in said or "Is the server running" in said

    def test_an_option_that_does_not_exist_is_not_waited_for(self, tmp_path: Path) -> None:
        url = "postgresql://cook:hunter2@127.0.0.1:1/potluck?sslmood=require"
        said = self.refusal_of(tmp_path, url)
        assert said.startswith("the database cannot be used: ")
        assert "sslmood" in said

    def test_a_file_that_is_no_database_is_not_waited_for(self, tmp_path: Path) -> None:
        (tmp_path / "potluck.db").write_text("hunter2 " * 1000)
        said = self.refusal_of(tmp_path, f"sqlite:///{tmp_path / 'potluck.db'}")
        assert said == "the database cannot be used: file is not a database"

    def test_a_folder_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "potluck.db").mkdir()
        said = self.refusal_of(tmp_path, f"sqlite:///{tmp_path / 'potluck.db'}")
        assert said == f"the file {tmp_path / 'potluck.db'} cannot be written: Is a directory"

    def test_a_data_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        said = self.refusal_of(tmp_path / "file" / "data", f"sqlite:///{tmp_path / 'potluck.db'}")
        assert said == f"the folder {tmp_path / 'file' / 'data'} cannot be made: Not a directory"
