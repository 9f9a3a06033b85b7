"""A worker in a process of its own that is killed (kill -9) at the step it is told."""

import asyncio
import os
import signal
from typing import Any

from sqlalchemy import event, func, select

from potluck.core.config import Settings
from potluck.db.session import Database
from potluck.models import Job
from potluck.resources import Resources, open_resources
from potluck.worker import service
from tests.doubles import FakeFetcher
from tests.sent_pictures import picture

PICTURE = "https://site.example/cake.jpg"


def work(settings: Settings, fatal_step: int | None) -> None:
    """Work until every job has ended, or die at the step; steps are counted from 1."""
    asyncio.run(_work(settings, fatal_step))


async def _work(settings: Settings, fatal_step: int | None) -> None:
    site = FakeFetcher()
    site.pictures = {PICTURE: picture(64, 48)}
    async with open_resources(settings, fetcher=site) as resources:
        if fatal_step is not None:
            die_at(resources, fatal_step)
        onlooker = Database(settings.database_url, settings.database)
        async with service.working(resources):
            while await live_jobs(onlooker):  # noqa: ASYNC110 - an end is told by the database alone
                await asyncio.sleep(0.05)
        await onlooker.dispose()


def die_at(resources: Resources, fatal_step: int) -> None:
    """A step is to be about to commit a unit of work, or to have just committed it.

    Whatever happens between two steps is not kept when the process ends there.
    """
    left, has_committed = fatal_step, False

    def step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before_commit(_connection: Any) -> None:
        nonlocal has_committed
        step()
        has_committed = True

    def after_commit(*_: Any) -> None:
        nonlocal has_committed
        if has_committed:
            has_committed = False
            step()

    engine = resources.database.engines.write.sync_engine
    event.listen(engine, "commit", before_commit)
    event.listen(engine, "checkin", after_commit)


async def live_jobs(onlooker: Database) -> int:
    """Seen through connections whose steps are not counted."""
    async with onlooker.reading() as session:
        statement = select(func.count()).select_from(Job).where(Job.ended_at.is_(None))
        return await session.scalar(statement) or 0
