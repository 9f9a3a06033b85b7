"""Taking a recipe from a page of another site."""

from typing import Annotated

from fastapi import Query, Request, Response, status

from potluck import schemas
from potluck.api import deps
from potluck.api.conditional import CREATED, created
from potluck.api.limits import LimiterOf
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import imports, recipes
from potluck.services.preconditions import etag_of_recipe
from potluck.services.throttling import Limit

router = Router()

DryRun = Annotated[bool, Query(description="Only show what would be saved.")]
Again = Annotated[bool, Query(description="Save although the household has this page already.")]


@router.post(
    "/import",
    status_code=status.HTTP_201_CREATED,
    responses=CREATED
    | problems(
        *SIGNED_IN,
        "forbidden",
        "already-imported",
        "fetch-refused",
        "fetch-unreachable",
        "fetch-too-large",
        "fetch-too-slow",
        "not-a-page",
        "no-recipe-found",
        "too-many-requests",
        "unavailable",
    )
    | {200: {"model": schemas.ImportResult, "description": "A dry run; nothing was stored."}},
)
async def import_recipe(
    resources: deps.ResourcesOf,
    limiter: LimiterOf,
    clock: deps.ClockOf,
    fetcher: deps.FetcherOf,
    read: deps.ReadSession,
    session: deps.Session,
    actor: deps.Importer,
    data: schemas.ImportRequest,
    request: Request,
    response: Response,
    dry_run: DryRun = False,
    again: Again = False,
) -> schemas.ImportResult:
    """Read the recipe on a page, given by its address or by its HTML, and save it.

    Every ingredient line keeps the page's words. A page that the household has already is refused
    with 409 unless `again` is true.
    """
    household = await recipes.destination(read, actor, data.household_id)
    await read.close()  # nothing is held while a foreign site takes its time
    await limiter.count(Limit.IMPORT, actor)
    page = await imports.read_page(
        actor, data, household.id, fetcher=fetcher, reader=resources.page_reader
    )
    if dry_run:
        response.status_code = status.HTTP_200_OK
        preview = await imports.preview(read, actor, page, household)
        await read.close()  # the answer may be kept in the unit of work
        return preview
    result, saved = await imports.save(
        session,
        actor,
        page,
        again=again,
        now=clock.now(),
        public_url=resources.settings.public_url,
    )
    created(request, response, f"/recipes/{saved.recipe.id}")
    response.headers["ETag"] = etag_of_recipe(saved.recipe, saved.tags)
    return result
