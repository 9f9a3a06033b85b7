"""`potluck worker`: does the background work, beside the processes that serve."""

import asyncio
import signal

import typer

from potluck import initial_data
from potluck.cli.context import run
from potluck.core.config_error import ConfigError
from potluck.resources import Resources
from potluck.worker import service


def worker(context: typer.Context) -> None:
    """Do the background work: mails, pictures, housekeeping. PostgreSQL only.

    Any number of these may run, on any number of machines. SIGTERM hands back what was begun.
    """
    run(context, work, is_service=True)


async def work(opened: Resources) -> None:
    """Until SIGTERM or SIGINT. Raises `ConfigError` on SQLite."""
    if opened.settings.database_url.engine == "sqlite":
        raise ConfigError(
            ["potluck worker needs PostgreSQL: with SQLite the serving process does this work"]
        )
    await initial_data.refuse_foreign_database(opened.database, opened.master_key)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with service.working(opened):
        typer.echo("Working; press Ctrl-C to end.")
        await ended.wait()
