"""The tip of the day."""

from fastapi import Request, Response

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, answered
from potluck.api.problems import problems
from potluck.api.routing import Router
from potluck.domain.tips import tip_for

router = Router()


@router.get(
    "/today",
    response_model=schemas.Tip,
    responses=CACHED | problems("unauthenticated", "invalid-token", "insufficient-scope"),
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
    return answered(request, response, tip)
