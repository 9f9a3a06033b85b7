"""Fetches the picture that a recipe waits for, after the answer that saved it."""

from urllib.parse import urlsplit

import structlog

from potluck.core.errors import AppError, FetchRefused, FetchTooLarge, NotAPage
from potluck.resources import Resources
from potluck.schemas.job import FetchCover
from potluck.services import covers
from potluck.services.picture_intake import Picture
from potluck.services.pictures import UnusablePicture
from potluck.worker.given_up import GivenUp
from potluck.worker.hold import Hold

log = structlog.get_logger(__name__)

#: What asking again cannot change.
_FINAL = (FetchRefused, FetchTooLarge, NotAPage, UnusablePicture)


async def fetch(hold: Hold, wish: FetchCover) -> None:
    """Fetch one picture and show it, if the recipe still wants it.

    No database connection is held while it is fetched.
    """
    try:
        picture = await _fetched(hold.resources, wish)
    except (AppError, UnusablePicture) as failure:
        reason = getattr(failure, "slug", None) or "unusable-picture"
        place = _place(wish.url)
        log.info("cover_failed", recipe_id=str(wish.recipe_id), reason=reason, **place)
        if isinstance(failure, _FINAL):
            raise GivenUp(reason) from failure
        raise
    async with hold.finishing() as session:
        is_shown = await covers.attach_fetched(
            session, wish.recipe_id, wish.url, picture, now=hold.resources.clock.now()
        )
    log.info("cover_fetched", recipe_id=str(wish.recipe_id), is_shown=is_shown)


async def _fetched(resources: Resources, wish: FetchCover) -> Picture:
    """The picture with its files stored."""
    data = await resources.fetcher.picture(wish.url, asker=f"cover:{wish.recipe_id}")

    async def read() -> bytes:
        return data

    return await resources.pictures.take_in(read)


def _place(url: str) -> dict[str, str]:
    """Host and path for the log; what stands in a query may be a secret of the site's."""
    parts = urlsplit(url)
    return {"host": parts.hostname or "", "path": parts.path}
