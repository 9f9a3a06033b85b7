"""Search: the best matches for what somebody types."""

from typing import Annotated

from fastapi import Query, Request, Response

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, answered
from potluck.api.limits import LimiterOf
from potluck.api.problems import problems
from potluck.api.routing import Router
from potluck.schemas.recipe.query import SearchWords
from potluck.services import recipe_answers, recipe_search
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
    keyword: Annotated[
        SearchWords, Query(description='Words, "a phrase", -excluded words; in any order.')
    ],
    request: Request,
    response: Response,
    max_results: Annotated[int, Query(ge=1, le=100, description="Recipes at most.")] = 20,
) -> schemas.FoundRecipes | Response:
    """The recipes the caller may see that hold all the words, best first; not the archived ones.

    Words match their beginnings, plurals, accents and hyphens either way. When nothing is found,
    one slip of the finger is forgiven: `corrected_keyword` then says what was searched for.
    """
    await limiter.count(Limit.SEARCH, actor, let_go=session.close)
    languages = await resources.languages.current(session)
    found = await recipe_search.find(
        session, actor, keyword, languages=languages, limit=max_results
    )
    public_url = resources.settings.public_url
    answer = schemas.FoundRecipes.model_construct(
        items=[recipe_answers.summary(row, public_url=public_url) for row in found.rows],
        next_cursor=None,
        corrected_keyword=found.corrected,
    )
    return answered(request, response, answer)
