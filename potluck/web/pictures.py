"""The files of pictures, for browsers, for clients with a token, and for strangers.

Who may see a picture is decided by the recipe that shows it, with the same predicate as the recipe
itself. The address changes with the picture, so what may be seen once may be kept for ever.
"""

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from potluck import crud
from potluck.clients.media_store import media_key
from potluck.core import etag
from potluck.core.actor import Actor
from potluck.core.errors import InsufficientScope, NotFound
from potluck.core.scopes import Scope
from potluck.models import Media
from potluck.providers import ClockOf, ReadSession, ResourcesOf, TokenUseOf, read_token
from potluck.services import authentication, cover_urls
from potluck.web.covers import MEDIA_TYPES
from potluck.web.deps import ViewerOf

router = APIRouter()

_log = structlog.stdlib.get_logger("potluck.web")

#: Private: no shared cache may keep it. Signing out clears the browser's own (Clear-Site-Data).
_PRIVATE = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: A proxy asks again after an hour, so that a recipe can stop being public. Other sites may show
#: the picture: that is what previews of links do.
_PUBLIC = {
    "Cache-Control": "public, max-age=31536000, s-maxage=3600, immutable",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Vary": "Authorization",
}


async def get_looker(
    request: Request,
    resources: ResourcesOf,
    session: ReadSession,
    viewer: ViewerOf,
    use: TokenUseOf,
    clock: ClockOf,
) -> Actor:
    """Who asks: a client by its token if it shows one, else the browser by its cookie.

    Raises `InvalidToken`, `InsufficientScope` as the API does.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return viewer.actor
    claims = await read_token(resources, token.strip())
    found = await authentication.authenticate(session, claims, clock.now())
    use.note(found)
    if Scope.RECIPES_READ not in found.actor.scopes:
        needs = [Scope.RECIPES_READ]
        raise InsufficientScope("Use a token that has the scopes named in needs.", needs=needs)
    return found.actor


LookerOf = Annotated[Actor, Depends(get_looker)]


@router.get("/media/{recipe_id:uuid}/{media_id:uuid}/{name}")
async def picture(
    request: Request,
    resources: ResourcesOf,
    session: ReadSession,
    actor: LookerOf,
    recipe_id: UUID,
    media_id: UUID,
    name: str,
) -> Response:
    """One file of the picture, such as `800.avif`; `cover.webp` is the largest WebP of it."""
    media, is_public = await crud.media.shown(session, actor, recipe_id, media_id)
    await session.close()  # no connection is held while the disk is slow
    width, format = _file(media, name)
    tag = etag.etag_of(f"media/{width}.{format}", media.id, 0)
    headers = {"ETag": tag, **_ALWAYS, **(_PUBLIC if is_public else _PRIVATE)}
    if etag.matches(", ".join(request.headers.getlist("if-none-match")), tag, weak=True):
        return Response(status_code=304, headers=headers)
    content = await resources.media_store.get(media_key(media.digest, width, format))
    if content is None:
        _log.error("picture_file_missing", media_id=str(media.id), width=width, format=format)
        raise NotFound("The file of this picture is missing.")
    return Response(content, headers=headers, media_type=MEDIA_TYPES[format])


def _file(media: Media, name: str) -> tuple[int, str]:
    """Width and format of a file that exists. Raises `NotFound` for any other name."""
    widths = media.widths.split()
    names = {
        f"{width}.{format}": (int(width), format)
        for width in widths
        for format in media.formats.split()
    }
    names[cover_urls.LARGEST] = (max(map(int, widths)), "webp")
    if name not in names:
        raise NotFound("There is no such size of this picture.")
    return names[name]
