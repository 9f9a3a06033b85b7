"""Search: the best matches for what somebody types."""

from typing import Annotated

from fastapi import Query, Request, Response

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, not_modified
from potluck.api.limits import LimiterOf
from potluck.api.problems import problems
from potluck.api.routing import Router
from potluck.schemas.recipe.query import SearchWords
from potluck.services import recipe_answers, recipe_search
from potluck.services.preconditions import etag_of_answer
from potluck.services.throttling import Limit

router = Router()


@router.get(
    "/search",
    response_model=schemas.FoundRecipes,
    dependencies=[deps.LongReads],
    responses=CACHED
    | problems(
        "invalid-token", "insufficient-scope", "account-deletion-scheduled", "too-many-requests"
    ),
)
async def search_recipes(
    resources: deps.ResourcesOf,
    limiter: LimiterOf,
    session: deps.ReadSession,
    actor: deps.Visitor,
    q: Annotated[SearchWords, Query(description="Words that must all occur.")],
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=100, description="Recipes at most.")] = 20,
) -> schemas.FoundRecipes | Response:
    """The recipes the caller may see that hold all the words, best first."""
    await limiter.count(Limit.SEARCH, actor, let_go=session.close)
    languages = await resources.languages.current(session)
    found = await recipe_search.find(session, actor, q, languages=languages, limit=limit)
    public_url = resources.settings.public_url
    answer = schemas.FoundRecipes.model_construct(
        items=[recipe_answers.summary(row, public_url=public_url) for row in found.rows],
        searched_for=found.corrected,
    )
    return not_modified(request, response, etag_of_answer(answer)) or answer
