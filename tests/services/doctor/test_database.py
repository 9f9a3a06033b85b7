"""The database: whether it answers, which it is, and whether it is whole."""

import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from potluck.db import migrations
from potluck.db.engines import SAFE_SQLITE
from potluck.db.session import Database
from potluck.services.doctor import database, examination, recipes, schema
from potluck.services.doctor.finding import Finding, Patient
from tests.conftest import make_settings
from tests.databases import url_text
from tests.services.doctor.conftest import found, slip

NEWEST = migrations.known_revisions()[0]
BEFORE_CHECKSUMS = "PostgreSQL keeps no checksums, so damage on its disk goes unseen."


@asynccontextmanager
async def opened(patient: Patient, url: str) -> AsyncIterator[Patient]:
    """The same installation with its database elsewhere."""
    settings = make_settings(patient.settings.data_dir, url)
    elsewhere = Database(settings.database_url, settings.database)
    yield replace(patient, settings=settings, reading=elsewhere.reading)
    await elsewhere.dispose()


async def everything(patient: Patient) -> list[Finding]:
    return [finding async for finding in examination.examine(patient)]


class TestAnswers:
    async def test_a_whole_one_is_all_right(self, engine: str, patient: Patient) -> None:
        told = await found(database.look, patient)
        if engine == "sqlite":
            version = sqlite3.sqlite_version
            assert told == [("ok", f"SQLite {version} answers, and nothing in it is damaged.")]
        elif has_checksums(patient):
            ((level, what),) = told
            assert (level, what.startswith("PostgreSQL ")) == ("ok", True)
        else:
            assert told == [("warning", BEFORE_CHECKSUMS)]

    async def test_one_that_is_away_is_told_and_ends_the_examination(
        self, engine: str, patient: Patient, tmp_path: Path
    ) -> None:
        nowhere = {
            "sqlite": f"sqlite:///{tmp_path}/none.db",
            "postgresql": "postgresql://cook:hidden@127.0.0.1:1/none",
        }[engine]
        async with opened(patient, nowhere) as broken:
            told = [each for each in await everything(broken) if each.level == "error"]
        assert [each.check for each in told] == ["database"]
        assert "hidden" not in told[0].what
        assert not (tmp_path / "none.db").exists()

    async def test_tables_that_are_older_are_told(self, patient: Patient) -> None:
        slip(patient, "UPDATE alembic_version SET version_num = '0001'")
        try:
            told = await everything(patient)
        finally:
            slip(patient, "UPDATE alembic_version SET version_num = :newest", newest=NEWEST)
        assert [each.check for each in told if each.level == "error"] == ["schema"]
        assert told[-1].mend == "Run: potluck migrate"

    async def test_tables_that_are_newer_are_told(self, patient: Patient) -> None:
        slip(patient, "UPDATE alembic_version SET version_num = '9999'")
        try:
            told = await found(schema.look, patient)
        finally:
            slip(patient, "UPDATE alembic_version SET version_num = :newest", newest=NEWEST)
        assert told == [("error", "The tables are newer than this program.")]


def has_checksums(patient: Patient) -> bool:
    with psycopg.connect(url_text(patient.settings.database_url)) as connection:
        return connection.execute("SHOW data_checksums").fetchone() == ("on",)


@pytest.fixture
def copy(engine: str, patient: Patient, recipe_id: str, tmp_path: Path) -> Path:
    """A copy of the SQLite file with a recipe in it, to be broken."""
    if engine != "sqlite":
        pytest.skip("the pages of PostgreSQL are behind its own checksums")
    assert recipe_id
    path = patient.settings.database_url.path
    assert path is not None
    with closing(sqlite3.connect(path)) as connection:
        # Without what was deleted before: there a flipped bit harms nobody.
        connection.execute("VACUUM INTO ?", (str(tmp_path / "c"),))
    return tmp_path / "c"


def flip(whole: bytes, place: int, mask: int, path: Path) -> None:
    """Write a file with some bits of one byte turned, and forget what SQLite kept beside it."""
    broken = bytearray(whole)
    broken[place] ^= mask
    path.write_bytes(broken)
    for each in path.parent.glob(f"{path.name}-*"):
        each.unlink()


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


def rows_of(path: Path, query: str, *values: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query, values).fetchall()


class TestDamagedFile:
    async def test_r29_a_flipped_bit_in_the_document_of_a_recipe_names_the_recipe(
        self, patient: Patient, recipe_id: str, copy: Path
    ) -> None:
        whole = bytes_of(copy)
        ((document,),) = rows_of(copy, "SELECT document FROM recipe")
        start = whole.index(document.encode())
        for number in range(16):
            place = start + number * len(document) // 16
            flip(whole, place, 1 << number % 8, copy)
            async with opened(patient, f"sqlite:///{copy}") as broken:
                told = await found(recipes.look, broken)
            assert {level for level, _ in told} == {"error"}, place
            assert all(recipe_id in what for _, what in told), place

    async def test_r29_a_flipped_bit_in_the_frame_of_a_page_is_told(
        self, patient: Patient, copy: Path
    ) -> None:
        whole = bytes_of(copy)
        ((size,),) = rows_of(copy, "PRAGMA page_size")
        for table in ("recipe", "recipe_revision", "user"):
            root = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
            flip(whole, 99, 0, copy)
            ((page,),) = rows_of(copy, root, table)
            for place in (0, 3, 5):  # its kind, its count of cells, where they begin
                flip(whole, (page - 1) * size + place, 0x08, copy)
                async with opened(patient, f"sqlite:///{copy}") as broken:
                    told = await everything(broken)
                assert "error" in {each.level for each in told if each.check == "database"}

    async def test_r29_a_file_that_is_no_database_is_told(
        self, patient: Patient, copy: Path
    ) -> None:
        flip(b"not a database" * 1000, 0, 0, copy)
        async with opened(patient, f"sqlite:///{copy}") as broken:
            ((level, what),) = await found(database.look, broken)
        assert level == "error"
        assert what.endswith("file is not a database.")

    async def test_rows_whose_parent_is_gone_are_told(self, patient: Patient, copy: Path) -> None:
        async with opened(patient, f"sqlite:///{copy}") as broken:
            slip(broken, "DELETE FROM household")
            ((level, what),) = await found(database.look, broken)
        assert level == "error"
        assert what.startswith("Rows have lost what they belong to: ")
        assert "membership without its household" in what


class TestSeveralProcesses:
    OLD, NEW = (3, 40, 1), SAFE_SQLITE

    @pytest.mark.parametrize(
        ("workers", "version", "levels"),
        [(1, OLD, []), (2, OLD, ["error"]), (2, NEW, [])],
    )
    def test_workers_on_an_old_library_are_told(
        self, tmp_path: Path, workers: int, version: tuple[int, ...], levels: list[str]
    ) -> None:
        settings = make_settings(tmp_path, f"sqlite:///{tmp_path}/x", server={"workers": workers})
        told = database.writers_at_risk(settings, version, tmp_path / "x")
        assert [each.level for each in told] == levels

    @pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="nobody can tell here")
    def test_other_programs_that_have_the_file_open_are_seen(self, tmp_path: Path) -> None:
        file = tmp_path / "potluck.db"
        file.touch()
        settings = make_settings(tmp_path, f"sqlite:///{file}")
        program = f"f = open({str(file)!r}); print('open', flush=True); input()"
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            for _ in range(2)
        ]
        try:
            for process in processes:
                assert process.stdout is not None
                assert process.stdout.readline() == b"open\n"
            with file.open():  # our own does not count
                told = database.writers_at_risk(settings, self.OLD, file)
                assert database.open_elsewhere(file) == sorted(each.pid for each in processes)
        finally:
            for process in processes:
                process.communicate(b"\n")
        assert [each.what for each in told] == [
            "2 processes have the file open, and SQLite 3.40.1 can damage it then."
        ]
        assert database.writers_at_risk(settings, self.OLD, file) == []
