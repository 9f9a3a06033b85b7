"""The master key: there, closed to others, and the one that this database belongs to."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from potluck.core import base64url
from potluck.resources import Resources
from potluck.services.doctor import key
from potluck.services.doctor.finding import Patient
from tests.services.doctor.conftest import found

OTHER = ("error", "The database belongs to another master key.")


@pytest.fixture
def moved(patient: Patient, tmp_path: Path) -> Patient:
    """The same installation with its keys in a folder where they may be broken."""
    shutil.copytree(patient.settings.data_dir / "keys", tmp_path / "keys")
    return replace(patient, settings=patient.settings.model_copy(update={"data_dir": tmp_path}))


def file_of(patient: Patient) -> Path:
    return patient.settings.data_dir / "keys" / "master.key"


class TestFile:
    async def test_a_closed_one_that_fits_is_all_right(self, patient: Patient) -> None:
        assert await found(key.look, patient) == []
        assert await found(key.compare, patient) == [
            ("ok", "The database was written under this master key.")
        ]

    async def test_a_missing_one_is_told_and_not_made(self, moved: Patient) -> None:
        path = file_of(moved)
        path.unlink()
        assert await found(key.look, moved) == [("error", f"There is no master key at {path}.")]
        assert await found(key.compare, moved) == []
        assert not path.exists()

    async def test_one_that_everybody_can_read_is_told(self, moved: Patient) -> None:
        file_of(moved).chmod(0o604)
        ((level, what),) = await found(key.look, moved)
        assert (level, "is open to every user of this machine" in what) == ("error", True)

    async def test_one_that_a_group_can_read_is_told(self, moved: Patient) -> None:
        path = file_of(moved)
        path.chmod(0o640)
        assert await found(key.look, moved) == [
            ("warning", f"Others of the file's group can read the master key in {path}.")
        ]


class TestDamage:
    @pytest.mark.parametrize("bit", [0, 3, 6])
    async def test_r29_a_flipped_bit_anywhere_in_the_key_is_told(
        self, moved: Patient, bit: int
    ) -> None:
        path = file_of(moved)
        whole = path.read_bytes()
        for place in range(len(whole.strip())):
            broken = bytearray(whole)
            broken[place] ^= 1 << bit
            path.write_bytes(broken)
            told = await found(key.look, moved) + await found(key.compare, moved)
            assert [level for level, _ in told] == ["error"], place
            assert told == [OTHER] or str(path) in told[0][1]

    async def test_r29_another_key_is_told(self, moved: Patient) -> None:
        another = base64url.encode(bytes((17 * n + n * n) % 256 for n in range(32)))
        file_of(moved).write_text(another)
        assert await found(key.compare, moved) == [OTHER]

    async def test_r29_a_signing_key_that_was_changed_in_the_database_is_told(
        self, patient: Patient, resources: Resources
    ) -> None:
        async with resources.database.transaction() as session:
            sealed = await session.scalar(text("SELECT private_sealed FROM signing_key"))
            assert sealed is not None
            flipped = sealed[:-3] + ("A" if sealed[-3] != "A" else "B") + sealed[-2:]
            change = text("UPDATE signing_key SET private_sealed = :to")
            await session.execute(change, {"to": flipped})
        try:
            told = await found(key.compare, patient)
        finally:
            async with resources.database.transaction() as session:
                await session.execute(change, {"to": sealed})
        assert told == [
            ("error", "A key that signs tokens is missing, or was changed in the database.")
        ]
