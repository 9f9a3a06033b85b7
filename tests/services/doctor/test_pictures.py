"""Pictures: every file is there and reads as it was written, and none is left over."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from potluck.services.doctor import pictures
from potluck.services.doctor.finding import Patient
from tests.doubles import FakeClock
from tests.sent_pictures import picture, put_cover
from tests.services.doctor.conftest import found


@pytest.fixture
async def folder(patient: Patient, as_ada: httpx2.AsyncClient, recipe_id: str) -> Path:
    """The files of the one picture there is."""
    media = patient.settings.media_dir
    for path in media.rglob("*.*"):
        path.unlink()
    assert (await put_cover(as_ada, recipe_id, picture(500, 400))).status_code == 200
    (noted,) = media.rglob("*.sha256")
    return noted.parent


def checksums(folder: Path) -> Path:
    (noted,) = folder.glob("*.sha256")
    return noted


def age(folder: Path, at: datetime) -> None:
    """As if all files had been stored at this instant."""
    for path in folder.iterdir():
        os.utime(path, (at.timestamp(), at.timestamp()))


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix != ".sha256")


class TestFiles:
    async def test_none_are_needed_without_pictures(self, patient: Patient) -> None:
        nowhere = patient.settings.model_copy(update={"data_dir": Path("/nowhere")})
        assert await found(pictures.look, replace(patient, settings=nowhere)) == [
            ("ok", "0 pictures with all their files; of 0 every byte was read.")
        ]

    @pytest.mark.usefixtures("folder")
    async def test_all_that_are_there_and_whole_are_all_right(self, patient: Patient) -> None:
        assert await found(pictures.look, patient) == [
            ("ok", "1 picture with all their files; of 1 every byte was read.")
        ]

    async def test_a_missing_or_empty_one_is_named(self, patient: Patient, folder: Path) -> None:
        first, *_, last = files(folder)
        first.unlink()
        last.write_bytes(b"")
        names = ", ".join(sorted({f"{folder.name}/{each.name}" for each in (first, last)}))
        told = await found(pictures.look, patient)
        assert [level for level, _ in told] == ["error"]
        assert sorted(told[0][1].rpartition(": ")[2].rstrip(".").split(", ")) == names.split(", ")

    async def test_r29_a_flipped_bit_in_any_file_is_named(
        self, patient: Patient, folder: Path
    ) -> None:
        for path in files(folder):
            whole = path.read_bytes()
            for place in (0, len(whole) // 2, len(whole) - 1):
                broken = bytearray(whole)
                broken[place] ^= 0x10
                path.write_bytes(broken)
                assert await found(pictures.look, patient) == [
                    ("error", f"1 file of pictures not as written: {path.name}.")
                ]
            path.write_bytes(whole)

    async def test_r29_a_flipped_bit_in_the_checksums_is_named(
        self, patient: Patient, folder: Path
    ) -> None:
        noted = checksums(folder)
        whole = noted.read_bytes()
        for place in (0, 70, len(whole) - 2):
            broken = bytearray(whole)
            broken[place] ^= 0x02
            noted.write_bytes(broken)
            told = await found(pictures.look, patient)
            assert [level for level, _ in told] == ["error"]
            assert noted.stem in told[0][1]

    async def test_pictures_without_checksums_are_counted(
        self, patient: Patient, folder: Path
    ) -> None:
        noted = checksums(folder)
        noted.unlink()
        ((level, what),) = await found(pictures.look, patient)
        assert (level, what.partition("; ")[2]) == (
            "ok", "of 1 every byte was read (1 from before checksums were kept).",
        )  # fmt: skip


class TestLeftOver:
    async def test_old_files_of_no_picture_are_named(
        self, patient: Patient, folder: Path, clock: FakeClock
    ) -> None:
        orphan = folder / f"{folder.name}{'0' * 62}-480.webp"
        orphan.write_bytes(b"x")
        age(folder, clock.now() - timedelta(days=3))
        assert await found(pictures.look, patient) == [
            ("warning", f"1 file of no picture left over: {folder.name}/{orphan.name}.")
        ]

    async def test_new_ones_may_still_get_their_picture(
        self, patient: Patient, folder: Path, clock: FakeClock
    ) -> None:
        orphan = folder / f"{folder.name}{'0' * 62}-480.webp"
        orphan.write_bytes(b"x")
        age(folder, clock.now())
        assert [level for level, _ in await found(pictures.look, patient)] == ["ok"]


class TestFolder:
    async def test_one_that_is_no_folder_is_told(self, patient: Patient, tmp_path: Path) -> None:
        (tmp_path / "media").write_text("")
        (tmp_path / "media").chmod(0o600)
        broken = patient.settings.model_copy(update={"data_dir": tmp_path})
        assert await found(pictures.look, replace(patient, settings=broken)) == [
            ("error", f"The folder {tmp_path / 'media'} cannot be written.")
        ]
