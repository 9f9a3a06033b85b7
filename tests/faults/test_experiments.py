"""The seeded sample of `make faults`: a few short rounds of each experiment."""

import pytest

from tests.faults.experiments import kill
from tests.faults.places import ENGINES, Place
from tests.faults.report import Row

#: One server after another, and one PostgreSQL: together in one test process.
pytestmark = pytest.mark.xdist_group("faults")

on_both = pytest.mark.parametrize("on", ENGINES)


def judge(row: Row) -> None:
    """Fail, or say loudly why this machine could not run it."""
    if row.is_good is None:
        pytest.skip(row.seen)
    assert row.is_good, f"{row.what}: expected {row.expected}, seen {row.seen}"


@on_both
async def test_r01_killed_in_the_middle_of_writes_it_loses_nothing(place: Place, on: str) -> None:
    judge(await kill.kill_in_the_middle_of_writes(place, on))
