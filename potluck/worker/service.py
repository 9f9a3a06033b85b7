"""The background work of a process, whole: what it does itself, and what it watches over."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from potluck.core.request_context import of_job
from potluck.resources import Resources
from potluck.worker import lookout, procrastinate_queue, search_index, table_queue


def works(resources: Resources) -> dict[str, Coroutine[Any, Any, None]]:
    """Everything that goes on in the background, by name."""
    is_sqlite = resources.settings.database_url.engine == "sqlite"
    queue = table_queue if is_sqlite else procrastinate_queue
    return {
        "search-index": search_index.run(resources.database),
        "jobs": queue.work(resources),
        "job-lookout": lookout.watch(resources),
    }


@asynccontextmanager
async def working(resources: Resources) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Within the block this process works; at its end it hands back what it had begun."""
    tasks = [
        asyncio.create_task(work, name=name, context=of_job(name))
        for name, work in works(resources).items()
    ]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
