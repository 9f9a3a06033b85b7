"""The seeded sample of `make faults`: a few short rounds of each experiment.

Left to the full run: R-05 on its own (R-03 holds a shorter one), the slow and silent network of
R-07 (tests/db has its silence), R-18 (tests/api/test_idempotency has it with fewer at once),
pictures on a full disk and R-13 with the shipped waits beside PostgreSQL, 256 connections, and more
rounds of everything.
"""

import pytest

from tests.faults.experiments import clock, contention, database, kill, machine, restarts, starting
from tests.faults.places import ENGINES, Place
from tests.faults.report import Row

on_both = pytest.mark.parametrize("on", ENGINES)


def judge(row: Row) -> None:
    """Fail, or say loudly why this machine could not run it."""
    if row.is_good is None:
        pytest.skip(row.seen)
    assert row.is_good, f"{row.what}: expected {row.expected}, seen {row.seen}"


@on_both
async def test_r01_killed_in_the_middle_of_writes_it_loses_nothing(place: Place, on: str) -> None:
    judge(await kill.kill_in_the_middle_of_writes(place, on))


async def test_r02_what_is_answered_is_on_the_disk(place: Place) -> None:
    judge(await machine.synced_before_answered(place, "sqlite"))


async def test_r03_r05_it_gets_over_a_crash_of_postgresql(place: Place) -> None:
    judge(await database.restarted(place, "postgresql"))


@on_both
async def test_r06_n03_writers_at_a_lock_are_sent_away_in_time(place: Place, on: str) -> None:
    judge(await database.exhausted(place, on))


async def test_r09_a_full_disk_is_told_and_gets_over(place: Place) -> None:
    judge(await machine.disk_full(place, "sqlite"))


async def test_r09_a_full_disk_of_the_database_is_told_and_gets_over(place: Place) -> None:
    judge(await machine.database_disk_full(place, "postgresql"))


async def test_r10_more_connections_than_descriptors_make_no_busy_loop(place: Place) -> None:
    judge(await machine.descriptors(place, "sqlite"))


@on_both
async def test_r12_a_clock_that_jumps_locks_nobody_out_and_loses_nothing(
    place: Place, on: str
) -> None:
    judge(await clock.jumps(place, on))


@on_both
async def test_r13_a_restart_behind_nginx_fails_no_request(place: Place, on: str) -> None:
    judge(await restarts.told_to_stop(place, on))


async def test_r13_with_the_shipped_waits_it_at_most_sends_some_away(place: Place) -> None:
    judge(await restarts.told_to_stop_as_shipped(place, "sqlite"))


async def test_r14_a_replica_that_is_killed_does_nothing_twice(place: Place) -> None:
    judge(await restarts.killed(place, "postgresql"))


@on_both
async def test_r16_a_migration_that_was_killed_is_finished(place: Place, on: str) -> None:
    judge(await starting.migration_killed(place, on))


@on_both
async def test_r17_m03_of_twenty_writers_none_loses_a_line(place: Place, on: str) -> None:
    judge(await contention.one_recipe(place, on))


@on_both
async def test_r16_r22_two_starts_at_once_make_one_of_everything(place: Place, on: str) -> None:
    judge(await starting.two_at_once(place, on))


async def test_r23_an_unfit_data_folder_is_told_in_one_line(place: Place) -> None:
    judge(await starting.unfit_folder(place, "sqlite"))


@on_both
async def test_n03_who_hangs_up_in_a_write_leaves_the_next_one_free(place: Place, on: str) -> None:
    judge(await contention.hung_up(place, on))


@on_both
async def test_n03_a_burst_over_32_connections_meets_no_error(place: Place, on: str) -> None:
    judge(await contention.burst_of_32(place, on))
