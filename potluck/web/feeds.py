"""Feeds that people follow without an account."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from potluck.core.errors import NotFound
from potluck.crud import public_recipes
from potluck.providers import ReadSession, SettingsOf
from potluck.schemas.recipe import RecipeDocument
from potluck.web import atom
from potluck.web.published import publish
from potluck.web.xml_text import document

router = APIRouter()

MOST_RECIPES = 50
#: A longer recipe is named without its content: programs ask again and again, strangers among them.
LONGEST_DOCUMENT = 50_000


@router.get("/households/{household_id:uuid}/recipes.atom")
async def household_feed(
    request: Request, settings: SettingsOf, read: ReadSession, household_id: UUID
) -> Response:
    """The newest public recipes of a household. One without any does not exist for strangers."""
    rows = await public_recipes.newest(
        read, household_id, limit=MOST_RECIPES, longest_document=LONGEST_DOCUMENT
    )
    if not rows:
        raise NotFound("There is no such feed.")
    contents = [_content(row.document) for row in rows]
    root = atom.feed(household_id, rows, contents, settings.public_url)
    return publish(request, settings, document(root), atom.MEDIA_TYPE)


def _content(stored: str | None) -> dict[str, Any]:
    if stored is None:
        return {}
    return RecipeDocument.model_validate_json(stored).model_dump(mode="json")
