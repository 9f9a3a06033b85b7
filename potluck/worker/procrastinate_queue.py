"""Takes jobs from procrastinate's queue: how PostgreSQL's jobs run, on any number of machines."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from potluck.core.errors import Unavailable
from potluck.crud.job_delivery import QUEUE, TASK
from potluck.db.engines import libpq_arguments
from potluck.resources import Resources
from potluck.worker import lookout, runner

if TYPE_CHECKING:
    from procrastinate import App

log = structlog.get_logger(__name__)

#: After the database was away.
PAUSE_S = 5.0


async def work(resources: Resources) -> None:
    """Do what procrastinate hands out for as long as the process lives."""
    # 0.2 s of importing, which no request waits for.
    app = await asyncio.to_thread(_app, resources)
    while True:
        try:
            async with app.open_async():
                await _work(app, resources)
        except Exception as error:  # noqa: BLE001 - whatever its driver raises while it is away
            log.warning("jobs_unavailable", reason=type(error).__name__)
        await asyncio.sleep(PAUSE_S)


async def _work(app: "App", resources: Resources) -> None:
    """Until the process ends or the database goes away."""
    settings = resources.settings.jobs
    tidying = asyncio.create_task(_tidy(app, resources), name="jobs-stalled")
    try:
        await app.run_worker_async(
            queues=[QUEUE],
            concurrency=settings.concurrency,
            fetch_job_polling_interval=settings.poll_s,
            update_heartbeat_interval=settings.lease_s / 3,
            stalled_worker_timeout=settings.lease_s,
            # What became of a job stands in our table.
            delete_jobs="always",
            install_signal_handlers=False,
            # What runs is handed back at once: the next process begins it anew.
            shutdown_graceful_timeout=0,
        )
    finally:
        tidying.cancel()
        await asyncio.wait([tidying])


async def _tidy(app: "App", resources: Resources) -> None:
    """Take out of procrastinate's queue what an ended worker held, and hand it over anew.

    It may have ended before our table knew of it, where the job then waits for somebody.
    """
    from procrastinate.exceptions import ConnectorException  # noqa: PLC0415
    from procrastinate.jobs import Status  # noqa: PLC0415

    lease_s = resources.settings.jobs.lease_s
    while True:
        # Another process may be faster, and the database may be away: next time, then.
        with suppress(ConnectorException, Unavailable):
            stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=lease_s)
            for job in stalled:
                await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
                await lookout.hand_over(resources, UUID(str(job.task_kwargs["id"])))
        await asyncio.sleep(lease_s)


def _app(resources: Resources) -> "App":
    from procrastinate import App, PsycopgConnector  # noqa: PLC0415

    arguments = libpq_arguments(resources.settings.database_url, resources.settings.database)
    app = App(connector=PsycopgConnector(kwargs=arguments, min_size=1, max_size=2))

    @app.task(name=TASK, queue=QUEUE)
    async def run(id: str) -> None:
        try:
            await runner.run(resources, UUID(id))
        except Unavailable as error:
            # The row waits; the look-out hands it over again.
            log.warning("jobs_unavailable", reason=str(error))

    return app
