"""Pictures that no recipe shows any more."""

import os
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud
from potluck.models import Media, User
from potluck.resources import Resources
from potluck.worker import pictures
from tests.api.recipe_calls import create, delete
from tests.conftest import As
from tests.doubles import FakeClock
from tests.factories import Make
from tests.sent_pictures import picture, put_cover


@pytest.fixture
async def as_ada(as_: As, make_user: Make[User]) -> httpx2.AsyncClient:
    return await as_(await make_user())


@pytest.fixture
def media_dir(resources: Resources) -> Path:
    """The folder, with what earlier tests left in it taken out."""
    folder = resources.settings.media_dir
    for path in folder.rglob("*.*"):
        path.unlink()
    return folder


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def age(folder: Path, clock: FakeClock, by: timedelta) -> None:
    """As if all files had been stored so long ago."""
    stamp = (clock.now() - by).timestamp()
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (stamp, stamp))


async def sweep(resources: Resources, clock: FakeClock) -> None:
    await pictures.sweep(resources.database, resources.media_store, clock)


async def rows(session: AsyncSession) -> int:
    await session.rollback()
    return await session.scalar(select(func.count()).select_from(Media)) or 0


class TestSweep:
    async def test_files_go_a_day_after_the_last_recipe_that_shows_them(
        self, as_ada: httpx2.AsyncClient, resources: Resources, clock: FakeClock, media_dir: Path
    ) -> None:
        recipe = await create(as_ada)
        await put_cover(as_ada, recipe["id"])
        assert files(media_dir)
        await as_ada.delete(f"/api/v1/recipes/{recipe['id']}/cover")
        age(media_dir, clock, timedelta(hours=23, minutes=59))
        await sweep(resources, clock)
        assert files(media_dir)
        age(media_dir, clock, timedelta(hours=24, minutes=1))
        await sweep(resources, clock)
        assert files(media_dir) == set()

    async def test_what_a_recipe_shows_stays_however_old_also_in_the_trash(
        self, as_ada: httpx2.AsyncClient, resources: Resources, clock: FakeClock,
        media_dir: Path, session: AsyncSession,
    ) -> None:  # fmt: skip
        kept, trashed = await create(as_ada), await create(as_ada)
        await put_cover(as_ada, kept["id"])
        await put_cover(as_ada, trashed["id"], picture(colour="#123456"))
        await delete(as_ada, trashed["id"])
        before = files(media_dir)
        age(media_dir, clock, timedelta(days=400))
        await sweep(resources, clock)
        assert files(media_dir) == before
        assert await rows(session) == 2

    async def test_files_of_one_digest_stay_while_another_household_shows_them(
        self, as_: As, make_user: Make[User], resources: Resources, clock: FakeClock,
        media_dir: Path,
    ) -> None:  # fmt: skip
        first, second = [await as_(await make_user()) for _ in range(2)]
        for client in (first, second):
            await put_cover(client, (await create(client))["id"])
        before = files(media_dir)
        mine = (await first.get("/api/v1/recipes")).json()["items"][0]["id"]
        await first.delete(f"/api/v1/recipes/{mine}/cover")
        age(media_dir, clock, timedelta(days=2))
        await sweep(resources, clock)
        assert files(media_dir) == before != set()

    async def test_rows_go_with_the_recipe_that_is_purged(
        self, as_ada: httpx2.AsyncClient, resources: Resources, clock: FakeClock,
        media_dir: Path, session: AsyncSession,
    ) -> None:  # fmt: skip
        recipe = await create(as_ada)
        await put_cover(as_ada, recipe["id"])
        await delete(as_ada, recipe["id"])
        async with resources.database.transaction() as unit:
            later = clock.now() + timedelta(seconds=1)
            await crud.recipe.purge(unit, deleted_before=later, limit=9)
        assert await rows(session) == 1
        await sweep(resources, clock)
        assert await rows(session) == 0
        assert files(media_dir)

    async def test_files_without_a_row_go_as_do_those_that_never_got_their_name(
        self, resources: Resources, clock: FakeClock, media_dir: Path
    ) -> None:
        for name in (f"ab/ab{'0' * 62}-480.webp", f"incoming/{'1' * 32}"):
            path = media_dir / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        (media_dir / "README").write_text("not ours")
        age(media_dir, clock, timedelta(days=2))
        await sweep(resources, clock)
        assert files(media_dir) == {"README"}
        (media_dir / "README").unlink()

    async def test_works_in_bounded_units(
        self, resources: Resources, clock: FakeClock, media_dir: Path, statements: list[str]
    ) -> None:
        for number in range(2 * pictures.BATCH + 1):
            path = media_dir / "ab" / f"ab{number:062x}-480.webp"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        age(media_dir, clock, timedelta(days=2))
        statements.clear()
        await sweep(resources, clock)
        assert files(media_dir) == set()
        assert len(statements) == 1 + 3
