"""Households: who owns recipes together."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response, status

from potluck import crud, schemas
from potluck.api import deps
from potluck.api.conditional import CACHED, CHANGED, CREATED, answered, created, not_modified
from potluck.api.problems import SIGNED_IN, problems
from potluck.api.routing import Router
from potluck.services import households
from potluck.services.preconditions import etag_of

router = Router()

HouseholdId = Annotated[UUID, Path(description="Id of the household.")]
Households = schemas.Page[schemas.Household]


@router.get(
    "", response_model=Households, responses=CACHED | problems(*SIGNED_IN, "invalid-cursor")
)
async def list_households(
    session: deps.ReadSession,
    actor: deps.HouseholdReader,
    paging: deps.Paging,
    request: Request,
    response: Response,
) -> Households | Response:
    """The caller's households, newest first."""
    rows, cursor = await crud.household.page(session, actor, paging)
    items = [schemas.Household.model_validate(row) for row in rows]
    page = Households(items=items, next_cursor=cursor)
    return answered(request, response, page)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=CREATED | problems(*SIGNED_IN, "forbidden", "unavailable"),
)
async def create_household(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.HouseholdWriter,
    data: schemas.HouseholdCreate,
    request: Request,
    response: Response,
) -> schemas.Household:
    """Make a household; the caller becomes its owner."""
    row = await households.create(session, actor, data, now=clock.now())
    created(request, response, f"/households/{row.id}")
    response.headers["ETag"] = etag_of(row)
    return schemas.Household.model_validate(row)


@router.get(
    "/{household_id}",
    response_model=schemas.Household,
    responses=CACHED | problems(*SIGNED_IN, "not-found"),
)
async def get_household(
    session: deps.ReadSession,
    actor: deps.HouseholdReader,
    household_id: HouseholdId,
    request: Request,
    response: Response,
) -> schemas.Household | Response:
    """One of the caller's households."""
    row = await crud.household.get(session, actor, household_id)
    unchanged = not_modified(request, response, etag_of(row))
    return unchanged or schemas.Household.model_validate(row)


@router.patch(
    "/{household_id}",
    responses=CHANGED
    | problems(
        *SIGNED_IN, "forbidden", "not-found", "stale", "precondition-required", "unavailable"
    ),
)
async def update_household(
    clock: deps.ClockOf,
    session: deps.Session,
    actor: deps.HouseholdWriter,
    household_id: HouseholdId,
    data: schemas.HouseholdUpdate,
    response: Response,
    if_match: deps.IfMatch,
) -> schemas.Household:
    """Change the members sent; for owners and admins."""
    row = await households.update(
        session, actor, household_id, data, if_match=if_match, now=clock.now()
    )
    response.headers["ETag"] = etag_of(row)
    return schemas.Household.model_validate(row)
