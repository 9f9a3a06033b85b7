"""Works off the table `job` in this process: how SQLite's jobs run."""

import asyncio
from contextlib import suppress
from typing import NoReturn

import structlog

from potluck.core.errors import Unavailable
from potluck.db.bells import Bell
from potluck.resources import Resources
from potluck.worker import runner

log = structlog.get_logger(__name__)


async def work(resources: Resources) -> None:
    """Do what is due for as long as the process lives, several jobs at a time."""
    async with asyncio.TaskGroup() as group:
        for _ in range(resources.settings.jobs.concurrency):
            group.create_task(_work(resources))


async def _work(resources: Resources) -> NoReturn:
    bell, poll_s = resources.database.bells[Bell.JOBS], resources.settings.jobs.poll_s
    while True:
        # Cleared before the table is looked at: who enqueues in between is seen or rings again.
        bell.clear()
        try:
            await runner.run_due(resources)
        except Unavailable as error:
            log.warning("jobs_unavailable", reason=str(error))
        except Exception:
            # Tried again soon; a worker that ended would be missed by nobody.
            log.exception("jobs_failed")
        # What was put off, and what other processes asked for, is found without being told.
        with suppress(TimeoutError):
            async with asyncio.timeout(poll_s):
                await bell.wait()
