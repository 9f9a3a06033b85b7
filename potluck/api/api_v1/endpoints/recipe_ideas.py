"""Ideas: what people elsewhere cook at the moment."""

from typing import Annotated

from fastapi import Query, Request, Response

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, answered
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import ideas

router = Router()

PerSource = Annotated[int, Query(ge=1, le=ideas.MOST, description="Most ideas of each source.")]


@router.get("/ideas", response_model=schemas.Ideas, responses=CACHED | problems(*SIGNED_IN))
async def list_ideas(
    settings: deps.SettingsOf,
    source: deps.IdeasSourceOf,
    memory: deps.IdeasMemoryOf,
    session: deps.ReadSession,
    _actor: deps.RecipeReader,
    request: Request,
    response: Response,
    limit: PerSource = 5,
) -> schemas.Ideas | Response:
    """What is well liked today on the sources that the operator chose.

    Sources that fail are reported beside the others. By score, then the earlier post first.
    """
    await session.close()  # nothing is held while other sites take their time
    found = await ideas.gather_ideas(source, memory, settings.ideas, limit=limit)
    return answered(request, response, found)
