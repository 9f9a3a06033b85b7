"""The forms that change the picture of a recipe."""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from potluck import crud
from potluck.core.errors import TooManyRequests
from potluck.models import Recipe
from potluck.providers import ReadSession, get_resources
from potluck.services import covers
from potluck.services.pictures import UnusablePicture
from potluck.services.throttling import Limit
from potluck.web import limits
from potluck.web.deps import Member, MemberOf, OurForm, check_origin, get_member, get_viewer
from potluck.web.rendering import Pages, PagesOf
from potluck.web.templating import Flash, recipe_path


class SignedInFirst(APIRoute):
    """A route whose form may be large: nothing of it is read for strangers or other sites.

    FastAPI reads a form before the dependencies run that look at who sends it.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI calls this once for every place where the route is included."""
        handle = super().get_route_handler()

        async def check_first(request: Request) -> Response:
            resources = await get_resources(request)
            check_origin(request, resources)
            async with resources.database.reading() as session:
                viewer = await get_viewer(request, resources, session)
            await get_member(viewer)
            return await handle(request)

        return check_first


router = APIRouter(route_class=SignedInFirst)


@router.post(
    "/recipes/{recipe_id:uuid}/cover", dependencies=[OurForm], form_limits={"max_files": 1}
)
async def change_cover(
    pages: PagesOf, read: ReadSession, member: MemberOf, recipe_id: UUID
) -> Response:
    """Show the picture that was sent; what is wrong with it stands on the next page."""
    row = await _editable(read, member, recipe_id)
    await read.close()
    file = (await pages.request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.size:
        return _back(pages, row, "Choose a picture first.", kind="problem")
    resources = pages.resources
    try:
        await limits.count(pages, Limit.UPLOAD)
        picture = await resources.pictures.take_in(file.read)
    except UnusablePicture as error:
        return _back(pages, row, error.detail, kind="problem")
    except TooManyRequests as error:
        return _back(pages, row, limits.sentence(error), kind="problem")
    async with resources.database.transaction() as session:
        now = resources.clock.now()
        await covers.attach(session, member.actor, row.id, picture, if_match=None, now=now)
    return _back(pages, row, "The picture is changed.")


@router.post("/recipes/{recipe_id:uuid}/cover/remove", dependencies=[OurForm])
async def remove_cover(
    pages: PagesOf, read: ReadSession, member: MemberOf, recipe_id: UUID
) -> Response:
    """Show none."""
    row = await _editable(read, member, recipe_id)
    await read.close()
    resources = pages.resources
    async with resources.database.transaction() as session:
        now = resources.clock.now()
        await covers.remove(session, member.actor, row.id, if_match=None, now=now)
    return _back(pages, row, "The picture is gone.")


async def _editable(read: ReadSession, member: Member, recipe_id: UUID) -> Recipe:
    """The recipe, for who may change it. Raises `NotFound`, `Forbidden`."""
    await covers.check(read, member.actor, recipe_id)
    row, _ = await crud.recipe.answer(read, member.actor, recipe_id)
    return row


def _back(pages: Pages, row: Recipe, text: str, *, kind: str = "done") -> Response:
    path = recipe_path({"id": str(row.id), "slug": row.slug})
    return pages.go(path, Flash(text=text, kind="problem" if kind == "problem" else "done"))
