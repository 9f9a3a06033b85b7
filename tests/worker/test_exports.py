"""Archives of people's own data that nobody can fetch any more."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from potluck.clients.export_store import ExportStore
from potluck.core.actor import Actor
from potluck.core.scopes import Scope
from potluck.models import Job, User
from potluck.resources import Resources
from potluck.services import exports
from potluck.worker import exports as worker
from potluck.worker import runner
from tests.doubles import FakeClock
from tests.factories import Make


@pytest.fixture
def folder(resources: Resources) -> Path:
    """The folder, with what earlier tests left in it taken out."""
    folder = resources.settings.exports_dir
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    return folder


@pytest.fixture
async def ada(make_user: Make[User]) -> User:
    return await make_user()


async def make(resources: Resources, user: User) -> None:
    """An archive of the user's data."""
    actor = Actor(user_id=user.id, scopes=frozenset(Scope))
    async with resources.database.transaction() as session:
        await exports.ask(session, actor, now=resources.clock.now())
    await runner.run_due(resources)


def age(folder: Path, clock: FakeClock, by: timedelta) -> None:
    """As if all files had been written so long ago."""
    stamp = (clock.now() - by).timestamp()
    for path in folder.iterdir():
        os.utime(path, (stamp, stamp))


async def sweep(resources: Resources, clock: FakeClock) -> None:
    store = ExportStore(resources.settings.exports_dir)
    await worker.sweep(resources.database, store, clock)


def count(folder: Path) -> int:
    return len(list(folder.iterdir()))


class TestSweep:
    async def test_a_file_stays_for_seven_days(
        self, resources: Resources, clock: FakeClock, folder: Path, ada: User
    ) -> None:
        await make(resources, ada)
        clock.advance(timedelta(days=7) - timedelta(seconds=1))
        age(folder, clock, timedelta(days=6))
        await sweep(resources, clock)
        assert count(folder) == 1
        clock.advance(timedelta(seconds=1))
        await sweep(resources, clock)
        assert count(folder) == 0

    async def test_it_goes_with_the_row_that_named_it(
        self, resources: Resources, clock: FakeClock, folder: Path, ada: User
    ) -> None:
        await make(resources, ada)
        async with resources.database.transaction() as session:
            await session.execute(delete(Job).where(Job.kind == exports.KIND))
        age(folder, clock, timedelta(hours=25))
        await sweep(resources, clock)
        assert count(folder) == 0

    async def test_what_was_begun_and_never_kept_goes_after_a_day(
        self, resources: Resources, clock: FakeClock, folder: Path, ada: User
    ) -> None:
        half = f"{ada.id.hex}-1.zip.part"
        (folder / half).write_bytes(b"PK")
        age(folder, clock, timedelta(hours=23))
        await sweep(resources, clock)
        assert count(folder) == 1
        age(folder, clock, timedelta(hours=25))
        await sweep(resources, clock)
        assert count(folder) == 0

    async def test_files_that_are_not_ours_stay(
        self, resources: Resources, clock: FakeClock, folder: Path
    ) -> None:
        (folder / "notes.txt").write_text("not ours")
        age(folder, clock, timedelta(days=99))
        await sweep(resources, clock)
        assert count(folder) == 1
