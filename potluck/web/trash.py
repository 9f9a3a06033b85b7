"""What was deleted, and the way back."""

from fastapi import APIRouter
from starlette.responses import Response

from potluck.providers import ReadSession
from potluck.services import recipe_answers, recipes
from potluck.web.deps import MemberOf
from potluck.web.home import page_request
from potluck.web.rendering import PagesOf

router = APIRouter()

PER_PAGE = 24


@router.get("/trash")
async def trash(pages: PagesOf, read: ReadSession, member: MemberOf) -> Response:
    """What the person could restore, last deleted first."""
    paging = page_request(pages, PER_PAGE)
    rows, cursor = await recipes.trash(read, member.actor, paging)
    settings = pages.resources.settings
    keep_days, public_url = settings.trash.keep_days, settings.public_url
    found = [
        recipe_answers.trashed(row, keep_days=keep_days, public_url=public_url) for row in rows
    ]
    return pages.show(
        "pages/trash.html",
        recipes=[each.model_dump(mode="json") for each in found],
        next_cursor=cursor,
        is_first_page=paging.cursor is None,
        keep_days=keep_days,
    )
