"""Fetches the pictures that recipes wait for, after the answer that saved them.

What is to be done stands in the table `cover_request`, written in the transaction of the save, so
nothing is lost when the process ends at any moment. Several processes share the work.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

import structlog

from potluck import crud
from potluck.core.errors import AppError, FetchRefused, FetchTooLarge, NotAPage, Unavailable
from potluck.db.bells import Bell
from potluck.models import CoverRequest
from potluck.resources import Resources
from potluck.services import covers
from potluck.services.picture_intake import Picture
from potluck.services.pictures import UnusablePicture

log = structlog.get_logger(__name__)

#: How often the table is looked at without being told: for what other processes wrote, what is to
#: be tried again, and what a process that ended has left.
EVERY = timedelta(seconds=30)
#: Longer than fetching (15 s), queueing for the decoder (40 s) and decoding may take together.
LEASE = timedelta(minutes=5)
#: After the first and the second failure; a third one is the last, unless it was our own.
PAUSES = (timedelta(minutes=1), timedelta(minutes=10))
#: What asking again cannot change.
_FINAL = (FetchRefused, FetchTooLarge, NotAPage, UnusablePicture)


async def run(resources: Resources) -> None:
    """Fetch what is due for as long as the process serves, woken by every save that asks."""
    bell = resources.database.bells[Bell.COVERS]
    # At once for what a process that ended has left.
    bell.set()
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(EVERY.total_seconds()):
                await bell.wait()
        bell.clear()
        try:
            await once(resources)
        except Unavailable as error:
            log.warning("covers_unavailable", reason=str(error))
        except Exception:
            # Tried again soon; a task that died would be missed by nobody.
            log.exception("covers_failed")


async def once(resources: Resources) -> int:
    """Work on every request that is due; how many it were."""
    count = 0
    while True:
        async with resources.database.transaction() as session:
            request = await crud.cover_request.take(session, now=resources.clock.now(), lease=LEASE)
        if request is None:
            return count
        await work_on(resources, request)
        count += 1


async def work_on(resources: Resources, request: CoverRequest) -> None:
    """Fetch one picture and show it; on failure put the request off, or give it up."""
    try:
        picture = await _fetched(resources, request)
    except (AppError, UnusablePicture) as failure:
        await _failed(resources, request, failure)
        return
    except Exception as failure:
        log.exception("cover_broke", recipe_id=str(request.recipe_id))
        await _failed(resources, request, failure)
        return
    async with resources.database.transaction() as session:
        is_shown = await covers.attach_fetched(
            session, request.recipe_id, request.url, picture, now=resources.clock.now()
        )
    log.info("cover_fetched", recipe_id=str(request.recipe_id), is_shown=is_shown)


async def _fetched(resources: Resources, request: CoverRequest) -> Picture:
    """The picture with its files stored. No database connection is held meanwhile."""
    asker = f"cover:{request.recipe_id}"
    data = await resources.fetcher.picture(request.url, asker=asker)

    async def read() -> bytes:
        return data

    return await resources.pictures.take_in(read)


async def _failed(resources: Resources, request: CoverRequest, failure: Exception) -> None:
    recipe_id, url = request.recipe_id, request.url
    is_spent = request.tries > len(PAUSES) and not isinstance(failure, Unavailable)
    is_last = isinstance(failure, _FINAL) or is_spent
    async with resources.database.transaction() as session:
        if is_last:
            await crud.cover_request.forget(session, recipe_id, url)
        else:
            pause = PAUSES[min(request.tries, len(PAUSES)) - 1]
            until = resources.clock.now() + pause
            await crud.cover_request.put_off(session, recipe_id, url, until=until)
    log.info(
        "cover_failed",
        recipe_id=str(recipe_id),
        reason=getattr(failure, "slug", None) or getattr(failure, "code", "broke"),
        tries=request.tries,
        is_given_up=is_last,
        **_place(url),
    )


def _place(url: str) -> dict[str, str]:
    """Host and path for the log; what stands in a query may be a secret of the site's."""
    parts = urlsplit(url)
    return {"host": parts.hostname or "", "path": parts.path}
