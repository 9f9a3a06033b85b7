"""Kill -9 at every step of a job: none is lost, and none has its effect twice."""

import itertools
import multiprocessing
import os
import signal
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from potluck import backend_pre_start
from potluck.clients.export_store import ExportStore
from potluck.core.actor import Actor
from potluck.core.config import Settings
from potluck.core.scopes import Scope
from potluck.models import Job, Media, Recipe
from potluck.resources import Resources, open_resources
from potluck.schemas.recipe import RecipeCreate
from potluck.services import exports, recipes
from tests import databases
from tests.conftest import make_settings
from tests.factories import Factories
from tests.worker import mortal_worker

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.worker.mortal_worker", "potluck.main"])
#: More steps than any job takes: the loop below ends when a worker survives.
MOST_STEPS = 30
END_WITHIN_S = 60


@pytest.fixture
def place(engine: str, tmp_path: Path) -> Iterator[Settings]:
    """An instance whose workers are taken for dead after half a second."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with databases.database_url(engine, tmp_path, f"potluck_mortal_{worker}_{os.getpid()}") as url:
        settings = make_settings(tmp_path, url, jobs={"lease_s": 0.5, "poll_s": 0.1})
        backend_pre_start.prepare(settings, wait_s=5)
        yield settings


@dataclass(frozen=True)
class Outcome:
    """What the database holds: the job's end and tries, pictures, and changes of the recipe."""

    state: str
    pictures: int
    version: int
    left_in_queue: int


async def add_recipe(settings: Settings) -> None:
    """A recipe that waits for its picture."""
    async with open_resources(settings) as resources:
        ada = await Factories(resources, "no password").user(email=f"{uuid4()}@example.org")
        actor = Actor(user_id=ada.id, scopes=frozenset(Scope))
        async with resources.database.transaction() as session:
            wanted = RecipeCreate(title="Cake", image_url=mortal_worker.PICTURE)
            await recipes.create(session, actor, wanted, now=resources.clock.now())


async def outcome(resources: Resources) -> Outcome:
    """Of the newest recipe; pictures of all."""
    is_sqlite = resources.settings.database_url.engine == "sqlite"
    async with resources.database.reading() as session:
        left = 0
        if not is_sqlite:
            left = await session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0
        newest = select(Recipe.version, Recipe.cover_id).order_by(Recipe.id.desc()).limit(1)
        version, cover_id = (await session.execute(newest)).one()
        state = await session.scalar(select(Job.state).order_by(Job.id.desc()).limit(1))
        household = select(Recipe.household_id).order_by(Recipe.id.desc()).limit(1)
        owned = Media.household_id == household.scalar_subquery()
        pictures = await session.scalar(select(func.count()).select_from(Media).where(owned))
        assert cover_id is not None
        return Outcome(str(state), pictures or 0, version, left)


def run_worker(settings: Settings, fatal_step: int | None) -> int | None:
    process = PROCESSES.Process(target=mortal_worker.work, args=(settings, fatal_step))
    process.start()
    process.join(END_WITHIN_S)
    if process.is_alive():
        process.kill()
        process.join()
        pytest.fail("the worker still had something to do")
    return process.exitcode


async def ask_for_archive(settings: Settings) -> None:
    """The archive of somebody with one recipe."""
    async with open_resources(settings) as resources:
        user = await Factories(resources, "no password").user(email=f"{uuid4()}@example.org")
        actor = Actor(user_id=user.id, scopes=frozenset(Scope))
        now = resources.clock.now()
        async with resources.database.transaction() as session:
            await recipes.create(session, actor, RecipeCreate(title="Cake"), now=now)
            await exports.ask(session, actor, now=now)


async def archives_and_mails(settings: Settings) -> tuple[int, int, list[str]]:
    """Archives that can be fetched, mails that tell of one, and states of all jobs."""
    async with open_resources(settings) as resources:
        async with resources.database.reading() as session:
            rows = list(await session.scalars(select(Job)))
        made = [exports.made_by(row, now=resources.clock.now()) for row in rows]
        store = ExportStore(settings.exports_dir)
        whole = [each for each in made if each and zipfile.is_zipfile(store.path(each.file) or "")]
        mails = [row for row in rows if row.kind == "send-mail"]
        return len(whole), len(mails), [row.state for row in rows]


@pytest.mark.timeout(600)
async def test_h11_an_archive_is_made_once_and_whole(place: Settings) -> None:
    made = 0
    for step in itertools.count(1):
        assert step < MOST_STEPS
        await ask_for_archive(place)
        ended = run_worker(place, step)
        is_done = ended != -signal.SIGKILL
        assert (ended if is_done else run_worker(place, None)) == 0, step
        made += 1
        whole, mails, states = await archives_and_mails(place)
        assert (whole, mails, set(states)) == (made, made, {"succeeded"}), step
        if is_done:
            break
    assert made > 6


@pytest.mark.timeout(600)
async def test_no_job_is_lost_and_none_has_its_effect_twice(place: Settings) -> None:
    survived_at = 0
    for step in itertools.count(1):
        assert step < MOST_STEPS
        await add_recipe(place)
        ended = run_worker(place, step)
        if ended == -signal.SIGKILL:
            ended = run_worker(place, None)
        else:
            survived_at = step
        assert ended == 0, step
        async with open_resources(place) as resources:
            found = await outcome(resources)
        assert (found.state, found.pictures, found.version) == ("succeeded", 1, 2), step
        if survived_at:
            break
    assert survived_at > 4
