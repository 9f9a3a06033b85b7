"""The clock beside others, and work that should have been done by now."""

import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from potluck.core.clock import SystemClock
from potluck.services.doctor import backlog, clock
from potluck.services.doctor.finding import Patient
from tests.api.recipe_calls import delete, patch
from tests.doubles import FakeClock
from tests.services.doctor.conftest import found, slip


class Backwards(FakeClock):
    """A machine whose counter runs the wrong way."""

    def monotonic_s(self) -> float:
        self.advance(timedelta(seconds=-1))
        return super().monotonic_s()


@pytest.fixture
def ours(patient: Patient) -> Patient:
    """The installation on a machine with the right time."""
    return replace(patient, clock=SystemClock())


class TestClock:
    @pytest.mark.usefixtures("recipe_id")
    async def test_the_right_time_is_all_right(self, ours: Patient) -> None:
        assert await found(clock.look, ours) == []
        assert await found(clock.compare, ours) == [("ok", "The clock agrees with the database.")]

    async def test_a_database_with_another_time_is_told(
        self, engine: str, patient: Patient
    ) -> None:
        if engine == "sqlite":
            pytest.skip("SQLite has no clock of its own")
        ((level, what),) = await found(clock.compare, patient)
        assert level == "warning"
        assert what.startswith("The clocks of this machine and of the database are ")

    @pytest.mark.usefixtures("recipe_id")
    async def test_changes_of_the_future_are_told(self, ours: Patient) -> None:
        ahead = (datetime.now(UTC) + timedelta(seconds=1000)) - datetime(1970, 1, 1, tzinfo=UTC)
        us = ahead // timedelta(microseconds=1)
        slip(ours, "UPDATE recipe_clock SET last_us = :us", us=us)
        ((level, what),) = await found(clock.compare, ours)
        assert level == "warning"
        assert re.fullmatch(r"The newest change of a recipe lies [\d,]+ s in the future.", what)

    async def test_files_of_the_future_are_told(self, ours: Patient, tmp_path: Path) -> None:
        settings = ours.settings.model_copy(update={"data_dir": tmp_path})
        ahead = datetime.now(UTC).timestamp() + 5000
        (tmp_path / "x").touch()
        os.utime(tmp_path / "x", (ahead, ahead))
        ((level, what),) = await found(clock.look, replace(ours, settings=settings))
        assert level == "warning"
        assert re.fullmatch(r"Files of the data folder are [\d,]+ s newer than now.", what)

    async def test_a_counter_that_goes_back_is_told(self, patient: Patient, tmp_path: Path) -> None:
        settings = patient.settings.model_copy(update={"data_dir": tmp_path})
        broken = replace(patient, settings=settings, clock=Backwards())
        assert await found(clock.look, broken) == [
            ("error", "The clock that measures waits went back.")
        ]


class TestBacklog:
    async def test_nothing_late_is_all_right(
        self, patient: Patient, as_ada: httpx2.AsyncClient, recipe_id: str
    ) -> None:
        await patch(as_ada, recipe_id, image_url="https://site.example/cake.jpg")
        await delete(as_ada, recipe_id)
        assert await found(backlog.look, patient) == [
            ("ok", "Nothing that the service does by itself is late.")
        ]

    async def test_a_picture_that_nobody_fetches_is_told(
        self, patient: Patient, as_ada: httpx2.AsyncClient, recipe_id: str, clock: FakeClock
    ) -> None:
        await patch(as_ada, recipe_id, image_url="https://site.example/cake.jpg")
        clock.advance(timedelta(hours=1, seconds=1))
        assert await found(backlog.look, patient) == [
            ("warning", "1 job should have begun by now.")
        ]

    async def test_trash_that_nobody_empties_is_told(
        self, patient: Patient, as_ada: httpx2.AsyncClient, recipe_id: str, clock: FakeClock
    ) -> None:
        await delete(as_ada, recipe_id)
        clock.advance(timedelta(days=31, seconds=1))
        assert await found(backlog.look, patient) == [
            ("warning", "1 recipe should have left the trash for good.")
        ]
