"""The tip of the day."""

from fastapi import Request, Response

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import not_modified
from potluck.api.problems import problems
from potluck.api.routing import Router
from potluck.domain.tips import tip_for
from potluck.services.preconditions import etag_of_answer

router = Router()


@router.get(
    "/today",
    response_model=schemas.Tip,
    responses=problems("unauthenticated", "invalid-token", "insufficient-scope"),
)
async def get_tip_of_today(
    clock: deps.ClockOf,
    _actor: deps.RecipeReader,
    request: Request,
    response: Response,
) -> schemas.Tip | Response:
    """What to try in the kitchen today."""
    day = clock.now().date()
    tip = schemas.Tip(day=day, text=tip_for(day))
    return not_modified(request, response, etag_of_answer(tip)) or tip
