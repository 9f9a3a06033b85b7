"""The data folder: whose it is, who else can read it, and whether there is room."""

import os
from pathlib import Path

import pytest

from potluck.services.doctor import folders
from potluck.services.doctor.finding import Patient
from tests.conftest import make_settings
from tests.services.doctor.conftest import found

GIB = 1024**3


def patient_in(folder: Path) -> Patient:
    settings = make_settings(folder, f"sqlite:///{folder}/potluck.db")
    return Patient(settings, None, None, None)  # type: ignore[arg-type]


def change_mode(path: Path, mode: int) -> None:
    path.chmod(mode)


class TestDataFolder:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "data").mkdir(mode=0o700)
        return tmp_path / "data"

    async def test_a_closed_one_with_room_is_all_right(self, folder: Path) -> None:
        ((level, what),) = await found(folders.look, patient_in(folder))
        assert level == "ok"
        assert what.startswith(f"{folder} is ours alone, with ")

    async def test_r23_a_missing_one_is_told_and_not_made(self, folder: Path) -> None:
        missing = folder / "no"
        assert await found(folders.look, patient_in(missing)) == [
            ("error", f"The folder {missing} cannot be looked at: No such file or directory.")
        ]
        assert not missing.exists()

    async def test_r23_an_open_one_is_told(self, folder: Path) -> None:
        change_mode(folder, 0o755)
        assert await found(folders.look, patient_in(folder)) == [
            ("warning", f"Other users of this machine can enter {folder} (drwxr-xr-x).")
        ]

    async def test_an_open_database_file_is_told(self, folder: Path) -> None:
        file = folder / "potluck.db"
        file.touch()
        file.chmod(0o644)
        assert await found(folders.look, patient_in(folder)) == [
            ("warning", f"Every user of this machine can open {file}.")
        ]

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
    async def test_r23_one_of_another_user_is_told(self, folder: Path) -> None:
        os.chown(folder, 12345, -1)
        assert await found(folders.look, patient_in(folder)) == [
            ("warning", f"The folder {folder} belongs to user 12345, and this is 0.")
        ]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
    async def test_r23_one_that_cannot_be_written_is_told(self, folder: Path) -> None:
        change_mode(folder, 0o500)
        assert await found(folders.look, patient_in(folder)) == [
            ("error", f"The folder {folder} cannot be written.")
        ]


class TestRoom:
    @pytest.mark.parametrize(
        ("free", "levels"),
        [
            (2 * GIB, []),
            (GIB, []),
            (GIB - 1, ["warning"]),
            (100 * 1024**2, ["warning"]),
            (100 * 1024**2 - 1, ["error"]),
            (0, ["error"]),
        ],
    )
    def test_is_told_before_it_ends(self, free: int, levels: list[str]) -> None:
        assert [each.level for each in folders.room(Path("/data"), free)] == levels

    def test_is_told_in_gigabytes(self) -> None:
        (finding,) = folders.room(Path("/data"), GIB // 2)
        assert finding.what == "The disk of /data has 0.5 GiB to spare."
